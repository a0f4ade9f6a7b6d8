"""What the program itself reminds of: not accepted, due soon, overdue. Safe to repeat: each reminder is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db import transaction

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.notices.actions import Message, notify_each
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.supervision import telling
from luoshi.apps.supervision.actions.common import moment
from luoshi.apps.supervision.models import Order, OrderState
from luoshi.apps.supervision.policies import ASSIGNERS
from luoshi.apps.supervision.states import WITH_UNIT
from luoshi.periods import local_date

#: Days before the due day on which the unit is reminded, and after how many days overdue it is reminded again.
BEFORE, AGAIN = (3, 1, 0), 7
#: So many orders are told of in one transaction.
AT_ONCE = 200


def remind_orders(*, now: dt.datetime | None = None) -> Iterator[str]:
    """Remind units of what they have not accepted, of what falls due and of what is overdue; owners of the latter."""
    at = moment(now)
    today = local_date(at)
    rows = Order.objects.filter(state__in=WITH_UNIT, due_at__lt=at + dt.timedelta(days=max(BEFORE) + 1))
    late_to_accept = Order.objects.filter(state=OrderState.ASSIGNED, accept_by__lt=at)
    orders = (rows | late_to_accept).select_related("unit", "owner").order_by("pk")
    waiting = [(order, said) for order in orders if (said := _reminder(order, at, today))]
    told = 0
    for start in range(0, len(waiting), AT_ONCE):
        told += _tell(waiting[start : start + AT_ONCE], at)
    if told:
        yield f"发出 {told} 条督办提醒。"


def _reminder(order: Order, at: dt.datetime, today: dt.date) -> tuple[str, str] | None:
    """(key, words) of the reminder that has come; ``None`` where none has."""
    assert order.due_at is not None
    left = (local_date(order.due_at) - today).days
    due = local_date(order.due_at)
    if at > order.due_at:
        over = (today - due).days
        step = 1 if over < AGAIN else over - over % AGAIN
        return f"overdue:{due:%Y%m%d}:{step}", f"已逾期 {over} 天"
    if left in BEFORE:
        return f"due:{due:%Y%m%d}:{left}", "今天到期" if left == 0 else f"还有 {left} 天到期"
    if order.state == OrderState.ASSIGNED and order.accept_by is not None and at > order.accept_by:
        return f"accept:{local_date(order.accept_by):%Y%m%d}", "逾期未签收"
    return None


def _tell(waiting: Sequence[tuple[Order, tuple[str, str]]], at: dt.datetime) -> int:
    with transaction.atomic():
        workers = telling.workers_of(order.unit for order, _ in waiting)
        owners = nearest_holders((order.owner for order, _ in waiting), *ASSIGNERS)
        messages, told_of = [], []
        for order, (key, words) in waiting:
            title = f"{words}：{telling.title_of(order)}"
            people = [(user, f"order:{order.pk}:do:{key}") for user in workers[order.unit_id]]
            if key.startswith("overdue:") and key.endswith(":1"):
                people += [(user, f"order:{order.pk}:late:{key}") for user in owners[order.owner_id]]
            due = f"承办单位：{order.unit}，期限{telling.moment_in_words(order.due_at)}。" if order.due_at else ""
            messages += [
                Message(
                    recipient=user,
                    key=place,
                    kind=telling.CHASED,
                    title=title,
                    text=due,
                    url=telling.url_of(order),
                )
                for user, place in people
            ]
            told_of.append(order)
        told = notify_each(messages, now=at)
        if told:
            after = {"人次": told, "件数": len(told_of)}
            record(acting_user=None, acts=[Act(action="督办提醒", target=told_of[0], label="督办提醒", after=after)])
    return told
