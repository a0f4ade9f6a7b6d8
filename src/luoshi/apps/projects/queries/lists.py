"""The list of projects, filtered and counted by the database; the kanban, the Gantt chart, the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import RowNumber

from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects.models import (
    Milestone,
    MilestoneKind,
    Move,
    Nature,
    Project,
    ProjectName,
    Sort,
    State,
    YearPlan,
)
from luoshi.apps.projects.policies import living, visible_projects
from luoshi.pipeline import State as Library
from luoshi.pipeline import shipped_norms

STARTED_ON = (State.STARTED, State.CONSTRUCTION, State.COMPLETED)
MOST_POINTS, CARDS = 5000, 15


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """What a list is narrowed to. ``unit`` and ``lead`` are keys, a unit stands for all below it; ``q`` a part of a
    name or code; ``year`` on that year's plan; ``stuck`` longer in its library than the norm; ``gap`` without a start
    though the planned day has passed."""

    unit: str = ""
    lead: str = ""
    industry: int | None = None
    chain: int | None = None
    state: str = ""
    nature: str = ""
    sort: str = ""
    major: bool = False
    year: int | None = None
    q: str = ""
    stuck: bool = False
    gap: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, one.name) for one in fields(self))


def stuck(today: dt.date) -> Q:
    """A condition: longer in the library than the norm."""
    wanted = Q(pk__in=())
    for state, days in shipped_norms().days.items():
        wanted |= Q(state=state.value, state_since__lt=today - dt.timedelta(days=days))
    return wanted


def narrowed(rows: QuerySet[Project], asked: ProjectFilter, today: dt.date) -> QuerySet[Project]:
    """The projects of a filter; one small query where it names units."""
    keys = [key for key in (asked.unit, asked.lead) if key]
    units = {unit.key: unit for unit in Unit.objects.filter(key__in=keys)} if keys else {}
    if asked.unit:
        unit = units.get(asked.unit)
        rows = rows.filter(unit__path__startswith=unit.path) if unit else rows.none()
    if asked.lead:
        lead = units.get(asked.lead)
        rows = rows.filter(lead__path__startswith=lead.path) if lead else rows.none()
    for name in ("industry", "chain", "nature", "sort"):
        if value := getattr(asked, name):
            rows = rows.filter(**{name: value})
    if asked.state in State.values:
        rows = rows.filter(state=asked.state)
    elif not asked.state:
        rows = rows.exclude(state=State.LEFT)
    if asked.major:
        rows = rows.filter(major=True)
    if asked.year:
        rows = rows.filter(Exists(YearPlan.objects.filter(project=OuterRef("pk"), year=asked.year, listed=True)))
    if asked.q:
        text = asked.q
        once = ProjectName.objects.filter(name__icontains=text).values("project_id")
        rows = rows.filter(Q(name__icontains=text) | Q(code__startswith=text) | Q(pk__in=once))
    if asked.stuck:
        rows = rows.filter(stuck(today))
    if asked.gap:
        due = YearPlan.objects.filter(project=OuterRef("pk"), start_on__lt=today)
        rows = rows.filter(Exists(due)).exclude(state__in=STARTED_ON)
    return rows


def project_list(user: Any, asked: ProjectFilter, today: dt.date) -> QuerySet[Project]:
    """The projects of a filter with their units, the largest first."""
    rows = narrowed(living(visible_projects(user)), asked, today)
    return rows.select_related("unit", "lead", "industry", "chain").order_by("-total", "-pk")


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a list: how many, how much money in all (yuan), how much of it done."""

    number: int
    total: Decimal
    done: Decimal


def sums(rows: QuerySet[Project]) -> Sums:
    """One query."""
    found = rows.order_by().aggregate(number=Count("pk"), total=Sum("total"), done=Sum("done"))
    return Sums(found["number"], found["total"] or Decimal(0), found["done"] or Decimal(0))


@dataclass(frozen=True, slots=True)
class Column:
    """One library of the kanban with its first cards."""

    state: State
    label: str
    number: int
    total: Decimal
    late: int
    cards: list[Project]


