"""The allocation page: units down, periods across, sums and what they should be, versions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.allocation import Conservation, conservation
from luoshi.apps.indicators.guessing import counted
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import covered
from luoshi.apps.plans import words
from luoshi.apps.plans.models import PlanTable, Target
from luoshi.apps.targets import policies
from luoshi.apps.targets.models import Allocation, AllocationVersion, Share
from luoshi.apps.targets.queries.in_force import ShareRow, trajectories_in_force
from luoshi.apps.targets.queries.totals import adds_up, column_totals, given_rows, row_totals
from luoshi.apps.targets.values import oddity, plain, shown
from luoshi.apps.targets.years import periods_of, plan_year
from luoshi.periods import Period
from luoshi.progress import rounded


@dataclass(frozen=True, slots=True)
class Cell:
    """One share. ``joint`` names a number carried together; of its cells the ``first`` holds it."""

    period: str
    value: Decimal | None
    joint: str = ""
    first: bool = True
    partners: str = ""
    source_url: str = ""

    @property
    def text(self) -> str:
        """As it is edited."""
        return plain(self.value)

    @property
    def shown(self) -> str:
        """As it is read."""
        return shown(self.value)


@dataclass(frozen=True, slots=True)
class Row:
    """A unit's shares; ``total`` is what it carries over all periods."""

    unit: Unit
    cells: tuple[Cell, ...]
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """A period: what all units carry, and what is due by the trajectory (or was given from above), if that is known."""

    period: str
    label: str
    total: Decimal
    due: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """How much more was given out than is due; below 0 what is missing."""
        return None if self.due is None else self.total - self.due


