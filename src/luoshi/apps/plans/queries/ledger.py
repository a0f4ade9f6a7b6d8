"""Who does what, by when: the rows of the ledger, a page or all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import CharField, Count, ExpressionWrapper, F, Q, QuerySet, Subquery
from django.utils import timezone

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.places import label_below
from luoshi.apps.plans.models import Measure, Plan
from luoshi.apps.plans.policies import visible_measures, visible_plans
from luoshi.apps.plans.queries.ledger_filter import LedgerFilter, Through
from luoshi.apps.plans.queries.rows import MeasureRow, measure_rows

PAGE_SIZE = 100
CHUNK = 500


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of ``lines`` lines for ``total`` measures; grouped by unit, a measure has a line a unit."""

    rows: list[MeasureRow]
    total: int
    lines: int
    number: int

    @property
    def first(self) -> int:
        """The number of the first line shown, 0 when there is none."""
        return (self.number - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last line shown."""
        return (self.number - 1) * PAGE_SIZE + len(self.rows)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.lines // PAGE_SIZE))


def asked_measures(user: Any, asked: LedgerFilter, today: dt.date) -> QuerySet[Measure]:
    """The tasks that the person sees and the filter asks for, in no order."""
    return asked.narrowed(visible_measures(user), today).order_by()


def ledger_page(user: Any, asked: LedgerFilter, today: dt.date, number: int) -> LedgerPage:
    """Page ``number`` (from 1; past the end the last one)."""
    found = asked_measures(user, asked, today)
    total = found.count()
    if asked.group == "unit":
        counts = _lines_by_unit(found, asked)
        lines = sum(count for _, count in counts)
        number = _within(number, lines)
        return LedgerPage(_unit_rows(found, asked, counts, _slice(number), today), total, lines, number)
    number = _within(number, total)
    keys = list(asked.ordered(found).values_list("pk", flat=True)[_slice(number)])
    return LedgerPage(_rows_of(keys, today), total, total, number)


def ledger_rows(user: Any, asked: LedgerFilter, today: dt.date) -> Iterator[MeasureRow]:
    """All rows, a chunk in memory at a time; the keys are fixed at the start, so that no row slips between chunks."""
    found = asked_measures(user, asked, today)
    if asked.group == "unit":
        pairs = list(_pairs(found, asked))
        for start in range(0, len(pairs), CHUNK):
            yield from _pair_rows(pairs[start : start + CHUNK], today)
        return
    keys = list(asked.ordered(found).values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        yield from _rows_of(keys[start : start + CHUNK], today)


def _within(number: int, lines: int) -> int:
    return max(1, min(number, -(-lines // PAGE_SIZE)))


def _slice(number: int) -> slice:
    return slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)


def _rows_of(keys: list[int], today: dt.date) -> list[MeasureRow]:
    # Long texts are fetched for the rows shown only: sorting carries keys, not sentences.
    measures = Measure.objects.select_related("plan").in_bulk(keys)
    return measure_rows((measures[key] for key in keys if key in measures), today)


def _pairs(found: QuerySet[Measure], asked: LedgerFilter) -> QuerySet[Any, tuple[int, int]]:
    """(unit, measure) for every unit that has a part in a measure, in the order of the unit tree."""
    pairs = Through.objects.filter(responsibility__retired_in=None, responsibility__measure_id__in=found.values("pk"))
    if (units := asked.units()) is not None:
        pairs = pairs.filter(units)
    measure = "responsibility__measure__"
    return (
        pairs.order_by("unit__path", f"-{measure}plan__year", f"-{measure}plan_id", f"{measure}position")
        .values_list("unit_id", "responsibility__measure_id")
        .distinct()
    )


def _pair_rows(pairs: list[tuple[int, int]], today: dt.date) -> list[MeasureRow]:
    rows = {row.id: row for row in _rows_of(list(dict.fromkeys(measure for _, measure in pairs)), today)}
    # Every unit of a pair is a party of its measure, and so has been fetched with it.
    units = {unit.pk: unit for row in rows.values() for party in row.parties for unit in party.units}
    return [replace(rows[measure], unit=units[unit]) for unit, measure in pairs if measure in rows and unit in units]


def _lines_by_unit(found: QuerySet[Measure], asked: LedgerFilter) -> list[tuple[int, int]]:
    """(unit, lines) in the order of the unit tree: which units a page holds is known before anything is sorted."""
    pairs = Through.objects.filter(responsibility__retired_in=None, responsibility__measure_id__in=found.values("pk"))
    if (units := asked.units()) is not None:
        pairs = pairs.filter(units)
    counts = pairs.values("unit_id").annotate(lines=Count("responsibility__measure_id", distinct=True))
    return list(counts.order_by("unit__path").values_list("unit_id", "lines"))


def _unit_rows(
    found: QuerySet[Measure], asked: LedgerFilter, counts: list[tuple[int, int]], window: slice, today: dt.date
) -> list[MeasureRow]:
    """The lines of a window: only the units that reach into it are asked for."""
    begin, shown, before = 0, [], 0
    for unit, lines in counts:
        if begin < window.stop and begin + lines > window.start:
            shown.append(unit)
        elif begin + lines <= window.start:
            before = begin + lines
        begin += lines
    pairs = _pairs(found, asked).filter(unit_id__in=shown)
    return _pair_rows(list(pairs[window.start - before : window.stop - before]), today)


@dataclass(frozen=True, slots=True)
class LedgerChoices:
    """What the filter form offers."""

    plans: list[Plan]
    years: list[int]
    unit: Unit | None
    label: str
    below: tuple[int, ...]

    def missing(self, asked: LedgerFilter) -> list[str]:
        """What the filter asks for by number and is not there, in words."""
        found = []
        if asked.plan and all(plan.pk != asked.plan for plan in self.plans):
            found.append(f"没有编号为 {asked.plan} 的方案，或您无权查看，因此没有任务列出。")
        if asked.unit and self.unit is None:
            found.append(f"没有编号为 {asked.unit} 的单位，因此没有任务列出。")
        return found

    def keys_of(self, asked: LedgerFilter) -> tuple[int, ...] | None:
        """The keys of the units that the filter means, ``None`` where it asks for none."""
        if asked.unit is None:
            return None
        if self.unit is None or not asked.subtree:
            return () if self.unit is None else (asked.unit,)
        return self.below


def ledger_choices(user: Any, asked: LedgerFilter) -> LedgerChoices:
    """The plans that the person sees, their years, the unit asked for with those below it: two queries."""
    plans = list(visible_plans(user).only("id", "title", "year", "last_year").order_by("-year", "-id"))
    years = {year for plan in plans if plan.year for year in range(plan.year, (plan.last_year or plan.year) + 1)}
    return LedgerChoices(plans, sorted(years, reverse=True), *_unit_asked(asked))


def _unit_asked(asked: LedgerFilter) -> tuple[Unit | None, str, tuple[int, ...]]:
    """The unit asked for, what it is called with its place, and the numbers of those in its subtree: one query."""
    if not asked.unit:
        return None, "", ()
    own = Unit.objects.filter(pk=asked.unit).values("path")[:1]
    inner = ExpressionWrapper(Subquery(own), output_field=CharField())
    rows = Unit.objects.annotate(top=inner).filter(Q(path__startswith=F("top")) | Q(top__startswith=F("path")))
    found = list(rows.order_by("-path"))
    unit = next((row for row in found if row.pk == asked.unit), None)
    if unit is None:
        return None, "", ()
    above = [(row.kind, str(row)) for row in found if row.depth < unit.depth]
    label = label_below(str(unit), above)
    if unit.valid_to is not None and unit.valid_to < timezone.localdate():
        label += f"（{unit.valid_to.year}年撤销）"
    return unit, label, tuple(row.pk for row in found if row.path.startswith(unit.path))
