"""What is in force at a moment: the last adopted version of every allocation, the last trajectory of every target."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi import progress
from luoshi.allocation.conservation import exact_sum
from luoshi.apps.indicators.models import IndicatorKind, TargetIndicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.words import RATIOS
from luoshi.apps.targets.models import AllocationVersion, Share, Trajectory
from luoshi.apps.targets.policies import paths_above
from luoshi.periods import Cadence, Period, PeriodError

#: Kinds of which a part of the year's target is due during the year; a rate or stock has its target as it stands.
GROWING = (IndicatorKind.FLOW, IndicatorKind.CUMULATIVE)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share in force. Of units that carry one number together (``joint``) the first holds it, the others ``None``."""

    target_id: int
    unit_id: int
    period: str
    value: Decimal | None
    joint: str
    giver_id: int  # the unit that shared out
    version_id: int
    cadence: str
    cumulative: bool
    cell: list[int] | None = None
    owner_id: int = 0  # of the plan
    unit_path: str = ""
    giver_path: str = ""


@dataclass(frozen=True, slots=True)
class TargetShare:
    """What a unit has to reach of a target in a year; ``expected`` is what is due by the end of the period asked for.

    ``joint`` tells that the number is carried together with others: of one unit alone nothing is expected then
    (``expected`` is ``None``), but for rates, which each partner has to reach.
    """

    target_id: int
    tier: str
    value: Decimal
    period: str
    expected: Decimal | None
    comparator: str = ">="
    joint: bool = False
    #: Where the indicator counts each period on its own (a flow): what of ``expected`` is due in the period alone.
    within: Decimal | None = None

    @property
    def is_of_all(self) -> bool:
        """Whether the number is that of all partners together, and none of the unit alone."""
        return self.joint and self.expected is None


def versions_in_force(as_of: dt.datetime | None = None) -> QuerySet[AllocationVersion]:
    """Of every allocation the version last adopted (up to a moment)."""
    adopted = AllocationVersion.objects.filter(adopted_at__isnull=False)
    if as_of is not None:
        adopted = adopted.filter(adopted_at__lte=as_of)
    later = adopted.filter(allocation=OuterRef("allocation"), ordinal__gt=OuterRef("ordinal"))
    return adopted.filter(~Exists(later)).order_by()


def shares_in_force(
    *,
    target_ids: Iterable[int] | None = None,
    unit_ids: Iterable[int] | None = None,
    as_of: dt.datetime | None = None,
) -> list[ShareRow]:
    """The shares in force of some targets and for some units (all, where not given): two queries at most.

    Where one of the units carries a number with others, the row of the first of them is given too, as it holds the
    number. Shares of both levels are given: ``giver_id`` tells who gave them.
    """
    versions = versions_in_force(as_of)
    if target_ids is not None:
        versions = versions.filter(allocation__target_id__in=set(target_ids))
    shares = Share.objects.filter(version__in=versions.values("pk"))
    rows = shares if unit_ids is None else shares.filter(unit_id__in=set(unit_ids))
    found = _rows(rows)
    if unit_ids is not None:
        joints = {(row.version_id, row.joint) for row in found if row.joint}
        if joints:
            # Joint names are few; which rows of a version belong to them is told apart here.
            others = shares.filter(version_id__in={v for v, _ in joints}, joint__in={j for _, j in joints})
            seen = {(row.version_id, row.unit_id, row.period) for row in found}
            found += [
                row
                for row in _rows(others.filter(value__isnull=False))
                if (row.version_id, row.joint) in joints and (row.version_id, row.unit_id, row.period) not in seen
            ]
    return found


def _rows(shares: QuerySet[Share]) -> list[ShareRow]:
    columns = (
        "version__allocation__target_id",
        "unit_id",
        "period",
        "value",
        "joint",
        "version__allocation__unit_id",
        "version_id",
        "version__cadence",
        "version__cumulative",
        "cell",
        "version__allocation__target__plan__owner_id",
        "unit__path",
        "version__allocation__unit__path",
    )
    order = ("version__allocation__target_id", "version_id", "unit__path", "period")
    return [ShareRow(*row) for row in shares.order_by(*order).values_list(*columns)]


