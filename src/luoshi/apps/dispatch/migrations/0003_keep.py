from django.db import migrations

from luoshi.apps.dispatch.engine import create_triggers, drop_triggers


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_drafts_and_watch")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
