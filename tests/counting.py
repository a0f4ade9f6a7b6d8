"""Row counts for the planner of PostgreSQL, which a server in use keeps by itself."""

from __future__ import annotations

from django.apps import apps
from django.db import connection


def count_rows() -> None:
    """Let PostgreSQL count the tables that have rows.

    Not the others: a table that was once counted as empty stays so for the planner, whatever the next tests store.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
            if cursor.fetchone()[0]:
                cursor.execute(f"ANALYZE {table}")
