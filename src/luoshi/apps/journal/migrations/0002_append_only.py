from django.db import migrations

from luoshi.apps.journal.engine import create_triggers, drop_triggers


def make_head(apps, editor):
    apps.get_model("journal", "ChainHead").objects.create(id=1, sequence=0, hash="0" * 64)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunPython(make_head, migrations.RunPython.noop),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
