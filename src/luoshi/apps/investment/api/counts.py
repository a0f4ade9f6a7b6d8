"""Activities, funds, and what is counted from the ledger."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Status

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.api.router import investment
from luoshi.apps.investment.api.schemas import (
    InvestmentActivityOut,
    InvestmentActivityQuery,
    InvestmentCheckIn,
    InvestmentCountQuery,
    InvestmentCountsOut,
    InvestmentExplainQuery,
    InvestmentExplanationOut,
    InvestmentFundsIn,
    InvestmentFundsOut,
    InvestmentFundsQuery,
)
from luoshi.apps.investment.figures import FIGURES
from luoshi.apps.investment.models import Activity, Funds, LeadClaim
from luoshi.apps.investment.queries.counting import figure_of
from luoshi.apps.investment.queries.others import ActivityFilter, FundsFilter
from luoshi.apps.investment.queries.standing import explanation, scoped_units, tables
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.values import figure, unit_ref


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
