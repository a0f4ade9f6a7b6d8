"""Ladders: those that ship, an office's own, and which one a plan goes by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, require, within
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan
from luoshi.apps.plans.policies import visible_plans
from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.forms import LadderForm, first_day_of_year
from luoshi.apps.supervision.ladders import MEANINGS, PLANS_ONLY, triggers_of, words_of
from luoshi.apps.supervision.models import ChosenLadder, Ladder, Rung, Trigger, subject_of
from luoshi.apps.supervision.telling import NO_PLAN
from luoshi.apps.supervision.views.common import plain_text, revision_of

#: How many times a ladder's form offers.
COUNTS = (1, 2, 3, 4)

#: Those that ship belong to nobody; databases differ in where they sort that.
_SHIPPED_FIRST = (F("owner__path").asc(nulls_first=True), "pk")


@require_safe
@login_required
def ladder_list(request: HttpRequest) -> HttpResponse:
    """Which ladders there are, and which plans go by them."""
    require(authority(request.user).holds(*policies.READERS), "阶梯由统筹办、牵头单位和领导查看。")
    usable = policies.visible_ladders(request.user).filter(is_active=True)
    rows = usable.select_related("owner").order_by(*_SHIPPED_FIRST)
    ids = visible_plans(request.user).order_by().values("pk")
    reached = within("office__", authority(request.user).paths(*policies.READERS))
    chosen = ChosenLadder.objects.filter(Q(plan__in=ids) | reached).select_related("plan", "office", "ladder")
    by_ladder: dict[int, list[ChosenLadder]] = {}
    for row in chosen.order_by("-plan__year", "plan_id", "office_id")[:500]:
        by_ladder.setdefault(row.ladder_id, []).append(row)
    may = authority(request.user).holds(*policies.ASSIGNERS)
    context = {
        "rows": [{"ladder": row, "words": words_of(row.steps), "chosen": by_ladder.get(row.pk, ())} for row in rows],
        "gives": may,
        # The offices in which the person holds the role, not the hundred below that it reaches as well.
        "offices": Unit.objects.filter(path__in=authority(request.user).paths(*policies.ASSIGNERS)).order_by("path"),
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
    row = ChosenLadder.objects.filter(plan=plan).select_related("ladder", "set_by").first()
    return _chosen(request, plan.owner, row, plan=plan)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def office_ladder(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The same for what an office has outside plans."""
    office = _office(request, unit_id)
    row = ChosenLadder.objects.filter(office=office).select_related("ladder", "set_by").first()
    return _chosen(request, office, row, office=office)


def _chosen(request: HttpRequest, decider: Unit, row: ChosenLadder | None, **which: Any) -> HttpResponse:
    plan, office = which.get("plan"), which.get("office")
    ladders = list(policies.visible_ladders(request.user).filter(is_active=True).order_by(*_SHIPPED_FIRST))
    today = timezone.localdate()
    usual = {"since": row.since if row else first_day_of_year(today)}
    form = LadderForm(request.POST if request.method == "POST" else None, initial=usual)
    chosen = number_of((request.POST or request.GET).get("ladder", "")) or (row.ladder_id if row else ladders[0].pk)
    ladder = next((one for one in ladders if one.pk == chosen), ladders[0] if ladders else None)
    problem, status = "", 200
    may = policies.may_assign(request.user, decider)
    if request.method == "POST":
        require(may, "只有发文（交办）单位的统筹办和牵头人员可以选定阶梯。")
        if not form.is_valid() or ladder is None:
            status = 422
        else:
            act: Any = actions.set_plan_ladder if plan is not None else actions.set_office_ladder
            try:
                made = act(
                    acting_user=request.user,
                    ladder=ladder,
                    triggers=request.POST.getlist("triggers"),
                    since=form.cleaned_data["since"],
                    revision=-1 if request.POST.get("revision") == "none" else revision_of(request),
                    **which,
                )
            except ValidationError as error:
                problem, status = "；".join(error.messages), 422
            except SupervisionError as error:
                problem, status = str(error), 409
            else:
                messages.success(request, f"{made.subject}按“{ladder.name}”提出升级建议，是否采取由人决定。")
                return redirect(request.path)
    ticked = request.POST.getlist("triggers") if request.method == "POST" else _ticked(row, ladder)
    context = {
        "plan": plan,
        "office": office,
        "decider": decider,
        "subject": subject_of(plan, office),
        "row": row,
        "ladders": ladders,
        "ladder": ladder,
        "words": _offered(ladder, ticked, beside_plans=plan is None) if ladder else [],
        "form": form,
        "may_decide": may,
        "problem": problem,
        "escalations": f"{reverse('supervision:escalations')}?plan={plan.pk if plan is not None else NO_PLAN}",
        "stop": reverse("supervision:plan-ladder-stop", args=[plan.pk])
        if plan is not None
        else reverse("supervision:office-ladder-stop", args=[decider.pk]),
    }
    return render(request, "supervision/chosen_ladder.html", context, status=status)


def _offered(ladder: Ladder, ticked: list[str], *, beside_plans: bool) -> list[tuple[str, str, str, bool]]:
    """(trigger, its label, what follows, whether ticked) of a ladder, without what only plans have."""
    pairs = zip(triggers_of(ladder.steps), words_of(ladder.steps), strict=True)
    return [
        (trigger, label, text, trigger in ticked)
        for trigger, (label, text) in pairs
        if not (beside_plans and trigger in PLANS_ONLY)
    ]


def _ticked(row: ChosenLadder | None, ladder: Ladder | None) -> list[str]:
    if row is not None and ladder is not None and row.ladder_id == ladder.pk:
        return list(row.triggers)
    return list(Trigger.values)


@require_POST
@login_required
def plan_ladder_stop(request: HttpRequest, plan_id: int) -> HttpResponse:
    """No more proposals for the plan."""
    plan = _plan(request, plan_id)
    return _stopped(
        request,
        lambda: actions.stop_plan_ladder(acting_user=request.user, plan=plan),
        reverse("supervision:plan-ladder", args=[plan.pk]),
    )


@require_POST
@login_required
def office_ladder_stop(request: HttpRequest, unit_id: int) -> HttpResponse:
    """No more proposals about what the office has outside plans."""
    office = _office(request, unit_id)
    return _stopped(
        request,
        lambda: actions.stop_office_ladder(acting_user=request.user, office=office),
        reverse("supervision:office-ladder", args=[office.pk]),
    )


def _stopped(request: HttpRequest, act: Callable[[], None], back: str) -> HttpResponse:
    try:
        act()
    except SupervisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已停用，不再提出升级建议。")
    return redirect(back)


def _plan(request: HttpRequest, plan_id: int) -> Plan:
    """The plan, for those who oversee or lead its owner."""
    plan = visible_plans(request.user).select_related("owner").filter(pk=plan_id).first()
    if plan is None or not policies.covers_path(request.user, plan.owner.path):
        raise Http404
    return plan


def _office(request: HttpRequest, unit_id: int) -> Unit:
    """The unit, for those who oversee or lead it."""
    office = Unit.objects.filter(pk=unit_id).first()
    if office is None or not policies.covers_path(request.user, office.path):
        raise Http404
    return office
