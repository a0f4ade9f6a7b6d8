"""Meetings: lists, and one with its agenda, decisions and who is called."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.dispatch.agenda import ORDER, digest_of
from luoshi.apps.dispatch.models import (
    AgendaItem,
    Attendance,
    Decision,
    DecisionState,
    Meeting,
    MeetingState,
)
from luoshi.apps.dispatch.policies import may_convene, visible_meetings
from luoshi.apps.plans.models import Plan

TABS = {"": "筹备和待开", "held": "已召开", "closed": "纪要已印发", "cancelled": "已取消", "all": "全部"}
COMING = (MeetingState.PLANNED, MeetingState.READY)


def _of_tab(tab: str) -> Q:
    match tab:
        case "":
            return Q(state__in=COMING)
        case "all":
            return Q()
    return Q(state=tab)


def meeting_list(user: Any, tab: str = "", *, series: int | None = None) -> QuerySet[Meeting]:
    """The meetings of a tab, the next one first among those to come, else the latest; with how much stands on them."""
    rows = visible_meetings(user).filter(_of_tab(tab))
    if series:
        rows = rows.filter(series=series)
    rows = rows.select_related("owner", "series").annotate(
        topics=Count("items", filter=Q(items__removed_for=""), distinct=True),
        decided=Count("decisions", filter=~Q(decisions__state=DecisionState.DRAFT), distinct=True),
        undone=Count(
            "decisions",
            filter=Q(decisions__state__in=(DecisionState.OPEN, DecisionState.REPORTED)),
            distinct=True,
        ),
    )
    return rows.order_by("held_at", "pk") if tab == "" else rows.order_by("-held_at", "-pk")


def meeting_counts(user: Any) -> dict[str, int]:
    """How many each tab holds: one query."""
    names = {tab: tab or "coming" for tab in TABS}
    counts = {names[tab]: Count("pk", filter=_of_tab(tab) or Q(pk__gt=0)) for tab in TABS}
    found = visible_meetings(user).order_by().aggregate(**counts)
    return {tab: found[name] for tab, name in names.items()}


def next_meetings(user: Any, now: dt.datetime, most: int = 3) -> list[Meeting]:
    """The meetings to come, those not held on their day among them, and those being held: the nearest first."""
    rows = visible_meetings(user).filter(state__in=(*COMING, MeetingState.HELD))
    rows = rows.filter(held_at__gt=now - dt.timedelta(days=30)).select_related("owner")
    topics = Count("items", filter=Q(items__removed_for=""))
    return list(rows.annotate(topics=topics).order_by("held_at", "pk")[:most])


@dataclass(frozen=True, slots=True)
class Group:
    """The items of one kind that follow one another."""

    kind: str
    label: str
    items: list[AgendaItem]


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A meeting as its page shows it: the agenda in groups, what was taken off, decisions, who is called."""

    meeting: Meeting
    groups: list[Group]
    removed: list[AgendaItem]
    decisions: list[Decision]
    attendance: list[Attendance]
    plans: list[Plan]
    counts: dict[str, int]
    may_convene: bool
    as_fixed: bool

    @property
    def items(self) -> list[AgendaItem]:
        """The items that are on, in order."""
        return [item for group in self.groups for item in group.items]


def meeting_page(user: Any, meeting_id: int) -> MeetingPage | None:
    """A meeting; ``None`` where the person does not see it. Seven queries at any size.

    Decisions being recorded are shown to who records them only. ``as_fixed`` tells that the items are those that were
    fixed, by their digest.
    """
    rows = visible_meetings(user).select_related("owner", "series")
    meeting = rows.filter(pk=meeting_id).first()
    if meeting is None:
        return None
    runs = may_convene(user, meeting.owner)
    items = list(AgendaItem.objects.filter(meeting=meeting).select_related("unit").order_by("ordinal", "pk"))
    on = [item for item in items if not item.removed_for]
    decisions = Decision.objects.filter(meeting=meeting).select_related("unit").prefetch_related("supporting")
    if not runs:
        decisions = decisions.exclude(state=DecisionState.DRAFT)
    attendance = Attendance.objects.filter(meeting=meeting).select_related("unit").order_by("unit__path")
    return MeetingPage(
        meeting=meeting,
        groups=grouped(on),
        removed=[item for item in items if item.removed_for],
        decisions=list(decisions.order_by("ordinal", "pk")),
        attendance=list(attendance),
        plans=list(meeting.plans.order_by("title")),
        counts=dict(Counter(item.kind for item in on)),
        may_convene=runs,
        as_fixed=not meeting.digest or digest_of(items) == meeting.digest,
    )


def grouped(items: list[AgendaItem]) -> list[Group]:
    """Items that follow one another and are of one kind, under its name: people may have put them in another order."""
    labels = {kind.value: kind.label for kind in ORDER}
    groups: list[Group] = []
    for item in items:
        if not groups or groups[-1].kind != item.kind:
            groups.append(Group(item.kind, labels[item.kind], []))
        groups[-1].items.append(item)
    return groups
