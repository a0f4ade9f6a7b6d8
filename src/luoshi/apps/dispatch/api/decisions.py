"""议定事项 over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.api.schemas import (
    CloseIn,
    DecisionDetail,
    DecisionOut,
    DecisionQuery,
    DispatchReasonIn,
    MoveIn,
    SaidIn,
)
from luoshi.apps.dispatch.models import Decision
from luoshi.apps.dispatch.queries import DecisionFilter, decision_list, decision_page
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.values import unit_ref

decisions = Router(tags=["调度"])


def decision_row(decision: Decision) -> dict[str, Any]:
    """The values of a ``DecisionOut``; with its units."""
    names = ("meeting_id", "ordinal", "text", "due_on", "state", "closed_at", "revision")
    return {name: getattr(decision, name) for name in names} | {
        "id": decision.pk,
        "unit": unit_ref(decision.unit) if decision.unit else None,
        "supporting": [unit_ref(unit) for unit in decision.supporting.all()],
    }


def _detail(user: Any, decision_id: int) -> dict[str, Any]:
    found = decision_page(user, decision_id)
    if found is None:
        raise Http404
    steps = [
        {
            "action": step.action,
            "action_name": step.get_action_display(),
            "text": step.text,
            "by": str(step.by or ""),
            "at": step.at,
            "due_on": step.due_on,
        }
        for step in found.steps
    ]
    return decision_row(found.decision) | {"steps": steps}


@decisions.get("", response=Page[DecisionOut], summary="议定事项列表")
def list_decisions(request: HttpRequest, query: Query[DecisionQuery]) -> dict[str, Any]:
    """看得到的议定事项；办理中的按期限，其余新的在前。"""
    asked = DecisionFilter(query.state, query.unit, query.meeting, query.mine)
    total, rows = page_of(decision_list(request.user, asked, timezone.localdate()), query)
    return page(query, total, [decision_row(row) for row in rows])


@decisions.get("/{int:decision_id}", response=DecisionDetail, summary="一条议定事项")
def get_decision(request: HttpRequest, decision_id: int) -> dict[str, Any]:
    """事项和办理经过。"""
    return _detail(request.user, decision_id)


@decisions.post("/{int:decision_id}/report", response=DecisionDetail, summary="报告进展")
def report_on_decision(request: HttpRequest, decision_id: int, body: SaidIn) -> dict[str, Any]:
    """承办、配合单位报进展。"""
    actions.report_on_decision(acting_user=request.user, decision_id=decision_id, text=body.text)
    return _detail(request.user, decision_id)


@decisions.post("/{int:decision_id}/finish", response=DecisionDetail, summary="报完成")
def finish_decision(request: HttpRequest, decision_id: int, body: SaidIn) -> dict[str, Any]:
    """报办理结果，等召集单位办结。"""
    actions.finish_decision(acting_user=request.user, decision_id=decision_id, text=body.text)
    return _detail(request.user, decision_id)


@decisions.post("/{int:decision_id}/send-back", response=DecisionDetail, summary="退回")
def send_decision_back(request: HttpRequest, decision_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """办得不够的退回。"""
    actions.send_decision_back(acting_user=request.user, decision_id=decision_id, reason=body.reason)
    return _detail(request.user, decision_id)


@decisions.post("/{int:decision_id}/close", response=DecisionDetail, summary="办结")
def close_decision(request: HttpRequest, decision_id: int, body: CloseIn) -> dict[str, Any]:
    """召集单位核实办结；报完成的人不能自己办结。"""
    actions.close_decision(acting_user=request.user, decision_id=decision_id, text=body.text)
    return _detail(request.user, decision_id)


@decisions.post("/{int:decision_id}/move", response=DecisionDetail, summary="调整期限")
def move_decision(request: HttpRequest, decision_id: int, body: MoveIn) -> dict[str, Any]:
    """写明理由。"""
    actions.move_decision(acting_user=request.user, decision_id=decision_id, due_on=body.due_on, reason=body.reason)
    return _detail(request.user, decision_id)


@decisions.post("/{int:decision_id}/drop", response=DecisionDetail, summary="取消议定事项")
def drop_decision(request: HttpRequest, decision_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """写明理由。"""
    actions.drop_decision(acting_user=request.user, decision_id=decision_id, reason=body.reason)
    return _detail(request.user, decision_id)
