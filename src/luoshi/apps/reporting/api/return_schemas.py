"""What calls about returns take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from luoshi.apps.reporting.actions.reviewing import MOST_AT_ONCE
from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Moment, Text, UnitRef

State = Literal["open", "in-review", "sent-back", "accepted", "exempt"]
Stage = Literal["", "unit", "county", "lead"]
#: Numbers may come as numbers; text keeps every digit.
CellIn = Annotated[str, Field(max_length=4000)] | int | float | None
Address = Annotated[str, Field(max_length=120)]
Reason = Annotated[str, Field(max_length=500)]
Period = Annotated[str, Field(max_length=10)]
Cells = Annotated[dict[Address, CellIn], Field(max_length=50_000)]
Rows = Annotated[dict[Address, list[Annotated[str, Field(max_length=36)]]], Field(max_length=100)]
Reasons = Annotated[dict[Address, Reason | None], Field(max_length=5000)]


class FormRef(Schema):
    """A form where it is mentioned."""

    key: str = Field(description="代码")
    title: str = Field(description="名称")
    version: int = Field(description="版次")


class CellProblem(Schema):
    """What is wrong or odd at a cell."""

    address: str = Field(description="单元格；空为整表")
    severity: Literal["hard", "soft"] = Field(description="hard 须改正、soft 须说明原因")
    code: str
    message: str


class ReturnOut(Schema):
    """报送: what one unit answers in one period."""

    id: int
    form: FormRef
    period: str
    unit: UnitRef
    state: State
    stage: Stage = Field(description="待哪个环节审核")
    revision: int = Field(description="改动时须原样送回")
    opened_at: dt.datetime
    due_at: dt.datetime
    late_until: dt.datetime
    frozen_at: dt.datetime | None
    submitted_at: dt.datetime | None = Field(description="首次报送")
    accepted_at: dt.datetime | None


class GivenOut(Schema):
    """A value known already."""

    value: str
    state: Literal["verified", "statistics", "accepted", "submitted", "typed"]
    form: str = Field(description="报表名称；统计、认定的没有")
    unit: str
    at: dt.datetime | None
    return_id: int | None
    cell: str


class RemarkOut(Schema):
    """A reviewer's remark."""

    address: str
    value: str = Field(description="当时的值")
    text: str
    settled_at: dt.datetime | None


class CellChangeOut(Schema):
    """A cell that differs from the submission before."""

    address: str
    before: str | None
    after: str | None


class ReturnDetail(ReturnOut):
    """报送 with all that stands in it."""

    cells: dict[str, str] = Field(description="各格，含计算格")
    rows: dict[str, list[str]] = Field(description="可增行部分的行")
    reasons: dict[str, str]
    problems: list[CellProblem]
    given: dict[str, GivenOut] = Field(description="已有的数（一数一源）")
    previous_period: str
    previous: dict[str, str] = Field(description="上期各格")
    targets: dict[str, str]
    expected: dict[str, str]
    remarks: list[RemarkOut]
    changes: list[CellChangeOut] = Field(description="与上次报送相比")
    submission: int | None = Field(description="第几次报送")
    editable: bool
    closed: str = Field(description="不再收报的原因；仍收的为空")


class ReturnQuery(PageQuery):
    """Which returns."""

    form: Annotated[Text, Field(max_length=64)] | None = Field(None, description="报表代码")
    period: Annotated[Text, Field(max_length=10)] | None = Field(None, description="期别，如 2026-08")
    unit: Key | None = Field(None, description="单位编号")
    state: State | None = Field(None, description="状态")
    waiting: Literal["fill", "review"] | None = Field(None, description="fill 待我填报、review 待我审核")


class AsOf(Schema):
    """The moment from which the return is seen."""

    as_of: Moment | None = Field(None, description="当时的情形，如 2026-09-05T12:00；只给日期的为当日终了")


class CellsIn(Schema):
    """Cells to be changed; others stay."""

    cells: Cells = Field({}, description="单元格 → 值；null 为清空")
    rows: Rows | None = Field(None, description="可增行部分 → 行编号")
    reasons: Reasons | None = Field(None, description="单元格 → 说明")
    revision: int | None = Field(None, ge=0, le=2**31 - 1, description="所见的 revision；同一格他人已改的，答 409")
    reuse: list[Address] = Field([], max_length=5000, description="采用已有数的格")


class SavedOut(Schema):
    """What became of it."""

    revision: int
    merged: bool = Field(description="其间他人有改动，已合并")
    problems: list[CellProblem]
    computed: dict[str, str] = Field(description="计算格")


class SubmissionIn(Schema):
    """What is submitted: with ``cells`` the whole content, without what was saved."""

    cells: Cells | None = Field(None, description="全部单元格；不给的，报已保存的内容")
    rows: Rows | None = Field(None, description="可增行部分 → 行编号")
    reasons: Reasons = Field({}, description="单元格 → 说明")
    revision: int | None = Field(None, ge=0, le=2**31 - 1, description="所见的 revision；已有改动的，答 409")


class SubmissionOut(Schema):
    """A submission."""

    id: int
    return_id: int
    ordinal: int = Field(description="第几次")
    submitted_at: dt.datetime
    late: bool = Field(description="迟报")
    state: State
    stage: Stage


class PassIn(Schema):
    """Which submission was looked at."""

    ordinal: int | None = Field(None, ge=1, le=32767, description="所见的第几次报送；已重新报送的，答 409")


class SendBackIn(PassIn):
    """Why, and what is asked of single cells."""

    reason: Reason
    remarks: dict[Address, Annotated[str, Field(max_length=300)]] = Field(
        {}, max_length=5000, description="单元格 → 意见"
    )


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class SeenIn(Schema):
    """A return and the submission that the reviewer saw."""

    id: Key
    ordinal: int = Field(ge=1, le=32_767, description="审核人所见的是第几次报送")


class AcceptIn(Schema):
    """Which returns."""

    returns: list[SeenIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class RefusedOut(Schema):
    """A return that was not passed, and why."""

    id: int
    detail: str


class AcceptedOut(Schema):
    """What became of each."""

    done: list[int]
    refused: list[RefusedOut]


class StepOut(Schema):
    """A step of a return."""

    at: dt.datetime
    action: str
    what: str
    who: str
    state: State
    stage: Stage
    reason: str
    submission: int | None = Field(description="第几次报送")
    remarks: list[RemarkOut]
    changes: list[CellChangeOut]
