"""What the API gives of plans; every object carries where it stands and how it was read."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Schema
from pydantic import Field

from luoshi.site.api.values import UnitRef

Origin = Literal["extracted", "corrected", "manual"]
Role = Literal["lead", "responsible", "supporting"]
Rule = Literal[
    "date", "weekly", "ten-daily", "half-monthly", "monthly", "quarterly", "half-yearly", "yearly", "days-after"
]
_FIGURE = "十进制数，写作字符串"


class Provenance(Schema):
    """出处: where an object stands in its document, and how it was read."""

    document: int = Field(description="原文编号")
    version: int = Field(description="所在的最近一版的版次")
    line: int = Field(description="起始行，从 1 计")
    spans: list[tuple[int, int, int]] = Field(description="[行, 起, 止]：字符位置，从 0 计，不含止")
    text: str = Field(description="原句")
    origin: Origin = Field(description="来源：extracted 识别、corrected 人工更正、manual 人工添加")
    rule: str = Field(description="识别规则")
    certainty: float | None = Field(description="把握，0 至 1；人工添加的没有")
    reason: str = Field(description="依据")
    retired_in: int | None = Field(description="自第几版起不再有；现行的为空")


class VersionOut(Schema):
    """版次."""

    ordinal: int = Field(description="版次")
    document: int = Field(description="原文编号")
    first_line: int
    last_line: int
    published_at: dt.datetime
    published_by: str | None
    summary: dict[str, int] | None = Field(
        description="全方案 added 新增、changed 更改、kept 保留、retired 取消；只看得到方案一部分的，为 null"
    )


class PlanOut(Schema):
    """方案."""

    id: int
    title: str
    number: str = Field(description="文号")
    issued_on: dt.date | None = Field(description="成文日期")
    year: int | None = Field(description="年度（起）")
    last_year: int | None = Field(description="末年")
    owner: UnitRef = Field(description="发文单位")
    is_public: bool = Field(description="是否对外公开")
    version: int = Field(description="现行版次")
    document: int = Field(description="现行版的原文编号")
    first_line: int = Field(description="现行版的首行")
    last_line: int = Field(description="现行版的末行")


class PlanDetail(PlanOut):
    """方案, with its versions and the numbers of what the caller sees in it."""

    versions: list[VersionOut]
    counts: dict[str, int] = Field(description="measures、tasks、targets、responsibilities、deadlines、tables 的个数")


class ChangeOut(Schema):
    """One difference between a version and the one before it."""

    what: Literal["added", "changed", "kept", "retired"]
    kind: Literal["measure", "target", "responsibility", "deadline", "table"]
    id: int | None
    line: int
    text: str
    by_hand: bool = Field(description="人工核对过，其值保留")
    fields: dict[str, list[object]] | None = Field(description="字段 → [改前, 改后]")


class MeasureOut(Schema):
    """措施."""

    id: int
    plan: int
    parent: int | None = Field(description="上级措施")
    position: str = Field(description="次序，按字符串排序即原文次序")
    depth: int
    label: str = Field(description="编号")
    title: str
    is_task: bool = Field(description="是任务，还是仅为标题")
    provenance: Provenance


class TargetOut(Schema):
    """目标."""

    id: int
    plan: int
    measure: int | None
    indicator: str = Field(description="指标")
    comparator: Literal[">=", ">", "<=", "<", "=", "~"]
    value: str = Field(description=_FIGURE)
    value_max: str | None = Field(description=_FIGURE)
    unit_of_measure: str = Field(description="计量单位（基本单位）")
    change: bool = Field(description="是变化量")
    falling: bool = Field(description="是下降")
    year: int | None = Field(description="完成年度")
    tier: Literal["", "congress", "work", "stretch", "basic", "incentive"] = Field(description="档次")
    provenance: Provenance


class ResponsibilityOut(Schema):
    """责任."""

    id: int
    plan: int
    measure: int | None
    role: Role = Field(description="lead 牵头、responsible 责任、supporting 配合")
    name: str = Field(description="单位，照原文")
    units: list[UnitRef] = Field(description="所指的单位；未认定的为空")
    provenance: Provenance


class DeadlineOut(Schema):
    """时限."""

    id: int
    plan: int
    measure: int | None
    rule: Rule
    date: dt.date | None
    day: int | None = Field(description="每月第几日")
    days: int | None
    working: bool = Field(description="工作日")
    provenance: Provenance


class TableOut(Schema):
    """附表."""

    id: int
    plan: int
    title: str
    header: list[str]
    rows: list[list[str]]
    line_end: int
    provenance: Provenance


class MeasureDetail(MeasureOut):
    """措施, with what stands under it."""

    targets: list[TargetOut]
    responsibilities: list[ResponsibilityOut]
    deadlines: list[DeadlineOut]


class DocumentOut(Schema):
    """原文."""

    id: int
    name: str = Field(description="文件名")
    format: str
    sha256: str
    size: int = Field(description="字节数")
    line_count: int
    page_count: int | None
    uploaded_at: dt.datetime


class LineOut(Schema):
    """One line of a document."""

    number: int
    text: str
