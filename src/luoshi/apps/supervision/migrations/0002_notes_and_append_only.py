from django.db import migrations, models

from luoshi.apps.supervision.engine import create_triggers, drop_triggers


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]
    operations = [
        migrations.AddField(
            "orderstage",
            "note",
            models.CharField(blank=True, default="", max_length=300, verbose_name="期限说明"),
            preserve_default=False,
        ),
        migrations.AddField("planladder", "checked_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
