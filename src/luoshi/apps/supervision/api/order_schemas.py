"""What the API of supervision orders takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from luoshi.apps.supervision.models import Order, OrderState, Origin
from luoshi.apps.supervision.queries.pages import OrderPage
from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Text, UnitRef, unit_ref

State = Literal[tuple(OrderState.values)]  # type: ignore[valid-type]
From = Literal[tuple(Origin.values)]  # type: ignore[valid-type]


class OrderQuery(PageQuery):
    """Which orders are asked for."""

    state: State | Literal["open", "ended"] | None = Field(None, description="状态；open 未办结，ended 已办结")
    origin: From | None = Field(None, description="来源")
    due: Literal["overdue", "today", "week"] | None = Field(None, description="期限：已逾期、今天、七天内到期")
    plan: Key | None = Field(None, description="方案编号")
    unit: Text = Field("", description="承办单位代码", max_length=64)
    owner: Text = Field("", description="交办单位代码", max_length=64)


class OrderOut(Schema):
    """An order in a list."""

    id: int
    number: str = Field(description="编号，未交办的为空")
    title: str = Field(description="事项")
    origin: str = Field(description="来源")
    state: str = Field(description="状态")
    owner: UnitRef = Field(description="交办单位")
    unit: UnitRef = Field(description="承办单位")
    handler: str = Field(description="承办人")
    urgent: bool = Field(description="急件")
    stage: int = Field(description="当前环节，从 1 起")
    assigned_at: dt.datetime | None = Field(description="交办时间")
    due_at: dt.datetime | None = Field(description="当前环节的期限")
    closed_at: dt.datetime | None = Field(description="销号时间")
    parent_id: int | None = Field(description="上级事项")
    plan_id: int | None = Field(description="方案")
    revision: int = Field(description="修订号，办理时带上，可避免覆盖他人的办理")


class StageOut(Schema):
    """One stage with its due moment."""

    ordinal: int
    title: str = Field(description="环节")
    first_due_at: dt.datetime = Field(description="原期限")
    due_at: dt.datetime = Field(description="期限")
    answered_at: dt.datetime | None = Field(description="答复时间")
    passed_at: dt.datetime | None = Field(description="通过时间")
    note: str = Field(description="期限怎样推算、有无顺延")


class FileOut(Schema):
    """A file that goes with a step."""

    id: int
    name: str = Field(description="文件名")
    size: int = Field(description="字节数")
    sha256: str


class OrderStepOut(Schema):
    """One step."""

    id: int
    action: str = Field(description="操作")
    stage: int = Field(description="环节")
    from_state: str = Field(description="原状态")
    to_state: str = Field(description="新状态")
    text: str = Field(description="内容")
    who: str = Field(description="办理人")
    unit: UnitRef | None = Field(description="为哪个单位办理")
    at: dt.datetime = Field(description="时间")
    files: list[FileOut]


class ExtensionOut(Schema):
    """A request for more time."""

    id: int
    until: dt.date = Field(description="延至")
    reason: str = Field(description="理由")
    granted: bool | None = Field(description="是否同意，待批的为空")
    remark: str = Field(description="意见")


class OrderDetail(OrderOut):
    """One order with everything that was done."""

    text: str = Field(description="要求")
    origin_text: str = Field(description="来源说明")
    supporting: list[UnitRef] = Field(description="协办单位")
    stages: list[StageOut]
    steps: list[OrderStepOut]
    extensions: list[ExtensionOut]
    children: list[OrderOut] = Field(description="分交的事项")
    may: list[str] = Field(description="您现在可以办理的操作")


class OrderIn(Schema):
    """A new order."""

    owner: Text = Field(description="交办单位代码", max_length=64)
    units: list[Text] = Field(description="承办单位代码，各立一份", min_length=1, max_length=200)
    supporting: list[Text] = Field(default_factory=list, description="协办单位代码", max_length=50)
    title: Text = Field(description="事项", max_length=200)
    text: Text = Field(description="要求", max_length=4000)
    origin: From = Field(Origin.HAND.value, description="来源")
    origin_text: Text = Field("", description="来源说明", max_length=300)
    clock: Text = Field("", description="办理时限代码，与 due_on 二者取一", max_length=40)
    due_on: dt.date | None = Field(None, description="完成期限")
    urgent: bool = Field(False, description="急件")
    assign: bool = Field(True, description="立即交办；否则存为拟办")


class BelowIn(Schema):
    """Handing an order on."""

    units: list[Text] = Field(description="下级单位代码", min_length=1, max_length=200)
    title: Text = Field(description="事项", max_length=200)
    text: Text = Field(description="要求", max_length=4000)
    due_on: dt.date = Field(description="完成期限")
    revision: int | None = None


class RevisionIn(Schema):
    """The revision that the caller saw."""

    revision: int | None = Field(None, description="看到的修订号；不符的答 409")


class OrderAcceptIn(RevisionIn):
    """Accepting."""

    handler: Text = Field("", description="承办人", max_length=60)


class TextIn(Schema):
    """What is reported."""

    text: Text = Field(description="内容", max_length=4000)


class OrderAnswerIn(TextIn):
    """An answer to a stage."""

    stage: int | None = Field(None, description="看到的环节；不符的答 409")


class OpinionIn(RevisionIn):
    """An opinion, if any."""

    text: Text = Field("", description="意见", max_length=500)


class OrderReasonIn(RevisionIn):
    """A reason."""

    reason: Text = Field(description="理由", max_length=500)


class OrderSendBackIn(OrderReasonIn):
    """Sending back."""

    until: dt.date | None = Field(None, description="新的期限；不给则不变")


class ReopenIn(OrderReasonIn):
    """Opening again."""

    until: dt.date = Field(description="新的期限")


class ExtensionIn(Schema):
    """Asking for more time."""

    until: dt.date = Field(description="延至")
    reason: Text = Field(description="理由", max_length=500)


class DecideIn(Schema):
    """Deciding on a request."""

    grant: bool = Field(description="是否同意")
    until: dt.date | None = Field(None, description="批准延至；不给则如所请")
    remark: Text = Field("", description="意见；不同意的须写明", max_length=300)


def order_values(order: Order) -> dict[str, Any]:
    """The values of an ``OrderOut``."""
    names = ("number", "title", "origin", "state", "handler", "stage", "revision", "parent_id", "plan_id")
    moments = ("assigned_at", "due_at", "closed_at")
    return {name: getattr(order, name) for name in (*names, *moments)} | {
        "id": order.pk,
        "urgent": order.is_urgent,
        "owner": unit_ref(order.owner),
        "unit": unit_ref(order.unit),
    }


def page_values(page: OrderPage) -> dict[str, Any]:
    """The values of an ``OrderDetail``."""
    stages = ("ordinal", "title", "first_due_at", "due_at", "answered_at", "passed_at", "note")
    steps = ("action", "stage", "from_state", "to_state", "text", "at")
    return order_values(page.order) | {
        "text": page.order.text,
        "origin_text": page.order.origin_text,
        "supporting": [unit_ref(unit) for unit in page.supporting],
        "stages": [{name: getattr(stage, name) for name in stages} for stage in page.stages],
        "steps": [
            {name: getattr(line.step, name) for name in steps}
            | {
                "id": line.step.pk,
                "who": line.who,
                "unit": unit_ref(line.step.for_unit) if line.step.for_unit else None,
                "files": [
                    {"id": file.pk, "name": file.name, "size": file.size, "sha256": file.sha256}
                    for file in line.evidence
                ],
            }
            for line in page.lines
        ],
        "extensions": [
            {
                "id": row.pk,
                "until": row.until,
                "reason": row.reason,
                "granted": row.granted,
                "remark": row.remark,
            }
            for row in page.extensions
        ],
        "children": [order_values(row.order) for row in page.children if row.order.pk in page.seen_children],
        "may": sorted(page.may),
    }