def board(user: Any, asked: ProjectFilter, today: dt.date) -> list[Column]:
    """The five libraries: counts and sums, and the largest cards of each; three queries beside the filter's own."""
    rows = narrowed(living(visible_projects(user)), asked, today)
    counted = {
        row["state"]: row
        for row in rows.order_by()
        .values("state")
        .annotate(number=Count("pk"), money=Sum("total"), late=Count("pk", filter=stuck(today)))
    }
    ranked = rows.order_by().annotate(
        rank_in=Window(RowNumber(), partition_by=F("state"), order_by=(F("total").desc(), F("pk").desc()))
    )
    # Ranked by number alone, fetched by number: ranking whole rows takes a second for 50,000.
    numbers = list(ranked.filter(rank_in__lte=CARDS).values_list("pk", flat=True))
    first = Project.objects.filter(pk__in=numbers).select_related("unit", "chain", "industry")
    cards: dict[str, list[Project]] = {}
    for row in sorted(first, key=lambda one: (-one.total, -one.pk)):
        cards.setdefault(row.state, []).append(row)
    return [
        Column(
            State(state.value),
            State(state.value).label,
            counted.get(state.value, {}).get("number", 0),
            counted.get(state.value, {}).get("money") or Decimal(0),
            counted.get(state.value, {}).get("late", 0),
            cards.get(state.value, []),
        )
        for state in Library
        if state is not Library.LEFT
    ]


def with_milestones(rows: QuerySet[Project]) -> QuerySet[Project]:
    """The projects with their milestones: one query more."""
    return rows.prefetch_related(Prefetch("milestones", queryset=Milestone.objects.order_by("id")))


def points(rows: QuerySet[Project]) -> list[dict[str, Any]]:
    """The places of projects that have one, the largest first, at most ``MOST_POINTS``."""
    found = rows.exclude(longitude=None).order_by("-total", "-pk")
    columns = ("pk", "name", "longitude", "latitude", "state", "total", "unit__short_name")
    labels = dict(State.choices)
    return [
        {
            "id": pk,
            "name": name,
            "at": [float(east), float(north)],
            "state": state,
            "library": labels[state],
            "total": f"{total / 10000:,.2f}",
            "size": float(total / 100_000_000),
            "unit": unit,
        }
        for pk, name, east, north, state, total, unit in found.values_list(*columns)[:MOST_POINTS]
    ]


def choices(user: Any) -> Mapping[str, list[tuple[Any, str]]]:
    """What the filter offers: units that have projects, leads, industries, chains. Four queries."""
    mine = living(visible_projects(user)).order_by()
    units = Unit.objects.filter(pk__in=mine.values("unit_id")).order_by("path").values_list("key", "short_name")
    leads = Unit.objects.filter(pk__in=mine.values("lead_id")).order_by("path").values_list("key", "short_name")
    industries = mine.exclude(industry=None).values_list("industry_id", "industry__name", "industry__ordinal")
    chains = mine.exclude(chain=None).values_list("chain_id", "chain__name", "chain__ordinal")
    return {
        "units": list(units[:500]),
        "leads": list(leads[:300]),
        "industries": _named(industries.distinct()),
        "chains": _named(chains.distinct()),
        "states": [(state.value, state.label) for state in State],
        "natures": list(Nature.choices),
        "sorts": list(Sort.choices),
    }


def _named(rows: Iterable[tuple[int, str, int]]) -> list[tuple[Any, str]]:
    return [(pk, name) for pk, name, _ in sorted(rows, key=lambda row: (row[2], row[0]))][:300]


def as_of_states(rows: QuerySet[Project], day: dt.date) -> QuerySet[Project]:
    """The projects with ``stood``: the library in which each stood at the end of a day, ``None`` before it entered.

    Merged projects count on the days before they were merged: give all, not only the living.
    """

    last = Move.objects.filter(project=OuterRef("pk"), on__lte=day).order_by("-on", "-id")
    return rows.annotate(stood=Subquery(last.values("to_state")[:1]))


#: The order in which marks are drawn.
MARKS = tuple(MilestoneKind.values)
