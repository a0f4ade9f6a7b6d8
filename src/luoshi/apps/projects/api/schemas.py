"""What the API takes and gives about projects."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Text, UnitRef, Year

StateName = Literal["reserve", "preparation", "started", "construction", "completed", "left"]
NatureName = Literal["", "government", "private", "foreign"]
SortName = Literal["industry", "infrastructure"]
HoldName = Literal["land", "forest", "energy", "power", "finance", "other"]
MarkName = Literal[
    "idea",
    "signed",
    "performed",
    "feasibility",
    "environment",
    "land",
    "forest",
    "energy",
    "permit",
    "start",
    "finish",
    "production",
    "capacity",
]
Money = Annotated[Decimal, Field(ge=0, lt=10**15, description="元")]


class ProjectQuery(PageQuery):
    """Which projects are asked for."""

    unit: Text = Field("", max_length=64, description="建设地点的代码，含其下各级")
    lead: Text = Field("", max_length=64, description="牵头单位的代码")
    state: Literal["", "reserve", "preparation", "started", "construction", "completed", "left"] = Field(
        "", description="所在库；空为五库"
    )
    nature: NatureName = ""
    sort: Literal["", "industry", "infrastructure"] = ""
    year: Year | None = Field(None, description="列入哪年的年度计划")
    major: bool = Field(False, description="只要重大项目")
    q: Text = Field("", max_length=80, description="名称的一部分，或代码的开头")


class ProjectOut(Schema):
    """A project in a list."""

    id: int
    name: str
    code: str
    unit: UnitRef
    lead: UnitRef | None
    industry: str
    chain: str
    nature: NatureName
    sort: SortName
    major: bool
    total: str = Field(description="总投资（元）")
    state: StateName
    state_since: dt.date
    done: str | None = Field(description="累计完成投资（元），未报为空")
    image: str | None = Field(description="形象进度（%）")
    funds_received: str | None = Field(description="累计到位资金（元）")
    progress_period: str
    longitude: str | None
    latitude: str | None
    merged_into: int | None
    revision: int


class ProjectMilestoneOut(Schema):
    """One milestone."""

    kind: MarkName
    planned_on: dt.date | None
    actual_on: dt.date | None
    evidence: str
    waived_for: str


class ProjectMoveOut(Schema):
    """One move between libraries."""

    from_state: Literal["", "reserve", "preparation", "started", "construction", "completed", "left"]
    to_state: StateName
    on: dt.date
    reason: str
    skipped: list[str] = Field(description="未满足而越过的条件")


class ProjectMonthOut(Schema):
    """One month's progress; amounts in yuan."""

    period: str
    month: str | None
    so_far: str | None
    image: str | None
    funds: str | None
    image_text: str
    problem: str
    need: str


class ProjectOneOut(ProjectOut):
    """A project with its course."""

    place: str
    owner: str
    leader: str
    content: str
    milestones: list[ProjectMilestoneOut]
    moves: list[ProjectMoveOut]
    progress: list[ProjectMonthOut]


