"""Makes a database in one of two ways and prints all that is in it as JSON: run as a program of its own.

``python -m tests.site.schema_dump steps|at-once`` with ``DATABASE_URL`` naming an empty database.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

#: Rows that are another each time.
CHANGING = {"django_migrations": ("id", "applied"), "organisations_registerstate": ("token",)}

#: Names that Django makes of the columns' names of the time; it finds such keys and indexes by their columns.
MADE_NAME = re.compile(r"\b\w+_(?:[0-9a-f]{8}(?:_\w+)?|pkey|key|check)\b")

POSTGRESQL = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length,
        numeric_precision, numeric_scale, is_identity FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def parts(statement: str) -> list[str]:
    """What stands between the brackets of a CREATE TABLE, whatever its order."""
    found, depth, part = [], 0, ""
    body = statement[statement.index("(") + 1 : statement.rindex(")")]
    for sign in body:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append(part.strip())
            part = ""
        else:
            part += sign
    return sorted([*found, part.strip()])


def sqlite(cursor: Any) -> dict[str, Any]:
    """Tables by their parts; indexes and triggers by their text."""
    rows = cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    found: dict[str, Any] = {"indexes": []}
    for kind, name, text in rows:
        if kind == "table":
            found[name] = parts(text)
        elif kind == "index":
            found["indexes"].append(MADE_NAME.sub("…", text))
        else:
            found[f"{kind} {name}"] = text
    found["indexes"].sort()
    return found


def postgresql(cursor: Any) -> dict[str, Any]:
    """What the catalogue says."""
    found = {}
    for what, query in POSTGRESQL.items():
        cursor.execute(query)
        found[what] = sorted([MADE_NAME.sub("…", str(value)) for value in row] for row in cursor.fetchall())
    return found


def contents(connection: Any) -> dict[str, Any]:
    """All rows of all tables."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = sorted(column.name for column in connection.introspection.get_table_description(cursor, table))
            columns = [column for column in columns if column not in CHANGING.get(table, ())]
            cursor.execute('SELECT "{}" FROM "{}"'.format('", "'.join(columns), table))
            found[table] = sorted([str(value) for value in row] for row in cursor.fetchall())
    return found


def main(way: str) -> None:
    """Make it and print it."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.management.commands import migrate
    from django.db import connection

    command = "migrate" if way == "at-once" else migrate.Command()
    call_command(command, interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        schema = sqlite(cursor) if connection.vendor == "sqlite" else postgresql(cursor)
    json.dump({"schema": schema, "rows": contents(connection)}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
