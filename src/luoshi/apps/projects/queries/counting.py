"""What is summed of the pipeline for each group, in a year and as of a day: all sums are the database's.

Where a project stood is its last move up to the day. A project's moves are appended and none lies before the last one,
so that the last move is the one with the highest number: one pass over an index finds it for all projects at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, Least, RowNumber

from luoshi.apps.projects.models import Milestone, MilestoneKind, Move, Project, Sort, State, YearPlan
from luoshi.apps.projects.queries.lists import STARTED_ON

TOP = 10
#: What a project needs before it can start; how many of it are there is 前期工作成熟度.
RIPENESS = (MilestoneKind.FEASIBILITY, MilestoneKind.ENVIRONMENT, MilestoneKind.LAND, MilestoneKind.PERMIT)
ZERO = Decimal(0)
LIBRARIES = tuple(state for state in State.values if state != State.LEFT)


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


def last_moves(rows: QuerySet[Project], day: dt.date) -> QuerySet[Move]:
    """The last move of each project up to the end of a day: ``to_state`` is the library in which it stood."""
    last = Move.objects.filter(on__lte=day).order_by().values("project").annotate(last=Max("pk")).values("last")
    return Move.objects.filter(pk__in=last, project__in=rows.order_by().values("pk")).order_by()


def count(rows: QuerySet[Project], group: str, year: int, day: dt.date) -> dict[Any, Counted]:
    """The sums of each group (``unit_id``, …): eight queries."""
    found: dict[Any, Counted] = {}

    def of(key: Any) -> Counted:
        return found.setdefault(key, Counted())

    first, key_of = dt.date(year, 1, 1), f"project__{group}"
    standing = last_moves(rows, day)
    for key, state, number, money in standing.values_list(key_of, "to_state").annotate(
        n=Count("pk"), m=Sum("project__total")
    ):
        of(key).number[state], of(key).money[state] = number, money or ZERO
    _year_plans(standing, key_of, year, day, of)
    months = rows.order_by().filter(
        progress__is_current=True, progress__last_day__gte=first, progress__last_day__lte=_month_end(day)
    )
    done = months.values_list(group).annotate(
        m=Sum("progress__month"), i=Sum("progress__month", filter=Q(sort=Sort.INDUSTRY))
    )
    for key, money, industrial in done:
        of(key).invested, of(key).invested_industry = money or ZERO, industrial or ZERO
    _signed(rows, key_of, day, of)
    _conversions(rows, key_of, first, day, of)
    ripe = Milestone.objects.filter(
        Q(actual_on__lte=day) | ~Q(waived_for=""),
        kind__in=RIPENESS,
        project__in=standing.filter(to_state=State.PREPARATION).values("project"),
    )
    for key, number in ripe.order_by().values_list(key_of).annotate(n=Count("pk")):
        of(key).ripe = number
    largest = Window(RowNumber(), partition_by=F(key_of), order_by=(F("project__total").desc(), F("project_id").desc()))
    ranked = standing.filter(to_state__in=LIBRARIES).annotate(rank_in=largest).filter(rank_in__lte=TOP)
    for key, money in ranked.values_list(key_of, "project__total"):
        of(key).largest.append(money)
    return found


def _month_end(day: dt.date) -> dt.date:
    """The last day of the last whole month: progress of a month that is not over is not known."""
    following = day + dt.timedelta(days=1)
    return day if following.day == 1 else day.replace(day=1) - dt.timedelta(days=1)


def _year_plans(standing: QuerySet[Move], key_of: str, year: int, day: dt.date, of: Any) -> None:
    begun = Move.objects.filter(to_state__in=STARTED_ON, on__lte=day).order_by().values("project")
    # Sets of projects, each found once: joined to the moves, SQLite reads them anew for every plan.
    there = standing.filter(to_state__in=LIBRARIES).values("project")
    reserved = standing.filter(to_state=State.RESERVE).values("project")
    listed, starts = Q(listed=True), Q(listed=True, start_on__year=year)
    plans = YearPlan.objects.filter(year=year, project__in=there).order_by()
    counted = plans.values_list(key_of).annotate(
        listed_n=Count("pk", filter=listed),
        listed_m=Sum("investment", filter=listed),
        planned=Count("pk", filter=starts),
        due=Count("pk", filter=starts & Q(start_on__lte=day)),
        begun=Count("pk", filter=starts & Q(project__in=begun)),
        reserve=Sum("investment", filter=Q(project__in=reserved)),
    )
    for key, number, money, planned, due, started, reserve in counted:
        one = of(key)
        one.listed, one.listed_investment, one.planned = number, money or ZERO, planned
        one.planned_by_now, one.begun, one.reserve_investment = due, started, reserve or ZERO


def _signed(rows: QuerySet[Project], key_of: str, day: dt.date, of: Any) -> None:
    """The four rates: of projects signed by a day, what became of them by that day."""

    def passed(*kinds: str) -> Q:
        there = Milestone.objects.filter(kind__in=kinds, actual_on__lte=day).order_by()
        return Q(project__in=there.values("project"))

    # A project has one milestone of a kind at most.
    signed = Milestone.objects.filter(
        kind=MilestoneKind.SIGNED, actual_on__lte=day, project__in=rows.order_by().values("pk")
    )
    counted = (
        signed.order_by()
        .values_list(key_of)
        .annotate(
            n=Count("pk"),
            performed=Count("pk", filter=passed(MilestoneKind.PERFORMED)),
            begun=Count("pk", filter=passed(MilestoneKind.START)),
            producing=Count("pk", filter=passed(MilestoneKind.PRODUCTION, MilestoneKind.CAPACITY)),
            agreed=Sum("project__total"),
            received=Sum(Least(Coalesce(F("project__funds_received"), ZERO), F("project__total"))),
        )
    )
    for key, number, performed, begun, producing, agreed, received in counted:
        one = of(key)
        one.signed, one.performed, one.signed_begun, one.producing = number, performed, begun, producing
        one.agreed, one.received = agreed or ZERO, received or ZERO


def _conversions(rows: QuerySet[Project], key_of: str, first: dt.date, day: dt.date, of: Any) -> None:
    """Who stood in a library on the year's first day or came into it since, and who of them went on; two queries.

    Each move begins where the one before ended, so that whoever left a library in the year is among those who stood.
    """
    mine = Q(project__in=rows.order_by().values("pk"))
    before = last_moves(rows, first - dt.timedelta(days=1)).values("pk")
    stood = Move.objects.filter(
        mine, Q(pk__in=before) | Q(on__gte=first, on__lte=day), to_state__in=[state for state, _ in CONVERSIONS]
    )
    for key, state, number in (
        stood.order_by().values_list(key_of, "to_state").annotate(n=Count("project", distinct=True))
    ):
        of(key).stood[state] = number
    onward = Q(pk__in=())
    for state, goals in CONVERSIONS:
        onward |= Q(from_state=state, to_state__in=goals)
    went = Move.objects.filter(mine, onward, on__gte=first, on__lte=day)
    for key, state, number in (
        went.order_by().values_list(key_of, "from_state").annotate(n=Count("project", distinct=True))
    ):
        of(key).reached[state] = number
