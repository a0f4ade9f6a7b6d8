"""What the unit does: accept, report progress, answer a stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.files.base import File
from django.db import transaction

from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.apps.supervision import telling
from luoshi.apps.supervision.actions.common import (
    act_of,
    current_stage,
    locked_order,
    moment,
    plain,
    turned,
    write_step,
)
from luoshi.apps.supervision.actions.evidence import prepare, store
from luoshi.apps.supervision.errors import Stale
from luoshi.apps.supervision.models import Order, OrderAction, OrderStep
from luoshi.apps.supervision.policies import may_support, may_work
from luoshi.apps.supervision.states import ORDERS

NOT_YOURS = "只有承办单位的人员可以办理此件。"
HANDLER_LENGTH = 60


def accept_order(
    *, acting_user: Any, order_id: int, handler: str = "", revision: int | None = None, now: dt.datetime | None = None
) -> Order:
    """The unit accepts the order and names who does it; without a name it is whoever accepts."""
    at = moment(now)
    handler = plain(handler, "承办人", most=HANDLER_LENGTH, required=False) or str(acting_user or "")[:HANDLER_LENGTH]
    with transaction.atomic():
        order = locked_order(acting_user, order_id, revision)
        require(may_work(acting_user, order), NOT_YOURS)
        state = ORDERS.next(order.state, OrderAction.ACCEPT)
        order.handler, order.accepted_at = handler, at
        before = turned(order, state, "handler", "accepted_at")
        text = f"承办人：{handler}" if handler else ""
        write_step(order, OrderAction.ACCEPT, before, by=acting_user, at=at, text=text, for_unit=order.unit)
        telling.settle_unit(order, now=at)
        record(acting_user=acting_user, acts=[act_of(order, "签收督办事项", 承办人=handler)])
    return order


def report_on_order(
    *,
    acting_user: Any,
    order_id: int,
    text: str,
    files: Iterable[File[bytes]] = (),
    now: dt.datetime | None = None,
) -> OrderStep:
    """Report progress, for the leading unit or a supporting one."""
    at, text, prepared = moment(now), plain(text, "进展情况"), prepare(files)
    with transaction.atomic():
        order = locked_order(acting_user, order_id)
        leads = may_work(acting_user, order)
        supporting = [] if leads else list(order.supporting.all())
        require(leads or may_support(acting_user, order, supporting), NOT_YOURS)
        state = ORDERS.next(order.state, OrderAction.REPORT)
        unit = order.unit if leads else next(one for one in supporting if may_support(acting_user, order, [one]))
        before = turned(order, state)
        step = write_step(order, OrderAction.REPORT, before, by=acting_user, at=at, text=text, for_unit=unit)
        store(step, prepared, acting_user)
        record(acting_user=acting_user, acts=[act_of(order, "报告督办进展", 单位=str(unit), 附件=len(prepared))])
    return step


def answer_order(
    *,
    acting_user: Any,
    order_id: int,
    text: str,
    stage: int | None = None,
    files: Iterable[File[bytes]] = (),
    now: dt.datetime | None = None,
) -> OrderStep:
    """Answer the stage in work: it then waits for the owner's review. ``stage`` is the one that the person saw."""
    at, text, prepared = moment(now), plain(text, "办理情况"), prepare(files)
    with transaction.atomic():
        order = locked_order(acting_user, order_id)
        require(may_work(acting_user, order), NOT_YOURS)
        state = ORDERS.next(order.state, OrderAction.ANSWER)
        if stage is not None and stage != order.stage:
            raise Stale
        current = current_stage(order)
        # The first answer counts for being in time: what is sent back is put right, not late again.
        if current.answered_at is None:
            current.answered_at = at
            current.save(update_fields=("answered_at",))
        before = turned(order, state)
        step = write_step(order, OrderAction.ANSWER, before, by=acting_user, at=at, text=text, for_unit=order.unit)
        store(step, prepared, acting_user)
        telling.settle_unit(order, now=at)
        telling.tell_owner(order, f"报结“{current.title}”", key=f"answer:{step.pk}", text=text[:300], now=at)
        after = {"环节": current.title, "附件": len(prepared)}
        record(acting_user=acting_user, acts=[act_of(order, "报结督办事项", **after)])
    return step
