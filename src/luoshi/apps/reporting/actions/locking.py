"""Every change of a return begins here: its row is locked, so that filling, reviewing and freezing take turns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from luoshi.apps.reporting.errors import NotNow
from luoshi.apps.reporting.models import Return, Round
from luoshi.apps.reporting.policies import visible_returns
from luoshi.apps.reporting.timing import closed
from luoshi.site.prepared import Prepared

#: What is typed: no change of it leaves the revision as it is.
CONTENT = ("cells", "rows", "reasons", "marks")


_frozen = Prepared(lambda pk: Round.objects.filter(pk=pk).values_list("frozen_at", flat=True).order_by())
_round = Prepared(
    lambda pk: Round.objects.select_related("form__owner", "version").defer("version__definition").filter(pk=pk)
)


def moment(now: dt.datetime | None) -> dt.datetime:
    """The moment of an act: as given, else now."""
    return timezone.now() if now is None else now


def locked_return(user: Any, answer_id: int, seen: Return | None = None) -> Return:
    """The return's row, locked, and its round as it stands once the lock is held.

    ``seen`` is the same return with its round (``with_round``), read before by the same person: what does not change
    is taken from it, and what stands in its cells where the revision is the same.

    Raises ``Http404`` for what the person does not see. Inside a transaction only. Nothing is joined to the locked row:
    where PostgreSQL had to wait, it gives the row as it is now, but joined rows as they were before.
    """
    # Whether the person sees it is asked before the lock: nobody waits for what is not theirs.
    if seen is None and user is not None and not visible_returns(user).filter(pk=answer_id).exists():
        raise Http404
    # Ordered by itself: the usual order joins round, form and unit, whose rows all others of the round would wait for.
    rows = Return.objects.select_for_update().filter(pk=answer_id).order_by("pk")
    answer = (rows if seen is None else rows.defer(*CONTENT)).first()
    if answer is None:
        raise Http404
    if seen is None:
        return with_round(answer)
    if answer.revision == seen.revision:  # hundreds of cells need not be read twice
        for name in CONTENT:
            setattr(answer, name, getattr(seen, name))
    else:
        answer.refresh_from_db(fields=CONTENT)
    answer.round, answer.unit = seen.round, seen.unit
    answer.round.frozen_at = _frozen.first(answer.round_id)
    return answer


def with_round(answer: Return) -> Return:
    """The return with its round, form, owner, version and unit: one query, after the lock."""
    (answer.round,) = _round.rows(answer.round_id)
    return answer


def require_fill(allowed: bool) -> None:
    """Stop who does not report for the unit."""
    if not allowed:
        raise PermissionDenied("您不是这个单位的填报员。")


def require_open(answer: Return, now: dt.datetime, *, submitting: bool) -> None:
    """Stop where time has run out: ``NotNow``."""
    if why := closed(answer, now, submitting=submitting):
        raise NotNow(why)
