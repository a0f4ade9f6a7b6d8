"""会议: the list, planning one, its page in every state, and the acts of who runs it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.errors import DispatchError
from luoshi.apps.dispatch.models import Meeting, MeetingState
from luoshi.apps.dispatch.pack import briefing, pack_docx, pack_name
from luoshi.apps.dispatch.policies import convenes_anywhere, may_convene, visible_meetings
from luoshi.apps.dispatch.queries import meeting_list, meeting_page
from luoshi.apps.dispatch.queries.meetings import TABS, MeetingPage, meeting_counts
from luoshi.apps.dispatch.views.forms import DecisionForm, MeetingForm, meeting_initial
from luoshi.apps.dispatch.views.rules import revision_in
from luoshi.apps.dispatch.views.shared import address_without, done, page_of, told
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.views.reading import choice_in
from luoshi.publishing import PdfError, find_office, to_pdf

_NO_RIGHT = "只有统筹办、牵头单位和系统管理员可以排会。"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: The template of each state: the agenda in the making, the room, what was decided.
TEMPLATES = {
    MeetingState.PLANNED: "dispatch/meeting_planned.html",
    MeetingState.READY: "dispatch/meeting_ready.html",
    MeetingState.HELD: "dispatch/meeting_room.html",
    MeetingState.CLOSED: "dispatch/meeting_closed.html",
    MeetingState.CANCELLED: "dispatch/meeting_closed.html",
}


@require_safe
@login_required
def meeting_rows(request: HttpRequest) -> HttpResponse:
    """The meetings: those to come first."""
    tab = choice_in(request.GET, "state", TABS)
    counts = meeting_counts(request.user)
    page = page_of(request, meeting_list(request.user, tab, series=number_of(request.GET.get("series", ""))))
    context = {
        "page": page,
        "tab": tab,
        "tabs": [(f"?state={key}", label, counts[key], key == tab) for key, label in TABS.items()],
        "page_address": f"{address_without(request)}page=",
        "convenes": convenes_anywhere(request.user),
        "now": timezone.now(),
    }
    return render(request, "dispatch/meetings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def meeting_new(request: HttpRequest) -> HttpResponse:
    """A meeting by hand."""
    require(convenes_anywhere(request.user), _NO_RIGHT)
    form = MeetingForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = actions.create_meeting(
                acting_user=request.user, owner=form.cleaned_data["owner"], fields=form.fields_typed()
            )
        except (ValidationError, DispatchError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "会议已排，议程已按最新数据生成，请核对。")
            return redirect("dispatch:meeting", meeting.pk)
    return render(request, "dispatch/meeting_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def meeting_edit(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """When, where and with whom."""
    meeting = _run_by(request, meeting_id)
    initial = meeting_initial(meeting)
    form = MeetingForm(
        request.POST or None, user=request.user, owner=meeting.owner, keeping=initial["units"], initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_meeting(
                acting_user=request.user,
                meeting_id=meeting_id,
                fields=form.fields_typed(),
                revision=revision_in(request),
            )
        except (ValidationError, DispatchError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "会议安排已保存。")
            return redirect("dispatch:meeting", meeting_id)
    context = {"form": form, "meeting": meeting}
    return render(request, "dispatch/meeting_form.html", context, status=422 if form.errors else 200)


def seen_meeting(request: HttpRequest, meeting_id: int) -> Meeting:
    """A meeting that the person sees; 404 else."""
    meeting = visible_meetings(request.user).select_related("owner").filter(pk=meeting_id).first()
    if meeting is None:
        raise Http404
    return meeting


def _run_by(request: HttpRequest, meeting_id: int) -> Meeting:
    meeting = seen_meeting(request, meeting_id)
    require(may_convene(request.user, meeting.owner), "只有召集单位可以办理。")
    return meeting


def _page(request: HttpRequest, meeting_id: int) -> MeetingPage:
    found = meeting_page(request.user, meeting_id)
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, page: MeetingPage, *, refused: str = "", which: str = "") -> HttpResponse:
    meeting = page.meeting
    recording = meeting.state == MeetingState.HELD and page.may_convene
    context = {
        "page": page,
        "meeting": meeting,
        "now": timezone.now(),
        "today": timezone.localdate(),
        "office": find_office() is not None,
        "refused": refused,
        "which": which,
        "typed": request.POST if refused else {},
    }
    if recording:
        numbers = {item.pk: number for number, item in enumerate(page.items, 1)}
        context |= {
            "rows": [_row(one, numbers) for one in page.decisions],
            "blank": DecisionForm(auto_id=False),
            "stamp": actions.stamp_of(meeting.minutes),
            "least_day": timezone.localtime(meeting.held_at).date(),
        }
    return render(request, TEMPLATES[MeetingState(meeting.state)], context, status=422 if refused else 200)


def _row(decision: Any, numbers: dict[int, int]) -> dict[str, Any]:
    initial = {
        "text": decision.text,
        "unit": decision.unit,
        "supporting": list(decision.supporting.all()),
        "due_on": decision.due_on,
    }
    return {
        "decision": decision,
        "form": DecisionForm(initial=initial, auto_id=False),
        "item": numbers.get(decision.item_id, 0),
    }


@require_safe
@login_required
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The meeting: its agenda in the making, the room, or what was decided."""
    return _shown(request, _page(request, meeting_id))


