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

from luoshi.apps.plans.models import Target, Tier
from luoshi.apps.plans.policies import visible_targets
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.site.moments import as_of_in, written

#: More targets than this are not put on one board: the person chooses a plan.
MOST_TARGETS = 400
MOST_PLANS = 300


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """A plan that has something on a board, and the last year of which it has."""

    pk: int
    title: str
    last_year: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; ``problems`` are the parts of the address that could not be read, in words.

    ``plans`` are those that may be asked for.
    """

    plan: PlanChoice | None = None
    tier: str = ""
    period: Period | None = None
    year: int = 0
    as_of: dt.datetime | None = None
    problems: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    plans: tuple[PlanChoice, ...] = ()

    def address(self, **changes: str) -> str:
        """The query of an address with some parts changed; empty ones are left out."""
        parts = {**self.query, **changes}
        kept = {key: value for key, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"

    @property
    def moment_address(self) -> str:
        """``?as_of=…`` for the pages of what stands on the board; blank for now."""
        return f"?{urlencode({'as_of': self.as_of_text})}" if self.as_of else ""

    @property
    def as_of_text(self) -> str:
        """The moment as the address writes it."""
        return written(self.as_of)


def asked(user: Any, query: Mapping[str, str], *, today: dt.date | None = None) -> Asked:
    """Reads an address: one query, for the plans of which the person sees measured targets.

    Without a period the year is this one, or the last one before it that has targets: in January the old plans still
    stand on the boards.
    """
    problems: list[str] = []
    as_of, problem = as_of_in(query)
    if problem:
        problems.append(problem)
    period = None
    if text := query.get("period", ""):
        try:
            period = Period.parse(text[:20])
        except PeriodError:
            problems.append(f"“{text[:20]}”不是期别，应写作 2026-09；以下是最近一期。")
    this = period.last_day.year if period else (today or timezone.localdate()).year
    plans = _plans(user, this)
    plan = None
    if text := query.get("plan", ""):
        plan = next((one for one in plans if str(one.pk) == text), None)
        if plan is None:
            problems.append("没有所选的方案，以下是全部方案。")
    tier = query.get("tier", "")
    if tier and tier not in set(Tier):
        problems.append("没有所选的目标档次，以下是全部档次。")
        tier = ""
    last = plan.last_year if plan else max((one.last_year for one in plans), default=this)
    known = {"plan": str(plan.pk) if plan else "", "tier": tier, "period": str(period or ""), "as_of": written(as_of)}
    return Asked(plan, tier, period, this if period else last, as_of, tuple(problems), known, plans)


def _measured_targets(user: Any) -> QuerySet[Target]:
    """The targets that something measures, each with the year ``of`` it (as ``targets.years.plan_year`` has it)."""
    rows = visible_targets(user).filter(measured_by__isnull=False)
    return rows.annotate(of=Coalesce("year", "plan__last_year", "plan__year"))


def _plans(user: Any, this: int) -> tuple[PlanChoice, ...]:
    """The plans with targets of a year up to ``this``, the newest first."""
    rows = _measured_targets(user).filter(of__lte=this).order_by().values_list("plan_id", "plan__title")
    found = rows.annotate(last=Max("of")).order_by("-last", "plan__title", "plan_id")
    return tuple(PlanChoice(*row) for row in found[:MOST_PLANS])


def targets_asked(user: Any, ask: Asked) -> QuerySet[Target]:
    """The measured targets of the year that the person sees, of the asked plan and tier, in the order of the plans."""
    rows = _measured_targets(user).filter(of=ask.year)
    if ask.plan is not None:
        rows = rows.filter(plan=ask.plan.pk)
    if ask.tier:
        rows = rows.filter(tier=ask.tier)
    return rows.select_related("plan__owner").order_by("plan_id", "line", "pk")


def months(year: int, last: dt.date) -> list[Period]:
    """The months of a year up to a day, the latest first: what the choice of a period offers."""
    found = [Period(Cadence.MONTHLY, year, number) for number in range(1, 13)]
    return [one for one in reversed(found) if one.first_day <= last]
