"""What the API takes and gives of schemes and adoptions."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from luoshi.apps.assessment.texts import MOST_LETTERS
from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Text, UnitRef

OriginName = Literal["shipped", "table", "file", "hand", "copy"]
VersionStateName = Literal["draft", "issued", "dropped"]
CadenceName = Literal["yearly", "half-yearly", "quarterly", "monthly", "ten-daily", "weekly"]
SourceName = Literal["hand", "indicator", "punctuality", "run", "investment", "projects"]


class SchemeOut(Schema):
    """一份评分办法。"""

    id: int
    key: str = Field(description="代码")
    title: str
    owner: UnitRef
    origin: OriginName
    plan: int | None = Field(description="由哪个方案的评分表起草")
    stopped_at: dt.datetime | None
    issued: int | None = Field(description="现行版次；没有发布为空")
    drafting: bool = Field(description="有草稿")
    adoptions: int = Field(description="在用的考核安排")


class SchemeVersionOut(Schema):
    """评分办法的一个版次。"""

    id: int
    ordinal: int
    state: VersionStateName
    sha256: str = Field(description="内容的摘要")
    reason: str
    issued_at: dt.datetime | None
    revision: int


class SchemeItemOut(Schema):
    """一个评分项目，用文字说明。"""

    key: str
    title: str
    group: str
    points: str = Field(description="分值")
    unit: str
    method: str = Field(description="计分方法的代码")
    words: str = Field(description="怎样计分")
    line: int = Field(description="在方案原文的行，0 为没有")
    doubts: list[str] = Field(description="由评分表起草时没有读懂的")


class SchemeReadingOut(Schema):
    """原文没有写明的一处，和采用的理解。"""

    key: str
    text: str
    items: list[str]
    choices: dict[str, str]
    chosen: str


class SchemeProblemOut(Schema):
    """内容的一处问题。"""

    line: int
    message: str


class SchemeDetail(SchemeOut):
    """评分办法的一个版次连同内容。"""

    version: SchemeVersionOut
    versions: list[SchemeVersionOut]
    items: list[SchemeItemOut]
    readings: list[SchemeReadingOut]
    words: list[str] = Field(description="全文说明，一行一句")
    text: str = Field(description="内容（YAML）")
    problems: list[SchemeProblemOut]


class SchemeQuery(PageQuery):
    """哪些评分办法。"""

    state: Literal["issued", "draft", "stopped"] | None = Field(None, description="不填为没有停用的")
    text: Text = Field("", max_length=60)


class SchemeVersionQuery(Schema):
    """看哪一版；不填为现行的，没有发布的看草稿。"""

    version: int | None = Field(None, ge=1, le=32767)


class SchemeIn(Schema):
    """新建评分办法。"""

    owner: Text = Field(description="考核单位代码")
    origin: OriginName
    title: Text = Field("", max_length=200)
    shipped: Text = Field("", max_length=80, description="随软件提供的办法的代码")
    text: Text = Field("", max_length=MOST_LETTERS, description="内容（YAML）")
    copy_of: Key | None = Field(None, description="复制哪个版次")
    table: Key | None = Field(None, description="方案附表")
    part: Text = Field("", max_length=20, description="附表里的哪一份：quarter、year、whole 等")


class SchemeTextIn(Schema):
    """草稿的内容。"""

    text: Text = Field(max_length=MOST_LETTERS)
    revision: int | None = None


class SchemeIssueIn(Schema):
    """发布草稿；第二版起写明原因。"""

    reason: Text = Field("", max_length=300)
    revision: int | None = None


class AdoptionUnitIn(Schema):
    """一个被考核单位。"""

    unit: Text = Field(description="单位代码")
    group: Text = Field("", max_length=60, description="组别")


class AdoptionIn(Schema):
    """启用评分办法。"""

    owner: Text = Field(description="考核单位代码")
    name: Text = Field(max_length=200)
    cadence: CadenceName
    first_period: Text = Field(max_length=10, description="自，如 2026Q1")
    last_period: Text = Field("", max_length=10, description="至，空为长期")
    units: list[AdoptionUnitIn] = Field(max_length=5000)
    choices: dict[Text, Text] = Field(default_factory=dict, description="采用的理解，不填的按缺省")
    objection_days: int = Field(5, ge=1, le=60, description="公示工作日")
    reason: Text = Field("", max_length=300)
    usual_sources: bool = Field(False, description="随软件提供的办法，各项按台账取数")


class AdoptionUnitOut(Schema):
    """一个被考核单位。"""

    unit: UnitRef
    group: str


class ItemSourceOut(Schema):
    """一项的数据来源。"""

    item: str
    kind: SourceName
    indicator: str | None = Field(description="指标代码")
    adoption: int | None = Field(description="取哪项考核的结果")
    parameters: dict[str, Any]
    checked_by: UnitRef | None = Field(description="审核单位")


class AdoptionOut(Schema):
    """一项考核安排。"""

    id: int
    name: str
    owner: UnitRef
    scheme: int
    version: int = Field(description="版次")
    cadence: CadenceName
    first_period: str
    last_period: str
    active: bool
    units: int
    runs: int
    revision: int


class AdoptionDetail(AdoptionOut):
    """考核安排连同单位和数据来源。"""

    members: list[AdoptionUnitOut]
    sources: list[ItemSourceOut]
    choices: dict[str, str]
    objection_days: int
    reason: str


class ItemSourceIn(Schema):
    """设定一项的数据来源。"""

    kind: SourceName
    indicator: Text | None = Field(None, description="指标代码")
    adoption: Key | None = None
    tier: Text = Field("", max_length=20)
    target_share: Text = Field("", max_length=10, description="本期应完成年度目标的百分比")
    span: Literal["", "year"] = Field("", description="year 为年初累计")
    figure: Text = Field("", max_length=40)
    checked_by: Text | None = Field(None, description="审核单位代码")
    revision: int | None = None


class AdoptionEndIn(Schema):
    """结束考核安排。"""

    reason: Text = Field(max_length=300)
    revision: int | None = None
