"""The steps from draft to receivers: each a form of the bulletin's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from luoshi.apps.bulletins import actions
from luoshi.apps.bulletins.errors import BulletinError
from luoshi.apps.bulletins.forms import SignForm
from luoshi.apps.bulletins.views.pages import bulletin_page
from luoshi.apps.bulletins.views.shared import revision_of, seen, told


def _done(request: HttpRequest, bulletin_id: int, act: Callable[..., Any], words: str, **more: Any) -> HttpResponse:
    """Do it and go back to the page; what is wrong is told there, and what was typed is kept."""
    seen(request, bulletin_id)
    try:
        act(acting_user=request.user, bulletin_id=bulletin_id, revision=revision_of(request), **more)
    except BulletinError as error:
        return bulletin_page(request, seen(request, bulletin_id), told(error), 422)
    messages.success(request, words)
    return redirect("bulletins:detail", bulletin_id)


@require_POST
@login_required
def redraw(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Figures as they are known now."""
    return _done(request, bulletin_id, actions.redraw_bulletin, "已按现在的数据重新生成。")


@require_POST
@login_required
def check(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """It is right."""
    words = "已核稿，等待签发。"
    return _done(request, bulletin_id, actions.check_bulletin, words, text=request.POST.get("text", ""))


@require_POST
@login_required
def send_back(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """It is not."""
    words = "已退回拟稿人修改。"
    return _done(request, bulletin_id, actions.send_bulletin_back, words, reason=request.POST.get("reason", ""))


@require_POST
@login_required
def sign(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Who signed, with which number and date."""
    found = seen(request, bulletin_id)
    form = SignForm(request.POST)
    if not form.is_valid():
        wrong = "；".join(f"{form.fields[name].label}：{errors[0]}" for name, errors in form.errors.items())
        return bulletin_page(request, found, wrong, 422)
    return _done(request, bulletin_id, actions.sign_bulletin, "已登记签发，可以印发。", **form.cleaned_data)


@require_POST
@login_required
def issue(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Send it to its recipients."""
    return _done(request, bulletin_id, actions.issue_bulletin, "已印发，发送单位已收到通知。")


@require_POST
@login_required
def publish(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Let everybody read it, or no longer."""
    public = request.POST.get("public") == "yes"
    act = actions.publish_bulletin if public else actions.unpublish_bulletin
    return _done(request, bulletin_id, act, "已公开，公众可以阅读。" if public else "已取消公开。")


@require_POST
@login_required
def withdraw(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Take it back."""
    return _done(request, bulletin_id, actions.withdraw_bulletin, "已撤回。", reason=request.POST.get("reason", ""))
