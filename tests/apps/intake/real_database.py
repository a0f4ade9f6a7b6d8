"""The test database with real transactions, for several connections at once; emptied by hand, because the journal
refuses the usual emptying of all tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from luoshi.apps.dispatch import engine as dispatch_engine
from luoshi.apps.journal import engine
from luoshi.apps.journal.models import ChainHead
from luoshi.apps.organisations.models import RegisterState
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.reporting import engine as reporting_engine
from luoshi.apps.supervision import engine as supervision_engine

_KEPT_APPS = {"contenttypes", "auth", "sites"}


def empty() -> None:
    """Delete every row that tests wrote."""
    name = Path(str(connection.settings_dict["NAME"])).name
    if not name.startswith("test"):
        raise RuntimeError(f"{name} is no test database")
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in _KEPT_APPS and model not in (ChainHead, RegisterState)
    ]
    with connection.schema_editor(atomic=False) as editor:
        engine.drop_triggers(apps, editor)
        reporting_engine.drop_triggers(apps, editor)
        supervision_engine.drop_triggers(apps, editor)
        dispatch_engine.drop_triggers(apps, editor)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        ChainHead.objects.filter(pk=1).update(sequence=0, hash="0" * 64)
    finally:
        with connection.schema_editor(atomic=False) as editor:
            engine.create_triggers(apps, editor)
            reporting_engine.create_triggers(apps, editor)
            supervision_engine.create_triggers(apps, editor)
            dispatch_engine.create_triggers(apps, editor)
        connections.close_all()
        forget_directory()


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's fixture of this name, whose way of emptying the tables the journal refuses."""
    with django_db_blocker.unblock():
        empty()
        try:
            yield
        finally:
            empty()
