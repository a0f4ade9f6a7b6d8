"""SQL that differs from one database engine to the next: what a meeting saw, and what was done, stays as it was.

Steps are only ever added. The items of a fixed agenda are neither changed, removed nor added to; once the meeting has
been held its agenda cannot be opened again, and issued minutes stay as issued. The actions refuse all this in words;
the triggers stand behind them.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

#: Tables whose rows are only ever added.
STEPS = ("dispatch_warningstep", "dispatch_decisionstep")
ITEM, MEETING = "dispatch_agendaitem", "dispatch_meeting"
_APPENDED = "steps are append-only"
_FROZEN = "a fixed agenda stays as it is"
_OVER = "NEW.state NOT IN ('held', 'closed') OR NEW.digest <> OLD.digest"
_ISSUED = "OLD.state = 'closed' AND (NEW.minutes <> OLD.minutes OR NEW.state <> 'closed')"


def _sqlite_steps(table: str) -> tuple[str, ...]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_APPENDED}'); END"
    return (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # REPLACE deletes the row in its way without asking the trigger above.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}",
    )


def _sqlite_agenda() -> tuple[str, ...]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_FROZEN}'); END"

    def fixed(row: str) -> str:
        return f"EXISTS (SELECT 1 FROM {MEETING} WHERE id = {row}.meeting_id AND frozen_at IS NOT NULL)"

    replaced = (
        f"EXISTS (SELECT 1 FROM {ITEM} AS other JOIN {MEETING} AS met ON met.id = other.meeting_id "
        "WHERE other.id = NEW.id AND met.frozen_at IS NOT NULL)"
    )
    return (
        f"CREATE TRIGGER {ITEM}_no_update BEFORE UPDATE ON {ITEM} WHEN {fixed('OLD')} OR {fixed('NEW')} {refuse}",
        f"CREATE TRIGGER {ITEM}_no_delete BEFORE DELETE ON {ITEM} WHEN {fixed('OLD')} {refuse}",
        f"CREATE TRIGGER {ITEM}_no_insert BEFORE INSERT ON {ITEM} WHEN {fixed('NEW')} OR {replaced} {refuse}",
        f"CREATE TRIGGER {MEETING}_no_update BEFORE UPDATE ON {MEETING} WHEN OLD.state IN ('held', 'closed') "
        f"AND ({_OVER} OR NEW.frozen_at IS NOT OLD.frozen_at OR {_ISSUED}) {refuse}",
        f"CREATE TRIGGER {MEETING}_no_delete BEFORE DELETE ON {MEETING} WHEN OLD.frozen_at IS NOT NULL {refuse}",
    )


def _postgresql() -> tuple[str, ...]:
    fixed = f"EXISTS (SELECT 1 FROM {MEETING} WHERE id = {{}}.meeting_id AND frozen_at IS NOT NULL)"
    old, new = fixed.format("OLD"), fixed.format("NEW")
    functions = (
        f"""CREATE FUNCTION dispatch_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{_APPENDED}'; END $$""",
        f"""CREATE FUNCTION dispatch_keep_item() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP IN ('UPDATE', 'DELETE') THEN
                    IF {old} THEN RAISE EXCEPTION '{_FROZEN}'; END IF;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                IF {new} THEN RAISE EXCEPTION '{_FROZEN}'; END IF;
                RETURN NEW;
            END $$""",
        f"""CREATE FUNCTION dispatch_keep_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION '{_FROZEN}'; END IF;
                    RETURN OLD;
                END IF;
                IF OLD.state IN ('held', 'closed')
                   AND ({_OVER} OR NEW.frozen_at IS DISTINCT FROM OLD.frozen_at OR {_ISSUED})
                THEN RAISE EXCEPTION '{_FROZEN}'; END IF;
                RETURN NEW;
            END $$""",
    )
    steps = tuple(
        statement
        for table in STEPS
        for statement in (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION dispatch_refuse()",
            # Row triggers do not see TRUNCATE.
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION dispatch_refuse()",
        )
    )
    return (
        *functions,
        *steps,
        f"CREATE TRIGGER {ITEM}_no_change BEFORE INSERT OR UPDATE OR DELETE ON {ITEM} "
        "FOR EACH ROW EXECUTE FUNCTION dispatch_keep_item()",
        f"CREATE TRIGGER {ITEM}_no_truncate BEFORE TRUNCATE ON {ITEM} "
        "FOR EACH STATEMENT EXECUTE FUNCTION dispatch_refuse()",
        f"CREATE TRIGGER {MEETING}_no_change BEFORE UPDATE OR DELETE ON {MEETING} "
        "FOR EACH ROW EXECUTE FUNCTION dispatch_keep_meeting()",
        f"CREATE TRIGGER {MEETING}_no_truncate BEFORE TRUNCATE ON {MEETING} "
        "FOR EACH STATEMENT EXECUTE FUNCTION dispatch_refuse()",
    )


def create_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the database itself refuse what must not change."""
    if editor.connection.vendor == "sqlite":
        statements = [statement for table in STEPS for statement in _sqlite_steps(table)]
        statements += _sqlite_agenda()
    else:
        statements = list(_postgresql())
    for statement in statements:
        editor.execute(statement)


def drop_triggers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``create_triggers`` (migrating backwards, and emptying a test's database)."""
    if editor.connection.vendor == "sqlite":
        for table in (*STEPS, ITEM, MEETING):
            for name in ("no_update", "no_delete", "no_replace", "no_insert"):
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
        return
    for table in (*STEPS, ITEM, MEETING):
        for name in ("no_change", "no_truncate"):
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
    for name in ("dispatch_refuse", "dispatch_keep_item", "dispatch_keep_meeting"):
        editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
