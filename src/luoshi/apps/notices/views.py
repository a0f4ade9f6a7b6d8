"""Pages: my messages, what comes by e-mail, robots."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.accounts.actions import set_email
from luoshi.apps.notices import actions, kinds
from luoshi.apps.notices.forms import SettingForm, WebhookForm
from luoshi.apps.notices.models import NoticeSetting, Webhook
from luoshi.apps.notices.policies import CONNECTORS, own_notices, visible_webhooks
from luoshi.apps.notices.queries import webhook_rows
from luoshi.apps.notices.sending import NotSent
from luoshi.apps.organisations.policies import authority, require

PAGE = 50
ONLY_ADMINISTRATORS = "只有系统管理员可以连接机器人。"


@require_safe
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """My messages, the newest first."""
    found = own_notices(request.user)
    unread = found.filter(read_at=None).count()
    if request.GET.get("state") == "unread":
        found = found.filter(read_at=None)
    kind = request.GET.get("kind", "")
    if kind:
        found = found.filter(kind=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(notice, kinds.label_of(notice.kind)) for notice in page]
    context = {"page": page, "rows": rows, "unread": unread, "kinds": kinds.choices(), "kind": kind}
    context["connects"] = authority(request.user).holds(*CONNECTORS)
    return render(request, "notices/list.html", context)


@require_safe
def badge(request: HttpRequest) -> HttpResponse:
    """The number beside the bell, asked for after the page has come; nothing once the session has ended."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return render(request, "notices/_badge.html", {"unread": own_notices(request.user).filter(read_at=None).count()})


@require_POST
@login_required
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = get_object_or_404(own_notices(request.user), pk=notice_id)
    actions.mark_read(acting_user=request.user, ids=[notice.pk])
    # Written by this program, yet never a way out of the site.
    inside = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None) and notice.url.startswith("/")
    return redirect(notice.url if inside else "notices:list")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    number = actions.mark_read(acting_user=request.user)
    messages.success(request, f"{number} 条消息已标为已读。" if number else "没有未读消息。")
    return redirect("notices:list")


@login_required
def setting(request: HttpRequest) -> HttpResponse:
    """My address, and what comes there."""
    user: Any = request.user
    known = NoticeSetting.objects.filter(user=user).first()
    everything = [kind for kind, _ in kinds.choices()]
    muted = known.muted if known else []
    initial = {
        "email": user.email,
        "by_mail": known.by_mail if known else True,
        "mailed": [kind for kind in everything if kind not in muted],
    }
    form = SettingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            set_email(acting_user=user, user=user, email=values["email"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            unwanted = [kind for kind in everything if kind not in values["mailed"]]
            actions.save_setting(acting_user=user, by_mail=values["by_mail"], muted=unwanted)
            messages.success(request, "消息设置已保存。")
            return redirect("notices:setting")
    return render(request, "notices/setting.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@login_required
def webhooks(request: HttpRequest) -> HttpResponse:
    """The robots of the units that I administer, and how their messages fare."""
    require(authority(request.user).holds(*CONNECTORS), ONLY_ADMINISTRATORS)
    return render(request, "notices/webhooks.html", {"rows": webhook_rows(request.user)})


@login_required
def webhook(request: HttpRequest, webhook_id: int | None = None) -> HttpResponse:
    """Connect a robot, or change one."""
    require(authority(request.user).holds(*CONNECTORS), ONLY_ADMINISTRATORS)
    known = (
        get_object_or_404(visible_webhooks(request.user).select_related("unit"), pk=webhook_id) if webhook_id else None
    )
    initial: dict[str, Any] = {"is_active": True}
    if known:
        names = ("name", "url", "style", "kinds", "is_active", "revision")
        initial = {name: getattr(known, name) for name in names} | {"unit": known.unit}
    form = WebhookForm(
        request.POST if request.method == "POST" else None, initial=initial, user=request.user, webhook=known
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if known and not values["secret"]:
            values["secret"] = None
        try:
            saved = actions.save_webhook(acting_user=request.user, webhook=known, **values)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"机器人“{saved.name}”已保存。")
            return redirect("notices:webhooks")
    context = {"form": form, "webhook": known}
    return render(request, "notices/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def try_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send a trial message and say whether it arrived."""
    known: Webhook = get_object_or_404(visible_webhooks(request.user).select_related("unit"), pk=webhook_id)
    try:
        actions.try_webhook(acting_user=request.user, webhook=known)
    except NotSent as reason:
        messages.error(request, f"试发没有成功：{reason}。请核对地址和密钥。")
    else:
        messages.success(request, "试发成功，请到群里看一看。")
    return redirect("notices:webhooks")
