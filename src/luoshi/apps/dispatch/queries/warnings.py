"""Warnings: lists, counts, one with its course."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.dispatch.models import AgendaItem, EarlyWarning, MeetingState, WarningState, WarningStep
from luoshi.apps.dispatch.policies import answerable_warnings, may_answer, may_push, visible_warnings

STANDING = (WarningState.OPEN, WarningState.ANSWERED)
#: The tabs of the list: what is to be done comes first.
TABS = {"": "待应策", "late": "逾期未应策", "answered": "推动中", "closed": "已销警", "waived": "已撤销", "all": "全部"}
MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class WarningFilter:
    """What a list is narrowed to; ``mine`` to the units for which the person answers."""

    tab: str = ""
    plan: int | None = None
    unit: str = ""
    kind: str = ""
    mine: bool = False


def _of_tab(tab: str, now: dt.datetime) -> Q:
    match tab:
        case "":
            return Q(state=WarningState.OPEN)
        case "late":
            return Q(state=WarningState.OPEN, due_at__lt=now)
        case "all":
            return Q()
    return Q(state=tab)


def _narrowed(user: Any, asked: WarningFilter) -> QuerySet[EarlyWarning]:
    rows = visible_warnings(user)
    if asked.plan:
        rows = rows.filter(plan=asked.plan)
    if asked.unit:
        rows = rows.filter(unit__key=asked.unit)
    if asked.kind:
        rows = rows.filter(rule__kind=asked.kind)
    if asked.mine:
        rows = rows.filter(pk__in=answerable_warnings(user).order_by().values("pk"))
    return rows


def warning_list(user: Any, asked: WarningFilter, now: dt.datetime) -> QuerySet[EarlyWarning]:
    """The warnings of a tab: those to be answered by when they must be, others the latest first."""
    rows = _narrowed(user, asked).filter(_of_tab(asked.tab, now))
    rows = rows.select_related("unit", "rule__owner", "plan", "target", "form")
    if asked.tab in ("", "late"):
        return rows.order_by("due_at", "unit__path", "pk")
    return rows.order_by("-raised_at", "unit__path", "-pk")


def warning_counts(user: Any, asked: WarningFilter, now: dt.datetime) -> dict[str, int]:
    """How many each tab holds: one query."""
    names = {tab: tab or "open" for tab in TABS}
    counts = {names[tab]: Count("pk", filter=_of_tab(tab, now) or Q(pk__gt=0)) for tab in TABS}
    found = _narrowed(user, asked).order_by().aggregate(**counts)
    return {tab: found[name] for tab, name in names.items()}


def warning_choices(user: Any) -> dict[str, list[tuple[Any, str]]]:
    """The plans and units that the filters offer: two queries."""
    rows = visible_warnings(user).order_by()
    plans = rows.filter(plan__isnull=False).values_list("plan_id", "plan__title").distinct().order_by("plan__title")
    units = rows.values_list("unit__key", "unit__short_name", "unit__path").distinct().order_by("unit__path")
    return {
        "plans": list(plans[:MOST_CHOICES]),
        "units": [(key, name) for key, name, _ in units[:MOST_CHOICES]],
    }


def open_warnings(
    *,
    unit_ids: Collection[int] | None = None,
    plan_ids: Collection[int] | None = None,
    as_of: dt.datetime | None = None,
) -> QuerySet[EarlyWarning]:
    """The warnings that stand (stood at a moment), of some units and plans, by unit: for boards, bulletins, orders."""
    rows = EarlyWarning.objects.select_related("unit", "rule", "plan", "target")
    if as_of is None:
        rows = rows.filter(state__in=STANDING)
    else:
        rows = rows.filter(Q(closed_at=None) | Q(closed_at__gt=as_of), raised_at__lte=as_of)
    if unit_ids is not None:
        rows = rows.filter(unit__in=unit_ids)
    if plan_ids is not None:
        rows = rows.filter(plan__in=plan_ids)
    return rows.order_by("unit__path", "raised_at", "pk")


@dataclass(frozen=True, slots=True)
class WarningPage:
    """A warning, its course, where it was discussed, and what the person may do."""

    warning: EarlyWarning
    steps: list[WarningStep]
    meetings: list[AgendaItem]
    may_answer: bool
    may_push: bool

    @property
    def stands(self) -> bool:
        """Whether something can still be done."""
        return self.warning.state in STANDING

    @property
    def answer(self) -> WarningStep | None:
        """What the unit said last."""
        return next((step for step in reversed(self.steps) if step.action == "answer"), None)


def warning_page(user: Any, warning_id: int) -> WarningPage | None:
    """A warning with its course; ``None`` where the person does not see it. Four queries."""
    rows = visible_warnings(user).select_related("unit", "rule__owner", "rule__plan", "plan", "target", "form")
    warning = rows.filter(pk=warning_id).first()
    if warning is None:
        return None
    steps = list(WarningStep.objects.filter(warning=warning).select_related("by").order_by("pk"))
    items = AgendaItem.objects.filter(warning=warning, removed_for="").exclude(
        meeting__state__in=(MeetingState.PLANNED, MeetingState.CANCELLED)
    )
    return WarningPage(
        warning,
        steps,
        list(items.select_related("meeting").order_by("-meeting__held_at")[:12]),
        may_answer(user, warning),
        may_push(user, warning),
    )
