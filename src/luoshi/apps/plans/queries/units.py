"""What a unit owes to all plans."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.organisations.models import Unit, UnitName
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Deadline, Measure, Plan, ResponsibilityRole, Target
from luoshi.apps.plans.policies import visible_deadlines, visible_measures, visible_targets
from luoshi.apps.plans.queries.due import due_between, due_days, past
from luoshi.apps.plans.queries.ledger_filter import Through
from luoshi.apps.plans.queries.rows import TargetRow, shortened, target_row

DUE_SHOWN = 200
TARGETS_SHOWN = 200
UNITS_PAGE = 300


def _in_order(by_role: dict[str, int]) -> list[tuple[str, int]]:
    """(role, tasks) in the usual order, also where there are none."""
    return [(role.value, by_role.get(role.value, 0)) for role in ResponsibilityRole]


@dataclass(slots=True)
class UnitRow:
    """A unit and in how many tasks it has a part, by role."""

    unit: Unit
    indent: int
    by_role: dict[str, int] = field(default_factory=dict)
    tasks: int = 0

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(role, tasks) in the usual order, also where there are none."""
        return _in_order(self.by_role)


@dataclass(frozen=True, slots=True)
class UnitPage:
    """One page of the list of units."""

    rows: list[UnitRow]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // UNITS_PAGE))


def in_force(user: Any) -> QuerySet[Any]:
    """Rows of responsibility × unit for the tasks that the person sees."""
    seen = visible_measures(user).filter(is_task=True).order_by().values("pk")
    return Through.objects.filter(responsibility__retired_in=None, responsibility__measure_id__in=seen)


