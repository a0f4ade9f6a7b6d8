"""预警 over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.api.schemas import (
    DispatchReasonIn,
    SaidIn,
    WarningAnswerIn,
    WarningDetail,
    WarningOut,
    WarningQuery,
)
from luoshi.apps.dispatch.models import EarlyWarning
from luoshi.apps.dispatch.queries import WarningFilter, warning_list, warning_page
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.values import unit_ref

warnings = Router(tags=["调度"])
_NAMES = ("plan_id", "target_id", "period", "state", "light", "sentence", "raised_at", "due_at", "answered_at")
_MORE = ("closed_at", "turned_green", "revision")


def _row(warning: EarlyWarning) -> dict[str, Any]:
    return {name: getattr(warning, name) for name in (*_NAMES, *_MORE)} | {
        "id": warning.pk,
        "unit": unit_ref(warning.unit),
        "rule": warning.rule.name,
        "kind": warning.rule.kind,
    }


def _detail(user: Any, warning_id: int) -> dict[str, Any]:
    found = warning_page(user, warning_id)
    if found is None:
        raise Http404
    steps = [
        {
            "action": step.action,
            "action_name": step.get_action_display(),
            "text": step.text,
            "by": str(step.by or ""),
            "at": step.at,
            "period": step.period,
            "until": step.until,
        }
        for step in found.steps
    ]
    return _row(found.warning) | {"snapshot": found.warning.snapshot, "steps": steps}


@warnings.get("", response=Page[WarningOut], summary="预警列表")
def list_warnings(request: HttpRequest, query: Query[WarningQuery]) -> dict[str, Any]:
    """看得到的预警；待应策的按期限，其余新的在前。"""
    asked = WarningFilter(query.state, query.plan, query.unit, "", query.mine)
    total, rows = page_of(warning_list(request.user, asked, timezone.now()), query)
    return page(query, total, [_row(row) for row in rows])


@warnings.get("/{int:warning_id}", response=WarningDetail, summary="一项预警")
def get_warning(request: HttpRequest, warning_id: int) -> dict[str, Any]:
    """预警时的数和办理经过。"""
    return _detail(request.user, warning_id)


@warnings.post("/{int:warning_id}/answer", response=WarningDetail, summary="应策")
def answer_warning(request: HttpRequest, warning_id: int, body: WarningAnswerIn) -> dict[str, Any]:
    """由被预警单位的人员报措施和承诺转好的日期。"""
    actions.answer_warning(acting_user=request.user, warning_id=warning_id, text=body.text, until=body.until)
    return _detail(request.user, warning_id)


@warnings.post("/{int:warning_id}/send-back", response=WarningDetail, summary="退回应策")
def send_warning_back(request: HttpRequest, warning_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """措施不实的退回重报。"""
    actions.send_warning_back(acting_user=request.user, warning_id=warning_id, reason=body.reason)
    return _detail(request.user, warning_id)


@warnings.post("/{int:warning_id}/push", response=WarningDetail, summary="推动")
def push_warning(request: HttpRequest, warning_id: int, body: SaidIn) -> dict[str, Any]:
    """记下推动情况并通知被预警单位。"""
    actions.push_warning(acting_user=request.user, warning_id=warning_id, text=body.text)
    return _detail(request.user, warning_id)


@warnings.post("/{int:warning_id}/waive", response=WarningDetail, summary="撤销预警")
def waive_warning(request: HttpRequest, warning_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """数据有误、目标已调整的撤销。"""
    actions.waive_warning(acting_user=request.user, warning_id=warning_id, reason=body.reason)
    return _detail(request.user, warning_id)
