"""An empty database made in one go, as all migrations together would leave it.

Going from migration to migration takes Django about a tenth of a second for each of several hundred operations, since
it draws up the models anew after each; a first start has nothing to migrate. A test compares both ways on both engines.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor

#: Apps whose migrations bring rows and triggers; those of others only carry over rows, of which there are none.
_OURS = "luoshi."


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has no table at all."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def build(connection: BaseDatabaseWrapper) -> None:
    """Create all tables, rows and triggers and note all migrations as done, in one transaction."""
    connection.prepare_database()
    executor = MigrationExecutor(connection)
    loader = executor.loader
    plan = [migration for migration, _ in executor.migration_plan(loader.graph.leaf_nodes())]
    apps = loader.project_state().apps
    recorder = executor.recorder
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
        editor.create_model(recorder.Migration)
        # References between tables, which the editor keeps for its end: rows and triggers come after them.
        for statement in editor.deferred_sql:
            editor.execute(statement)
        editor.deferred_sql.clear()
        for migration in plan:
            for operation in migration.operations:
                if isinstance(operation, RunPython) and migration.__module__.startswith(_OURS):
                    operation.code(apps, editor)
        recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in _names(plan))


def _names(plan: list[Migration]) -> list[tuple[str, str]]:
    """All migrations of a plan, and those that they stand for."""
    names: dict[tuple[str, str], None] = {}
    for migration in plan:
        names.update(dict.fromkeys([*migration.replaces, (migration.app_label, migration.name)]))
    return list(names)
