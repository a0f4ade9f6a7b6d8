"""What goes in and out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Text, UnitRef

StateName = Literal["lead", "negotiating", "signed", "started", "producing", "lost"]
SourceName = Literal["own", "stationed", "by-investors", "agent", "delegated", "chain-master", "capital", "fair",
                     "above", "visit", "other"]  # fmt: skip
WhereName = Literal["prefecture", "province", "country", "abroad"]
ScopeName = Literal["territory", "group"]
PeriodText = Annotated[Text, Field(max_length=10)]


class InvestmentMoveOut(Schema):
    """状态的一次变动."""

    from_state: StateName
    to_state: StateName
    on: dt.date
    reason: str
    override: str = Field(description="缺少佐证的理由，空为有佐证")
    recorded_at: dt.datetime


class InvestmentLeadOut(Schema):
    """一条招商线索."""

    id: int
    title: str
    enterprise: str
    enterprise_where: WhereName = Field(description="投资方来自：州内、州外省内、省外、境外")
    unit: UnitRef
    place: UnitRef | None
    source: SourceName
    amount: str | None = Field(description="计划（协议）投资额，元")
    content: str
    progress: str
    state: StateName
    state_on: dt.date
    project_id: int | None
    same_as: int | None = Field(description="并入的线索")
    next_on: dt.date | None
    revision: int


class InvestmentClaimOut(Schema):
    """一家认领."""

    unit: UnitRef
    scope: ScopeName
    part: str | None = Field(description="计入的份额，空为待认定")


class InvestmentLeadDetail(InvestmentLeadOut):
    """一条线索和它的经过、归属."""

    moves: list[InvestmentMoveOut]
    claims: list[InvestmentClaimOut]


class InvestmentLeadQuery(PageQuery):
    """哪些线索."""

    state: Literal["", "lead", "negotiating", "signed", "started", "producing", "lost", "open", "settled"] = ""
    unit: Text = Field("", description="单位代码：跟进或认领")
    place: Text = Field("", description="意向地点代码")
    wait: Literal["", "contact", "stuck", "evidence", "contested", "problem", "mine"] = ""
    text: Text = Field("", max_length=60)


class InvestmentLeadIn(Schema):
    """登记一条线索；投资方没有登记过的，一并登记."""

    unit: Text = Field(max_length=64, description="跟进单位代码")
    title: Text = Field(min_length=1, max_length=200)
    enterprise: Text = Field(min_length=1, max_length=120)
    enterprise_where: WhereName = "country"
    source: SourceName
    place: Text = Field("", max_length=64, description="意向地点代码")
    amount: Decimal | None = Field(None, gt=0, lt=Decimal(10) ** 14, description="元")
    content: Text = Field("", max_length=2000)
    found_on: dt.date | None = None


class InvestmentVisitIn(Schema):
    """一次对接."""

    on: dt.date
    text: Text = Field(min_length=1, max_length=2000)
    where: Text = Field("", max_length=80)
    people: Text = Field("", max_length=200)
    next_step: Text = Field("", max_length=300)
    next_on: dt.date | None = None


class InvestmentMoveIn(Schema):
    """转入一个状态."""

    to: StateName
    on: dt.date
    reason: Text = Field("", max_length=500)
    override: Text = Field("", max_length=300, description="缺少佐证的理由；佐证在网页上传")
    revision: int | None = Field(None, ge=0, lt=2**31)


class InvestmentClaimIn(Schema):
    """认领."""

    unit: Text = Field(max_length=64)
    text: Text = Field("", max_length=300)


class InvestmentLeaderOut(Schema):
    """参加活动的领导."""

    name: str
    post: str
    rank: Literal["other", "head", "state", "top"]


class InvestmentPlaceOut(Schema):
    """活动涉及的城市."""

    name: str
    where: WhereName


class InvestmentActivityOut(Schema):
    """一次走出去、请进来."""

    id: int
    title: str
    begin: dt.date
    end: dt.date
    kind: Literal["inbound", "outbound"]
    places: list[InvestmentPlaceOut]
    hosts: list[UnitRef] = Field(description="牵头的在前")
    leaders: list[InvestmentLeaderOut]
    outside_firms: int | None
    papers: int = Field(description="佐证份数，没有的不计次数")
    withdrawn: bool
    revision: int


class InvestmentActivityQuery(PageQuery):
    """哪些活动."""

    year: int = Field(0, ge=0, le=2100)
    unit: Text = ""
    kind: Literal["", "inbound", "outbound"] = ""


class InvestmentFundsOut(Schema):
    """一笔到位资金."""

    id: int
    unit: UnitRef
    lead_id: int | None
    kind: Literal["prefecture", "province", "foreign"]
    source: Literal["statistics", "self-reported"]
    period: str
    amount: str = Field(description="元，外资为美元")
    checked: Literal["waiting", "verified", "refused"]
    recognised: str | None
    remark: str
    revision: int


class InvestmentFundsQuery(PageQuery):
    """哪些资金."""

    year: int = Field(0, ge=0, le=2100)
    unit: Text = ""
    kind: Literal["", "prefecture", "province", "foreign"] = ""
    checked: Literal["", "waiting", "verified", "refused"] = ""


class InvestmentFundsIn(Schema):
    """申报一笔到位资金."""

    unit: Text = Field(max_length=64)
    lead_id: Key
    kind: Literal["prefecture", "province", "foreign"]
    period: PeriodText = Field(description="月份，如 2026-05")
    amount: Decimal = Field(ge=0, lt=Decimal(10) ** 14, description="元，外资为美元")


class InvestmentCheckIn(Schema):
    """认定一笔到位资金."""

    accept: bool
    recognised: Decimal | None = Field(None, ge=0, lt=Decimal(10) ** 14)
    remark: Text = Field("", max_length=300)


class InvestmentCountQuery(Schema):
    """哪一期的完成情况."""

    period: PeriodText = Field("", description="年、半年、季、月；空为今年")


class InvestmentCountOut(Schema):
    """一个单位一项指标."""

    scope: ScopeName
    unit: UnitRef
    figure: str
    title: str
    unit_of_measure: str
    value: str | None = Field(description="空为未报")
    target: str | None = Field(description="空为无目标")
    joint: bool = Field(description="目标与其他单位合并")


class InvestmentCountsOut(Schema):
    """目标完成情况."""

    period: str
    rows: list[InvestmentCountOut]


class InvestmentReasonOut(Schema):
    """计或不计的一项."""

    kind: Literal["activity", "lead", "funds"]
    id: int
    title: str
    part: str
    reason: str


class InvestmentExplanationOut(Schema):
    """一个数是怎么来的."""

    figure: str
    title: str
    unit: UnitRef
    value: str | None
    target: str | None
    rule: str
    reasons: list[InvestmentReasonOut]


class InvestmentExplainQuery(InvestmentCountQuery):
    """哪一个数."""

    scope: ScopeName = "territory"
    figure: Text = Field("major-5", max_length=24)
    unit: Text = Field("", max_length=64)
