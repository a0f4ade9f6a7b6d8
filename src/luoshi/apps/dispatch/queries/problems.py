"""需协同事项: lists, counts, one with the meetings that had it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.dispatch.models import AgendaItem, Decision, DecisionState, MeetingState, Problem, ProblemState
from luoshi.apps.dispatch.policies import is_of, may_raise, may_settle, visible_decisions, visible_problems

UNSETTLED = (ProblemState.OPEN, ProblemState.IN_HAND)
TABS = {"": "待解决", "settled": "已解决", "dropped": "不再协调", "all": "全部"}


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """What a list is narrowed to; ``unit`` raised it or is asked for help."""

    tab: str = ""
    plan: int | None = None
    unit: str = ""


def _of_tab(tab: str) -> Q:
    match tab:
        case "":
            return Q(state__in=UNSETTLED)
        case "all":
            return Q()
    return Q(state=tab)


def _narrowed(user: Any, asked: ProblemFilter) -> QuerySet[Problem]:
    rows = visible_problems(user)
    if asked.plan:
        rows = rows.filter(plan=asked.plan)
    if asked.unit:
        rows = rows.filter(Q(unit__key=asked.unit) | Q(asked__key=asked.unit))
    return rows


def problem_list(user: Any, asked: ProblemFilter) -> QuerySet[Problem]:
    """The problems of a tab, those wished to be settled first at the top."""
    rows = _narrowed(user, asked).filter(_of_tab(asked.tab)).select_related("unit", "asked", "plan")
    return rows.order_by("due_on", "-raised_at", "-pk") if asked.tab == "" else rows.order_by("-raised_at", "-pk")


def problem_counts(user: Any, asked: ProblemFilter) -> dict[str, int]:
    """How many each tab holds: one query."""
    names = {tab: tab or "open" for tab in TABS}
    counts = {names[tab]: Count("pk", filter=_of_tab(tab) or Q(pk__gt=0)) for tab in TABS}
    found = _narrowed(user, asked).order_by().aggregate(**counts)
    return {tab: found[name] for tab, name in names.items()}


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A problem, the meetings that had it, what they decided, and what the person may do."""

    problem: Problem
    meetings: list[AgendaItem]
    decisions: list[Decision]
    may_settle: bool
    may_edit: bool
    is_asked: bool


def problem_page(user: Any, problem_id: int) -> ProblemPage | None:
    """A problem; ``None`` where the person does not see it. Four queries."""
    rows = visible_problems(user).select_related("unit", "asked", "plan__owner", "raised_by", "answer__round__form")
    problem = rows.filter(pk=problem_id).first()
    if problem is None:
        return None
    items = AgendaItem.objects.filter(problem=problem, removed_for="").exclude(
        meeting__state__in=(MeetingState.PLANNED, MeetingState.CANCELLED)
    )
    decided = visible_decisions(user).filter(item__problem=problem).exclude(state=DecisionState.DRAFT)
    return ProblemPage(
        problem,
        list(items.select_related("meeting").order_by("-meeting__held_at")[:12]),
        list(decided.select_related("unit", "meeting").order_by("-meeting__held_at", "ordinal")[:12]),
        may_settle(user, problem),
        may_raise(user, problem.unit) and problem.state == ProblemState.OPEN,
        problem.asked is not None and is_of(user, problem.asked),
    )
