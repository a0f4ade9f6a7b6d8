"""会议 over HTTP: read, and the acts that bind: fixing the agenda, opening it again."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.api.decisions import decision_row
from luoshi.apps.dispatch.api.schemas import DispatchReasonIn, MeetingDetail, MeetingOut, MeetingQuery
from luoshi.apps.dispatch.models import Meeting
from luoshi.apps.dispatch.queries import meeting_list, meeting_page
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.values import unit_ref

meetings = Router(tags=["调度"])
_NAMES = ("title", "kind", "period", "held_at", "place", "chair", "state", "frozen_at", "digest", "closed_at")


def _row(meeting: Meeting) -> dict[str, Any]:
    return {name: getattr(meeting, name) for name in (*_NAMES, "revision")} | {
        "id": meeting.pk,
        "owner": unit_ref(meeting.owner),
    }


def _detail(user: Any, meeting_id: int) -> dict[str, Any]:
    found = meeting_page(user, meeting_id)
    if found is None:
        raise Http404
    items = [
        {name: getattr(item, name) for name in ("ordinal", "kind", "title", "text", "snapshot")}
        | {"id": item.pk, "unit": unit_ref(item.unit) if item.unit else None}
        for item in found.items
    ]
    return _row(found.meeting) | {
        "minutes": found.meeting.minutes if found.meeting.state == "closed" or found.may_convene else "",
        "as_fixed": found.as_fixed,
        "items": items,
        "decisions": [decision_row(one) for one in found.decisions],
        "units": [unit_ref(row.unit) for row in found.attendance],
    }


@meetings.get("", response=Page[MeetingOut], summary="会议列表")
def list_meetings(request: HttpRequest, query: Query[MeetingQuery]) -> dict[str, Any]:
    """看得到的会议。"""
    total, rows = page_of(meeting_list(request.user, query.state), query)
    return page(query, total, [_row(row) for row in rows])


@meetings.get("/{int:meeting_id}", response=MeetingDetail, summary="一次会议")
def get_meeting(request: HttpRequest, meeting_id: int) -> dict[str, Any]:
    """议程、会上的数、议定事项；封存后不变。"""
    return _detail(request.user, meeting_id)


@meetings.post("/{int:meeting_id}/agenda", response=MeetingDetail, summary="更新议程")
def write_agenda(request: HttpRequest, meeting_id: int) -> dict[str, Any]:
    """按最新数据重新生成；人写的、加的、拿下的保留。"""
    actions.write_agenda(acting_user=request.user, meeting_id=meeting_id)
    return _detail(request.user, meeting_id)


@meetings.post("/{int:meeting_id}/fix", response=MeetingDetail, summary="确定议程")
def fix_agenda(request: HttpRequest, meeting_id: int) -> dict[str, Any]:
    """封存会上的数，通知参会单位。"""
    actions.fix_agenda(acting_user=request.user, meeting_id=meeting_id)
    return _detail(request.user, meeting_id)


@meetings.post("/{int:meeting_id}/reopen", response=MeetingDetail, summary="重开议程")
def reopen_agenda(request: HttpRequest, meeting_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """开会前可以重开。"""
    actions.reopen_agenda(acting_user=request.user, meeting_id=meeting_id, reason=body.reason)
    return _detail(request.user, meeting_id)


@meetings.post("/{int:meeting_id}/cancel", response=MeetingDetail, summary="取消会议")
def cancel_meeting(request: HttpRequest, meeting_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """写明理由。"""
    actions.cancel_meeting(acting_user=request.user, meeting_id=meeting_id, reason=body.reason)
    return _detail(request.user, meeting_id)
