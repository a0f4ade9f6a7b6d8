"""What the owner does: pass a stage, close, send back, open again, chase, withdraw."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.supervision import telling
from luoshi.apps.supervision.actions.common import (
    REASON_LENGTH,
    act_of,
    current_stage,
    locked_order,
    moment,
    plain,
    turned,
    write_step,
)
from luoshi.apps.supervision.actions.drafting import FARTHEST
from luoshi.apps.supervision.actions.extending import lapse
from luoshi.apps.supervision.clocks import rest_note
from luoshi.apps.supervision.errors import NotNow
from luoshi.apps.supervision.models import Order, OrderAction, OrderStage, OrderState, OrderStep
from luoshi.apps.supervision.policies import answered_last, may_assign
from luoshi.apps.supervision.states import ENDED, ORDERS
from luoshi.periods import end_of_day, local_date

NOT_REVIEWER = "只有交办单位的统筹办和牵头人员可以审核此件。"
OWN_ANSWER = "这次报结是您写的，须由他人审核。"


def pass_stage(
    *, acting_user: Any, order_id: int, text: str = "", revision: int | None = None, now: dt.datetime | None = None
) -> Order:
    """Accept the answer to a stage that is not the last: the next stage is in work."""
    at, text = moment(now), plain(text, "意见", most=REASON_LENGTH, required=False)
    with transaction.atomic():
        order = _reviewed(acting_user, order_id, revision)
        state = ORDERS.next(order.state, OrderAction.PASS)
        later = OrderStage.objects.filter(order=order, ordinal__gt=order.stage).order_by("ordinal").first()
        if later is None:
            raise NotNow("这是最后一个环节，通过即销号。")
        passed, acts = _settle_stage(acting_user, order, at)
        before, order.stage, order.due_at = order.state, later.ordinal, later.due_at
        turned(order, state, "stage", "due_at")
        write_step(order, OrderAction.PASS, before, by=acting_user, at=at, text=text, stage=passed.ordinal)
        telling.settle_owner(order, now=at)
        said = f"请继续办理“{later.title}”，{telling.moment_in_words(later.due_at)}前报结。{text}"
        telling.tell_unit(
            order, telling.DECIDED, f"“{passed.title}”已通过", key=f"do:pass:{passed.pk}", text=said, now=at
        )
        acts.append(act_of(order, "通过督办环节", 环节=passed.title))
        record(acting_user=acting_user, acts=acts)
    return order


def close_order(
    *, acting_user: Any, order_id: int, text: str = "", revision: int | None = None, now: dt.datetime | None = None
) -> Order:
    """Accept the answer to the last stage: the order is closed. All that was handed on must be closed before."""
    at, text = moment(now), plain(text, "意见", most=REASON_LENGTH, required=False)
    with transaction.atomic():
        order = _reviewed(acting_user, order_id, revision)
        state = ORDERS.next(order.state, OrderAction.CLOSE)
        if OrderStage.objects.filter(order=order, ordinal__gt=order.stage).exists():
            raise NotNow("后面还有环节，请先通过本环节。")
        if waiting := list(order.children.exclude(state__in=ENDED).select_related("unit")[:5]):
            names = "、".join(f"{child.unit}（{child.number}）" for child in waiting)
            raise NotNow(f"分交的事项还没有销号：{names}。")
        passed, acts = _settle_stage(acting_user, order, at)
        order.closed_at = at
        before = turned(order, state, "closed_at")
        write_step(order, OrderAction.CLOSE, before, by=acting_user, at=at, text=text)
        telling.settle_owner(order, now=at)
        telling.tell_unit(order, telling.DECIDED, "已销号", key=f"closed:{order.revision}", text=text, now=at)
        acts.append(act_of(order, "督办销号", 环节=passed.title, 意见=text))
        record(acting_user=acting_user, acts=acts)
    return order


def send_order_back(
    *,
    acting_user: Any,
    order_id: int,
    reason: str,
    until: dt.date | None = None,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Order:
    """Send an answer back: the unit must put it right, by the same day or by ``until``."""
    at, reason = moment(now), plain(reason, "退回的理由", most=REASON_LENGTH)
    with transaction.atomic():
        order = _reviewed(acting_user, order_id, revision)
        state = ORDERS.next(order.state, OrderAction.SEND_BACK)
        fields = _set_due(order, until, at) if until is not None else ()
        before = turned(order, state, *fields)
        step = write_step(order, OrderAction.SEND_BACK, before, by=acting_user, at=at, text=reason)
        telling.settle_owner(order, now=at)
        telling.tell_unit(order, telling.RETURNED, "退回重办", key=f"do:back:{step.pk}", text=reason, now=at)
        after = {"理由": reason, "期限": local_date(order.due_at).isoformat() if order.due_at else ""}
        record(acting_user=acting_user, acts=[act_of(order, "退回督办事项", **after)])
    return order


def reopen_order(
    *,
    acting_user: Any,
    order_id: int,
    reason: str,
    until: dt.date,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Order:
    """Take a closed order up again, with a new due day: what was put right has come back."""
    at, reason = moment(now), plain(reason, "重新交办的理由", most=REASON_LENGTH)
    with transaction.atomic():
        # The parent first, as everybody who locks both: it must not be closed meanwhile.
        parent_id = Order.objects.filter(pk=order_id).values_list("parent", flat=True).first()
        parent = Order.objects.select_for_update().order_by("pk").get(pk=parent_id) if parent_id else None
        order = locked_order(acting_user, order_id, revision)
        require(may_assign(acting_user, order.owner), NOT_REVIEWER)
        state = ORDERS.next(order.state, OrderAction.REOPEN)
        if parent is not None and parent.state in ENDED:
            raise NotNow(f"上级事项{parent.number}{OrderState(parent.state).label}，请先重新交办上级事项。")
        fields = _set_due(order, until, at)
        OrderStage.objects.filter(order=order, ordinal=order.stage).update(passed_at=None, answered_at=None)
        order.closed_at = None
        before = turned(order, state, "closed_at", *fields)
        step = write_step(order, OrderAction.REOPEN, before, by=acting_user, at=at, text=reason)
        telling.tell_unit(order, telling.RETURNED, "重新交办", key=f"do:reopened:{step.pk}", text=reason, now=at)
        after = {"理由": reason, "期限": until.isoformat()}
        record(acting_user=acting_user, acts=[act_of(order, "重新交办督办事项", **after)])
    return order


def chase_order(*, acting_user: Any, order_id: int, text: str = "", now: dt.datetime | None = None) -> OrderStep:
    """Chase an order that is with its unit; chasing twice within an hour tells once."""
    at, text = moment(now), plain(text, "催办的话", most=REASON_LENGTH, required=False)
    with transaction.atomic():
        order = locked_order(acting_user, order_id)
        require(may_assign(acting_user, order.owner), NOT_REVIEWER)
        state = ORDERS.next(order.state, OrderAction.CHASE)
        last = OrderStep.objects.filter(order=order, action=OrderAction.CHASE).order_by("-pk").first()
        if last is not None and at - last.at < dt.timedelta(hours=1):
            raise NotNow("一小时内已经催办过了。")
        before = turned(order, state)
        step = write_step(order, OrderAction.CHASE, before, by=acting_user, at=at, text=text, for_unit=order.unit)
        due = f"期限{telling.moment_in_words(order.due_at)}。" if order.due_at else ""
        told = telling.tell_unit(order, telling.CHASED, "催办", key=f"do:chase:{step.pk}", text=due + text, now=at)
        record(acting_user=acting_user, acts=[act_of(order, "催办", 意见=text, 人数=told)])
    return step


def withdraw_order(
    *, acting_user: Any, order_id: int, reason: str, revision: int | None = None, now: dt.datetime | None = None
) -> Order:
    """Take an order back, and with it all that was handed on and is not closed."""
    at, reason = moment(now), plain(reason, "撤销的理由", most=REASON_LENGTH)
    with transaction.atomic():
        order = locked_order(acting_user, order_id, revision)
        require(may_assign(acting_user, order.owner), NOT_REVIEWER)
        acts = _withdraw(acting_user, order, reason, at)
        record(acting_user=acting_user, acts=acts)
    return order


def _withdraw(acting_user: Any, order: Order, reason: str, at: dt.datetime) -> list[Act]:
    state = ORDERS.next(order.state, OrderAction.WITHDRAW)
    was_out = order.state != OrderState.DRAFT
    acts = lapse(order, acting_user, at)
    before = turned(order, state)
    step = write_step(order, OrderAction.WITHDRAW, before, by=acting_user, at=at, text=reason)
    telling.settle_unit(order, now=at)
    telling.settle_owner(order, now=at)
    if was_out:
        telling.tell_unit(order, telling.DECIDED, "已撤销", key=f"withdrawn:{step.pk}", text=reason, now=at)
    acts.append(act_of(order, "撤销督办事项", 理由=reason))
    children = Order.objects.select_for_update().filter(parent=order).exclude(state__in=ENDED).order_by("pk")
    for child in list(children):
        acts += _withdraw(acting_user, child, f"随上级事项撤销：{reason}"[:REASON_LENGTH], at)
    return acts


def _reviewed(acting_user: Any, order_id: int, revision: int | None) -> Order:
    order = locked_order(acting_user, order_id, revision)
    require(may_assign(acting_user, order.owner), NOT_REVIEWER)
    if order.state == OrderState.ANSWERED and acting_user is not None:
        require(not answered_last(acting_user, order), OWN_ANSWER)
    return order


def _settle_stage(acting_user: Any, order: Order, at: dt.datetime) -> tuple[OrderStage, list[Act]]:
    """Mark the stage in work as passed; a request for more time that still waited has lapsed."""
    acts = lapse(order, acting_user, at)
    stage = current_stage(order)
    stage.passed_at = at
    stage.save(update_fields=("passed_at",))
    return stage, acts


def _set_due(order: Order, until: dt.date, at: dt.datetime) -> tuple[str, ...]:
    """Give the stage in work a new due day; the order's fields to be saved."""
    if until < local_date(at):
        raise ValidationError(f"期限{until:%Y-%m-%d}已经过去。")
    if until > local_date(at) + FARTHEST:
        raise ValidationError("期限太远，最多三年。")
    stage = current_stage(order)
    stage.due_at, stage.note = end_of_day(until), rest_note(until)
    stage.save(update_fields=("due_at", "note"))
    order.due_at = stage.due_at
    return ("due_at",)