@dataclass(frozen=True, slots=True)
class Grid:
    """All that the page shows. ``partial`` tells that the person sees only the units in their reach: no sums then."""

    target: Target
    unit: Unit
    revision: int
    version: AllocationVersion | None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Decimal | None
    printed_total: Decimal | None
    table: PlanTable | None
    sums: Conservation | None
    versions: tuple[AllocationVersion, ...]
    may_edit: bool
    partial: bool
    top: bool
    given: tuple[ShareRow, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether what is shown is not in force yet."""
        return self.version is not None and self.version.adopted_at is None

    @property
    def draft(self) -> AllocationVersion | None:
        """The draft, where there is one and the person may see it."""
        return next((version for version in self.versions if version.adopted_at is None), None)

    @property
    def in_force(self) -> AllocationVersion | None:
        """The version in force."""
        adopted = [version for version in self.versions if version.adopted_at is not None]
        return max(adopted, key=lambda version: version.ordinal, default=None)

    @property
    def is_whole(self) -> bool:
        """Whether the target counts things of which there are no fractions."""
        return counted(self.target.unit_of_measure)

    @property
    def odd(self) -> list[tuple[Unit, str, str, str]]:
        """Shares that look wrong: unit, period in words, figure, what is odd about it."""
        return [
            (row.unit, Period.parse(cell.period).label, cell.shown, why)
            for row in self.rows
            for cell in row.cells
            if cell.first and (why := oddity(cell.value, self.target.unit_of_measure, self.total))
        ]

    @property
    def outdated_total(self) -> Decimal | None:
        """What there was to share out when the version in force was adopted, if that has changed since."""
        current = self.in_force
        return current.total if current is not None and current.total != self.total else None

    @property
    def printed_differs(self) -> bool:
        """Whether the annex's own total contradicts the target."""
        return self.printed_total is not None and self.total is not None and self.printed_total != self.total


def allocation_grid(
    user: Any,
    target: Target,
    unit: Unit,
    *,
    as_of: dt.datetime | None = None,
    ordinal: int | None = None,
) -> Grid:
    """The allocation of a target by a unit as the person sees it: the draft for those who may change it, else the
    version in force (at a moment); a chosen version by its ``ordinal``.

    ``target`` must have come through ``visible_targets`` with ``plan__owner`` selected. Six queries.
    """
    may_edit = target.retired_in_id is None and policies.may_allocate(user, target, unit)
    paths = policies.readable_units(user, target, unit)
    allocation = Allocation.objects.filter(target=target, unit=unit).first()
    versions = _versions(allocation, may_edit, as_of)
    version = _chosen(versions, ordinal, draft=may_edit and as_of is None)
    shares = _shares(version)
    given = tuple(given_rows(target, unit, as_of))
    top = unit.pk == target.plan.owner_id
    total = target.value if top else _given_total(target, given)
    periods = _periods(target, version)
    kept = [share for share in shares if paths is None or covered(share.unit.path, paths)]
    cumulative = version.cumulative if version else True
    rows = _rows(kept, shares, periods, cumulative, target)
    columns = _columns(target, periods, shares, cumulative, total, given, as_of) if paths is None else _bare(periods)
    sums = None
    if paths is None and adds_up(target):
        sums = conservation(total, (row.total for row in rows))
    return Grid(
        target=target,
        unit=unit,
        revision=allocation.revision if allocation else 0,
        version=version,
        columns=columns,
        rows=rows,
        total=total,
        printed_total=version.printed_total if version else None,
        table=version.table if version else None,
        sums=sums,
        versions=tuple(versions),
        may_edit=may_edit and as_of is None,
        partial=paths is not None,
        top=top,
        given=given,
    )


def _versions(allocation: Allocation | None, may_edit: bool, as_of: dt.datetime | None) -> list[AllocationVersion]:
    if allocation is None:
        return []
    rows = allocation.versions.select_related("created_by", "adopted_by", "table")
    if as_of is not None:
        rows = rows.filter(adopted_at__lte=as_of)
    elif not may_edit:
        rows = rows.filter(adopted_at__isnull=False)
    return list(rows.order_by("-ordinal"))


def _chosen(versions: list[AllocationVersion], ordinal: int | None, *, draft: bool) -> AllocationVersion | None:
    if ordinal is not None:
        return next((version for version in versions if version.ordinal == ordinal), None)
    if draft and versions and versions[0].adopted_at is None:
        return versions[0]
    return next((version for version in versions if version.adopted_at is not None), None)


def _shares(version: AllocationVersion | None) -> list[Share]:
    if version is None:
        return []
    return list(version.shares.select_related("unit").order_by("unit__path", "period"))


def _given_total(target: Target, given: tuple[ShareRow, ...]) -> Decimal | None:
    if not given:
        return None
    return row_totals(given, given[0].cumulative or not adds_up(target)).get(given[0].unit_id)


def _periods(target: Target, version: AllocationVersion | None) -> list[Period]:
    if plan_year(target) is None:
        return []
    return periods_of(target, version.cadence if version else CadenceChoice.YEARLY)


def _rows(
    kept: list[Share], shares: list[Share], periods: list[Period], cumulative: bool, target: Target
) -> tuple[Row, ...]:
    """The rows in the order of the tree, units of one number side by side under the first of them."""
    groups: dict[tuple[str, str], list[Share]] = {}
    for share in shares:
        if share.joint:
            groups.setdefault((share.joint, share.period), []).append(share)
    by_unit: dict[int, dict[str, Share]] = {}
    for share in kept:
        by_unit.setdefault(share.unit_id, {})[share.period] = share
    totals = row_totals(kept, cumulative or not adds_up(target))
    lead = {
        unit: min(
            (groups[share.joint, share.period][0].unit.path for share in own.values() if share.joint),
            default=next(iter(own.values())).unit.path,
        )
        for unit, own in by_unit.items()
    }
    order = sorted(by_unit, key=lambda unit: (lead[unit], next(iter(by_unit[unit].values())).unit.path))
    rows = []
    for unit_id in order:
        own = by_unit[unit_id]
        cells = []
        for period in map(str, periods):
            share = own.get(period)
            if share is None:
                cells.append(Cell(period, None))
                continue
            group = groups.get((share.joint, period), [share]) if share.joint else [share]
            partners = "、".join(str(other.unit) for other in group if other.unit_id != unit_id)
            url = ""
            if share.cell:
                url = f"{words.page_url('plans:source', target.plan_id)}?line={share.cell[0]}#L{share.cell[0]}"
            value = group[0].value if share.joint and len(kept) != len(shares) else share.value
            cells.append(Cell(period, value, share.joint, group[0].unit_id == unit_id, partners, url))
        rows.append(Row(next(iter(own.values())).unit, tuple(cells), totals[unit_id]))
    return tuple(rows)


def label_of(period: Period) -> str:
    """A column's heading."""
    return period.label if period.number == 1 and period.cadence == "yearly" else period.label.split("年", 1)[1]


def _bare(periods: list[Period]) -> tuple[Column, ...]:
    return tuple(Column(str(period), label_of(period), Decimal(0), None) for period in periods)


def _columns(
    target: Target,
    periods: list[Period],
    shares: list[Share],
    cumulative: bool,
    total: Decimal | None,
    given: tuple[ShareRow, ...],
    as_of: dt.datetime | None,
) -> tuple[Column, ...]:
    sums = column_totals(shares)
    due = _due(target, periods, cumulative, total, given, as_of)
    return tuple(
        Column(str(period), label_of(period), sums.get(str(period), Decimal(0)), due.get(str(period)))
        for period in periods
    )


def _due(
    target: Target,
    periods: list[Period],
    cumulative: bool,
    total: Decimal | None,
    given: tuple[ShareRow, ...],
    as_of: dt.datetime | None,
) -> dict[str, Decimal | None]:
    """What the columns should make: the trajectory's parts of the total, or what was given for the same periods."""
    if total is None or not adds_up(target):
        return {}
    if len(periods) == 1:
        return {str(periods[0]): total}
    if given:
        if [row.period for row in given] == list(map(str, periods)) and given[0].cumulative == cumulative:
            return {row.period: row.value for row in given}
        return {str(periods[-1]): total} if cumulative else {}
    shaped = trajectories_in_force([target.pk], as_of).get(target.pk)
    if shaped is None:
        return {str(periods[-1]): total} if cumulative else {}
    due: dict[str, Decimal | None] = {}
    last = Decimal(0)
    for period in periods:
        value = rounded(total * shaped.expected(period))
        due[str(period)] = value if cumulative else value - last
        last = value
    return due


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that differs between two versions; ``None`` values are blank, ``missing`` that there was no row."""

    unit: Unit
    period: str
    label: str
    before: Decimal | None
    after: Decimal | None


def differences(version: AllocationVersion) -> list[Difference]:
    """What a version changed against the one before it: two queries."""
    before = (
        AllocationVersion.objects.filter(
            allocation=version.allocation, ordinal__lt=version.ordinal, adopted_at__isnull=False
        )
        .order_by("-ordinal")
        .first()
    )
    if before is None:
        return []
    rows: dict[tuple[int, str], list[Decimal | None]] = {}
    units: dict[int, Unit] = {}
    for share in Share.objects.filter(version__in=(before, version)).select_related("unit").order_by("unit__path"):
        units[share.unit_id] = share.unit
        rows.setdefault((share.unit_id, share.period), [None, None])[share.version_id == version.pk] = share.value
    return [
        Difference(units[unit], period, Period.parse(period).label, old, new)
        for (unit, period), (old, new) in rows.items()
        if old != new
    ]
