"""Targets against counts: for each unit of a table every figure with its target, and the reasons of one of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet

from luoshi.apps.investment.figures import FigureKind, figures_of
from luoshi.apps.investment.models import Activity, FigureTarget, Funds, Lead
from luoshi.apps.investment.policies import claimants
from luoshi.apps.investment.queries.books import Books, read_books
from luoshi.apps.investment.queries.counting import Reason, Result, bounds, parts_for, results
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.targets.queries.in_force import ShareRow, given_shares, year_value
from luoshi.periods import Period

#: How many of a target's unit of measure make one of a figure's: (of the target, of the figure).
_PER = {
    ("元", "亿元"): Decimal(100_000_000),
    ("万元", "亿元"): Decimal(10_000),
    ("美元", "万美元"): Decimal(10_000),
    ("亿元", "亿元"): Decimal(1),
    ("万美元", "万美元"): Decimal(1),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a unit has to reach. ``partners``: units that carry it together (joint), without the unit itself."""

    value: Decimal
    target_id: int
    partners: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one unit. ``together``: what all partners of a joint target reached."""

    figure: FigureKind
    value: Decimal | None
    goal: Goal | None = None
    together: Decimal | None = None
    formula: str = ""

    @property
    def shown(self) -> str:
        """The figure as it is read."""
        return "" if self.value is None else shown(self.value)

    @property
    def percent(self) -> Decimal | None:
        """How much of the target is done, in per cent; a target of 0 has none."""
        reached = self.together if self.together is not None else self.value
        if self.goal is None or not self.goal.value or reached is None:
            return None
        return (reached / self.goal.value * 100).quantize(Decimal(1), ROUND_HALF_UP)

    @property
    def is_reached(self) -> bool:
        """Whether the target is reached."""
        reached = self.together if self.together is not None else self.value
        return self.goal is not None and reached is not None and reached >= self.goal.value


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of a table."""

    unit: Unit
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of units by figures."""

    scope: str
    figures: tuple[FigureKind, ...]
    rows: tuple[UnitRow, ...]


def shown(value: Decimal) -> str:
    """A figure with thousands separators, at most two decimals."""
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():,f}"


def scoped_units(units: QuerySet[Unit] | None = None) -> dict[str, list[Unit]]:
    """The units of both tables (or those of some), by scope, with their groups: one query."""
    rows = (claimants() if units is None else units).select_related("investment_group__lead_unit").order_by("path")
    found: dict[str, list[Unit]] = {"territory": [], "group": []}
    for unit in rows:
        found["group" if hasattr(unit, "investment_group") else "territory"].append(unit)
    # Counties and cities come before zones, as in the annexes' own order of kinds.
    found["territory"].sort(key=lambda unit: (unit.kind == UnitKind.ZONE, unit.path))
    return found


def funds_rules(units: Collection[Unit]) -> dict[int, str]:
    """The groups' rules for funds, by unit."""
    return {unit.pk: unit.investment_group.funds_rule for unit in units if hasattr(unit, "investment_group")}


def goals(
    scope: str, year: int, unit_ids: Collection[int], as_of: dt.datetime | None = None
) -> dict[tuple[str, int], Goal]:
    """What units have to reach in a year, by (figure, unit): at most five queries.

    Of several targets of one figure the one last stated for the unit counts.
    """
    return all_goals(year, {scope: unit_ids}, as_of).get(scope, {})


def all_goals(
    year: int, units: Mapping[str, Collection[int]], as_of: dt.datetime | None = None
) -> dict[str, dict[tuple[str, int], Goal]]:
    """The same for several tables at once."""
    links = list(FigureTarget.objects.filter(year=year, scope__in=list(units)).select_related("target").order_by("pk"))
    if not links:
        return {}
    wanted = {unit for ids in units.values() for unit in ids}
    shares = given_shares(target_ids={link.target_id for link in links}, unit_ids=wanted, as_of=as_of)
    joint = _partners(shares)
    measure = {(scope, one.key): one.unit for scope in units for one in figures_of(scope)}
    found: defaultdict[str, dict[tuple[str, int], Goal]] = defaultdict(dict)
    for link in links:
        for unit in units[link.scope]:
            rows = [row for row in shares.get((link.target_id, unit), ()) if Period.parse(row.period).year == year]
            value = year_value([(Period.parse(row.period), row.value) for row in rows],
                               cumulative=bool(rows and rows[0].cumulative))  # fmt: skip
            if value is None:
                continue
            per = _PER.get((link.target.unit_of_measure, measure.get((link.scope, link.figure), "")), Decimal(1))
            partners = joint.get((rows[0].version_id, rows[0].joint), ()) if rows[0].joint else ()
            together = tuple(other for other in partners if other != unit)
            found[link.scope][link.figure, unit] = Goal(value / per, link.target_id, together)
    return dict(found)


