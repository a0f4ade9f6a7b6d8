"""What a unit owes to all plans."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.organisations.models import Unit, UnitName
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Plan, ResponsibilityRole, Target
from luoshi.apps.plans.policies import visible_measures, visible_targets
from luoshi.apps.plans.queries.due_lists import measures_of
from luoshi.apps.plans.queries.ledger_filter import Through
from luoshi.apps.plans.queries.rows import TargetRow, target_row

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
