"""议定事项: the list, one with its course, and what its units and the convening unit do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import DecisionState
from luoshi.apps.dispatch.policies import visible_decisions
from luoshi.apps.dispatch.queries import DecisionFilter, decision_counts, decision_list, decision_page
from luoshi.apps.dispatch.queries.decisions import TABS, DecisionPage
from luoshi.apps.dispatch.views.shared import address_without, day_in, done, page_of, text_in
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.views.reading import choice_in


@require_safe
@login_required
def decision_rows(request: HttpRequest) -> HttpResponse:
    """The decisions, those due first at the top."""
    today = timezone.localdate()
    asked = DecisionFilter(
        tab=choice_in(request.GET, "state", TABS),
        unit=text_in(request, "unit"),
        meeting=number_of(request.GET.get("meeting", "")),
        mine=request.GET.get("mine") == "1",
    )
    counts = decision_counts(request.user, asked, today)
    page = page_of(request, decision_list(request.user, asked, today), counts[asked.tab])
    mine = visible_decisions(request.user).exclude(state=DecisionState.DRAFT).order_by()
    units = mine.values_list("unit__key", "unit__short_name", "unit__path").distinct().order_by("unit__path")
    meetings = mine.values_list("meeting_id", "meeting__title", "meeting__held_at").distinct()
    base = address_without(request, "state")
    context = {
        "page": page,
        "asked": asked,
        "narrowed": bool(asked.unit or asked.meeting or asked.mine),
        "tabs": [(f"{base}state={key}", label, counts[key], key == asked.tab) for key, label in TABS.items()],
        "units": [(key, name) for key, name, _ in units[:500]],
        "meetings": [(pk, title) for pk, title, _ in meetings.order_by("-meeting__held_at")[:100]],
        "page_address": f"{address_without(request)}page=",
        "today": today,
    }
    return render(request, "dispatch/decisions.html", context)


def _page(request: HttpRequest, decision_id: int) -> DecisionPage:
    found = decision_page(request.user, decision_id)
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, page: DecisionPage, *, refused: str = "", which: str = "") -> HttpResponse:
    context = {
        "page": page,
        "decision": page.decision,
        "today": timezone.localdate(),
        "refused": refused,
        "which": which,
        "typed": request.POST if refused else {},
    }
    return render(request, "dispatch/decision.html", context, status=422 if refused else 200)


@require_safe
@login_required
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """One decision: who does it by when, and what was done."""
    return _shown(request, _page(request, decision_id))


def _act(request: HttpRequest, decision_id: int, which: str, words: str, perform: Callable[[], Any]) -> HttpResponse:
    _page(request, decision_id)
    return done(
        request,
        perform,
        words=words,
        to=("dispatch:decision", decision_id),
        again=lambda why: _shown(request, _page(request, decision_id), refused=why, which=which),
    )


@require_POST
@login_required
def decision_report(request: HttpRequest, decision_id: int) -> HttpResponse:
    """报告进展, or (with ``finish``) 报完成."""
    text = request.POST.get("text", "")
    finish = request.POST.get("finish") == "1"
    act = actions.finish_decision if finish else actions.report_on_decision
    words = "已报完成，等召集单位办结。" if finish else "进展已报。"
    return _act(
        request,
        decision_id,
        "report",
        words,
        lambda: act(acting_user=request.user, decision_id=decision_id, text=text),
    )


@require_POST
@login_required
def decision_send_back(request: HttpRequest, decision_id: int) -> HttpResponse:
    """退回."""
    text = request.POST.get("reason", "")
    return _act(
        request,
        decision_id,
        "send-back",
        "已退回，承办单位会收到通知。",
        lambda: actions.send_decision_back(acting_user=request.user, decision_id=decision_id, reason=text),
    )


@require_POST
@login_required
def decision_close(request: HttpRequest, decision_id: int) -> HttpResponse:
    """办结."""
    text = request.POST.get("text", "")
    return _act(
        request,
        decision_id,
        "close",
        "已办结。",
        lambda: actions.close_decision(acting_user=request.user, decision_id=decision_id, text=text),
    )


@require_POST
@login_required
def decision_move(request: HttpRequest, decision_id: int) -> HttpResponse:
    """调整期限."""
    text = request.POST.get("reason", "")
    return _act(
        request,
        decision_id,
        "move",
        "期限已调整，承办单位会收到通知。",
        lambda: actions.move_decision(
            acting_user=request.user, decision_id=decision_id, due_on=day_in(request, "due_on"), reason=text
        ),
    )


@require_POST
@login_required
def decision_drop(request: HttpRequest, decision_id: int) -> HttpResponse:
    """取消."""
    text = request.POST.get("reason", "")
    return _act(
        request,
        decision_id,
        "drop",
        "已取消。",
        lambda: actions.drop_decision(acting_user=request.user, decision_id=decision_id, reason=text),
    )