def unit_page(user: Any, *, kind: str, text: str, today: dt.date, number: int, gone: bool = False) -> UnitPage:
    """Units in tree order with the counts of their own tasks: four queries."""
    units = Unit.objects.order_by("path")
    if kind:
        units = units.filter(kind=kind)
    for word in text.split():
        named = UnitName.objects.filter(name__icontains=word).values("units")
        units = units.filter(Q(name__icontains=word) | Q(short_name__icontains=word) | Q(pk__in=named))
    if not gone:
        units = units.exclude(valid_to__lt=today)
    total = units.count()
    number = max(1, min(number, -(-total // UNITS_PAGE)))
    shown = list(units[(number - 1) * UNITS_PAGE : number * UNITS_PAGE])
    top = min((unit.depth for unit in shown), default=1)
    rows = {unit.pk: UnitRow(unit, 0 if (kind or text) else unit.depth - top) for unit in shown}
    pairs = in_force(user).filter(unit_id__in=rows).order_by()
    measure = Count("responsibility__measure_id", distinct=True)
    for unit_id, role, count in pairs.values_list("unit_id", "responsibility__role").annotate(n=measure):
        rows[unit_id].by_role[role] = count
    for unit_id, count in pairs.values_list("unit_id").annotate(n=measure):
        rows[unit_id].tasks = count
    return UnitPage(list(rows.values()), total, number)


@dataclass(frozen=True, slots=True)
class DueTask:
    """A day on which a task of the unit is due, and as what the unit has a part in it."""

    day: dt.date
    deadline: Deadline
    measure: Measure
    plan: Plan
    roles: tuple[str, ...]
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
    """The first days, and how many deadlines there are in all."""

    rows: list[DueTask]
    total: int

    @property
    def hidden(self) -> bool:
        """Whether some are left out."""
        return self.total > DUE_SHOWN


def measures_of(paths: Iterable[str]) -> QuerySet[Any]:
    """The keys of the measures in which a unit of the subtrees has a part."""
    return (
        Through.objects.filter(_reach(paths), responsibility__retired_in=None)
        .order_by()
        .values("responsibility__measure_id")
    )


def due_list(
    user: Any,
    paths: tuple[str, ...],
    condition: Q,
    first: dt.date,
    last: dt.date,
    today: dt.date,
    *,
    latest: bool = False,
) -> DueList:
    """Deadlines of the units' tasks that fulfil ``condition``, with each of their days in the span: three queries."""
    found = visible_deadlines(user).filter(condition, measure__in=measures_of(paths), measure__is_task=True)
    order = ("-date", "pk") if latest else ("rule_kind", "date", "pk")
    # A date has one day, a cadence may have several: dates first, so that what is cut off recurs anyway.
    deadlines = list(found.select_related("measure", "plan").order_by(*order)[: DUE_SHOWN + 1])
    total = len(deadlines) if len(deadlines) <= DUE_SHOWN else found.count()
    deadlines = deadlines[:DUE_SHOWN]
    roles: defaultdict[int, set[str]] = defaultdict(set)
    own = Through.objects.filter(
        _reach(paths), responsibility__retired_in=None, responsibility__measure_id__in={d.measure_id for d in deadlines}
    )
    for measure_id, role in own.values_list("responsibility__measure_id", "responsibility__role").distinct():
        roles[measure_id].add(role)
    rows = [
        DueTask(
            day,
            deadline,
            deadline.measure,
            deadline.plan,
            tuple(role.label for role in ResponsibilityRole if role.value in roles[deadline.measure_id]),
            words.due_words(deadline),
            deadline.rule_kind != "date",
            (day - today).days,
        )
        for deadline in deadlines
        if deadline.measure is not None
        for day in due_days(deadline, deadline.plan, first, last)
    ]
    rows.sort(key=lambda row: (row.day, row.plan.pk, row.measure.position), reverse=latest)
    return DueList(rows, total)


def _reach(paths: Iterable[str]) -> Q:
    reach = Q(pk__in=())
    for path in paths:
        reach |= Q(unit__path__startswith=path)
    return reach


def due_in(user: Any, paths: tuple[str, ...], first: dt.date, last: dt.date, today: dt.date) -> DueList:
    """What the units' tasks have due in a span of days."""
    return due_list(user, paths, due_between(first, last), first, last, today)


def overdue(user: Any, paths: tuple[str, ...], today: dt.date) -> DueList:
    """Tasks of the units whose date has passed, the latest first."""
    return due_list(user, paths, past(today), dt.date.min, today - dt.timedelta(days=1), today, latest=True)


@dataclass(frozen=True, slots=True)
class PlanShare:
    """How many tasks the units have in one plan, by role."""

    plan: Plan
    tasks: int
    counts: list[tuple[str, int]]

    @property
    def years(self) -> str:
        """``2026年``."""
        return words.years_words(self.plan.year, self.plan.last_year)


def shares(user: Any, unit: Unit) -> list[PlanShare]:
    """The unit's tasks (with its subunits') by plan: three queries."""
    pairs = in_force(user).filter(unit__path__startswith=unit.path).order_by()
    measure = Count("responsibility__measure_id", distinct=True)
    roles: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for plan_id, role, count in pairs.values_list("responsibility__plan_id", "responsibility__role").annotate(
        n=measure
    ):
        roles[plan_id][role] = count
    totals = dict(pairs.values_list("responsibility__plan_id").annotate(n=measure))
    plans = Plan.objects.filter(pk__in=totals).order_by("-year", "-pk")
    return [PlanShare(plan, totals[plan.pk], _in_order(roles[plan.pk])) for plan in plans]


@dataclass(frozen=True, slots=True)
class UnitTargets:
    """The targets below the unit's tasks: the first ones, and how many there are."""

    rows: list[tuple[TargetRow, Plan]]
    total: int


def unit_targets(user: Any, unit: Unit) -> UnitTargets:
    """Targets of the tasks in which the unit or one below it has a part: two queries."""
    found = visible_targets(user).filter(measure__in=measures_of((unit.path,)), measure__is_task=True)
    targets: list[Target] = list(
        found.select_related("plan").order_by("-plan__year", "-plan_id", "line", "pk")[:TARGETS_SHOWN]
    )
    return UnitTargets([(target_row(target), target.plan) for target in targets], found.count())


def task_sums(user: Any, unit: Unit) -> tuple[int, list[tuple[str, int]]]:
    """How many tasks the unit and those below it have in all, and in each role: two queries."""
    pairs = in_force(user).filter(unit__path__startswith=unit.path).order_by()
    measure = Count("responsibility__measure_id", distinct=True)
    by_role = dict(pairs.values_list("responsibility__role").annotate(n=measure))
    return pairs.aggregate(n=measure)["n"], _in_order(by_role)
