"""The figures of the pipeline by unit, industry or chain, in a year and as of a day.

A constant number of queries (``QUERIES`` at most), whatever the number of projects and groups.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects.models import Chain, Industry, Project, State
from luoshi.apps.projects.policies import COUNTIES, visible_projects
from luoshi.apps.projects.queries.counting import CONVERSIONS, RIPENESS, ZERO, Counted, count
from luoshi.pipeline import StartMark, mark_due, rate, ratio, shipped_norms

#: The most queries that ``pipeline_figures`` makes.
QUERIES = 12
GROUPS = {"unit": "unit_id", "industry": "industry_id", "chain": "chain_id"}


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """The figures of one group; rates in per cent, ``None`` where there is nothing to divide by."""

    key: int | None
    name: str
    unit: Unit | None
    counted: Counted

    @property
    def number(self) -> int:
        """Projects in the five libraries."""
        return sum(count for state, count in self.counted.number.items() if state != State.LEFT)

    @property
    def money(self) -> Decimal:
        """Their planned investment in all."""
        return sum((sum_ for state, sum_ in self.counted.money.items() if state != State.LEFT), ZERO)

    def of(self, state: str) -> int:
        """Projects in a library."""
        return self.counted.number.get(state, 0)

    @property
    def by_state(self) -> list[int]:
        """Projects in each of the five libraries, in order."""
        return [self.of(state) for state in State.values if state != State.LEFT]

    @property
    def start_rate(self) -> Decimal | None:
        """开工率: planned starts of the year that have started."""
        return rate(self.counted.begun, self.counted.planned)

    @property
    def reserve_number(self) -> Decimal | None:
        """How many times the year's projects stand in reserve."""
        return ratio(self.of(State.RESERVE), self.counted.listed)

    @property
    def reserve_investment(self) -> Decimal | None:
        """How many times the year's planned investment the projects in reserve plan for the year."""
        return ratio(self.counted.reserve_investment, self.counted.listed_investment)

    @property
    def investment_rate(self) -> Decimal | None:
        """投资完成率: the year's investment so far against the year's plan."""
        return rate(self.counted.invested, self.counted.listed_investment)

    @property
    def industrial_share(self) -> Decimal | None:
        """产业投资占比: of the year's investment so far."""
        return rate(self.counted.invested_industry, self.counted.invested)

    @property
    def concentration(self) -> Decimal | None:
        """集中度: the ten largest projects' part of all planned investment."""
        return rate(sum(self.counted.largest, ZERO), self.money)

    @property
    def fulfilment_rate(self) -> Decimal | None:
        """履约率: signed projects whose contract is being performed."""
        return rate(self.counted.performed, self.counted.signed)

    @property
    def signed_start_rate(self) -> Decimal | None:
        """签约项目开工率."""
        return rate(self.counted.signed_begun, self.counted.signed)

    @property
    def funds_rate(self) -> Decimal | None:
        """资金到位率: money received against money agreed, of signed projects."""
        return rate(self.counted.received, self.counted.agreed)

    @property
    def production_rate(self) -> Decimal | None:
        """投产达产率: signed projects that produce."""
        return rate(self.counted.producing, self.counted.signed)

    @property
    def ripeness(self) -> Decimal | None:
        """前期工作成熟度: approvals there, of those that the projects in preparation need."""
        return rate(self.counted.ripe, self.of(State.PREPARATION) * len(RIPENESS))

    def conversion(self, state: str) -> Decimal | None:
        """转化率 from a library onwards, within the year."""
        return rate(self.counted.reached.get(state, 0), self.counted.stood.get(state, 0))

    @property
    def conversions(self) -> list[Decimal | None]:
        """The four conversions in order."""
        return [self.conversion(state) for state, _ in CONVERSIONS]

    @property
    def conversion_rate(self) -> Decimal | None:
        """转化率 of all libraries together."""
        return rate(sum(self.counted.reached.values()), sum(self.counted.stood.values()))


@dataclass(frozen=True, slots=True)
class PipelineFigures:
    """All groups, largest first (units in the register's order), and all of them together."""

    by: str
    year: int
    day: dt.date
    mark: StartMark | None
    rows: list[GroupFigures]
    whole: GroupFigures