def _act(request: HttpRequest, meeting_id: int, which: str, words: str, perform: Callable[[], Any]) -> HttpResponse:
    seen_meeting(request, meeting_id)
    return done(
        request,
        perform,
        words=words,
        to=("dispatch:meeting", meeting_id),
        again=lambda why: _shown(request, _page(request, meeting_id), refused=why, which=which),
    )


@require_POST
@login_required
def meeting_draw(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Draw the agenda anew."""
    return _act(
        request,
        meeting_id,
        "draw",
        "议程已按最新数据更新。",
        lambda: actions.write_agenda(acting_user=request.user, meeting_id=meeting_id),
    )


@require_POST
@login_required
def item_new(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """A topic by hand."""

    def perform() -> None:
        typed = request.POST.get("unit", "").strip()
        try:
            unit = find_unit(typed, Unit.objects.all()) if typed else None
        except UnknownUnit as error:
            raise ValidationError(f"{error}。") from error
        actions.add_item(
            acting_user=request.user,
            meeting_id=meeting_id,
            title=request.POST.get("title", ""),
            text=request.POST.get("text", ""),
            unit=unit,
        )

    return _act(request, meeting_id, "item", "已加在议程最后。", perform)


@require_POST
@login_required
def item_remove(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Take an item off."""
    return _act(
        request,
        meeting_id,
        f"item-{item_id}",
        "已从议程中拿下，页末可以恢复。",
        lambda: actions.remove_item(
            acting_user=request.user, meeting_id=meeting_id, item_id=item_id, reason=request.POST.get("reason", "")
        ),
    )


@require_POST
@login_required
def item_restore(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Put an item back."""
    return _act(
        request,
        meeting_id,
        "item",
        "已恢复。",
        lambda: actions.restore_item(acting_user=request.user, meeting_id=meeting_id, item_id=item_id),
    )


@require_POST
@login_required
def item_move(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Put an item at another place."""
    to = number_of(request.POST.get("to", "")) or 1
    return _act(
        request,
        meeting_id,
        "item",
        "顺序已调整。",
        lambda: actions.move_item(acting_user=request.user, meeting_id=meeting_id, item_id=item_id, to=to),
    )


@require_POST
@login_required
def meeting_fix(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """确定议程."""
    return _act(
        request,
        meeting_id,
        "fix",
        "议程已定，数据已封存，参会单位会收到通知。",
        lambda: actions.fix_agenda(acting_user=request.user, meeting_id=meeting_id),
    )


@require_POST
@login_required
def meeting_reopen(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """重开议程."""
    text = request.POST.get("reason", "")
    return _act(
        request,
        meeting_id,
        "reopen",
        "议程已重开，改好后请再确定。",
        lambda: actions.reopen_agenda(acting_user=request.user, meeting_id=meeting_id, reason=text),
    )


@require_POST
@login_required
def meeting_hold(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """开会."""
    return _act(
        request,
        meeting_id,
        "hold",
        "会议开始，可以记录议定事项。",
        lambda: actions.hold_meeting(acting_user=request.user, meeting_id=meeting_id),
    )


@require_POST
@login_required
def meeting_close(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """印发纪要."""
    text = request.POST.get("minutes", "")
    return _act(
        request,
        meeting_id,
        "close",
        "纪要已印发，议定事项已通知各承办单位。",
        lambda: actions.close_meeting(acting_user=request.user, meeting_id=meeting_id, minutes=text),
    )


@require_POST
@login_required
def meeting_cancel(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """取消."""
    text = request.POST.get("reason", "")
    return _act(
        request,
        meeting_id,
        "cancel",
        "会议已取消。",
        lambda: actions.cancel_meeting(acting_user=request.user, meeting_id=meeting_id, reason=text),
    )


def _pack(request: HttpRequest, meeting_id: int) -> tuple[MeetingPage, bytes]:
    page = _page(request, meeting_id)
    return page, pack_docx(briefing(page))


@require_safe
@login_required
def pack_word(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """会议材料 as .docx."""
    page, data = _pack(request, meeting_id)
    return _file(pack_name(page.meeting, "docx"), data, DOCX)


@require_safe
@login_required
def pack_pdf(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """会议材料 as .pdf, where LibreOffice is there."""
    page, data = _pack(request, meeting_id)
    try:
        made = to_pdf(data)
    except PdfError as error:
        return _shown(request, page, refused=str(error), which="pack")
    return _file(pack_name(page.meeting, "pdf"), made, "application/pdf")


def _file(name: str, data: bytes, kind: str) -> HttpResponse:
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=name, content_type=kind)
