"""调度: who is behind, what was promised, what comes next."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from luoshi.apps.dispatch.models import (
    Decision,
    DecisionState,
    EarlyWarning,
    Meeting,
    ProblemState,
    WarningState,
)
from luoshi.apps.dispatch.policies import (
    answerable_warnings,
    own_decisions,
    visible_decisions,
    visible_problems,
    visible_warnings,
)
from luoshi.apps.dispatch.queries.decisions import OPEN as OPEN_DECISIONS
from luoshi.apps.dispatch.queries.meetings import next_meetings
from luoshi.apps.organisations.models import Unit
from luoshi.apps.targets.queries.in_force import unit_names

SHOWN = 8
MOST_UNITS = 60


@dataclass(slots=True)
class UnitRow:
    """What stands against one unit."""

    unit: Unit
    counts: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> int:
        """A count by its name, 0 where there is none: for the template."""
        if name in COUNTED:
            return self.counts.get(name, 0)
        raise AttributeError(name)


#: Names of the counts, the gravest first: the order of the rows.
COUNTED = ("late_answers", "to_answer", "late_decisions", "pushed", "decisions", "problems")


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the page shows; ``hidden_units`` tells how many units more there are."""

    units: list[UnitRow]
    hidden_units: int
    totals: dict[str, int]
    warnings: list[EarlyWarning]
    decisions: list[Decision]
    meetings: list[Meeting]
    mine: int
    my_decisions: int


def home_page(user: Any, now: dt.datetime, today: dt.date) -> HomePage:
    """Nine queries at any size."""
    open_ = Q(state=WarningState.OPEN)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    warned = visible_warnings(user).filter(state__in=(WarningState.OPEN, WarningState.ANSWERED)).order_by()
    for row in warned.values("unit_id").annotate(
        to_answer=Count("pk", filter=open_),
        late_answers=Count("pk", filter=open_ & Q(due_at__lt=now)),
        pushed=Count("pk", filter=Q(state=WarningState.ANSWERED)),
    ):
        counts[row.pop("unit_id")] |= row
    promised = visible_decisions(user).filter(state__in=OPEN_DECISIONS).order_by()
    late = Q(state=DecisionState.OPEN, due_on__lt=today)
    for row in promised.values("unit_id").annotate(decisions=Count("pk"), late_decisions=Count("pk", filter=late)):
        counts[row.pop("unit_id")] |= row
    asked = visible_problems(user).filter(state__in=(ProblemState.OPEN, ProblemState.IN_HAND)).order_by()
    for row in asked.values("unit_id").annotate(problems=Count("pk")):
        counts[row.pop("unit_id")] |= row
    units = unit_names(counts)
    rows = [UnitRow(units[pk], own) for pk, own in counts.items() if pk in units]
    rows.sort(key=lambda row: (*(-row.counts.get(name, 0) for name in COUNTED), row.unit.path))
    totals = {name: sum(row.counts.get(name, 0) for row in rows) for name in COUNTED}
    warnings = visible_warnings(user).filter(state=WarningState.OPEN).select_related("unit", "rule")
    decisions = visible_decisions(user).filter(state__in=OPEN_DECISIONS).select_related("unit", "meeting")
    return HomePage(
        units=rows[:MOST_UNITS],
        hidden_units=max(0, len(rows) - MOST_UNITS),
        totals=totals,
        warnings=list(warnings.order_by("due_at", "unit__path", "pk")[:SHOWN]),
        decisions=list(decisions.order_by("due_on", "meeting__held_at", "ordinal", "pk")[:SHOWN]),
        meetings=next_meetings(user, now),
        mine=answerable_warnings(user).filter(state=WarningState.OPEN).count(),
        my_decisions=own_decisions(user).filter(state=DecisionState.OPEN).count(),
    )
