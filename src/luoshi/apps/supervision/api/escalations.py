"""Proposals over HTTP: a person decides them, by whatever program."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.api.escalation_schemas import (
    DismissIn,
    ProposalOut,
    ProposalQuery,
    TakeIn,
    proposal_values,
)
from luoshi.site.api.paging import Page, page, page_of

escalations = Router(tags=["督办"])


@escalations.get("", response=Page[ProposalOut], summary="升级建议列表")
def list_proposals(request: HttpRequest, query: Query[ProposalQuery]) -> Any:
    """新提出的在前。"""
    rows = policies.visible_proposals(request.user).select_related("unit", "office")
    if query.state:
        rows = rows.filter(state=query.state)
    if query.plan:
        rows = rows.filter(plan=query.plan)
    total, items = page_of(rows.order_by("-proposed_at", "-pk"), query)
    return page(query, total, [proposal_values(row) for row in items])


def _one(request: HttpRequest, proposal_id: int) -> dict[str, Any]:
    row = policies.visible_proposals(request.user).select_related("unit", "office").filter(pk=proposal_id).first()
    if row is None:
        raise Http404
    return proposal_values(row)


@escalations.get("/{int:proposal_id}", response=ProposalOut, summary="升级建议")
def get_proposal(request: HttpRequest, proposal_id: int) -> Any:
    """一条建议。"""
    return _one(request, proposal_id)


@escalations.post("/{int:proposal_id}/take", response=ProposalOut, summary="采取")
def take(request: HttpRequest, proposal_id: int, body: TakeIn) -> Any:
    """提醒的立即通知单位，通报的转拟通报；约谈、问责须在页面上登记。"""
    actions.take_proposal(
        acting_user=request.user,
        proposal_id=proposal_id,
        rung=body.rung or "",
        reason=body.reason,
        revision=body.revision,
    )
    return _one(request, proposal_id)


@escalations.post("/{int:proposal_id}/dismiss", response=ProposalOut, summary="不采取")
def dismiss(request: HttpRequest, proposal_id: int, body: DismissIn) -> Any:
    """写明理由；同一情形不再建议。"""
    actions.dismiss_proposal(
        acting_user=request.user, proposal_id=proposal_id, reason=body.reason, revision=body.revision
    )
    return _one(request, proposal_id)
