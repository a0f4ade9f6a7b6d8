"""What calls about forms take and give."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from luoshi.apps.reporting.form_file import FORMAT, NAMES
from luoshi.apps.reporting.queries.status import MOST_PERIODS
from luoshi.apps.reporting.ready_made import KEYS
from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Moment, Text, UnitRef


class FormOut(Schema):
    """报表."""

    key: str = Field(description="代码")
    title: str
    purpose: str
    owner: UnitRef = Field(description="收表单位")
    plan: int | None = Field(description="依据的方案")
    table: int | None = Field(description="依据的附表")
    is_active: bool = Field(description="是否启用")
    cadence: str = Field(description="周期")
    due: str = Field(description="报送时间，如“每月3日前报上月；遇休息日不顺延”")
    version: int | None = Field(description="现行版次；未发布的为空")
    first_period: str = Field(description="现行版的启用期别")
    draft_revision: int | None = Field(description="草稿的 revision，保存时须原样送回；没有草稿或您不能设计的为空")


class ComingOut(Schema):
    """A period that falls due."""

    period: str
    label: str
    opens_on: dt.date
    due_on: dt.date
    assumption: str = Field(description="推算说明")


class FormFileOut(Schema):
    """报表文件：与“导出”所得相同，可以再装入."""

    format: str
    key: str
    title: str
    purpose: str
    source: str
    schedule: dict[str, Any]
    reporters: list[str]
    indicators: list[dict[str, Any]]
    definition: dict[str, Any]


class FormDetailOut(FormOut):
    """A form with its next dates."""

    coming: list[ComingOut]
    problems: list[str] = Field(description="草稿里要改正的问题；没有草稿的为空")


class FormIn(Schema):
    """A new form: blank, ready-made, from a file or from an annex."""

    owner: Text = Field(max_length=64, description="收表单位代码")
    title: Text = Field("", max_length=200, description="名称；从空白新建时必填")
    purpose: Text = Field("", max_length=300)
    ready_made: Text = Field("", max_length=64, description=f"现成报表：{'、'.join(KEYS)}")
    table: Key | None = Field(None, description="方案附表的编号，由它拟订")
    file: dict[str, Any] | None = Field(None, description=f"报表文件（format 为 {FORMAT}）")


class DraftIn(Schema):
    """Changes to a draft; what is left out stays."""

    revision: int = Field(ge=0, le=2**31 - 1, description="所见的 revision；他人已保存的，答 409")
    changes: dict[str, Any] = Field(
        description=f"可含 title、purpose、reporters（单位代码）、{'、'.join(NAMES)}；definition 可以尚有问题"
    )


class FormDraftOut(Schema):
    """A draft after saving."""

    revision: int
    due: str
    problems: list[str]


class FormPublishIn(Schema):
    """Putting a draft in force."""

    first_period: Text = Field(
        max_length=10, description="从哪一期起启用，如 2026-09；过去的各期一次补开，最多36期，截止顺延"
    )
    reason: Text = Field("", max_length=300, description="变更原因；不是第一版的必填")
    revision: int | None = Field(None, ge=0, le=2**31 - 1)


class FormVersionOut(Schema):
    """A version."""

    ordinal: int
    first_period: str
    published_at: dt.datetime | None
    reason: str


class FormsQuery(PageQuery):
    """Which forms."""

    state: Literal["", "draft", "retired", "all"] = Field("", description="空为在用")
    text: Text | None = Field(None, max_length=60, description="名称、用途里的文字")


class StatusQuery(Schema):
    """Which part of the status."""

    periods: int = Field(12, ge=1, le=MOST_PERIODS, description="最近几期")
    page: int = Field(1, ge=1, le=10**6, description="单位的第几页")
    as_of: Moment | None = Field(None, description="截至何时的情况；只给日期的为当日终了")


class StatusCellOut(Schema):
    """One unit in one period."""

    period: str
    mark: Literal["on-time", "late", "missing", "pending", "exempt"] = Field(
        description="按时、迟报、未报、待报（未到期）、免报"
    )
    state: str = Field(description="open、in-review、sent-back、accepted、exempt")
    submitted_at: dt.datetime | None


class StatusRowOut(Schema):
    """A unit."""

    unit: UnitRef
    cells: list[StatusCellOut]


class StatusOut(Schema):
    """Units × periods."""

    periods: list[str]
    total: int = Field(description="共有多少单位")
    pages: int
    rows: list[StatusRowOut]


class FiguresOut(Schema):
    """Five metrics of a unit."""

    unit: UnitRef
    expected: int = Field(description="应报")
    received: int = Field(description="已报")
    on_time: int = Field(description="按时")
    late: int = Field(description="迟报")
    missing: int = Field(description="未报")
    exempt: int = Field(description="免报")
    on_time_rate: float | None = Field(description="按时率，%；没有应报的为空")
    completeness: float | None = Field(description="报送率，%；没有应报的为空")


class PunctualityQuery(Schema):
    """Which span."""

    first: dt.date = Field(description="起：期末日在此日或以后")
    last: dt.date = Field(description="止：期末日在此日或以前")
    form: Text | None = Field(None, max_length=64)
    as_of: Moment | None = Field(None, description="截至何时的情况；只给日期的为当日终了")
    page: int = Field(1, ge=1, le=10**6)


class DuplicateOut(Schema):
    """An indicator that two forms ask of the same units."""

    indicator: str = Field(description="指标代码")
    indicator_name: str
    cadence: str
    forms: list[str] = Field(description="两张报表的名称")
    units: list[UnitRef]