def _partners(shares: Mapping[tuple[int, int], list[ShareRow]]) -> dict[tuple[int, str], tuple[int, ...]]:
    """The units that carry a number together, by (version, joint)."""
    found: defaultdict[tuple[int, str], dict[int, None]] = defaultdict(dict)
    for (_, unit), rows in shares.items():
        for row in rows:
            if row.joint:
                found[row.version_id, row.joint][unit] = None
    return {key: tuple(units) for key, units in found.items()}


def tables(period: Period, units: Mapping[str, list[Unit]], as_of: dt.datetime | None = None) -> dict[str, Table]:
    """Both tables of a period: at most ten queries, whatever is stored."""
    first = dt.date(period.last_day.year, 1, 1)
    books = read_books(first, period.last_day, as_of)
    ids = {scope: [unit.pk for unit in found] for scope, found in units.items()}
    known = all_goals(period.last_day.year, ids, as_of)
    return {scope: _table(scope, books, period, found, known.get(scope, {})) for scope, found in units.items()}


def _table(scope: str, books: Books, period: Period, units: list[Unit], known: Mapping[tuple[str, int], Goal]) -> Table:
    figures = figures_of(scope)
    ids, rules = [unit.pk for unit in units], funds_rules(units)
    by_figure = {one.key: results(books, one, period, ids, rules) for one in figures}
    rows = []
    for unit in units:
        cells = []
        for one in figures:
            result, goal = by_figure[one.key][unit.pk], known.get((one.key, unit.pk))
            cells.append(Cell(one, result.value, goal, _together(by_figure[one.key], unit.pk, goal), result.formula))
        rows.append(UnitRow(unit, tuple(cells)))
    return Table(scope, figures, tuple(rows))


def _together(found: Mapping[int, Result], unit: int, goal: Goal | None) -> Decimal | None:
    """What the partners of a joint target reached together: counts add up, rates do not."""
    if goal is None or not goal.partners:
        return None
    values = [found[one].value for one in (unit, *goal.partners) if one in found]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason with what it is about; ``url`` is for those who may see it."""

    reason: Reason
    title: str
    note: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one figure of one unit is what it is."""

    figure: FigureKind
    unit: Unit
    period: Period
    first: dt.date
    last: dt.date
    result: Result
    goal: Goal | None
    lines: tuple[ReasonLine, ...]
    partners: tuple[Unit, ...] = ()

    @property
    def counted(self) -> list[ReasonLine]:
        """What counts."""
        return [line for line in self.lines if line.reason.counted]

    @property
    def left_out(self) -> list[ReasonLine]:
        """What does not."""
        return [line for line in self.lines if not line.reason.counted]


def explanation(
    figure: FigureKind, unit: Unit, period: Period, *, leads: Collection[int], as_of: dt.datetime | None = None
) -> Explanation:
    """The explanation of one number; ``leads`` are those that the person sees (others are told without their page)."""
    first, last = bounds(figure, period)
    books = read_books(dt.date(last.year, 1, 1), last, as_of, parts=parts_for([figure]))
    rules = funds_rules([unit])
    result = results(books, figure, period, [unit.pk], rules)[unit.pk]
    goal = goals(str(figure.scope), last.year, [unit.pk], as_of).get((figure.key, unit.pk))
    partners = tuple(Unit.objects.filter(pk__in=goal.partners)) if goal and goal.partners else ()
    lines = _lines(result.reasons, leads)
    return Explanation(figure, unit, period, first, last, result, goal, lines, partners)


def _lines(reasons: Collection[Reason], seen: Collection[int]) -> tuple[ReasonLine, ...]:
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for reason in reasons:
        ids[reason.kind].add(reason.id)
    activities = Activity.objects.in_bulk(ids["activity"]) if ids["activity"] else {}
    leads = Lead.objects.select_related("enterprise").in_bulk(ids["lead"]) if ids["lead"] else {}
    funds = Funds.objects.select_related("lead").in_bulk(ids["funds"]) if ids["funds"] else {}
    found = []
    for reason in reasons:
        if reason.kind == "activity":
            one = activities[reason.id]
            found.append(ReasonLine(reason, one.title, f"{one.begin:%Y-%m-%d}至{one.end:%m-%d}", True))
        elif reason.kind == "lead":
            lead = leads[reason.id]
            found.append(ReasonLine(reason, lead.title, lead.enterprise.name, lead.pk in seen))
        else:
            money = funds[reason.id]
            title = money.lead.title if money.lead else money.get_source_display()
            found.append(ReasonLine(reason, title, money.period, money.lead_id in seen))
    return tuple(found)
