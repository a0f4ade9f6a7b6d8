"""SQL that differs from one database engine to the next: the journal's triggers, which make it append-only."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MESSAGE = "journal entries are append-only"

_SQLITE = (
    f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
)
_SQLITE_DROP = ("DROP TRIGGER IF EXISTS journal_no_update", "DROP TRIGGER IF EXISTS journal_no_delete")

_POSTGRESQL = (
    f"""CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$""",
    """CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal_entry
       FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
)
_POSTGRESQL_DROP = (
    "DROP TRIGGER IF EXISTS journal_no_change ON journal_entry",
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
