"""What an address asks of a board: ``?plan=&tier=&period=&as_of=&target=``, read once, wrong parts said in Chinese."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan, Target, Tier
from luoshi.apps.plans.policies import visible_plans, visible_targets
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.site.moments import as_of_in, written

#: More targets than this are not put on one board: the person chooses a plan.
MOST_TARGETS = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; ``problems`` are the parts of the address that could not be read, in words."""

    plan: Plan | None = None
    tier: str = ""
    period: Period | None = None
    year: int = 0
    as_of: dt.datetime | None = None
    problems: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)

    def address(self, **changes: str) -> str:
        """The query of an address with some parts changed; empty ones are left out."""
        parts = {**self.query, **changes}
        kept = {key: value for key, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"

    @property
    def as_of_text(self) -> str:
        """The moment as the address writes it."""
        return written(self.as_of)


def asked(user: Any, query: Mapping[str, str], *, today: dt.date | None = None) -> Asked:
    """Reads an address; of plans only those are known that the person sees. At most two queries."""
    problems: list[str] = []
    as_of, problem = as_of_in(query)
    if problem:
        problems.append(problem)
    plan = None
    if text := query.get("plan", ""):
        number = number_of(text)
        plan = visible_plans(user).select_related("owner").filter(pk=number).first() if number else None
        if plan is None:
            problems.append("没有所选的方案，以下是全部方案。")
    period = None
    if text := query.get("period", ""):
        try:
            period = Period.parse(text[:20])
        except PeriodError:
            problems.append(f"“{text[:20]}”不是期别，应写作 2026-09；以下是最近一期。")
    tier = query.get("tier", "")
    if tier and tier not in set(Tier):
        problems.append("没有所选的目标档次，以下是全部档次。")
        tier = ""
    year = period.last_day.year if period else _last_year(user, (today or timezone.localdate()).year)
    known = {"plan": str(plan.pk) if plan else "", "tier": tier, "period": str(period or ""), "as_of": written(as_of)}
    return Asked(plan, tier, period, year, as_of, tuple(problems), known)


def _measured_targets(user: Any) -> QuerySet[Target]:
    """The targets that something measures, each with the year ``of`` it (as ``targets.years.plan_year`` has it)."""
    rows = visible_targets(user).filter(measured_by__isnull=False)
    return rows.annotate(of=Coalesce("year", "plan__last_year", "plan__year"))


def _last_year(user: Any, this: int) -> int:
    """This year, or the last one before it that has targets: in January the old plans still stand on the boards."""
    rows = _measured_targets(user).filter(of__lte=this)
    return rows.order_by().aggregate(last=Max("of"))["last"] or this


def targets_asked(user: Any, ask: Asked) -> QuerySet[Target]:
    """The measured targets of the year that the person sees, of the asked plan and tier, in the order of the plans."""
    rows = _measured_targets(user).filter(of=ask.year)
    if ask.plan is not None:
        rows = rows.filter(plan=ask.plan)
    if ask.tier:
        rows = rows.filter(tier=ask.tier)
    return rows.select_related("plan__owner").order_by("plan_id", "line", "pk")


def months(year: int, last: dt.date) -> list[Period]:
    """The months of a year up to a day, the latest first: what the choice of a period offers."""
    found = [Period(Cadence.MONTHLY, year, number) for number in range(1, 13)]
    return [one for one in reversed(found) if one.first_day <= last]
