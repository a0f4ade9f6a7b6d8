"""议定事项: lists, counts, one with its course."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.dispatch.models import AgendaItem, Decision, DecisionState, DecisionStep, MeetingState
from luoshi.apps.dispatch.policies import may_convene, may_work, own_decisions, visible_decisions, visible_meetings

OPEN = (DecisionState.OPEN, DecisionState.REPORTED)
TABS = {
    "": "办理中",
    "late": "已逾期",
    "reported": "待办结",
    "closed": "已办结",
    "dropped": "已取消",
    "all": "全部",
}


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """What a list is narrowed to; ``mine`` to those on which the person works."""

    tab: str = ""
    unit: str = ""
    meeting: int | None = None
    mine: bool = False


def _of_tab(tab: str, today: dt.date) -> Q:
    match tab:
        case "":
            return Q(state__in=OPEN)
        case "late":
            return Q(state=DecisionState.OPEN, due_on__lt=today)
        case "all":
            return Q()
    return Q(state=tab)


def _narrowed(user: Any, asked: DecisionFilter) -> QuerySet[Decision]:
    rows = visible_decisions(user).exclude(state=DecisionState.DRAFT)
    if asked.unit:
        helped = Decision.supporting.through.objects.filter(unit__key=asked.unit)
        rows = rows.filter(Q(unit__key=asked.unit) | Q(pk__in=helped.values("decision_id")))
    if asked.meeting:
        rows = rows.filter(meeting=asked.meeting)
    if asked.mine:
        rows = rows.filter(pk__in=own_decisions(user).order_by().values("pk"))
    return rows


def decision_list(user: Any, asked: DecisionFilter, today: dt.date) -> QuerySet[Decision]:
    """The decisions of a tab: open ones by when they are due, others the latest first."""
    rows = _narrowed(user, asked).filter(_of_tab(asked.tab, today)).select_related("unit", "meeting")
    rows = rows.prefetch_related("supporting")
    if asked.tab in ("", "late", "reported"):
        return rows.order_by("due_on", "meeting__held_at", "ordinal", "pk")
    return rows.order_by("-meeting__held_at", "ordinal", "pk")


def decision_counts(user: Any, asked: DecisionFilter, today: dt.date) -> dict[str, int]:
    """How many each tab holds: one query."""
    names = {tab: tab or "open" for tab in TABS}
    counts = {names[tab]: Count("pk", filter=_of_tab(tab, today) or Q(pk__gt=0)) for tab in TABS}
    found = _narrowed(user, asked).order_by().aggregate(**counts)
    return {tab: found[name] for tab, name in names.items()}


def decisions_open(unit_ids: Collection[int]) -> QuerySet[Decision]:
    """What some units have promised and not closed, by when it is due: for boards, bulletins, orders."""
    helped = Decision.supporting.through.objects.filter(unit__in=unit_ids)
    rows = Decision.objects.filter(state__in=OPEN).filter(Q(unit__in=unit_ids) | Q(pk__in=helped.values("decision_id")))
    return rows.select_related("unit", "meeting").order_by("due_on", "pk")


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision, its course, the meetings to which it was carried, and what the person may do."""

    decision: Decision
    steps: list[DecisionStep]
    carried: list[AgendaItem]
    may_work: bool
    may_run: bool
    sees_meeting: bool
    finished_by_me: bool


def decision_page(user: Any, decision_id: int) -> DecisionPage | None:
    """A decision in force; ``None`` where the person does not see it. Six queries."""
    rows = visible_decisions(user).exclude(state=DecisionState.DRAFT)
    rows = rows.select_related("unit", "meeting__owner", "item__target", "item__warning", "item__problem")
    decision = rows.prefetch_related("supporting").filter(pk=decision_id).first()
    if decision is None:
        return None
    steps = list(DecisionStep.objects.filter(decision=decision).select_related("by").order_by("pk"))
    items = AgendaItem.objects.filter(decision=decision, removed_for="").exclude(
        meeting__state__in=(MeetingState.PLANNED, MeetingState.CANCELLED)
    )
    finished = next((step for step in reversed(steps) if step.action == "finish"), None)
    return DecisionPage(
        decision,
        steps,
        list(items.select_related("meeting").order_by("-meeting__held_at")[:12]),
        may_work(user, decision),
        may_convene(user, decision.meeting.owner),
        visible_meetings(user).filter(pk=decision.meeting_id).exists(),
        finished is not None and user is not None and finished.by_id == user.pk,
    )
