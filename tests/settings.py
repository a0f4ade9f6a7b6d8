"""Settings of the tests: a folder of their own, quick password hashes, a database file that threads can share."""

import os
import tempfile

# Before the real settings are read: no test may touch the files of whoever runs it.
os.environ["LUOSHI_HOME"] = tempfile.mkdtemp(prefix="luoshi-test-")

from luoshi.site.settings import *  # noqa: F403
from luoshi.site.settings import DATABASES, HOME

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: concurrency tests and the live server use several connections.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}

# Every client of a test begins anew: without this, each would look through all static files first.
WHITENOISE_AUTOREFRESH = True
