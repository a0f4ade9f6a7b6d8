"""What holds up how much investment; what has stood too long; what may be the same project; pages of one project."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from luoshi.apps.dispatch.models import ProblemState
from luoshi.apps.projects.models import HoldKind, Project, ProjectProblem, State, Twin, TwinState
from luoshi.apps.projects.policies import living, visible_projects
from luoshi.pipeline import State as Library
from luoshi.pipeline import over_norm, shipped_norms

UNSETTLED = (ProblemState.OPEN, ProblemState.IN_HAND)


@dataclass(frozen=True, slots=True)
class Hold:
    """One kind of thing that lacks: problems not settled, projects, money held up, how many are overdue."""

    kind: str
    label: str
    problems: int
    projects: int
    held: Decimal
    overdue: int


@dataclass(frozen=True, slots=True)
class Holds:
    """All kinds; ``held`` counts a project with several problems once, with the largest sum."""

    kinds: list[Hold]
    problems: int
    projects: int
    held: Decimal


def open_problems(user: Any) -> QuerySet[ProjectProblem]:
    """The unsettled problems of the projects that the person sees."""
    mine = living(visible_projects(user)).order_by().values("pk")
    return ProjectProblem.objects.filter(problem__state__in=UNSETTLED, project__in=mine)


def holds(user: Any, today: dt.date, unit: str = "") -> Holds:
    """What lacks, by kind: two queries."""
    rows = open_problems(user).order_by()
    if unit:
        rows = rows.filter(project__unit__key=unit)
    by_kind = {
        row["kind"]: row
        for row in rows.values("kind").annotate(
            n=Count("pk"),
            p=Count("project", distinct=True),
            m=Sum("held"),
            late=Count("pk", filter=Q(problem__due_on__lt=today)),
        )
    }
    once = rows.values("project").annotate(most=Max("held")).aggregate(n=Count("project"), m=Sum("most"))
    kinds = [
        Hold(kind, label, row["n"], row["p"], row["m"] or Decimal(0), row["late"])
        for kind, label in HoldKind.choices
        if (row := by_kind.get(kind)) is not None
    ]
    kinds.sort(key=lambda one: (-one.held, -one.problems))
    return Holds(kinds, sum(one.problems for one in kinds), once["n"], once["m"] or Decimal(0))


def hold_list(user: Any, kind: str = "", unit: str = "") -> QuerySet[ProjectProblem]:
    """The problems themselves, the most money first."""
    rows = open_problems(user)
    if kind:
        rows = rows.filter(kind=kind)
    if unit:
        rows = rows.filter(project__unit__key=unit)
    return rows.select_related("project__unit", "problem__unit", "problem__asked").order_by(
        F("held").desc(nulls_last=True), "problem__due_on", "pk"
    )


@dataclass(frozen=True, slots=True)
class Ageing:
    """One library: the norm in days, how many stand longer, and the oldest."""

    state: str
    label: str
    norm: int
    number: int
    late: int


def ageing(rows: QuerySet[Project], today: dt.date) -> list[Ageing]:
    """How long projects stand in their library against the norm: one query."""
    norms = shipped_norms().days
    counts: dict[str, Any] = {}
    for state, days in norms.items():
        since = today - dt.timedelta(days=days)
        counts[f"n_{state.value}"] = Count("pk", filter=Q(state=state.value))
        counts[f"l_{state.value}"] = Count("pk", filter=Q(state=state.value, state_since__lt=since))
    found = rows.order_by().aggregate(**counts)
    return [
        Ageing(state.value, State(state.value).label, days, found[f"n_{state.value}"], found[f"l_{state.value}"])
        for state, days in norms.items()
    ]


def days_over(project: Project, today: dt.date) -> int | None:
    """By how many days a project has stood longer than the norm; ``None`` where there is none, or within it."""
    over = over_norm(shipped_norms(), Library(project.state), project.state_since, today)
    return over if over is not None and over > 0 else None


def twins(user: Any, state: str = TwinState.OPEN) -> QuerySet[Twin]:
    """The pairs of which the person sees both."""
    mine = visible_projects(user).order_by().values("pk")
    rows = Twin.objects.filter(state=state, first__in=mine, second__in=mine)
    return rows.select_related(
        "first__unit", "second__unit", "first__lead", "second__lead", "decided_by"
    ).prefetch_related("first__origins__table", "second__origins__table")
