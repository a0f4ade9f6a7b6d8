"""What came of supervision in a period, by unit: for bulletins and the assessment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from luoshi.apps.organisations.models import Unit
from luoshi.apps.supervision.models import Extension, Order, OrderAction, OrderStage, OrderState, OrderStep
from luoshi.periods import Period, end_of_day

_FIRST = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit's orders of a period: given out in it or open during it. ``overdue`` are open past their due moment."""

    unit: Unit
    given: int
    closed: int
    closed_in_time: int
    open: int
    overdue: int
    sent_back: int
    extended: int

    @property
    def all(self) -> int:
        """How many orders the unit had in the period."""
        return self.closed + self.open


@dataclass(frozen=True, slots=True)
class OrderResult:
    """One order with the state that it had at the end of the period."""

    order: Order
    state: OrderState
    due_at: dt.datetime
    closed_at: dt.datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Results:
    """What an owner's supervision brought in a period; ``as_of`` is the moment at which it is looked at."""

    owner: Unit
    period: Period
    as_of: dt.datetime
    units: tuple[UnitResult, ...]
    orders: tuple[OrderResult, ...]


def results(
    owner: Unit, period: Period, *, as_of: dt.datetime | None = None, plans: Iterable[int] | None = None
) -> Results:
    """The orders of an owner (no sub-orders) that were open in a period, as they stood at its end or at ``as_of``.

    What was done later does not count: steps tell the state of the past. Three queries.
    """
    end = end_of_day(period.last_day)
    moment = min(end, as_of or timezone.now())
    start = end_of_day(period.first_day - dt.timedelta(days=1)) + _FIRST
    rows = Order.objects.filter(owner=owner, parent=None, assigned_at__lte=moment).exclude(state=OrderState.DRAFT)
    if plans is not None:
        rows = rows.filter(plan__in=list(plans))
    rows = rows.filter(Q(closed_at=None) | Q(closed_at__gte=start) | Exists(_reopened(start)))
    rows = (
        rows.select_related("unit", "owner")
        .defer("text")
        .annotate(
            backs=Count(
                "steps", filter=Q(steps__action=OrderAction.SEND_BACK, steps__at__range=(start, moment)), distinct=True
            ),
        )
    )
    orders = list(rows.order_by("unit__path", "year", "serial"))
    states = _states(orders, moment)
    late = _late(orders)
    extended = set(
        Extension.objects.filter(stage__order__in=[order.pk for order in orders], granted=True, decided_at__lte=moment)
        .order_by()
        .values_list("stage__order_id", flat=True)
    )
    found: list[OrderResult] = []
    by_unit: dict[int, list[tuple[Order, OrderResult]]] = {}
    for order in orders:
        state, at = states.get(order.pk, (OrderState.ASSIGNED, order.assigned_at))
        if state == OrderState.WITHDRAWN or (state == OrderState.CLOSED and at is not None and at < start):
            continue
        due = order.due_at or moment
        closed = state == OrderState.CLOSED
        row = OrderResult(
            order, state, due, at if closed else None, not closed and state != OrderState.ANSWERED and due < moment
        )
        found.append(row)
        by_unit.setdefault(order.unit_id, []).append((order, row))
    units = [
        UnitResult(
            unit=pairs[0][0].unit,
            given=sum(order.assigned_at is not None and order.assigned_at >= start for order, _ in pairs),
            closed=sum(row.state == OrderState.CLOSED for _, row in pairs),
            closed_in_time=sum(row.state == OrderState.CLOSED and order.pk not in late for order, row in pairs),
            open=sum(row.state != OrderState.CLOSED for _, row in pairs),
            overdue=sum(row.overdue for _, row in pairs),
            sent_back=sum(order.backs for order, _ in pairs),
            extended=sum(order.pk in extended for order, _ in pairs),
        )
        for pairs in by_unit.values()
    ]
    return Results(owner, period, moment, tuple(units), tuple(found))


def _reopened(start: dt.datetime) -> object:
    return OrderStep.objects.filter(order=OuterRef("pk"), action=OrderAction.REOPEN, at__gte=start)


def _states(orders: list[Order], moment: dt.datetime) -> dict[int, tuple[OrderState, dt.datetime]]:
    """(state, since) of each order at a moment, from its steps: one query."""
    rows = OrderStep.objects.filter(order__in=[order.pk for order in orders], at__lte=moment).order_by("order_id", "pk")
    found: dict[int, tuple[OrderState, dt.datetime]] = {}
    for order, to, at in rows.values_list("order_id", "to_state", "at"):
        before = found.get(order)
        if before is None or before[0] != to:
            found[order] = (OrderState(to), at)
    return found


def _late(orders: list[Order]) -> set[int]:
    """The orders of which a stage was answered after its due moment: one query."""
    rows = OrderStage.objects.filter(order__in=[order.pk for order in orders], answered_at__gt=F("due_at"))
    return set(rows.order_by().values_list("order_id", flat=True))
