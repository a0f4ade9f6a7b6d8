"""What a unit owes to all plans."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.organisations.models import Unit, UnitName
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Measure, Plan, Responsibility, ResponsibilityRole, Target
from luoshi.apps.plans.policies import visible_responsibilities, visible_targets
from luoshi.apps.plans.queries.due_lists import Reach
from luoshi.apps.plans.queries.ledger_filter import Through
from luoshi.apps.plans.queries.rows import TargetRow, target_row

TARGETS_SHOWN = 200
UNITS_PAGE = 300
_ROLES = tuple(role.value for role in ResponsibilityRole)
#: Tasks in all and by role; a unit with two roles in one task counts it once in all.
_COUNTS: dict[str, Any] = {
    "tasks": Count("measure_id", distinct=True),
    **{f"as_{role}": Count("measure_id", distinct=True, filter=Q(role=role)) for role in _ROLES},
}


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


def in_force(user: Any) -> QuerySet[Responsibility]:
    """The responsibilities for the tasks that the person sees, a row for each unit (``units``)."""
    parties = visible_responsibilities(user).filter(measure__isnull=False, units__isnull=False)
    # Headings are few: leaving them out by a list is cheaper than looking every measure up.
    headings = Measure.objects.filter(is_task=False).order_by().values("pk")
    return parties.exclude(measure_id__in=headings).order_by()


def _own(user: Any, unit: Unit) -> QuerySet[Responsibility]:
    """The responsibilities of the unit and of those below it, for tasks."""
    below = list(Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True))
    named = Through.objects.filter(unit_id__in=below).order_by().values("responsibility_id")
    return visible_responsibilities(user).filter(pk__in=named, measure__is_task=True).order_by()


def unit_page(
    user: Any, *, kind: str, text: str, today: dt.date, number: int, gone: bool = False, busy: bool = False
) -> UnitPage:
    """Units in tree order with the counts of their own tasks: four queries."""
    units = Unit.objects.order_by("path")
    if kind:
        units = units.filter(kind=kind)
    for word in text.split():
        named = UnitName.objects.filter(name__icontains=word).values("units")
        units = units.filter(Q(name__icontains=word) | Q(short_name__icontains=word) | Q(pk__in=named))
    if busy:
        units = units.filter(pk__in=in_force(user).values("units"))
    if not gone:
        units = units.exclude(valid_to__lt=today)
    total = units.count()
    number = max(1, min(number, -(-total // UNITS_PAGE)))
    shown = list(units[(number - 1) * UNITS_PAGE : number * UNITS_PAGE])
    top = min((unit.depth for unit in shown), default=1)
    rows = {unit.pk: UnitRow(unit, 0 if (kind or text or busy) else unit.depth - top) for unit in shown}
    found = in_force(user)
    if len(shown) < total or kind or text or busy:
        found = found.filter(units__in=list(rows))
    for unit_id, tasks, *counts in found.values_list("units").annotate(**_COUNTS):
        if unit_id in rows:
            rows[unit_id].tasks = tasks
            rows[unit_id].by_role = dict(zip(_ROLES, counts, strict=True))
    return UnitPage(list(rows.values()), total, number)


def above(unit: Unit) -> QuerySet[Unit]:
    """The units above, from the top down."""
    step = Unit.steplen
    return Unit.objects.filter(path__in=[unit.path[: step * depth] for depth in range(1, unit.depth)]).order_by("path")


def below(unit: Unit) -> QuerySet[Unit]:
    """The units directly below."""
    return Unit.objects.filter(path__startswith=unit.path, depth=unit.depth + 1).order_by("path")


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
    """The unit's tasks (with its subunits') by plan: two queries."""
    rows = _own(user, unit).values_list("plan_id").annotate(**_COUNTS)
    counts = {plan_id: (tasks, dict(zip(_ROLES, by_role, strict=True))) for plan_id, tasks, *by_role in rows}
    plans = Plan.objects.filter(pk__in=counts).order_by("-year", "-pk")
    return [PlanShare(plan, counts[plan.pk][0], _in_order(counts[plan.pk][1])) for plan in plans]


@dataclass(frozen=True, slots=True)
class UnitTargets:
    """The targets below the unit's tasks: the first ones, and how many there are."""

    rows: list[tuple[TargetRow, Plan]]
    total: int


def unit_targets(user: Any, unit: Unit) -> UnitTargets:
    """Targets of the tasks in which the unit or one below it has a part: three queries."""
    found = visible_targets(user).filter(Reach.of((unit.path,)).condition(), measure__is_task=True)
    targets: list[Target] = list(
        found.select_related("plan").order_by("-plan__year", "-plan_id", "line", "pk")[:TARGETS_SHOWN]
    )
    return UnitTargets([(target_row(target), target.plan) for target in targets], found.count())


def task_sums(user: Any, unit: Unit) -> tuple[int, list[tuple[str, int]]]:
    """How many tasks the unit and those below it have in all, and in each role: one query."""
    counts = _own(user, unit).aggregate(**_COUNTS)
    return counts["tasks"], _in_order({role: counts[f"as_{role}"] for role in _ROLES})
