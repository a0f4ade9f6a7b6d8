"""The entry for a WSGI server (granian)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings")

application = get_wsgi_application()

# What is loaded now stays for good. The collector would otherwise look through all of it again and again, a tenth of a
# second at a time, in the middle of somebody's request.
gc.collect()
gc.freeze()
