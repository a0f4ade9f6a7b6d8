from django.db import migrations, models

from luoshi.apps.reporting.engine import create_triggers, drop_triggers


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]
    operations = [
        migrations.AddField("return", "marks", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
