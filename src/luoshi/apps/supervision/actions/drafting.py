"""Writing an order down, and changing it as long as it is not given out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.dispatch.models import Decision, EarlyWarning
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Instruction, Measure, Plan, Target
from luoshi.apps.supervision.actions.common import act_of, locked_order, moment, plain
from luoshi.apps.supervision.errors import NotNow
from luoshi.apps.supervision.models import Clock, Order, OrderState, Origin
from luoshi.apps.supervision.policies import may_assign
from luoshi.periods import end_of_day, local_date

TITLE_LENGTH, ORIGIN_LENGTH, MOST_UNITS, FARTHEST = 200, 300, 200, dt.timedelta(days=3 * 366)
NOT_ALLOWED = "只有交办单位的统筹办和牵头人员可以交办督办事项。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an order says. Either ``clock`` or ``due_on`` (a day) gives its time; a draft may still have neither."""

    title: str
    text: str
    origin: str = Origin.HAND
    origin_text: str = ""
    clock: Clock | None = None
    due_on: dt.date | None = None
    is_urgent: bool = False
    supporting: Sequence[Unit] = ()
    warning: EarlyWarning | None = None
    decision: Decision | None = None
    instruction: Instruction | None = None
    plan: Plan | None = None
    measure: Measure | None = None
    target: Target | None = None
    parent: Order | None = field(default=None, repr=False)


def draft_order(*, acting_user: Any, owner: Unit, unit: Unit, wanted: Wanted, now: dt.datetime | None = None) -> Order:
    """Write an order down without giving it out."""
    at = moment(now)
    require(may_assign(acting_user, owner), NOT_ALLOWED)
    with transaction.atomic():
        order = create(acting_user, owner, unit, wanted, at)
        record(acting_user=acting_user, acts=[drafted(order)])
    return order


def draft_orders(
    *, acting_user: Any, owner: Unit, units: Iterable[Unit], wanted: Wanted, now: dt.datetime | None = None
) -> list[Order]:
    """The same order for several units, each its own."""
    at = moment(now)
    require(may_assign(acting_user, owner), NOT_ALLOWED)
    with transaction.atomic():
        orders = [create(acting_user, owner, unit, wanted, at) for unit in chosen(units)]
        record(acting_user=acting_user, acts=[drafted(order) for order in orders])
    return orders


def chosen(units: Iterable[Unit]) -> list[Unit]:
    """The units of several orders, none twice; ``ValidationError`` for none or too many."""
    found = list({unit.pk: unit for unit in units}.values())
    if not found:
        raise ValidationError("请选择承办单位。")
    if len(found) > MOST_UNITS:
        raise ValidationError(f"一次最多交给{MOST_UNITS}个单位。")
    return found


def edit_draft(
    *,
    acting_user: Any,
    order_id: int,
    unit: Unit,
    wanted: Wanted,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Order:
    """Change a draft; what it came from stays."""
    at = moment(now)
    with transaction.atomic():
        order = locked_order(acting_user, order_id, revision)
        require(may_assign(acting_user, order.owner), NOT_ALLOWED)
        if order.state != OrderState.DRAFT:
            raise NotNow("此件已经交办，内容不能再改；要更正，请撤销后重新交办，或在催办中说明。")
        wanted = _checked(wanted, at)
        before = {"事项": order.title, "要求": order.text, "承办单位": str(order.unit)}
        order.unit, order.title, order.text = unit, wanted.title, wanted.text
        order.origin_text, order.is_urgent = wanted.origin_text, wanted.is_urgent
        order.clock, order.due_at = wanted.clock, end_of_day(wanted.due_on) if wanted.due_on else None
        order.revision += 1
        order.save()
        order.supporting.set(unit_ for unit_ in wanted.supporting if unit_.pk != unit.pk)
        after = {"事项": order.title, "要求": order.text, "承办单位": str(order.unit)}
        acts = [Act(action="修改督办单", target=order, label=order.title, before=before, after=after)]
        record(acting_user=acting_user, acts=acts)
    return order


def create(acting_user: Any, owner: Unit, unit: Unit, wanted: Wanted, at: dt.datetime) -> Order:
    """Store a draft, inside the caller's transaction."""
    wanted = _checked(wanted, at)
    order = Order.objects.create(
        owner=owner,
        unit=unit,
        title=wanted.title,
        text=wanted.text,
        origin=wanted.origin,
        origin_text=wanted.origin_text,
        clock=wanted.clock,
        due_at=end_of_day(wanted.due_on) if wanted.due_on else None,
        is_urgent=wanted.is_urgent,
        warning=wanted.warning,
        decision=wanted.decision,
        instruction=wanted.instruction,
        plan=wanted.plan,
        measure=wanted.measure,
        target=wanted.target,
        parent=wanted.parent,
        created_by=acting_user,
    )
    if supporting := [other for other in wanted.supporting if other.pk != unit.pk]:
        order.supporting.set(supporting)
    return order


def drafted(order: Order) -> Act:
    """The journal's entry of a new draft."""
    after = {"来源": Origin(order.origin).label, "交办单位": str(order.owner), "承办单位": str(order.unit)}
    return act_of(order, "拟督办单", **after)


def _checked(wanted: Wanted, at: dt.datetime) -> Wanted:
    if wanted.origin not in Origin.values:
        raise ValidationError("请选择来源。")
    if wanted.clock is not None and wanted.due_on is not None:
        raise ValidationError("办理时限和完成期限二者取一。")
    if wanted.due_on is not None:
        today = local_date(at)
        if wanted.due_on < today:
            raise ValidationError(f"完成期限{wanted.due_on:%Y-%m-%d}已经过去。")
        if wanted.due_on > today + FARTHEST:
            raise ValidationError("完成期限太远，最多三年。")
    target, measure = wanted.target, wanted.measure
    plan = wanted.plan or (target.plan if target else None) or (measure.plan if measure else None)
    plan = plan or (wanted.instruction.plan if wanted.instruction else None)
    plan = plan or (wanted.warning.plan if wanted.warning else None)
    return replace(
        wanted,
        title=" ".join(plain(wanted.title, "事项", most=TITLE_LENGTH).split()),
        text=plain(wanted.text, "要求"),
        origin_text=plain(wanted.origin_text, "来源说明", most=ORIGIN_LENGTH, required=False),
        plan=plan,
        target=target or (wanted.warning.target if wanted.warning else None),
        measure=measure or (wanted.instruction.measure if wanted.instruction else None),
    )
