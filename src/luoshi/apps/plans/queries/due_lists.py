"""What units have due, and what is past: for the page of a unit and for the workbench."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans import words
from luoshi.apps.plans.models import (
    Deadline,
    DeadlineRuleChoice,
    Measure,
    Plan,
    Responsibility,
    ResponsibilityRole,
)
from luoshi.apps.plans.policies import visible_deadlines
from luoshi.apps.plans.queries.due import due_between, due_days, past
from luoshi.apps.plans.queries.ledger_filter import Through
from luoshi.apps.plans.queries.rows import shortened

SHOWN = 200
FEW_UNITS = 50


@dataclass(frozen=True, slots=True)
class DueTask:
    """A day on which a task of the units is due, and as what they have a part in it."""

    day: dt.date
    deadline: Deadline
    measure: Measure
    plan: Plan
    roles: tuple[tuple[str, str], ...]
    words: str
    recurring: bool
    days_left: int

    @property
    def title(self) -> str:
        """The task in a few words."""
        return f"{self.measure.label}{self.measure.title or shortened(self.measure.text)}"

    @property
    def source_url(self) -> str:
        """Its sentence."""
        return words.source_url(self.plan.pk, "deadline", self.deadline.pk, self.deadline.line)


@dataclass(frozen=True, slots=True)
class DueList:
    """The days of the first deadlines, and how many deadlines there are in all."""

    rows: list[DueTask]
    total: int
    shown: int

    @property
    def hidden(self) -> int:
        """How many deadlines are left out."""
        return self.total - self.shown


@dataclass(frozen=True, slots=True)
class Reach:
    """The units of some subtrees; ``everything`` tells that there are no others."""

    units: tuple[int, ...]
    everything: bool

    @classmethod
    def of(cls, paths: Iterable[str]) -> Reach:
        """What lies in the subtrees: one query."""
        tops = tuple(paths)
        rows = list(Unit.objects.values_list("pk", "path")) if tops else []
        units = tuple(pk for pk, path in rows if path.startswith(tops))
        return cls(units, bool(units) and len(units) == len(rows))

    def condition(self) -> Q:
        """A condition on what hangs on a measure: one of the units has a part in the measure.

        Few units: their measures are looked up first. Many: each candidate is asked for its parties. All: nothing is
        asked, so that tasks for which nobody is named are seen by those who oversee everything.
        """
        if self.everything:
            return Q()
        rows = Through.objects.filter(unit_id__in=self.units, responsibility__retired_in=None).order_by()
        if len(self.units) <= FEW_UNITS:
            return Q(measure__in=rows.values("responsibility__measure_id"))
        named = Through.objects.filter(unit_id__in=self.units).order_by().values("responsibility_id")
        parties = Responsibility.objects.filter(pk__in=named, measure_id=OuterRef("measure_id"), retired_in=None)
        return Q(Exists(parties.order_by()))


@dataclass(frozen=True, slots=True)
class _Asked:
    condition: Q
    first: dt.date
    last: dt.date
    latest: bool


def due_and_overdue(
    user: Any, paths: tuple[str, ...], first: dt.date, last: dt.date, today: dt.date, *, shown: int = SHOWN
) -> tuple[DueList, DueList]:
    """What the units' tasks have due in a span of days, and what is past (the latest first): at most six queries."""
    asked = (
        _Asked(due_between(first, last), first, last, False),
        _Asked(past(today), dt.date.min, today - dt.timedelta(days=1), True),
    )
    reach = Reach.of(paths)
    found = [_deadlines(user, reach, one, shown) for one in asked]
    roles = _roles(reach.units, {deadline.measure_id for deadlines, _ in found for deadline in deadlines})
    lists = []
    for one, (deadlines, total) in zip(asked, found, strict=True):
        rows = [
            _task(day, deadline, roles, today)
            for deadline in deadlines
            for day in due_days(deadline, deadline.plan, one.first, one.last)
        ]
        rows.sort(key=lambda row: (row.day, row.plan.pk, row.measure.position), reverse=one.latest)
        lists.append(DueList(rows, total, len(deadlines)))
    return lists[0], lists[1]


def _deadlines(user: Any, reach: Reach, asked: _Asked, shown: int) -> tuple[list[Deadline], int]:
    if not reach.units:
        return [], 0
    found = visible_deadlines(user).filter(asked.condition, reach.condition(), measure__is_task=True)
    # A date comes once, a cadence again: dates first, so that what is cut off recurs anyway.
    order = ("-date", "pk") if asked.latest else ("rule_kind", "date", "pk")
    first = list(found.select_related("measure", "plan").order_by(*order)[: shown + 1])
    return (first, len(first)) if len(first) <= shown else (first[:shown], found.count())


def _roles(units: tuple[int, ...], keys: set[int | None]) -> dict[int, set[str]]:
    roles: defaultdict[int, set[str]] = defaultdict(set)
    if keys:
        own = Through.objects.filter(
            unit_id__in=units, responsibility__retired_in=None, responsibility__measure_id__in=keys
        )
        for key, role in own.values_list("responsibility__measure_id", "responsibility__role").distinct():
            roles[key].add(role)
    return roles


def _task(day: dt.date, deadline: Deadline, roles: dict[int, set[str]], today: dt.date) -> DueTask:
    measure = deadline.measure
    assert measure is not None  # asked for by the query
    held = roles.get(measure.pk, set())
    return DueTask(
        day,
        deadline,
        measure,
        deadline.plan,
        tuple((role.value, role.label) for role in ResponsibilityRole if role.value in held),
        words.due_words(deadline),
        deadline.rule_kind != DeadlineRuleChoice.DATE,
        (day - today).days,
    )
