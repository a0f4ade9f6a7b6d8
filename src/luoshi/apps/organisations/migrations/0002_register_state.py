import uuid

from django.db import migrations, models


def create_state(apps, editor):
    apps.get_model("organisations", "RegisterState").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RegisterState",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("token", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "verbose_name": "单位库",
                "verbose_name_plural": "单位库",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="register_one_state")],
            },
        ),
        migrations.RunPython(create_state, migrations.RunPython.noop),
    ]
