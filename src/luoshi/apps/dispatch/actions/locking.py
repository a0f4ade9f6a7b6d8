"""Every change begins here: the row is locked, so that all who act on it take turns."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone

from luoshi.apps.dispatch.errors import NotNow

M = TypeVar("M", bound=Model)


def moment(now: dt.datetime | None) -> dt.datetime:
    """The moment of an act: as given, else now."""
    return timezone.now() if now is None else now


def locked(visible: QuerySet[M], number: int) -> M:
    """The row, locked and read after the lock; ``Http404`` where it is none of those that the person sees.

    Inside a transaction only. Nothing is joined to the locked row: where PostgreSQL had to wait, it gives the row as it
    is now, but joined rows as they were before. Whether the person sees it is asked before: nobody waits for what is
    not theirs.
    """
    if not visible.filter(pk=number).exists():
        raise Http404
    row = visible.model._default_manager.select_for_update().filter(pk=number).order_by("pk").first()
    if row is None:
        raise Http404
    return row


def require_seen(row: Any, revision: int | None) -> None:
    """Stop where the row was changed since the person saw it: ``NotNow``. ``None`` asks for nothing."""
    if revision is not None and row.revision != revision:
        raise NotNow("他人刚刚办理了此事，请刷新后再办。")