def pipeline_figures(
    user: Any,
    *,
    by: str = "unit",
    year: int,
    day: dt.date,
    unit: Unit | None = None,
    industry: int | None = None,
    chain: int | None = None,
    major: bool = False,
) -> PipelineFigures:
    """The figures of a year as of the end of a day. ``by``: unit, industry or chain; the rest narrows.

    Units below counties count with their county; what stands above counties (projects that cross them) is a group of
    its own, 跨县市.
    """
    rows = visible_projects(user)
    if unit is not None:
        rows = rows.filter(unit__path__startswith=unit.path)
    if industry:
        rows = rows.filter(industry=industry)
    if chain:
        rows = rows.filter(chain=chain)
    if major:
        rows = rows.filter(major=True)
    counted = count(rows, GROUPS[by], year, day)
    groups = _by_unit(counted) if by == "unit" else _by_name(counted, by)
    whole = Counted()
    for one in counted.values():
        whole.add(one)
    return PipelineFigures(
        by, year, day, mark_due(shipped_norms(), day), groups, GroupFigures(None, "合计", None, whole)
    )


def _by_unit(counted: Mapping[int | None, Counted]) -> list[GroupFigures]:
    """Groups by county: one query for the units and those above them."""
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[key for key in counted if key])}
    tops = {unit.path[:depth] for unit in units.values() for depth in range(4, len(unit.path) + 1, Unit.steplen)}
    counties = {unit.path: unit for unit in Unit.objects.filter(path__in=tops, kind__in=COUNTIES)} if tops else {}
    found: dict[str, GroupFigures] = {}
    for key, one in counted.items():
        unit = units.get(key or 0)
        county = _county(unit, counties) if unit else None
        path = county.path if county else ""
        if path not in found:
            found[path] = GroupFigures(county.pk if county else None, str(county or "跨县市"), county, Counted())
        found[path].counted.add(one)
    return [found[path] for path in sorted(found, key=lambda path: (path == "", path))]


def _county(unit: Unit, counties: Mapping[str, Unit]) -> Unit | None:
    paths = (unit.path[:depth] for depth in range(len(unit.path), 0, -Unit.steplen))
    return next((counties[path] for path in paths if path in counties), None)


def _by_name(counted: Mapping[int | None, Counted], by: str) -> list[GroupFigures]:
    model = Industry if by == "industry" else Chain
    names = dict(model._default_manager.filter(pk__in=[key for key in counted if key]).values_list("pk", "name"))
    rows = [GroupFigures(key, names.get(key or 0, "未分类"), None, one) for key, one in counted.items()]
    return sorted(rows, key=lambda row: (row.key is None, -row.money, row.name))


def territorial_figures(
    units: Collection[Unit],
    year: int,
    day: dt.date,
    major: bool = False,
    counties: Collection[Unit] | None = None,
) -> dict[int, Counted]:
    """The sums of each unit, by number, for whoever looks: every unit given stands in the result.

    A project counts for the nearest county or zone above it (a zone inside a county is its own), and for every other
    unit given (a prefecture, a town) that holds it. ``counties`` are all that there are, where they are known already.
    """
    inside = Q(pk__in=())
    for unit in units:
        inside |= Q(path__startswith=unit.path)
    found = {unit.pk: Counted() for unit in units}
    if not units:
        return found
    if counties is None:
        counties = list(Unit.objects.filter(inside, kind__in=COUNTIES))
    by_path = {unit.path: unit for unit in counties}
    rows = Project.objects.filter(unit__in=Unit.objects.filter(inside).order_by().values("pk"))
    if major:
        rows = rows.filter(major=True)
    for path, one in count(rows, "unit__path", year, day).items():
        tops = (str(path)[:depth] for depth in range(len(str(path)), 0, -Unit.steplen))
        nearest = next((by_path[top] for top in tops if top in by_path), None)
        for unit in units:
            own = unit.path not in by_path and str(path).startswith(unit.path)
            if own or (nearest is not None and nearest.pk == unit.pk):
                found[unit.pk].add(one)
    return found
