"""Ladders: those that ship, an office's own, and which one a plan goes by."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan
from luoshi.apps.plans.policies import visible_plans
from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.forms import LadderForm, first_day_of_year
from luoshi.apps.supervision.ladders import MEANINGS, words_of
from luoshi.apps.supervision.models import Ladder, PlanLadder, Rung, Trigger
from luoshi.apps.supervision.views.common import plain_text, revision_of
from luoshi.periods import local_date

#: How many times a ladder's form offers.
COUNTS = (1, 2, 3, 4)


@require_safe
@login_required
def ladder_list(request: HttpRequest) -> HttpResponse:
    """Which ladders there are, and which plans go by them."""
    require(authority(request.user).holds(*policies.READERS), "阶梯由统筹办、牵头单位和领导查看。")
    rows = policies.visible_ladders(request.user).filter(is_active=True).select_related("owner").order_by("owner", "pk")
    ids = visible_plans(request.user).order_by().values("pk")
    plans = PlanLadder.objects.filter(plan__in=ids).select_related("plan", "ladder").order_by("-plan__year", "plan_id")
    by_ladder: dict[int, list[PlanLadder]] = {}
    for row in plans[:500]:
        by_ladder.setdefault(row.ladder_id, []).append(row)
    may = authority(request.user).holds(*policies.ASSIGNERS)
    context = {
        "rows": [{"ladder": row, "words": words_of(row.steps), "plans": by_ladder.get(row.pk, ())} for row in rows],
        "gives": may,
        "meanings": [(trigger.label, text) for trigger, text in MEANINGS.items()],
    }
    return render(request, "supervision/ladders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ladder_new(request: HttpRequest) -> HttpResponse:
    """An office's own ladder, from scratch or beginning with another."""
    require(authority(request.user).holds(*policies.ASSIGNERS), "只有统筹办和牵头人员可以建阶梯。")
    base = None
    if number := number_of(request.GET.get("from", "")):
        base = policies.visible_ladders(request.user).filter(pk=number).first()
    owners = policies.assigning_units(request.user).order_by("depth", "path")[:50]
    if request.method == "POST":
        owner = get_object_or_404(policies.assigning_units(request.user), key=plain_text(request.POST.get("owner", "")))
        try:
            made = actions.create_ladder(
                acting_user=request.user,
                owner=owner,
                name=request.POST.get("name", ""),
                note=request.POST.get("note", ""),
                steps=_steps(request),
            )
        except ValidationError as error:
            return _form(request, None, owners, problem="；".join(error.messages), status=422)
        messages.success(request, f"已建阶梯“{made.name}”。")
        return redirect("supervision:ladders")
    return _form(request, None, owners, base=base)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ladder_edit(request: HttpRequest, ladder_id: int) -> HttpResponse:
    """Change an office's own ladder."""
    found = policies.visible_ladders(request.user).select_related("owner").filter(pk=ladder_id).first()
    if found is None:
        raise Http404
    require(
        found.owner is not None and policies.may_assign(request.user, found.owner),
        "预置的阶梯不能改，请另建一个。" if found.owner is None else "只有本单位的统筹办和牵头人员可以改阶梯。",
    )
    if request.method == "POST":
        try:
            actions.edit_ladder(
                acting_user=request.user,
                ladder_id=ladder_id,
                name=request.POST.get("name", ""),
                note=request.POST.get("note", ""),
                steps=_steps(request),
                revision=revision_of(request),
            )
        except ValidationError as error:
            return _form(request, found, [], problem="；".join(error.messages), status=422)
        except SupervisionError as error:
            return _form(request, found, [], problem=str(error), status=409)
        messages.success(request, "已保存。")
        return redirect("supervision:ladders")
    return _form(request, found, [])


@require_POST
@login_required
def ladder_stop(request: HttpRequest, ladder_id: int) -> HttpResponse:
    """No plan may choose it any more."""
    try:
        found = actions.stop_ladder(acting_user=request.user, ladder_id=ladder_id)
    except SupervisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已停用“{found.name}”。")
    return redirect("supervision:ladders")


def _steps(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"trigger": trigger, "count": count, "rung": rung}
        for trigger in Trigger.values
        for count in COUNTS
        if (rung := request.POST.get(f"{trigger}-{count}", ""))
    ]


