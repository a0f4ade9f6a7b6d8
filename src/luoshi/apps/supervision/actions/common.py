"""Every change of an order begins here: its row is locked, so that doing, reviewing and extending take turns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act
from luoshi.apps.organisations.models import Unit
from luoshi.apps.supervision.errors import Stale
from luoshi.apps.supervision.models import Order, OrderAction, OrderStage, OrderState, OrderStep
from luoshi.apps.supervision.policies import visible_orders

TEXT_LENGTH, REASON_LENGTH = 4000, 500


def moment(now: dt.datetime | None) -> dt.datetime:
    """The moment of an act: as given, else now."""
    return timezone.now() if now is None else now


def locked_order(user: Any, order_id: int, revision: int | None = None) -> Order:
    """The order's row, locked, with its owner and unit; ``Http404`` for what the person does not see.

    ``revision`` is the state that the person saw: ``Stale`` where somebody has acted since. Inside a transaction only.
    Nothing is joined to the locked row: where PostgreSQL had to wait, it gives joined rows as they were before.
    """
    if user is not None and not visible_orders(user).filter(pk=order_id).exists():
        raise Http404
    order = Order.objects.select_for_update().filter(pk=order_id).order_by("pk").first()
    if order is None:
        raise Http404
    units = Unit.objects.in_bulk({order.owner_id, order.unit_id})
    order.owner, order.unit = units[order.owner_id], units[order.unit_id]
    if revision is not None and revision != order.revision:
        raise Stale
    return order


def current_stage(order: Order) -> OrderStage:
    """The stage in work."""
    return OrderStage.objects.get(order=order, ordinal=order.stage)


def write_step(
    order: Order,
    action: OrderAction,
    before: str,
    *,
    by: Any,
    at: dt.datetime,
    text: str = "",
    for_unit: Unit | None = None,
    stage: int | None = None,
) -> OrderStep:
    """Append what was done; ``order`` holds the new state already."""
    return OrderStep.objects.create(
        order=order,
        stage=order.stage if stage is None else stage,
        action=action,
        from_state=before,
        to_state=order.state,
        text=text,
        for_unit=for_unit,
        by=by,
        at=at,
    )


def turned(order: Order, to: OrderState, *fields: str) -> str:
    """Put an order into a state and count its revision; gives the state before."""
    before = order.state
    order.state, order.revision = to, order.revision + 1
    order.save(update_fields=("state", "revision", *fields))
    return before


def act_of(order: Order, action: str, **after: Any) -> Act:
    """The journal's entry of an act on an order."""
    values = {"编号": order.number, "状态": OrderState(order.state).label} | after
    return Act(
        action=action, target=order, label=order.title, after={key: value for key, value in values.items() if value}
    )


def plain(text: str, what: str, *, most: int = TEXT_LENGTH, required: bool = True) -> str:
    """A text as it is stored; ``ValidationError`` where it is missing, too long or cannot be kept."""
    text = text.strip()
    if required and not text:
        raise ValidationError(f"请写明{what}。")
    if len(text) > most:
        raise ValidationError(f"{what}不能超过{most}字，现有{len(text)}字。")
    if not is_storable(text):
        raise ValidationError(f"{what}含有不能保存的字符，请改正。")
    return text