def given_shares(
    *, target_ids: Iterable[int], unit_ids: Iterable[int], as_of: dt.datetime | None = None
) -> dict[tuple[int, int], list[ShareRow]]:
    """What each unit was given of each target, by (target, unit), a row a period: two queries, or three.

    Only the plan's owner, and a unit above that was given the target itself, can give; of several the nearest above
    counts. Of a number carried together every partner has the value.
    """
    targets, wanted = set(target_ids), set(unit_ids)
    rows = shares_in_force(target_ids=targets, unit_ids=wanted, as_of=as_of)
    joint = {(row.version_id, row.joint, row.period): row.value for row in rows if row.joint and row.value is not None}
    by_pair: dict[tuple[int, int], dict[int, list[ShareRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.unit_id in wanted:
            if row.joint:
                row = replace(row, value=joint.get((row.version_id, row.joint, row.period)))
            by_pair[row.target_id, row.unit_id][row.giver_id].append(row)
    chains = _chains([row for row in rows if row.giver_id != row.owner_id], as_of)
    found = {}
    for pair, by_giver in by_pair.items():
        # Two units at the same height above one are the same unit, so no two ranks are equal.
        ranks = {_rank_of(own[0], chains): own for own in by_giver.values()}
        if (best := max(ranks)) >= 0:
            found[pair] = sorted(ranks[best], key=lambda row: Period.parse(row.period))
    return found


#: (target, unit's path) → (giver's path, whether the giver is the plan's owner) of what is not blank.
_Chains = dict[tuple[int, str], set[tuple[str, bool]]]


def _chains(rows: list[ShareRow], as_of: dt.datetime | None) -> _Chains:
    """Who gave what to the units above those of some rows."""
    above = {path for row in rows for path in paths_above(row.unit_path)}
    if not above:
        return {}
    versions = versions_in_force(as_of).filter(allocation__target__in={row.target_id for row in rows})
    shares = Share.objects.filter(version__in=versions.values("pk"), unit__path__in=above)
    filled = shares.filter(Q(value__isnull=False) | ~Q(joint="")).order_by()
    found: _Chains = defaultdict(set)
    for target, unit, giver, giver_id, owner_id in filled.values_list(
        "version__allocation__target_id",
        "unit__path",
        "version__allocation__unit__path",
        "version__allocation__unit_id",
        "version__allocation__target__plan__owner_id",
    ).distinct():
        found[target, unit].add((giver, giver_id == owner_id))
    return found


def _rank_of(row: ShareRow, chains: _Chains) -> int:
    return _rank(row.target_id, row.unit_path, row.giver_path, row.giver_id == row.owner_id, chains)


def _rank(target: int, unit: str, giver: str, is_owner: bool, chains: _Chains) -> int:
    """How near a giver stands above a unit: 0 for the plan's owner, more the nearer, -1 for one that cannot give."""
    if is_owner:
        return 0 if unit != giver else -1
    if unit == giver or not unit.startswith(giver):
        return -1
    # Each step goes up the tree, so it ends.
    given = any(_rank(target, giver, other, owner, chains) >= 0 for other, owner in chains.get((target, giver), ()))
    return len(giver) if given else -1


def trajectories_in_force(
    target_ids: Collection[int], as_of: dt.datetime | None = None
) -> dict[int, progress.Trajectory]:
    """The trajectory last set for each of some targets, where one was set: one query."""
    rows = Trajectory.objects.filter(target_id__in=set(target_ids))
    if as_of is not None:
        rows = rows.filter(created_at__lte=as_of)
    return {row.target_id: points_of(row) for row in rows.order_by("ordinal")}


def points_of(row: Trajectory) -> progress.Trajectory:
    """A stored trajectory as the library's value."""
    return progress.from_printed((Period.parse(period), Decimal(share)) for period, share in row.points)


def adds_up(target: Target) -> bool:
    """Whether shares of units may be added: rates never are."""
    return target.unit_of_measure not in RATIOS


def year_value(shares: Collection[tuple[Period, Decimal | None]], *, cumulative: bool) -> Decimal | None:
    """What all periods together make: the last one where each contains those before it, else their sum.

    ``None`` where nothing is filled in (a last cumulative period that is blank is unknown, too).
    """
    if not shares:
        return None
    if cumulative:
        return max(shares, key=lambda share: share[0].last_day)[1]
    known = [value for _, value in shares if value is not None]
    return exact_sum(known) if known else None


class Running:
    """What is due in all by the end of each period of one year, blanks left out; asked for many days."""

    __slots__ = ("_begin", "_ends", "_periods", "_values")

    def __init__(self, shares: Collection[tuple[Period, Decimal | None]], *, cumulative: bool) -> None:
        self._periods: list[Period] = []
        self._ends: list[dt.date] = []
        self._values: list[Decimal] = []
        self._begin = dt.date.min
        total = Decimal(0)
        for period, value in sorted(shares, key=lambda share: share[0].last_day):
            if value is None:
                continue
            if not self._ends:
                self._begin = dt.date(period.year, 1, 1) - dt.timedelta(days=1)
            total = value if cumulative else exact_sum((total, value))
            self._periods.append(period)
            self._ends.append(period.last_day)
            self._values.append(total)

    def due(self, day: dt.date, *, even: bool = True) -> Decimal | None:
        """What is due by the end of a day, between two periods evenly by days; ``None`` where all are blank.

        ``even=False`` (rates, stocks) gives the share of the latest period that has ended, else that of the first one.
        """
        if not self._ends:
            return None
        ended = bisect_right(self._ends, day)
        if not even:
            return self._values[max(ended - 1, 0)]
        begin, before = (self._ends[ended - 1], self._values[ended - 1]) if ended else (self._begin, Decimal(0))
        if ended == len(self._ends) or day <= begin:
            return before
        part = Decimal((day - begin).days) / (self._ends[ended] - begin).days
        return progress.rounded(before + (self._values[ended] - before) * part)

    def shape(self) -> progress.Trajectory | None:
        """The same as parts of the last value; ``None`` where they make no trajectory (blank, 0, falling)."""
        try:
            return progress.from_table(dict(zip(self._periods, self._values, strict=True)))
        except progress.TrajectoryError:
            return None


def due_by(
    shares: Collection[tuple[Period, Decimal | None]], day: dt.date, *, cumulative: bool, even: bool = True
) -> Decimal | None:
    """What is due by the end of a day by the shares of periods within one year (``Running.due``)."""
    return Running(shares, cumulative=cumulative).due(day, even=even)


def unit_targets(
    unit_id: int, indicator_ids: Iterable[int], period: str, as_of: dt.datetime | None = None
) -> dict[int, list[TargetShare]]:
    """The targets of one unit for some indicators in the year of a period, each tier on its own, by indicator.

    The unit's own share in force; for the unit that issued the plan the target itself. Blanks give no row: an empty
    cell is no target. At most six queries.
    """
    asked = Period.parse(period)
    year = asked.last_day.year
    try:
        earlier: Period | None = asked.previous()
    except PeriodError:  # before the first of all years
        earlier = None
    if earlier is not None and earlier.last_day.year != year:
        earlier = None
    measured = TargetIndicator.objects.filter(indicator_id__in=set(indicator_ids), target__retired_in=None)
    links = list(measured.select_related("target__plan", "indicator").order_by("target_id"))
    of_year = [link for link in links if _covers(link.target, year)]
    if not of_year:
        return {}
    targets = {link.target_id: link for link in of_year}
    rows = {
        target: [row for row in own if Period.parse(row.period).year == year]
        for (target, _), own in given_shares(target_ids=targets, unit_ids=[unit_id], as_of=as_of).items()
    }
    trajectories = trajectories_in_force(targets, as_of)
    found: dict[int, list[TargetShare]] = defaultdict(list)
    for target_id, link in targets.items():
        shaped = trajectories.get(target_id)
        share = _unit_share(link, rows.get(target_id, []), shaped, unit_id, asked, year)
        if share is not None and link.indicator.kind == IndicatorKind.FLOW and share.expected is not None:
            before = _unit_share(link, rows.get(target_id, []), shaped, unit_id, earlier, year) if earlier else None
            done = before.expected if before is not None and before.expected is not None else Decimal(0)
            share = replace(share, within=share.expected - done)
        if share is not None:
            found[link.indicator_id].append(share)
    return dict(found)


def _covers(target: Target, year: int) -> bool:
    """Whether a target is one of the year: its own year, else the plan's."""
    if target.year is not None:
        return target.year == year
    plan = target.plan
    return plan.year is None or plan.year <= year <= (plan.last_year or plan.year)


def _unit_share(
    link: TargetIndicator,
    rows: list[ShareRow],
    shaped: progress.Trajectory | None,
    unit_id: int,
    asked: Period,
    year: int,
) -> TargetShare | None:
    target = link.target
    growing = link.indicator.kind in GROWING
    if rows:
        cumulative = rows[0].cumulative or not growing or not adds_up(target)
        values = [(Period.parse(row.period), row.value) for row in rows]
        value = year_value(values, cumulative=cumulative)
        if value is None:
            return None
        joint = any(row.joint for row in rows)
        due: Decimal | None
        if joint and adds_up(target):
            due = None  # due of all partners together, of none of them alone
        elif len(values) > 1:
            due = due_by(values, asked.last_day, cumulative=cumulative, even=growing)
        else:
            due = _expected(value, growing, shaped, asked, year)
        return TargetShare(target.pk, target.tier, value, str(year), due, target.comparator, joint)
    if target.plan.owner_id == unit_id:
        due = _expected(target.value, growing, shaped, asked, year)
        return TargetShare(target.pk, target.tier, target.value, str(year), due, target.comparator)
    return None


def _expected(
    value: Decimal, growing: bool, shaped: progress.Trajectory | None, asked: Period, year: int
) -> Decimal | None:
    """What is due of a year's value; evenly by month where nobody set a trajectory (an assumption)."""
    if shaped is None:
        if not growing:
            return value
        shaped = progress.linear(year, Cadence.MONTHLY)
    return progress.rounded(value * shaped.expected(asked))


def unit_names(ids: Iterable[int]) -> dict[int, Unit]:
    """Units by row number, with what lists show of them: one query."""
    return Unit.objects.only("id", "key", "name", "short_name", "path", "kind").in_bulk(set(ids))
