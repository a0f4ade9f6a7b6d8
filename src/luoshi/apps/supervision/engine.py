"""SQL that differs from one database engine to the next: triggers by which the steps of orders are only ever added."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "supervision_orderstep"
_MESSAGE = "steps of orders are append-only"
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"

_SQLITE = (
    f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} {_REFUSE}",
    f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} {_REFUSE}",
    # REPLACE deletes the row in its way without asking the trigger above.
    f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) {_REFUSE}",
)
_SQLITE_DROP = tuple(f"DROP TRIGGER IF EXISTS {TABLE}_{name}" for name in ("no_update", "no_delete", "no_replace"))
_POSTGRESQL = (
    f"""CREATE FUNCTION supervision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$""",
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION supervision_refuse()",
    # Row triggers do not see TRUNCATE.
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION supervision_refuse()",
)
_POSTGRESQL_DROP = (
    f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}",
    f"DROP TRIGGER IF EXISTS {TABLE}_no_truncate ON {TABLE}",
    "DROP FUNCTION IF EXISTS supervision_refuse()",
)


def create_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse every change of a step in the database itself."""
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
        editor.execute(statement)


def drop_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``create_triggers`` (migrating backwards, and emptying a test's database)."""
    for statement in _SQLITE_DROP if editor.connection.vendor == "sqlite" else _POSTGRESQL_DROP:
        editor.execute(statement)