def _form(
    request: HttpRequest,
    found: Ladder | None,
    owners: Any,
    *,
    base: Ladder | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    start = found or base
    steps = _steps(request) if request.method == "POST" else (start.steps if start else [])
    chosen = {(step["trigger"], step["count"]): step["rung"] for step in steps}
    typed = request.POST if request.method == "POST" else {}
    owners = list(owners)
    context = {
        "ladder": found,
        "owners": owners,
        "owner": typed.get("owner") or (owners[0].key if owners else ""),
        "name": typed.get("name", found.name if found else (f"{base.name}（调整）" if base else "")),
        "note": typed.get("note", start.note if start else ""),
        "counts": COUNTS,
        "rows": [
            {
                "trigger": trigger,
                "meaning": MEANINGS[trigger],
                "cells": [(count, chosen.get((trigger.value, count), "")) for count in COUNTS],
            }
            for trigger in Trigger
        ],
        "rungs": Rung.choices,
        "problem": problem,
    }
    return render(request, "supervision/ladder_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_ladder(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Which ladder the plan goes by, from when on, and which triggers apply."""
    plan = _plan(request, plan_id)
    row = PlanLadder.objects.filter(plan=plan).select_related("ladder", "set_by").first()
    ladders = list(policies.visible_ladders(request.user).filter(is_active=True).order_by("owner", "pk"))
    today = timezone.localdate()
    usual = {"since": row.since if row else first_day_of_year(today)}
    form = LadderForm(request.POST if request.method == "POST" else None, initial=usual)
    chosen = number_of((request.POST or request.GET).get("ladder", "")) or (row.ladder_id if row else ladders[0].pk)
    ladder = next((one for one in ladders if one.pk == chosen), ladders[0] if ladders else None)
    problem, status = "", 200
    if request.method == "POST":
        require(policies.may_decide(request.user, plan), "只有方案发文单位的统筹办和牵头人员可以选定阶梯。")
        if not form.is_valid() or ladder is None:
            status = 422
        else:
            try:
                actions.set_plan_ladder(
                    acting_user=request.user,
                    plan=plan,
                    ladder=ladder,
                    triggers=request.POST.getlist("triggers"),
                    since=form.cleaned_data["since"],
                    revision=-1 if request.POST.get("revision") == "none" else revision_of(request),
                )
            except ValidationError as error:
                problem, status = "；".join(error.messages), 422
            except SupervisionError as error:
                problem, status = str(error), 409
            else:
                messages.success(request, f"本方案按“{ladder.name}”提出升级建议，是否采取由人决定。")
                return redirect("supervision:plan-ladder", plan.pk)
    ticked = request.POST.getlist("triggers") if request.method == "POST" else _ticked(row, ladder)
    context = {
        "plan": plan,
        "row": row,
        "ladders": ladders,
        "ladder": ladder,
        "words": [
            (trigger, label, text, trigger in ticked)
            for (label, text), trigger in zip(
                words_of(ladder.steps),
                [t for t in Trigger.values if any(s["trigger"] == t for s in ladder.steps)],
                strict=True,
            )
        ]
        if ladder
        else [],
        "form": form,
        "may_decide": policies.may_decide(request.user, plan),
        "problem": problem,
        "today": local_date(timezone.now()),
    }
    return render(request, "supervision/plan_ladder.html", context, status=status)


def _ticked(row: PlanLadder | None, ladder: Ladder | None) -> list[str]:
    if row is not None and ladder is not None and row.ladder_id == ladder.pk:
        return list(row.triggers)
    return list(Trigger.values)


@require_POST
@login_required
def plan_ladder_stop(request: HttpRequest, plan_id: int) -> HttpResponse:
    """No more proposals for the plan."""
    plan = _plan(request, plan_id)
    try:
        actions.stop_plan_ladder(acting_user=request.user, plan=plan)
    except SupervisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已停用，本方案不再提出升级建议。")
    return redirect("supervision:plan-ladder", plan.pk)


def _plan(request: HttpRequest, plan_id: int) -> Plan:
    """The plan, for those who oversee or lead its owner."""
    plan = visible_plans(request.user).select_related("owner").filter(pk=plan_id).first()
    if plan is None or not policies.covers_path(request.user, plan.owner.path):
        raise Http404
    return plan
