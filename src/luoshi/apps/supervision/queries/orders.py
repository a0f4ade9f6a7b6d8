"""Lists of orders, filtered and sorted by the database, and how much time each has left in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils import timezone

from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.supervision.models import Order, OrderState, Origin
from luoshi.apps.supervision.policies import visible_orders, worked_by
from luoshi.apps.supervision.states import ENDED, OPEN, WITH_UNIT
from luoshi.periods import end_of_day, local_date

#: How a list may be narrowed by its due day.
DUES = {"overdue": "已逾期", "today": "今天到期", "week": "七天内到期"}
SORTS = {
    # What is done with comes last.
    "": (Case(When(state__in=ENDED, then=1), default=0), "due_at", "pk"),
    "due": ("due_at", "pk"),
    "-due": (F("due_at").desc(nulls_last=True), "pk"),
    "new": ("-assigned_at", "-pk"),
    "number": ("owner__path", "-year", "-serial", "pk"),
    "unit": ("unit__path", "due_at", "pk"),
}
#: States that are asked for together.
GROUPS = {"open": OPEN, "ended": ENDED}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list is narrowed by; empty values narrow nothing. ``mine``: ``do``, ``review``, ``give``."""

    state: str = ""
    origin: str = ""
    due: str = ""
    plan: int = 0
    unit: str = ""
    owner: str = ""
    text: str = ""
    sort: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is narrowed beside the order of the rows."""
        return any((self.state, self.origin, self.due, self.plan, self.unit, self.owner, self.text))


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list. ``left`` says in words how much time there is, ``urgency`` how pressing it is."""

    order: Order
    due: str
    left: str
    urgency: str


def order_list(user: Any, asked: OrderFilter, now: dt.datetime | None = None) -> QuerySet[Order]:
    """The orders that the person sees, narrowed and sorted, with owner, unit and parent."""
    rows = narrowed(visible_orders(user), asked, now or timezone.now())
    usual = "new" if asked.state in ("ended", *ENDED, OrderState.DRAFT) else ""
    return with_units(rows).order_by(*SORTS[asked.sort or usual])


def narrowed(rows: QuerySet[Order], asked: OrderFilter, now: dt.datetime) -> QuerySet[Order]:
    """The rows that fit a filter."""
    if asked.state in GROUPS:
        rows = rows.filter(state__in=GROUPS[asked.state])
    elif asked.state in OrderState.values:
        rows = rows.filter(state=asked.state)
    if asked.origin in Origin.values:
        rows = rows.filter(origin=asked.origin)
    if asked.due:
        rows = rows.filter(due_condition(asked.due, now))
    if asked.plan:
        rows = rows.filter(plan=asked.plan)
    if asked.unit:
        rows = rows.filter(unit__key=asked.unit)
    if asked.owner:
        rows = rows.filter(owner__key=asked.owner)
    if asked.text:
        by_text = Q(title__icontains=asked.text) | Q(text__icontains=asked.text) | Q(handler__icontains=asked.text)
        number = asked.text.strip("号第")
        if number.isascii() and number.isdigit() and len(number) < 7:
            by_text |= Q(serial=int(number))
        rows = rows.filter(by_text)
    return rows


def due_condition(due: str, now: dt.datetime) -> Q:
    """A condition on orders that are with their units, by their due moment."""
    end = end_of_day(local_date(now))
    with_unit = Q(state__in=WITH_UNIT)
    if due == "overdue":
        return with_unit & Q(due_at__lt=now)
    if due == "today":
        return with_unit & Q(due_at__gte=now, due_at__lte=end)
    if due == "week":
        return with_unit & Q(due_at__gte=now, due_at__lte=end + dt.timedelta(days=6))
    return Q()


def with_units(rows: QuerySet[Order]) -> QuerySet[Order]:
    """The rows with what a list shows of each, in the one query."""
    return rows.select_related("owner", "unit", "parent", "clock").defer("text")


def row_of(order: Order, now: dt.datetime) -> OrderRow:
    """One order with its time in words."""
    left, urgency = left_in_words(order, now)
    return OrderRow(order, moment_in_words(order.due_at) if order.due_at else "", left, urgency)


def left_in_words(order: Order, now: dt.datetime) -> tuple[str, str]:
    """(``还有 3 天``, ``soon``): ``late``, ``today``, ``soon`` (three days) or ``later``; else nothing."""
    if order.due_at is None or order.state not in WITH_UNIT:
        return "", ""
    days = (local_date(order.due_at) - local_date(now)).days
    if now > order.due_at:
        return f"逾期 {max(-days, 1)} 天", "late"
    if days == 0:
        return "今天到期", "today"
    return f"还有 {days} 天", "soon" if days <= 3 else "later"


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """How many orders of each state a person sees (the other filters applied), and how many are overdue."""

    states: dict[str, int]
    open: int
    overdue: int
    total: int


def order_counts(user: Any, asked: OrderFilter, now: dt.datetime | None = None) -> OrderCounts:
    """Counts by state, whatever state and due day are asked for: one query."""
    now = now or timezone.now()
    bare = OrderFilter(origin=asked.origin, plan=asked.plan, unit=asked.unit, owner=asked.owner, text=asked.text)
    rows = narrowed(visible_orders(user), bare, now)
    found = rows.aggregate(
        late=Count("pk", filter=due_condition("overdue", now)),
        **{state.name.lower(): Count("pk", filter=Q(state=state)) for state in OrderState},
    )
    states = {state.value: found[state.name.lower()] for state in OrderState}
    return OrderCounts(states, sum(states[state] for state in OPEN), found["late"], sum(states.values()))


def orders_about(user: Any, **subject: int) -> QuerySet[Order]:
    """The orders that the person sees about one object: ``plan=``, ``measure=``, ``target=``, ``warning=``, …"""
    return with_units(visible_orders(user).filter(**subject)).order_by("-created_at", "-pk")


def open_orders(unit_ids: Any) -> QuerySet[Order]:
    """The open orders of units, for pages that show a unit as a whole."""
    return with_units(Order.objects.filter(unit__in=unit_ids, state__in=OPEN)).order_by("due_at", "pk")


def to_do(user: Any) -> QuerySet[Order]:
    """The orders that are with the person's own unit."""
    rows = visible_orders(user).filter(worked_by(user), state__in=WITH_UNIT)
    return with_units(rows).order_by("due_at", "pk")
