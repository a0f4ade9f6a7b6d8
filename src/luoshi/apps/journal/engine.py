"""SQL that differs from one database engine to the next: the journal's triggers, which make it append-only."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MESSAGE = "journal entries are append-only"

_SQLITE = (
    f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    # REPLACE deletes the row in its way without asking the trigger above; it may stand in the way by any unique value.
    f"""CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal_entry
        WHEN EXISTS (SELECT 1 FROM journal_entry
                     WHERE sequence = NEW.sequence OR hash = NEW.hash OR rowid = NEW.rowid)
        BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END""",
)
_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS journal_no_update",
    "DROP TRIGGER IF EXISTS journal_no_delete",
    "DROP TRIGGER IF EXISTS journal_no_replace",
)

_POSTGRESQL = (
    f"""CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$""",
    """CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal_entry
       FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    # Row triggers do not see TRUNCATE.
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal_entry
       FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
)
_POSTGRESQL_DROP = (
    "DROP TRIGGER IF EXISTS journal_no_change ON journal_entry",
    "DROP TRIGGER IF EXISTS journal_no_truncate ON journal_entry",
    "DROP FUNCTION IF EXISTS journal_refuse()",
)


def _run(editor: BaseDatabaseSchemaEditor, sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    for statement in {"sqlite": sqlite, "postgresql": postgresql}[editor.connection.vendor]:
        editor.execute(statement)


def create_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse every change of a journal entry in the database itself."""
    _run(editor, _SQLITE, _POSTGRESQL)


def drop_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``create_triggers`` (migrating backwards only)."""
    _run(editor, _SQLITE_DROP, _POSTGRESQL_DROP)


def renew_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers as they are now in the place of older ones."""
    drop_triggers(apps, editor)
    create_triggers(apps, editor)
