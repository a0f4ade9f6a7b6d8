"""Whether a return was on time, late or missing: one rule, in SQL and in words.

What counts is the first submission (coming back for a correction undoes nothing), unless it was recalled and nothing
followed. A return is missing from the moment after the due one; exempt ones are asked of nobody. ``as_of`` looks at
what was known at a past moment: recalling or reporting later changes no mark of the past.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from luoshi.apps.reporting.models import Return, ReturnState, ReturnStep, Submission
from luoshi.apps.reporting.queries.context import not_recalled


class Mark(StrEnum):
    """What became of a unit's return in a period."""

    ON_TIME = "on-time"
    LATE = "late"
    MISSING = "missing"
    PENDING = "pending"
    EXEMPT = "exempt"


WORDS = {
    Mark.ON_TIME: "按时",
    Mark.LATE: "迟报",
    Mark.MISSING: "未报",
    Mark.PENDING: "待报",
    Mark.EXEMPT: "免报",
}


def known_at(returns: QuerySet[Return], as_of: dt.datetime, *, now: dt.datetime) -> QuerySet[Return]:
    """The returns with ``standing`` (the state known at ``as_of``), ``came`` (when they were first submitted, ``None``
    for those not received) and ``mark``; rounds opened later are left out.
    """
    if as_of >= now:
        found = returns.annotate(standing=F("state"), came=Case(When(submitted_at__lte=as_of, then=F("submitted_at"))))
    else:
        steps = ReturnStep.objects.filter(answer=OuterRef("pk"), at__lte=as_of).order_by("-at", "-pk")
        then = Coalesce(Subquery(steps.values("to_state")[:1]), Value(ReturnState.OPEN.value))
        first = Submission.objects.filter(not_recalled(as_of), answer=OuterRef("pk"), submitted_at__lte=as_of)
        came = Subquery(first.order_by("ordinal").values("submitted_at")[:1])
        found = returns.filter(round__opened_at__lte=as_of).annotate(standing=then, came=came)
    received = Q(came__isnull=False) & ~Q(standing=ReturnState.OPEN)
    return found.annotate(
        mark=Case(
            When(standing=ReturnState.EXEMPT, then=Value(Mark.EXEMPT.value)),
            When(received & Q(came__lte=F("round__due_at")), then=Value(Mark.ON_TIME.value)),
            When(received, then=Value(Mark.LATE.value)),
            When(round__due_at__lt=as_of, then=Value(Mark.MISSING.value)),
            default=Value(Mark.PENDING.value),
            output_field=CharField(),
        )
    )


def fallen_due(known: QuerySet[Return], as_of: dt.datetime) -> QuerySet[Return]:
    """Those of ``known_at`` whose round was due: what rates are made of, so that nobody is late before the time."""
    return known.filter(round__due_at__lt=as_of)


#: Aggregates over ``known_at``.
FIGURES: dict[str, Any] = {
    "on_time": Count("pk", filter=Q(mark=Mark.ON_TIME)),
    "late": Count("pk", filter=Q(mark=Mark.LATE)),
    "missing": Count("pk", filter=Q(mark=Mark.MISSING)),
    "exempt": Count("pk", filter=Q(mark=Mark.EXEMPT)),
    "pending": Count("pk", filter=Q(mark=Mark.PENDING)),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The five metrics (expected, received, on time, late, missing), and what stands beside them."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    exempt: int = 0
    pending: int = 0

    @classmethod
    def of(cls, row: dict[str, Any]) -> Figures:
        """From a row of an aggregate with ``FIGURES``."""
        return cls(**{name: row[name] or 0 for name in FIGURES})

    @property
    def received(self) -> int:
        """What came, on time or late."""
        return self.on_time + self.late

    @property
    def expected(self) -> int:
        """All that is asked for: what came, what has fallen due without coming, and what is not due yet."""
        return self.received + self.missing + self.pending

    @property
    def on_time_rate(self) -> float | None:
        """On time of expected, in per cent; ``None`` where nothing was expected or something is not due yet."""
        return 100 * self.on_time / self.expected if self.expected and not self.pending else None

    @property
    def completeness(self) -> float | None:
        """Received of expected, in per cent; ``None`` where nothing was expected or something is not due yet."""
        return 100 * self.received / self.expected if self.expected and not self.pending else None