class ProjectIn(Schema):
    """A project to be entered."""

    name: Text = Field(min_length=1, max_length=200)
    unit: Text = Field(max_length=64, description="建设地点的代码")
    total: Money
    code: Text = Field("", max_length=60)
    lead: Text = Field("", max_length=64, description="牵头单位的代码")
    industry: Text = Field("", max_length=40)
    chain: Text = Field("", max_length=40)
    nature: NatureName = ""
    sort: SortName = "industry"
    major: bool = False
    place: Text = Field("", max_length=120)
    owner: Text = Field("", max_length=120)
    leader: Text = Field("", max_length=60)
    content: Text = Field("", max_length=2000)
    longitude: Annotated[Decimal, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[Decimal, Field(ge=-90, le=90)] | None = None
    state: Literal["reserve", "preparation", "started", "construction", "completed"] = "reserve"
    on: dt.date | None = Field(None, description="入库日期，空为今天")
    reason: Text = Field("", max_length=300, description="直接进入开工以后的库的理由")


class ProjectMoveIn(Schema):
    """A move to be made."""

    to: StateName
    on: dt.date | None = None
    reason: Text = Field("", max_length=300)
    revision: int | None = Field(None, ge=0, le=2**31 - 1, description="看到的版本；已被改动的答 409")


class ProjectMilestoneIn(Schema):
    """A milestone to be written down."""

    kind: MarkName
    planned_on: dt.date | None = None
    actual_on: dt.date | None = None
    evidence: Text = Field("", max_length=200)
    waived_for: Text = Field("", max_length=200)


class ProjectMilestonesIn(Schema):
    """Milestones to be written down."""

    rows: list[ProjectMilestoneIn] = Field(min_length=1, max_length=20)


class ProjectMonthIn(Schema):
    """A month's progress; amounts in yuan."""

    period: Text = Field(max_length=10, description="如 2026-03")
    month: Money | None = None
    so_far: Money | None = None
    image: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    funds: Money | None = None
    image_text: Text = Field("", max_length=300)
    problem: Text = Field("", max_length=500)
    need: Text = Field("", max_length=500)


class ProjectProblemIn(Schema):
    """A problem to be raised."""

    kind: HoldName
    text: Text = Field(min_length=1, max_length=1500)
    asked: Text = Field("", max_length=64, description="请哪个单位解决：代码")
    due_on: dt.date
    held: Money | None = None


class ProjectProblemOut(Schema):
    """A problem that was raised."""

    id: int
    problem_id: int = Field(description="需协同事项的编号")
    kind: HoldName
    held: str | None


class ProjectRowIn(Schema):
    """A row of a list, each value as text, as it would stand in a workbook; amounts in 万元 unless they say 亿元."""

    name: Text = Field("", max_length=400)
    unit: Text = Field("", max_length=120)
    total: Text = Field("", max_length=40)
    code: Text = Field("", max_length=60)
    lead: Text = Field("", max_length=120)
    owner: Text = Field("", max_length=200)
    leader: Text = Field("", max_length=100)
    industry: Text = Field("", max_length=80)
    chain: Text = Field("", max_length=80)
    nature: Text = Field("", max_length=40)
    sort: Text = Field("", max_length=40)
    year: Text = Field("", max_length=40)
    start: Text = Field("", max_length=40)
    finish: Text = Field("", max_length=40)
    state: Text = Field("", max_length=40)
    longitude: Text = Field("", max_length=20)
    latitude: Text = Field("", max_length=20)
    content: Text = Field("", max_length=2000)


class ProjectListIn(Schema):
    """A list of projects: read as a whole or not at all."""

    owner: Text = Field(max_length=64, description="为哪个单位导入：代码")
    rows: list[ProjectRowIn] = Field(min_length=1, max_length=5000)
    check_only: bool = Field(False, description="只核对，不入库")
    year: Year | None = Field(None, description="列入哪年的年度计划")
    major: bool = True


class ProjectListOut(Schema):
    """What came of a list; ``problems`` empty where it can be taken."""

    import_id: int
    rows: int
    taken: list[int]
    problems: list[str]
    warnings: list[str]


class ProjectFiguresQuery(Schema):
    """Which figures are asked for."""

    by: Literal["unit", "industry", "chain"] = "unit"
    year: Year | None = None
    day: dt.date | None = Field(None, description="截至哪一天，空为今天")
    unit: Text = Field("", max_length=64)
    industry: Key | None = None
    chain: Key | None = None
    major: bool = False


class ProjectFiguresRow(Schema):
    """The figures of one group; rates in per cent, null where there is nothing to divide by."""

    key: int | None
    name: str
    projects: int
    total: str
    states: dict[str, int]
    planned: int
    begun: int
    start_rate: str | None
    reserve_number: str | None
    reserve_investment: str | None
    investment_rate: str | None
    industrial_share: str | None
    concentration: str | None
    ripeness: str | None
    conversion_rate: str | None
    fulfilment_rate: str | None
    funds_rate: str | None
    production_rate: str | None


class ProjectFiguresOut(Schema):
    """The figures of a year as of a day."""

    by: str
    year: int
    day: dt.date
    mark: str | None = Field(description="这一天应达到的开工率")
    rows: list[ProjectFiguresRow]
    whole: ProjectFiguresRow
