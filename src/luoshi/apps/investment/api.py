"""Investment promotion over HTTP; thin over ``actions`` and ``queries``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query, Router, Schema, Status
from pydantic import Field

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.errors import InvestmentError
from luoshi.apps.investment.figures import FIGURES
from luoshi.apps.investment.models import Activity, Enterprise, Funds, Lead, LeadClaim
from luoshi.apps.investment.queries.counting import figure_of
from luoshi.apps.investment.queries.leads import LeadFilter
from luoshi.apps.investment.queries.others import ActivityFilter, FundsFilter
from luoshi.apps.investment.queries.standing import explanation, scoped_units, tables
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.problems import problem
from luoshi.site.api.values import Key, Text, UnitRef, figure, unit_ref

investment = Router(tags=["招商"])

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


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(InvestmentError)
    def _conflict(request: HttpRequest, error: InvestmentError) -> HttpResponse:
        return problem(request, 409, str(error))


_LEAD = ("title", "source", "content", "progress", "state", "state_on", "project_id", "next_on", "revision")


def _lead(lead: Lead) -> dict[str, Any]:
    return {name: getattr(lead, name) for name in _LEAD} | {
        "id": lead.pk,
        "enterprise": lead.enterprise.name,
        "enterprise_where": lead.enterprise.where,
        "unit": unit_ref(lead.unit),
        "place": unit_ref(lead.place) if lead.place else None,
        "amount": figure(lead.amount),
        "same_as": lead.same_as_id,
    }


def _detail(user: Any, lead_id: int) -> dict[str, Any]:
    found = queries.lead_page(user, lead_id)
    if found is None:
        raise Http404
    moves = ("from_state", "to_state", "on", "reason", "override", "recorded_at")
    return _lead(found.lead) | {
        "moves": [{name: getattr(move, name) for name in moves} for move in found.moves],
        "claims": [
            {"unit": unit_ref(one.claim.unit), "scope": one.claim.scope, "part": figure(one.part)}
            for one in found.credits
        ],
    }


@investment.get("/leads", response=Page[InvestmentLeadOut], summary="招商线索列表")
def list_leads(request: HttpRequest, query: Query[InvestmentLeadQuery]) -> dict[str, Any]:
    """看得到的线索，进展新的在前。"""
    asked = LeadFilter(query.state, query.unit, query.place, wait=query.wait, text=query.text)
    total, rows = page_of(queries.lead_list(request.user, asked, timezone.localdate()), query)
    return page(query, total, [_lead(lead) for lead in rows])


@investment.get("/leads/{int:lead_id}", response=InvestmentLeadDetail, summary="一条招商线索")
def get_lead(request: HttpRequest, lead_id: int) -> dict[str, Any]:
    """线索、经过和归属。"""
    return _detail(request.user, lead_id)


@investment.post("/leads", response={201: InvestmentLeadDetail}, summary="登记招商线索")
def create_lead(request: HttpRequest, body: InvestmentLeadIn) -> Status[dict[str, Any]]:
    """替自己的单位登记；县市、园区、招商组登记的同时算作认领。"""
    unit = policies.working_units(request.user).filter(key=body.unit).first()
    if unit is None:
        raise ValidationError(f"没有这个单位，或您不是它的人员：{body.unit[:60]}。")
    place = Unit.objects.filter(key=body.place).first() if body.place else None
    if body.place and place is None:
        raise ValidationError(f"没有这个单位：{body.place[:60]}。")
    name = " ".join(body.enterprise.split())
    enterprise = Enterprise.objects.filter(name=name).first() or actions.save_enterprise(
        acting_user=request.user, name=name, where=body.enterprise_where
    )
    facts = actions.LeadFacts(
        title=body.title,
        enterprise=enterprise,
        source=body.source,
        place=place,
        amount=body.amount,
        content=body.content,
    )
    lead = actions.create_lead(acting_user=request.user, unit=unit, facts=facts, found_on=body.found_on)
    return Status(201, _detail(request.user, lead.pk))


@investment.post("/leads/{int:lead_id}/visits", response=InvestmentLeadDetail, summary="登记对接情况")
def add_visit(request: HttpRequest, lead_id: int, body: InvestmentVisitIn) -> dict[str, Any]:
    """见面、通话后登记。"""
    actions.add_visit(acting_user=request.user, lead_id=lead_id, **body.dict())
    return _detail(request.user, lead_id)


@investment.post("/leads/{int:lead_id}/move", response=InvestmentLeadDetail, summary="线索转入另一状态")
def move_lead(request: HttpRequest, lead_id: int, body: InvestmentMoveIn) -> dict[str, Any]:
    """在谈须有意向书或建议书，签约须有正式协议；签约时生成项目。"""
    actions.move_lead(acting_user=request.user, lead_id=lead_id, **body.dict())
    return _detail(request.user, lead_id)


@investment.post("/leads/{int:lead_id}/claims", response=InvestmentLeadDetail, summary="认领项目")
def claim_lead(request: HttpRequest, lead_id: int, body: InvestmentClaimIn) -> dict[str, Any]:
    """替自己的县市、园区、招商组认领。"""
    unit = policies.claiming_units(request.user).filter(key=body.unit).first()
    if unit is None:
        raise ValidationError(f"没有这个单位，或您不能替它认领：{body.unit[:60]}。")
    actions.claim_lead(acting_user=request.user, lead_id=lead_id, unit=unit, text=body.text)
    return _detail(request.user, lead_id)


def _activity(one: Activity) -> dict[str, Any]:
    outside = any(place["where"] != "prefecture" for place in one.places)
    return {
        "id": one.pk,
        "title": one.title,
        "begin": one.begin,
        "end": one.end,
        "kind": "outbound" if outside else "inbound",
        "places": one.places,
        "hosts": [unit_ref(row.unit) for row in one.host_rows.all()],
        "leaders": [{"name": row.name, "post": row.post, "rank": row.rank} for row in one.leaders.all()],
        "outside_firms": one.outside_firms,
        "papers": one.papers,  # type: ignore[attr-defined]
        "withdrawn": bool(one.withdrawn_for),
        "revision": one.revision,
    }


@investment.get("/activities", response=Page[InvestmentActivityOut], summary="招商活动列表")
def list_activities(request: HttpRequest, query: Query[InvestmentActivityQuery]) -> dict[str, Any]:
    """看得到的活动，最近的在前。"""
    asked = ActivityFilter(query.year if query.year >= 1900 else 0, query.unit, query.kind)
    total, rows = page_of(queries.activity_list(request.user, asked), query)
    return page(query, total, [_activity(one) for one in rows])


def _funds(row: Funds) -> dict[str, Any]:
    names = ("lead_id", "kind", "source", "period", "checked", "remark", "revision")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "unit": unit_ref(row.unit),
        "amount": figure(row.amount),
        "recognised": figure(row.recognised),
    }


@investment.get("/funds", response=Page[InvestmentFundsOut], summary="到位资金列表")
def list_funds(request: HttpRequest, query: Query[InvestmentFundsQuery]) -> dict[str, Any]:
    """看得到的到位资金，待认定的在前。"""
    asked = FundsFilter(query.year if query.year >= 1900 else 0, query.unit, query.kind, query.checked)
    total, rows = page_of(queries.funds_list(request.user, asked), query)
    return page(query, total, [_funds(row) for row in rows])


@investment.post("/funds", response={201: InvestmentFundsOut}, summary="申报到位资金")
def report_funds(request: HttpRequest, body: InvestmentFundsIn) -> Status[dict[str, Any]]:
    """经认定才计数；同一月份再报，替换前一次。"""
    unit = policies.claiming_units(request.user).filter(key=body.unit).first()
    if unit is None:
        raise ValidationError(f"没有这个单位，或您不能替它申报：{body.unit[:60]}。")
    values = body.dict() | {"unit": unit}
    row = actions.report_funds(acting_user=request.user, **values)
    return Status(201, _funds(row))


@investment.post("/funds/{int:funds_id}/check", response=InvestmentFundsOut, summary="认定到位资金")
def check_funds(request: HttpRequest, funds_id: int, body: InvestmentCheckIn) -> dict[str, Any]:
    """由上级统筹办、牵头单位认定或不予认定。"""
    row = actions.check_funds(acting_user=request.user, funds_id=funds_id, **body.dict())
    return _funds(row)


def _period(text: str) -> Period:
    if not text:
        return Period.parse(str(timezone.localdate().year))
    try:
        period = Period.parse(text)
    except PeriodError as error:
        raise ValidationError("期别不对，应如 2026、2026Q3、2026-05。") from error
    if period.cadence in (Cadence.WEEKLY, Cadence.TEN_DAILY) or not 1990 <= period.year <= 2100:
        raise ValidationError("期别应为年、半年、季或月。")
    return period


@investment.get("/counts", response=InvestmentCountsOut, summary="招商目标完成情况")
def get_counts(request: HttpRequest, query: Query[InvestmentCountQuery]) -> dict[str, Any]:
    """看得到的县市、园区和招商组的各项完成数和目标。"""
    period = _period(query.period)
    units = scoped_units(policies.counted_units(request.user))
    rows = [
        {
            "scope": scope,
            "unit": unit_ref(row.unit),
            "figure": cell.figure.key,
            "title": cell.figure.title,
            "unit_of_measure": cell.figure.unit,
            "value": figure(cell.value),
            "target": figure(cell.goal.value) if cell.goal else None,
            "joint": bool(cell.goal and cell.goal.partners),
        }
        for scope, table in tables(period, units).items()
        for row in table.rows
        for cell in row.cells
    ]
    return {"period": str(period), "rows": rows}


@investment.get("/explanation", response=InvestmentExplanationOut, summary="一个完成数是怎么来的")
def get_explanation(request: HttpRequest, query: Query[InvestmentExplainQuery]) -> dict[str, Any]:
    """计入哪些活动、项目、资金，不计哪些，为什么。没有指明单位的，取看得到的第一个。"""
    period, kind = _period(query.period), figure_of(query.scope, query.figure)
    if kind is None:
        known = "、".join(key for scope, key in FIGURES if scope == query.scope)
        raise ValidationError(f"没有这个指标，应为：{known}。")
    units = policies.counted_units(request.user).select_related("investment_group").order_by("path")
    units = units.filter(investment_group__isnull=kind.scope != "group")
    unit = units.filter(key=query.unit).first() if query.unit else units.first()
    if unit is None:
        raise Http404
    seen = LeadClaim.objects.filter(unit=unit, lead__in=policies.visible_leads(request.user)).values_list("lead_id")
    found = explanation(kind, unit, period, leads={lead for (lead,) in seen})
    return {
        "figure": kind.key,
        "title": kind.title,
        "unit": unit_ref(unit),
        "value": figure(found.result.value),
        "target": figure(found.goal.value) if found.goal else None,
        "rule": kind.source,
        "reasons": [
            {
                "kind": line.reason.kind,
                "id": line.reason.id,
                "title": line.title,
                "part": figure(line.reason.part),
                "reason": line.reason.text,
            }
            for line in found.lines
        ],
    }
