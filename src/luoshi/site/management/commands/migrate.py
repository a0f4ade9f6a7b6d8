"""``manage.py migrate``: an empty database is made in one go, any other goes from migration to migration."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from luoshi.site.new_database import build, is_empty

#: With one of these the caller wants something else than a database that is up to date.
_OTHER_WISHES = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class Command(migrate.Command):
    """Django's command, but for the first time."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing."""
        connection = connections[options["database"]]
        if not any(options.get(wish) for wish in _OTHER_WISHES) and is_empty(connection):
            build(connection)
        # Finds nothing left to do after ``build``, and tells the apps that the tables are there.
        super().handle(*args, **options)
