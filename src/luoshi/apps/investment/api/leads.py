"""Leads: read, entered, followed, moved, claimed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Status

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.api.router import investment
from luoshi.apps.investment.api.schemas import (
    InvestmentClaimIn,
    InvestmentLeadDetail,
    InvestmentLeadIn,
    InvestmentLeadOut,
    InvestmentLeadQuery,
    InvestmentMoveIn,
    InvestmentVisitIn,
)
from luoshi.apps.investment.models import Enterprise, Lead
from luoshi.apps.investment.queries.leads import LeadFilter
from luoshi.apps.organisations.models import Unit
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.values import figure, unit_ref

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
