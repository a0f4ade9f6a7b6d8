"""The table of the cache that all server processes share (``settings.CACHES``): tries of codes and passwords are
counted in it, and the database is what every process, on one machine or several, has in common anyway."""

from django.core.management import call_command
from django.db import migrations

TABLE = "luoshi_cache"


def create(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {TABLE}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_username_in_any_case")]

    operations = [migrations.RunPython(create, drop)]
