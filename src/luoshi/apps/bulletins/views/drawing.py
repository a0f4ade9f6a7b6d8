"""Drawing a bulletin and wording its texts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.apps.bulletins import actions, policies, queries
from luoshi.apps.bulletins.actions.common import NOT_DRAWER
from luoshi.apps.bulletins.composing import TEXT_KEYS, plain_json
from luoshi.apps.bulletins.errors import BulletinError
from luoshi.apps.bulletins.forms import DrawForm, TextsForm
from luoshi.apps.bulletins.models import Bulletin, BulletinKind, BulletinState
from luoshi.apps.bulletins.views.shared import revision_of, seen, told
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.supervision.models import Proposal
from luoshi.apps.supervision.policies import visible_proposals


def _proposals(request: HttpRequest) -> list[Proposal]:
    """The proposals that are to be answered by this bulletin, as far as the person sees them."""
    source = request.POST if request.method == "POST" else request.GET
    numbers = [number for text in source.getlist("proposals")[:50] if (number := number_of(text))]
    return (
        list(visible_proposals(request.user).select_related("plan__owner", "office").filter(pk__in=numbers))
        if numbers
        else []
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """What is the bulletin about?"""
    require(policies.drawing_units(request.user).exists(), NOT_DRAWER)
    proposals = _proposals(request)
    problem, status = "", 200
    if request.method == "POST":
        form = DrawForm(request.POST, user=request.user)
        if form.is_valid():
            values = form.cleaned_data
            try:
                made = actions.draw_bulletin(
                    acting_user=request.user,
                    kind=values["kind"],
                    owner=values["owner"],
                    plans=list(values["plans"]),
                    period=values["period"],
                    as_of=values["as_of"],
                    title=values["title"],
                    replaces=_replaced(request, values["owner"]),
                    proposals=proposals,
                )
            except BulletinError as error:
                problem = told(error)
            else:
                messages.success(request, "已生成草稿，请核对数字和文字。")
                return redirect("bulletins:detail", made.pk)
        status = 422
    else:
        form = DrawForm(user=request.user, initial=_initial(request, proposals))
    context = {
        "form": form,
        "problem": problem,
        "proposals": proposals,
        "replaces": request.POST.get("replaces") or request.GET.get("replaces", ""),
        "plan_ids": form["plans"].value() or [],
    }
    return render(request, "bulletins/new.html", context, status=status)


def _replaced(request: HttpRequest, owner: Any) -> Bulletin | None:
    number = number_of(request.POST.get("replaces", ""))
    if not number:
        return None
    rows = policies.visible_bulletins(request.user).filter(
        owner=owner, state__in=(BulletinState.ISSUED, BulletinState.WITHDRAWN)
    )
    return rows.filter(pk=number).first()


def _initial(request: HttpRequest, proposals: list[Proposal]) -> dict[str, Any]:
    """What the address says; the unit that decided the proposals, else the first one to draw for."""
    found: dict[str, Any] = {}
    kind = request.GET.get("kind", "")
    if kind in BulletinKind.values:
        found["kind"] = kind
    if period := request.GET.get("period", "")[:10]:
        found["period"] = period
    found["plans"] = [number for text in request.GET.getlist("plan")[:50] if (number := number_of(text))]
    decider = proposals[0].decider if proposals else None
    if decider is not None and policies.may_draw(request.user, decider):
        found["owner"] = decider
    elif (first := policies.drawing_units(request.user).order_by("depth", "path").first()) is not None:
        found["owner"] = first
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def texts(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """How shall it be worded, and to whom is it sent?"""
    found = seen(request, bulletin_id, working=True)
    require(policies.may_draw(request.user, found.owner), NOT_DRAWER)
    written = {key: plain_json(lines) for key, lines in queries.written_texts(found).items()}
    rows = list(found.recipients.select_related("unit").order_by("unit__path"))
    problem, status = "", 200
    if request.method == "POST":
        typed = {
            key: request.POST.get(f"text-{key}", "") for key in (*written, *TEXT_KEYS) if f"text-{key}" in request.POST
        }
        form = TextsForm(request.POST, user=request.user, keeping=[row.unit for row in rows])
        if form.is_valid():
            try:
                actions.edit_texts(
                    acting_user=request.user,
                    bulletin_id=found.pk,
                    texts=typed,
                    title=form.cleaned_data["title"],
                    main=form.cleaned_data["main"],
                    copies=form.cleaned_data["copies"],
                    revision=revision_of(request),
                )
            except BulletinError as error:
                problem = told(error)
            else:
                messages.success(request, "已保存，文件已按新的文字生成。")
                return redirect("bulletins:detail", found.pk)
        status = 422
    else:
        typed = {key: found.texts.get(key, text) for key, text in written.items()}
        typed |= {key: found.texts.get(key, "") for key in TEXT_KEYS}
        initial = {
            "title": found.title,
            "main": [row.unit for row in rows if row.is_main],
            "copies": [row.unit for row in rows if not row.is_main],
        }
        form = TextsForm(user=request.user, initial=initial, keeping=[row.unit for row in rows])
    blocks = [
        (key, typed.get(key, text), text, max(3, min(14, text.count("\n") + len(text) // 60 + 2)))
        for key, text in written.items()
    ]
    context = {
        "bulletin": found,
        "form": form,
        "blocks": blocks,
        "short": [(key, typed.get(key, "")) for key in TEXT_KEYS],
        "problem": problem,
        "revision": request.POST.get("revision", found.revision),
        "locked": found.state != BulletinState.DRAFT,
    }
    return render(request, "bulletins/texts.html", context, status=status)
