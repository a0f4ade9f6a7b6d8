"""Giving orders out: number, stages, due days; handing parts on to lower units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.supervision import telling
from luoshi.apps.supervision.actions.common import act_of, current_stage, locked_order, moment, turned, write_step
from luoshi.apps.supervision.actions.drafting import NOT_ALLOWED, Wanted, chosen, create
from luoshi.apps.supervision.clocks import CALENDAR, DueStage, accept_by, chosen_stage, due_stages, read_stages
from luoshi.apps.supervision.models import Order, OrderAction, OrderStage
from luoshi.apps.supervision.policies import forbidden_below, may_assign, may_assign_below
from luoshi.apps.supervision.states import ORDERS
from luoshi.periods import local_date


def assign_order(
    *, acting_user: Any, order_id: int, revision: int | None = None, now: dt.datetime | None = None
) -> Order:
    """Give a draft out: it gets its number and its due days, and the units are told."""
    at = moment(now)
    with transaction.atomic():
        order = locked_order(acting_user, order_id, revision)
        require(may_assign(acting_user, order.owner), NOT_ALLOWED)
        supporting = list(order.supporting.all())
        acts = _assign(acting_user, [order], {order.pk: supporting}, at)
        record(acting_user=acting_user, acts=acts)
    return order


def issue_orders(
    *, acting_user: Any, owner: Unit, units: Iterable[Unit], wanted: Wanted, now: dt.datetime | None = None
) -> list[Order]:
    """Write the same order for several units and give all of them out at once."""
    at = moment(now)
    require(may_assign(acting_user, owner), NOT_ALLOWED)
    with transaction.atomic():
        orders = [create(acting_user, owner, unit, wanted, at) for unit in chosen(units)]
        supporting = {order.pk: [unit for unit in wanted.supporting if unit.pk != order.unit_id] for order in orders}
        acts = _assign(acting_user, orders, supporting, at)
        record(acting_user=acting_user, acts=acts)
    return orders


def assign_below(
    *,
    acting_user: Any,
    order_id: int,
    units: Iterable[Unit],
    wanted: Wanted,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> list[Order]:
    """Hand an order, or a part of it, on to other units in the name of the unit that does it.

    The parent is closed only after all of them. They fall due no later than the parent's stage.
    """
    at = moment(now)
    with transaction.atomic():
        parent = locked_order(acting_user, order_id, revision)
        require(may_assign_below(acting_user, parent), "只有承办单位的统筹办和牵头人员可以分交下级。")
        state = ORDERS.next(parent.state, OrderAction.ASSIGN_BELOW)
        found, taken = chosen(units), forbidden_below(parent)
        if wrong := [str(unit) for unit in found if unit.path in taken]:
            raise ValidationError(f"不能分交给{'、'.join(wrong)}：是本件的承办单位或其上级。")
        if wanted.due_on is None:
            raise ValidationError("请写明分交的完成期限。")
        until = local_date(current_stage(parent).due_at)
        if wanted.due_on > until:
            raise ValidationError(f"分交的期限不能晚于本件的期限{until:%Y-%m-%d}；确有需要，请先申请延期。")
        wanted = replace(
            wanted,
            clock=None,
            parent=parent,
            origin=parent.origin,
            origin_text=wanted.origin_text or f"{parent.number}　{parent.title}"[:300],
            plan=parent.plan,
            measure=parent.measure,
            target=parent.target,
        )
        orders = [create(acting_user, parent.unit, unit, wanted, at) for unit in found]
        supporting = {order.pk: [one for one in wanted.supporting if one.pk != order.unit_id] for order in orders}
        before = turned(parent, state)
        for order in orders:
            write_step(
                parent,
                OrderAction.ASSIGN_BELOW,
                before,
                by=acting_user,
                at=at,
                text=f"{order.title}（{wanted.due_on:%Y-%m-%d}前）",
                for_unit=order.unit,
            )
        acts = [act_of(parent, "分交督办事项", 下级单位="、".join(str(unit) for unit in found))]
        acts += _assign(acting_user, orders, supporting, at)
        record(acting_user=acting_user, acts=acts)
    return orders


def _assign(
    acting_user: Any, orders: Sequence[Order], supporting: dict[int, Sequence[Unit]], at: dt.datetime
) -> list[Act]:
    """Give out orders of one owner, which are locked or new; the journal's acts, to be recorded last."""
    today = timezone.localdate(at)
    acts = []
    for order in orders:
        state = ORDERS.next(order.state, OrderAction.ASSIGN)
        stages = _stages(order, today)
        days = order.clock.accept_days if order.clock is not None else 1
        order.year, order.assigned_at, order.stage = today.year, at, 1
        order.due_at, order.accept_by = stages[0].moment, min(accept_by(today, days, CALENDAR), stages[0].moment)
    # Last of all: whoever numbers for the same office waits here, and only there.
    serial = _next_serial(orders[0].owner_id, today.year)
    for number, order in enumerate(orders, serial):
        order.serial = number
        before = turned(order, state, "year", "serial", "assigned_at", "stage", "due_at", "accept_by")
        OrderStage.objects.bulk_create(
            OrderStage(
                order=order,
                ordinal=ordinal,
                title=stage.title,
                first_due_at=stage.moment,
                due_at=stage.moment,
                note=stage.note[:300],
            )
            for ordinal, stage in enumerate(_stages(order, today), 1)
        )
        write_step(order, OrderAction.ASSIGN, before, by=acting_user, at=at, text=order.text, for_unit=order.unit)
        after = {"承办单位": str(order.unit), "期限": local_date(order.due_at).isoformat()}
        acts.append(act_of(order, "交办督办事项", **after))
    telling.tell_assigned(orders, supporting, now=at)
    return acts


def _stages(order: Order, today: dt.date) -> tuple[DueStage, ...]:
    if order.clock is not None:
        return due_stages(read_stages(order.clock.stages), today)
    if order.due_at is None:
        raise ValidationError("请选择办理时限，或写明完成期限。")
    day = local_date(order.due_at)
    if day < today:
        raise ValidationError(f"完成期限{day:%Y-%m-%d}已经过去，请先修改。")
    return (chosen_stage(day),)


def _next_serial(owner_id: int, year: int) -> int:
    """The next number of the owner's orders in a year; the owner's row is the turnstile for all who number for it."""
    Unit.objects.select_for_update(no_key=True).order_by("pk").get(pk=owner_id)
    last = Order.objects.filter(owner=owner_id, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1
