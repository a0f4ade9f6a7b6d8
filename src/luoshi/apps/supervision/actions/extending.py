"""A unit asks for more time; the owner decides. One request of a stage waits at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

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
from luoshi.apps.supervision.clocks import rest_note
from luoshi.apps.supervision.errors import NotNow
from luoshi.apps.supervision.models import Extension, Order, OrderAction, OrderStage
from luoshi.apps.supervision.policies import may_assign, may_work
from luoshi.apps.supervision.states import ORDERS
from luoshi.periods import end_of_day, local_date

REMARK_LENGTH, LONGEST = 300, dt.timedelta(days=366)
LAPSED = "申请时的环节已经办结，申请不再办理"


def ask_extension(
    *, acting_user: Any, order_id: int, until: dt.date, reason: str, now: dt.datetime | None = None
) -> Extension:
    """Ask for more time for the stage in work, with a reason."""
    at, reason = moment(now), plain(reason, "延期的理由", most=REASON_LENGTH)
    with transaction.atomic():
        order = locked_order(acting_user, order_id)
        require(may_work(acting_user, order), "只有承办单位的人员可以申请延期。")
        state = ORDERS.next(order.state, OrderAction.ASK_EXTENSION)
        stage = current_stage(order)
        if Extension.objects.filter(stage=stage, granted=None).exists():
            raise NotNow("已有一份延期申请等待审批。")
        if until <= local_date(stage.due_at):
            raise ValidationError(f"延至的日期须晚于现在的期限{local_date(stage.due_at):%Y-%m-%d}。")
        _require_day(until, at)
        found = Extension.objects.create(stage=stage, until=until, reason=reason, asked_by=acting_user, asked_at=at)
        before = turned(order, state)
        text = f"延至{until:%Y-%m-%d}：{reason}"
        step = write_step(
            order, OrderAction.ASK_EXTENSION, before, by=acting_user, at=at, text=text, for_unit=order.unit
        )
        telling.tell_owner(order, "申请延期", key=f"extension:{step.pk}", text=text, now=at)
        record(acting_user=acting_user, acts=[act_of(order, "申请督办延期", 延至=until.isoformat(), 理由=reason)])
    return found


def extend(
    *,
    acting_user: Any,
    extension_id: int,
    until: dt.date | None = None,
    remark: str = "",
    now: dt.datetime | None = None,
) -> Extension:
    """Grant a request, as asked or until another day; later stages that would fall due before move with it."""
    at, remark = moment(now), plain(remark, "意见", most=REMARK_LENGTH, required=False)
    with transaction.atomic():
        order, found = _waiting(acting_user, extension_id)
        state = ORDERS.next(order.state, OrderAction.EXTEND)
        day = until or found.until
        if day <= local_date(found.stage.due_at):
            raise ValidationError(f"延至的日期须晚于现在的期限{local_date(found.stage.due_at):%Y-%m-%d}。")
        _require_day(day, at)
        _decide(found, True, remark, acting_user, at, until=day)
        due = end_of_day(day)
        note = rest_note(day)
        OrderStage.objects.filter(pk=found.stage_id).update(due_at=due, note=note)
        later = OrderStage.objects.filter(order=order, ordinal__gt=found.stage.ordinal, due_at__lt=due)
        later.update(due_at=due, note=f"随前一环节延至{day:%Y-%m-%d}")
        order.due_at = due
        before = turned(order, state, "due_at")
        text = f"延至{day:%Y-%m-%d}" + (f"：{remark}" if remark else "")
        step = write_step(order, OrderAction.EXTEND, before, by=acting_user, at=at, text=text, for_unit=order.unit)
        _tell(order, "同意延期", text, step.pk, at)
        record(acting_user=acting_user, acts=[act_of(order, "同意督办延期", 延至=day.isoformat(), 意见=remark)])
    return found


def refuse_extension(*, acting_user: Any, extension_id: int, remark: str, now: dt.datetime | None = None) -> Extension:
    """Refuse a request, with the reason: the due day stays."""
    at, remark = moment(now), plain(remark, "不同意的理由", most=REMARK_LENGTH)
    with transaction.atomic():
        order, found = _waiting(acting_user, extension_id)
        state = ORDERS.next(order.state, OrderAction.REFUSE_EXTENSION)
        _decide(found, False, remark, acting_user, at)
        before = turned(order, state)
        step = write_step(
            order, OrderAction.REFUSE_EXTENSION, before, by=acting_user, at=at, text=remark, for_unit=order.unit
        )
        _tell(order, "不同意延期", remark, step.pk, at)
        record(acting_user=acting_user, acts=[act_of(order, "不同意督办延期", 意见=remark)])
    return found


def lapse(order: Order, acting_user: Any, at: dt.datetime) -> list[Act]:
    """A request that still waits when its stage is done with is refused as void, inside the caller's transaction."""
    found = Extension.objects.filter(stage__order=order, granted=None).order_by("pk").first()
    if found is None:
        return []
    _decide(found, False, LAPSED, acting_user, at)
    if ORDERS.allows(order.state, OrderAction.REFUSE_EXTENSION):
        write_step(
            order,
            OrderAction.REFUSE_EXTENSION,
            order.state,
            by=acting_user,
            at=at,
            text=LAPSED,
            for_unit=order.unit,
        )
    return [act_of(order, "延期申请失效")]


def _waiting(acting_user: Any, extension_id: int) -> tuple[Order, Extension]:
    """The locked order of a request that waits, and the request as it is now."""
    order_id = Extension.objects.filter(pk=extension_id).values_list("stage__order", flat=True).first()
    if order_id is None:
        raise Http404
    order = locked_order(acting_user, order_id)
    require(may_assign(acting_user, order.owner), "只有交办单位的统筹办和牵头人员可以审批延期。")
    found = Extension.objects.select_related("stage").get(pk=extension_id)
    if found.granted is not None:
        raise NotNow(f"这份申请已经{'同意' if found.granted else '不同意'}，不能再批。")
    require(acting_user is None or found.asked_by_id != acting_user.pk, "这份申请是您提的，须由他人审批。")
    return order, found


def _decide(
    found: Extension, granted: bool, remark: str, by: Any, at: dt.datetime, until: dt.date | None = None
) -> None:
    found.granted, found.remark, found.decided_by, found.decided_at = granted, remark, by, at
    found.until = until or found.until
    found.save(update_fields=("granted", "remark", "decided_by", "decided_at", "until"))


def _require_day(until: dt.date, at: dt.datetime) -> None:
    today = local_date(at)
    if until < today:
        raise ValidationError(f"延至的日期{until:%Y-%m-%d}已经过去。")
    if until > today + LONGEST:
        raise ValidationError("延期最长一年。")


def _tell(order: Order, what: str, text: str, step_id: int, at: dt.datetime) -> None:
    telling.settle_owner(order, "extension:", now=at)
    telling.tell_unit(order, telling.DECIDED, what, key=f"extension:{step_id}", text=text, now=at)
