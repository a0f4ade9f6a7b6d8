"""The figures of the pipeline by unit, industry or chain, in a year and as of a day; all sums are the database's.

A constant number of queries (``QUERIES`` at most), whatever the number of projects and groups.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, Least, RowNumber

from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects.models import (
    Chain,
    Industry,
    Milestone,
    MilestoneKind,
    Move,
    Progress,
    Project,
    Sort,
    State,
    YearPlan,
)
from luoshi.apps.projects.policies import COUNTIES, visible_projects
from luoshi.apps.projects.queries.lists import STARTED_ON, as_of_states
from luoshi.pipeline import StartMark, mark_due, rate, ratio, shipped_norms

#: The most queries that ``pipeline_figures`` makes.
QUERIES = 12
TOP = 10
GROUPS = {"unit": "unit_id", "industry": "industry_id", "chain": "chain_id"}
#: What a project needs before it can start; how many of it are there is 前期工作成熟度.
RIPENESS = (MilestoneKind.FEASIBILITY, MilestoneKind.ENVIRONMENT, MilestoneKind.LAND, MilestoneKind.PERMIT)
ZERO = Decimal(0)


@dataclass(slots=True)
class Counted:
    """What is summed for a group; every field but ``largest`` adds up over groups. Amounts in yuan."""

    number: dict[str, int] = field(default_factory=dict)
    money: dict[str, Decimal] = field(default_factory=dict)
    listed: int = 0
    listed_investment: Decimal = ZERO
    planned: int = 0
    planned_by_now: int = 0
    begun: int = 0
    reserve_investment: Decimal = ZERO
    invested: Decimal = ZERO
    invested_industry: Decimal = ZERO
    signed: int = 0
    performed: int = 0
    signed_begun: int = 0
    producing: int = 0
    agreed: Decimal = ZERO
    received: Decimal = ZERO
    stood: dict[str, int] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    ripe: int = 0
    largest: list[Decimal] = field(default_factory=list)

    def add(self, other: Counted) -> None:
        """Take another group in."""
        for name in ("number", "money", "stood", "reached"):
            mine, theirs = getattr(self, name), getattr(other, name)
            for key, value in theirs.items():
                mine[key] = mine.get(key, 0) + value
        for name in _PLAIN:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.largest = sorted((*self.largest, *other.largest), reverse=True)[:TOP]


_PLAIN = (
    "listed",
    "listed_investment",
    "planned",
    "planned_by_now",
    "begun",
    "reserve_investment",
    "invested",
    "invested_industry",
    "signed",
    "performed",
    "signed_begun",
    "producing",
    "agreed",
    "received",
    "ripe",
)
#: Conversions between neighbouring libraries.
CONVERSIONS = (
    (State.RESERVE, (State.PREPARATION, *STARTED_ON)),
    (State.PREPARATION, STARTED_ON),
    (State.STARTED, (State.CONSTRUCTION, State.COMPLETED)),
    (State.CONSTRUCTION, (State.COMPLETED,)),
)


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


def count(rows: QuerySet[Project], group: str, year: int, day: dt.date) -> dict[Any, Counted]:
    """The sums of each group (``unit_id``, …): nine queries."""
    found: dict[Any, Counted] = {}

    def of(key: Any) -> Counted:
        return found.setdefault(key, Counted())

    first = dt.date(year, 1, 1)
    standing = as_of_states(rows.order_by(), day).exclude(stood=None)
    for key, state, number, money in standing.values_list(group, "stood").annotate(n=Count("pk"), m=Sum("total")):
        of(key).number[state], of(key).money[state] = number, money or ZERO
    _year_plans(rows, group, year, day, of)
    month = Progress.objects.filter(
        is_current=True, last_day__gte=first, last_day__lte=_month_end(day), project__in=rows.order_by()
    )
    done = (
        month.order_by()
        .values_list(f"project__{group}")
        .annotate(m=Sum("month"), i=Sum("month", filter=Q(project__sort=Sort.INDUSTRY)))
    )
    for key, money, industrial in done:
        of(key).invested, of(key).invested_industry = money or ZERO, industrial or ZERO
    _signed(rows, group, day, of)
    _conversions(rows, group, first, day, of)
    ripe = Milestone.objects.filter(
        Q(actual_on__lte=day) | ~Q(waived_for=""),
        kind__in=RIPENESS,
        project__in=as_of_states(rows.order_by(), day).filter(stood=State.PREPARATION).values("pk"),
    )
    for key, number in ripe.order_by().values_list(f"project__{group}").annotate(n=Count("pk")):
        of(key).ripe = number
    ranked = (
        standing.exclude(stood=State.LEFT)
        .annotate(rank_in=Window(RowNumber(), partition_by=F(group), order_by=(F("total").desc(), F("pk").desc())))
        .filter(rank_in__lte=TOP)
    )
    for key, money in ranked.values_list(group, "total"):
        of(key).largest.append(money)
    return found


def _month_end(day: dt.date) -> dt.date:
    """The last day of the last whole month: progress of a month that is not over is not known."""
    following = day + dt.timedelta(days=1)
    return day if following.day == 1 else day.replace(day=1) - dt.timedelta(days=1)


def _year_plans(rows: QuerySet[Project], group: str, year: int, day: dt.date, of: Any) -> None:
    begun = Move.objects.filter(project=OuterRef("project"), to_state__in=STARTED_ON, on__lte=day)
    stood = Move.objects.filter(project=OuterRef("project"), on__lte=day).order_by("-on", "-id").values("to_state")[:1]
    plans = YearPlan.objects.filter(year=year, project__in=rows.order_by()).order_by()
    plans = plans.annotate(has_begun=Exists(begun), stood=stood).exclude(stood=State.LEFT).exclude(stood=None)
    starts = Q(listed=True, start_on__year=year)
    counted = plans.values_list(f"project__{group}").annotate(
        listed_n=Count("pk", filter=Q(listed=True)),
        listed_m=Sum("investment", filter=Q(listed=True)),
        planned=Count("pk", filter=starts),
        due=Count("pk", filter=starts & Q(start_on__lte=day)),
        begun=Count("pk", filter=starts & Q(has_begun=True)),
        reserve=Sum("investment", filter=Q(stood=State.RESERVE)),
    )
    for key, listed, money, planned, due, started, reserve in counted:
        one = of(key)
        one.listed, one.listed_investment, one.planned, one.planned_by_now, one.begun = (
            listed,
            money or ZERO,
            planned,
            due,
            started,
        )
        one.reserve_investment = reserve or ZERO


def _signed(rows: QuerySet[Project], group: str, day: dt.date, of: Any) -> None:
    """The four rates: of projects signed by a day, what became of them by that day."""

    def passed(*kinds: str) -> Exists:
        return Exists(Milestone.objects.filter(project=OuterRef("pk"), kind__in=kinds, actual_on__lte=day))

    signed = rows.order_by().filter(passed(MilestoneKind.SIGNED))
    counted = (
        signed.annotate(
            has_performed=passed(MilestoneKind.PERFORMED),
            has_begun=passed(MilestoneKind.START),
            has_produced=passed(MilestoneKind.PRODUCTION, MilestoneKind.CAPACITY),
        )
        .values_list(group)
        .annotate(
            n=Count("pk"),
            performed=Count("pk", filter=Q(has_performed=True)),
            begun=Count("pk", filter=Q(has_begun=True)),
            producing=Count("pk", filter=Q(has_produced=True)),
            agreed=Sum("total"),
            received=Sum(Least(Coalesce(F("funds_received"), ZERO), F("total"))),
        )
    )
    for key, number, performed, begun, producing, agreed, received in counted:
        one = of(key)
        one.signed, one.performed, one.signed_begun, one.producing = number, performed, begun, producing
        one.agreed, one.received = agreed or ZERO, received or ZERO


def _conversions(rows: QuerySet[Project], group: str, first: dt.date, day: dt.date, of: Any) -> None:
    """Who stood in a library on the year's first day or came into it since, and who of them went on; two queries."""
    moved = Move.objects.filter(on__gte=first, on__lte=day)
    before = as_of_states(rows.order_by(), first - dt.timedelta(days=1)).annotate(
        **{
            f"in_{state.value}": Exists(moved.filter(project=OuterRef("pk"), to_state=state))
            for state, _ in CONVERSIONS
        },
        **{
            f"on_{state.value}": Exists(moved.filter(project=OuterRef("pk"), from_state=state, to_state__in=goals))
            for state, goals in CONVERSIONS
        },
    )
    counts = {}
    for state, _ in CONVERSIONS:
        stood = Q(stood=state) | Q(**{f"in_{state.value}": True})
        counts[f"s_{state.value}"] = Count("pk", filter=stood)
        counts[f"r_{state.value}"] = Count("pk", filter=stood & Q(**{f"on_{state.value}": True}))
    for row in before.values(group).annotate(**counts):
        one = of(row[group])
        for state, _ in CONVERSIONS:
            one.stood[state], one.reached[state] = row[f"s_{state.value}"], row[f"r_{state.value}"]


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
    inside, below = Q(pk__in=()), Q(pk__in=())
    for unit in units:
        inside |= Q(unit__path__startswith=unit.path)
        below |= Q(path__startswith=unit.path)
    found = {unit.pk: Counted() for unit in units}
    if not units:
        return found
    if counties is None:
        counties = list(Unit.objects.filter(below, kind__in=COUNTIES))
    by_path = {unit.path: unit for unit in counties}
    rows = Project.objects.filter(inside)
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
