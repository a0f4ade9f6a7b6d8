"""SQL that differs from one database engine to the next: triggers by which what was submitted and done stays so."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

#: Tables whose rows are only ever added.
TABLES = ("reporting_submission", "reporting_returnstep")
_MESSAGE = "submissions and steps are append-only"


def _sqlite(table: str) -> tuple[str, ...]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    return (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # REPLACE deletes the row in its way without asking the trigger above.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}",
    )


def _postgresql(table: str) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION reporting_refuse()",
        # Row triggers do not see TRUNCATE.
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION reporting_refuse()",
    )


def create_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse every change of a submission or a step in the database itself."""
    if editor.connection.vendor == "sqlite":
        statements = [statement for table in TABLES for statement in _sqlite(table)]
    else:
        statements = [
            f"""CREATE FUNCTION reporting_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$"""
        ]
        statements += [statement for table in TABLES for statement in _postgresql(table)]
    for statement in statements:
        editor.execute(statement)


def drop_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``create_triggers`` (migrating backwards, and emptying a test's database)."""
    for table in TABLES:
        if editor.connection.vendor == "sqlite":
            for name in ("no_update", "no_delete", "no_replace"):
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
        else:
            for name in ("no_change", "no_truncate"):
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
    if editor.connection.vendor != "sqlite":
        editor.execute("DROP FUNCTION IF EXISTS reporting_refuse()")
