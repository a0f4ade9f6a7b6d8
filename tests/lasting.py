"""Rows that many tests only read, or change and put back: written once for a module instead of once for a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def lasting(blocker: Any) -> Iterator[None]:
    """What is written inside stays until the block ends; a test that asks for ``db`` gets a savepoint within.

    For fixtures of a module: ``def world(django_db_setup, django_db_blocker)`` with ``lasting(django_db_blocker)``.
    """
    with blocker.unblock(), transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
