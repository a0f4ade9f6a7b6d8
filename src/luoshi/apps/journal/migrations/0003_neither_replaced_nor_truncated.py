from django.db import migrations

from luoshi.apps.journal.engine import renew_triggers


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [migrations.RunPython(renew_triggers, migrations.RunPython.noop)]
