"""What the meeting's pages send while people type: items' texts, decisions, who came, the minutes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import Attendance, Decision, Meeting
from luoshi.apps.dispatch.policies import may_convene
from luoshi.apps.dispatch.queries import meeting_page
from luoshi.apps.dispatch.views.forms import DecisionForm
from luoshi.apps.dispatch.views.meetings import seen_meeting
from luoshi.apps.dispatch.views.shared import body_of, script_view, text_of
from luoshi.apps.plans.addresses import number_of


def _run_by(request: HttpRequest, meeting_id: int) -> Meeting:
    meeting = seen_meeting(request, meeting_id)
    if not may_convene(request.user, meeting.owner):
        raise PermissionDenied("只有召集单位可以办理。")
    return meeting


@require_POST
@script_view
def item_text(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Keep what is typed to an item."""
    _run_by(request, meeting_id)
    sent = body_of(request)
    seen = sent.get("seen")
    item = actions.edit_item(
        acting_user=request.user,
        meeting_id=meeting_id,
        item_id=item_id,
        text=text_of(sent, "text"),
        seen=seen if isinstance(seen, str) else None,
    )
    return JsonResponse({"seen": item.text})


@require_POST
@script_view
def decision_keep(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Keep a decision as it is being typed; a unit or day that is not understood is said, the words are kept."""
    _run_by(request, meeting_id)
    form = DecisionForm(request.POST)
    form.is_valid()
    typed: dict[str, Any] = form.cleaned_data
    errors = {name: "；".join(messages) for name, messages in form.errors.items()}
    text = typed.get("text")
    decision = actions.record_decision(
        acting_user=request.user,
        meeting_id=meeting_id,
        text=request.POST.get("text", "") if text is None else text,
        unit=typed.get("unit"),
        supporting=typed.get("supporting") or (),
        due_on=typed.get("due_on"),
        item_id=typed.get("item"),
        decision_id=typed.get("decision"),
        revision=typed.get("revision"),
        key=typed.get("key") or "",
    )
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect("dispatch:meeting", meeting_id)
    return JsonResponse(
        {"id": decision.pk, "revision": decision.revision, "ordinal": decision.ordinal, "errors": errors}
    )


@require_POST
@script_view
def decision_discard(request: HttpRequest, meeting_id: int, decision_id: int) -> HttpResponse:
    """Take off a decision that is being typed."""
    _run_by(request, meeting_id)
    actions.discard_draft(acting_user=request.user, meeting_id=meeting_id, decision_id=decision_id)
    return JsonResponse({})


@require_POST
@script_view
def attendance(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Keep who came: ``came-<unit>`` (yes, no, empty), ``persons-<unit>``."""
    _run_by(request, meeting_id)
    rows = {}
    for name in request.POST:
        kind, _, text = name.partition("-")
        unit = number_of(text)
        if kind != "came" or unit is None:
            continue
        came = {"yes": True, "no": False}.get(request.POST[name])
        rows[unit] = actions.Came(came, request.POST.get(f"persons-{unit}", ""), request.POST.get(f"note-{unit}", ""))
    actions.record_attendance(acting_user=request.user, meeting_id=meeting_id, rows=rows)
    return JsonResponse({})


@require_POST
@script_view
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Keep the minutes as they are being written."""
    _run_by(request, meeting_id)
    sent = body_of(request)
    seen = sent.get("seen")
    meeting = actions.save_minutes(
        acting_user=request.user,
        meeting_id=meeting_id,
        text=text_of(sent, "text"),
        seen=seen if isinstance(seen, str) else None,
    )
    return JsonResponse({"seen": actions.stamp_of(meeting.minutes)})


@require_GET
@script_view
def minutes_draft(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Minutes begun from what is recorded: who came, what was looked at, what was decided."""
    _run_by(request, meeting_id)
    page = meeting_page(request.user, meeting_id)
    assert page is not None
    meeting = page.meeting
    when = timezone.localtime(meeting.held_at)
    place = f"在{meeting.place}" if meeting.place else ""
    chair = f"，会议由{meeting.chair}主持" if meeting.chair else ""
    lines = [f"{when.year}年{when.month}月{when.day}日，{meeting.owner.name}{place}召开{meeting.title}{chair}。"]
    came = [_told(row, row.persons) for row in page.attendance if row.attended is not False]
    away = [_told(row, row.note) for row in page.attendance if row.attended is False]
    if came:
        lines.append(f"参会：{'、'.join(came)}。")
    if away:
        lines.append(f"缺席：{'、'.join(away)}。")
    looked = "、".join(f"{group.label}{len(group.items)}项" for group in page.groups)
    if looked:
        lines.append(f"会议听取了{looked}的情况。")
    if decided := [_decided(one) for one in page.decisions if one.text]:
        lines += ["会议议定：", *decided]
    return JsonResponse({"text": "\n".join(lines)})


def _told(row: Attendance, more: str) -> str:
    return f"{row.unit}（{more}）" if more else str(row.unit)


def _decided(decision: Decision) -> str:
    helped = "、".join(str(unit) for unit in decision.supporting.all())
    due = f"，{decision.due_on.year}年{decision.due_on.month}月{decision.due_on.day}日前办结" if decision.due_on else ""
    who = f"（{decision.unit or '承办单位未定'}承办{f'，{helped}配合' if helped else ''}{due}）"
    return f"{decision.ordinal}. {decision.text.strip().rstrip('。')}。{who}"
