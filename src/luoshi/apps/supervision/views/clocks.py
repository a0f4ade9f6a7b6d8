"""How long orders may take: the clocks that ship, and an office's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.clocks import MOST_STAGES, read_stages, words_of
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.forms import usable_clocks
from luoshi.apps.supervision.models import Clock, Origin
from luoshi.apps.supervision.views.common import plain_text, revision_of
from luoshi.periods import Shift

#: How the length of a stage is counted, as the form offers it.
COUNTINGS = (("days", "日"), ("working", "个工作日"), ("months", "个月"))
NO_RIGHT = "只有统筹办和牵头人员可以办理时限。"


@require_safe
@login_required
def clock_list(request: HttpRequest) -> HttpResponse:
    """Which clocks there are, the person's own offices' first."""
    require(authority(request.user).holds(*policies.READERS), "时限由统筹办、牵头单位和领导查看。")
    rows = usable_clocks(request.user).select_related("owner")
    stopped = policies.visible_clocks(request.user).filter(is_active=False).exclude(owner=None).select_related("owner")
    paths = authority(request.user).paths(*policies.ASSIGNERS)
    context = {
        "rows": [_row(row, paths) for row in rows],
        "stopped": [_row(row, paths) for row in stopped.order_by("owner", "pk")],
        "gives": bool(paths),
    }
    return render(request, "supervision/clocks.html", context)


def _row(clock: Clock, paths: tuple[str, ...]) -> dict[str, Any]:
    keeps = clock.owner is not None and any(clock.owner.path.startswith(path) for path in paths)
    return {"clock": clock, "words": words_of(read_stages(clock.stages)), "keeps": keeps}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def clock_new(request: HttpRequest) -> HttpResponse:
    """An office's own clock, from scratch or beginning with another."""
    require(authority(request.user).holds(*policies.ASSIGNERS), NO_RIGHT)
    number = number_of(request.GET.get("from", ""))
    base = policies.visible_clocks(request.user).filter(pk=number).first() if number else None
    owners = list(policies.assigning_units(request.user).order_by("depth", "path")[:50])
    if request.method == "POST":
        owner = get_object_or_404(policies.assigning_units(request.user), key=plain_text(request.POST.get("owner", "")))
        try:
            made = actions.create_clock(acting_user=request.user, owner=owner, **_typed(request))
        except ValidationError as error:
            return _form(request, None, owners, problem="；".join(error.messages), status=422)
        messages.success(request, f"已建办理时限“{made.name}”，交办时可以选用。")
        return redirect("supervision:clocks")
    return _form(request, None, owners, base=base)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def clock_edit(request: HttpRequest, clock_id: int) -> HttpResponse:
    """Change an office's own clock."""
    found = policies.visible_clocks(request.user).select_related("owner").filter(pk=clock_id).first()
    if found is None:
        raise Http404
    require(
        found.owner is not None and policies.may_assign(request.user, found.owner),
        "预置的时限不能改，请另建一个。" if found.owner is None else "只有本单位的统筹办和牵头人员可以办理时限。",
    )
    if request.method == "POST":
        try:
            actions.edit_clock(
                acting_user=request.user, clock_id=clock_id, revision=revision_of(request), **_typed(request)
            )
        except ValidationError as error:
            return _form(request, found, [], problem="；".join(error.messages), status=422)
        except SupervisionError as error:
            return _form(request, found, [], problem=str(error), status=409)
        messages.success(request, "已保存；已经交办的，期限不变。")
        return redirect("supervision:clocks")
    return _form(request, found, [])


@require_POST
@login_required
def clock_stop(request: HttpRequest, clock_id: int) -> HttpResponse:
    """No new order takes it, or with ``active`` they may again."""
    active = request.POST.get("active") == "1"
    try:
        found = actions.stop_clock(acting_user=request.user, clock_id=clock_id, active=active)
    except SupervisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已{'启用' if active else '停用'}“{found.name}”。")
    return redirect("supervision:clocks")


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What the form says; a row without a title and a number is no stage."""
    stages = []
    for at in range(1, MOST_STAGES + 1):
        title, length = (request.POST.get(f"{name}-{at}", "").strip() for name in ("title", "length"))
        if not title and not length:
            continue
        counting = request.POST.get(f"counting-{at}", "days")
        stages.append(
            {
                "title": title,
                "months" if counting == "months" else "days": _whole(length),
                "working": counting == "working",
                "shift": (Shift.NEXT if request.POST.get(f"shift-{at}") else Shift.NONE).value,
            }
        )
    return {
        "name": request.POST.get("name", ""),
        "origin": request.POST.get("origin", ""),
        "accept_days": _whole(request.POST.get("accept_days", "")),
        "stages": stages,
    }


def _whole(text: str) -> int:
    """A whole number as typed; 0, which no length is, for what is none."""
    return number_of(text.strip()) or 0


def _form(
    request: HttpRequest,
    found: Clock | None,
    owners: list[Any],
    *,
    base: Clock | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    start = found or base
    name = found.name if found else (f"{base.name}（调整）" if base else "")
    context = {
        "clock": found,
        "owners": owners,
        "owner": typed.get("owner") if typed else (owners[0].key if owners else ""),
        "name": typed.get("name", "") if typed else name,
        "origin": typed.get("origin", "") if typed else (start.origin if start else ""),
        "origins": Origin.choices,
        "accept_days": typed.get("accept_days", "") if typed else (start.accept_days if start else 1),
        "rows": [
            {
                "number": at,
                "title": typed.get(f"title-{at}", ""),
                "length": typed.get(f"length-{at}", ""),
                "counting": typed.get(f"counting-{at}", "days"),
                "shift": bool(typed.get(f"shift-{at}")),
            }
            for at in range(1, MOST_STAGES + 1)
        ]
        if typed
        else _rows(start),
        "countings": COUNTINGS,
        "problem": problem,
    }
    return render(request, "supervision/clock_form.html", context, status=status)


def _rows(start: Clock | None) -> list[dict[str, Any]]:
    stages = read_stages(start.stages) if start else ()
    rows: list[dict[str, Any]] = [
        {
            "title": stage.title,
            "length": stage.months or stage.days,
            "counting": "months" if stage.months else "working" if stage.working else "days",
            "shift": stage.shift is not Shift.NONE,
        }
        for stage in stages
    ]
    rows += [{"title": "", "length": "", "counting": "days", "shift": False}] * (MOST_STAGES - len(rows))
    return [row | {"number": at} for at, row in enumerate(rows, start=1)]
