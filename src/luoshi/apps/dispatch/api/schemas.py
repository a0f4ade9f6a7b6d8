"""What the API of dispatch takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Text, UnitRef


class DispatchReasonIn(Schema):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=200)] = Field(description="理由")


class SaidIn(Schema):
    """What was done."""

    text: Annotated[Text, Field(min_length=1, max_length=2000)] = Field(description="内容")


class WarningAnswerIn(SaidIn):
    """应策."""

    until: dt.date = Field(description="承诺转好的日期")


class DispatchStepOut(Schema):
    """一步."""

    action: str
    action_name: str
    text: str
    by: str
    at: dt.datetime
    period: str = ""
    until: dt.date | None = None
    due_on: dt.date | None = None


class WarningOut(Schema):
    """一项预警."""

    id: int
    unit: UnitRef
    plan_id: int | None
    target_id: int | None
    rule: str
    kind: str
    period: str
    state: str = Field(description="open 待应策、answered 推动中、closed 已销警、waived 已撤销")
    light: str = Field(description="最近一次看到的灯")
    sentence: str
    raised_at: dt.datetime
    due_at: dt.datetime = Field(description="应策期限")
    answered_at: dt.datetime | None
    closed_at: dt.datetime | None
    turned_green: str = Field(description="转好的期别")
    revision: int


class WarningDetail(WarningOut):
    """一项预警和办理经过."""

    snapshot: dict[str, Any] = Field(description="预警时的数")
    steps: list[DispatchStepOut]


class WarningQuery(PageQuery):
    """Which warnings."""

    state: Literal["", "late", "answered", "closed", "waived", "all"] = Field("all", description="空为待应策")
    plan: Key | None = None
    unit: Text = Field("", description="单位代码")
    mine: bool = Field(False, description="只要令牌所有人应策的")


class ProblemOut(Schema):
    """一个需协同事项."""

    id: int
    unit: UnitRef
    plan_id: int | None
    text: str
    asked: UnitRef | None
    asked_text: str
    due_on: dt.date | None
    state: str = Field(description="open 待协调、in-hand 协调中、settled 已解决、dropped 不再协调")
    outcome: str
    return_id: int | None = Field(description="读自哪份报送")
    raised_at: dt.datetime
    settled_at: dt.datetime | None
    revision: int


class ProblemQuery(PageQuery):
    """Which problems."""

    state: Literal["", "settled", "dropped", "all"] = Field("all", description="空为待解决")
    plan: Key | None = None
    unit: Text = Field("", description="提出或被请协同单位的代码")


class ProblemIn(Schema):
    """需协同事项."""

    unit: Text = Field(description="提出单位的代码")
    text: Annotated[Text, Field(min_length=1, max_length=2000)]
    asked: Text = Field("", description="请协同单位的代码")
    plan: Key | None = None
    due_on: dt.date | None = None


class OutcomeIn(Schema):
    """怎样解决的."""

    outcome: Annotated[Text, Field(min_length=1, max_length=2000)]


class MeetingOut(Schema):
    """一次会议."""

    id: int
    title: str
    kind: str
    owner: UnitRef
    period: str
    held_at: dt.datetime
    place: str
    chair: str
    state: str = Field(description="planned 筹备中、ready 议程已定、held 已召开、closed 纪要已印发、cancelled 已取消")
    frozen_at: dt.datetime | None
    digest: str = Field(description="封存议程的 SHA-256")
    closed_at: dt.datetime | None
    revision: int


class AgendaItemOut(Schema):
    """一个议题."""

    id: int
    ordinal: int
    kind: str
    title: str
    text: str
    unit: UnitRef | None
    snapshot: dict[str, Any] = Field(description="会上的数")


class DecisionOut(Schema):
    """一条议定事项."""

    id: int
    meeting_id: int
    ordinal: int
    text: str
    unit: UnitRef | None
    supporting: list[UnitRef]
    due_on: dt.date | None
    state: str = Field(description="open 办理中、reported 已报完成、closed 已办结、dropped 已取消")
    closed_at: dt.datetime | None
    revision: int


class DecisionDetail(DecisionOut):
    """一条议定事项和办理经过."""

    steps: list[DispatchStepOut]


class DecisionQuery(PageQuery):
    """Which decisions."""

    state: Literal["", "late", "reported", "closed", "dropped", "all"] = Field("all", description="空为办理中")
    unit: Text = Field("", description="承办或配合单位的代码")
    meeting: Key | None = None
    mine: bool = Field(False, description="只要令牌所有人的单位办的")


class MoveIn(DispatchReasonIn):
    """新的期限."""

    due_on: dt.date


class CloseIn(Schema):
    """办结意见."""

    text: Annotated[Text, Field(max_length=200)] = ""


class MeetingDetail(MeetingOut):
    """一次会议、议程、议定事项."""

    minutes: str
    as_fixed: bool = Field(description="议程与封存时是否一致")
    items: list[AgendaItemOut]
    decisions: list[DecisionOut]
    units: list[UnitRef]


class MeetingQuery(PageQuery):
    """Which meetings."""

    state: Literal["", "held", "closed", "cancelled", "all"] = Field("all", description="空为要开的")
