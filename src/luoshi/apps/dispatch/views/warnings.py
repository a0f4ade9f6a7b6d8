"""预警: the list, one warning with its course, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import WarningKind
from luoshi.apps.dispatch.policies import convenes_anywhere
from luoshi.apps.dispatch.queries import (
    WarningFilter,
    warning_choices,
    warning_counts,
    warning_list,
    warning_page,
)
from luoshi.apps.dispatch.queries.warnings import TABS, WarningPage
from luoshi.apps.dispatch.rules import due_words, in_words
from luoshi.apps.dispatch.views.shared import address_without, day_in, done, page_of, text_in
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.views.reading import choice_in


def filter_of(request: HttpRequest) -> WarningFilter:
    """What the address narrows the list to."""
    return WarningFilter(
        tab=choice_in(request.GET, "state", TABS),
        plan=number_of(request.GET.get("plan", "")),
        unit=text_in(request, "unit"),
        kind=choice_in(request.GET, "kind", dict(WarningKind.choices)),
        mine=request.GET.get("mine") == "1",
    )


@require_safe
@login_required
def warning_rows(request: HttpRequest) -> HttpResponse:
    """The warnings, those to be answered first."""
    now, asked = timezone.now(), filter_of(request)
    counts = warning_counts(request.user, asked, now)
    page = page_of(request, warning_list(request.user, asked, now), counts[asked.tab])
    choices = warning_choices(request.user)
    base = address_without(request, "state")
    context = {
        "page": page,
        "asked": asked,
        "narrowed": bool(asked.plan or asked.unit or asked.kind or asked.mine),
        "tabs": [(f"{base}state={key}", label, counts[key], key == asked.tab) for key, label in TABS.items()],
        "choices": choices,
        "kinds": WarningKind.choices,
        "now": now,
        "page_address": f"{address_without(request)}page=",
        "convenes": convenes_anywhere(request.user),
        "any": counts["all"] > 0,
    }
    return render(request, "dispatch/warnings.html", context)


def _page(request: HttpRequest, warning_id: int) -> WarningPage:
    found = warning_page(request.user, warning_id)
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, page: WarningPage, *, refused: str = "", which: str = "") -> HttpResponse:
    context = {
        "page": page,
        "warning": page.warning,
        "figures": page.warning.snapshot,
        "condition": in_words(page.warning.rule),
        "due": due_words(page.warning.rule),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "refused": refused,
        "which": which,
        "typed": request.POST if refused else {},
    }
    return render(request, "dispatch/warning.html", context, status=422 if refused else 200)


@require_safe
@login_required
def warning(request: HttpRequest, warning_id: int) -> HttpResponse:
    """One warning: what set it off, what was said and done, how it stands."""
    return _shown(request, _page(request, warning_id))


def _act(request: HttpRequest, warning_id: int, which: str, words: str, perform: Callable[[], Any]) -> HttpResponse:
    _page(request, warning_id)  # 404 before anything else
    return done(
        request,
        perform,
        words=words,
        to=("dispatch:warning", warning_id),
        again=lambda why: _shown(request, _page(request, warning_id), refused=why, which=which),
    )


@require_POST
@login_required
def warning_answer(request: HttpRequest, warning_id: int) -> HttpResponse:
    """应策."""
    return _act(
        request,
        warning_id,
        "answer",
        "应策已报，发出预警的单位会收到通知。",
        lambda: actions.answer_warning(
            acting_user=request.user,
            warning_id=warning_id,
            text=request.POST.get("text", ""),
            until=day_in(request, "until"),
        ),
    )


@require_POST
@login_required
def warning_send_back(request: HttpRequest, warning_id: int) -> HttpResponse:
    """退回."""
    return _act(
        request,
        warning_id,
        "send-back",
        "已退回，对方会收到通知。",
        lambda: actions.send_warning_back(
            acting_user=request.user, warning_id=warning_id, reason=request.POST.get("reason", "")
        ),
    )


@require_POST
@login_required
def warning_push(request: HttpRequest, warning_id: int) -> HttpResponse:
    """推动."""
    return _act(
        request,
        warning_id,
        "push",
        "已记下推动情况。",
        lambda: actions.push_warning(
            acting_user=request.user, warning_id=warning_id, text=request.POST.get("text", "")
        ),
    )


@require_POST
@login_required
def warning_waive(request: HttpRequest, warning_id: int) -> HttpResponse:
    """撤销."""
    return _act(
        request,
        warning_id,
        "waive",
        "预警已撤销。",
        lambda: actions.waive_warning(
            acting_user=request.user, warning_id=warning_id, reason=request.POST.get("reason", "")
        ),
    )
