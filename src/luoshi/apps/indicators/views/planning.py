"""The targets of a plan as indicators: proposed, looked over, created."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.apps.indicators import actions, queries
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.models import Direction, Indicator, IndicatorKind, TimeAggregation, UnitAggregation
from luoshi.apps.indicators.policies import owners
from luoshi.apps.indicators.queries.planning import Proposal
from luoshi.apps.indicators.views.common import keeper_page
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.policies import visible_plans

NEW = "new"
_CHOICES = {
    "kind": IndicatorKind,
    "direction": Direction,
    "unit_aggregation": UnitAggregation,
    "time_aggregation": TimeAggregation,
}


def _guessed(proposal: Proposal) -> dict[str, Any]:
    return {
        "name": proposal.name,
        "unit_of_measure": proposal.unit_of_measure,
        "kind": proposal.guess.kind.value,
        "direction": proposal.guess.direction.value,
        "unit_aggregation": proposal.guess.unit_aggregation.value,
        "time_aggregation": proposal.guess.time_aggregation.value,
        "decimals": proposal.guess.decimals,
        "use": _use(proposal),
    }


def _use(proposal: Proposal) -> str:
    """What is chosen at first: the indicator of that very name, else a new one, none where the wording is unclear."""
    if proposal.linked:
        return ""
    if proposal.best:
        return proposal.best.indicator.key
    return "" if proposal.is_unclear else NEW


def _typed(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """What the person left of a proposal; what no choice knows stays as guessed."""
    guessed = _guessed(proposal)
    data = {name: request.POST.get(f"{proposal.number}-{name}", "").strip() for name in guessed}
    for name, choices in _CHOICES.items():
        if data[name] not in choices.values:
            data[name] = guessed[name]
    data["name"] = data["name"][:200] or guessed["name"]
    data["unit_of_measure"] = guessed["unit_of_measure"]
    data["decimals"] = int(data["decimals"]) if data["decimals"] in list("0123456") else guessed["decimals"]
    return data


@require_http_methods(["GET", "POST"])
@keeper_page
def from_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """All targets of a plan that the person sees, as proposed indicators."""
    plan = get_object_or_404(visible_plans(request.user).select_related("owner"), pk=plan_id)
    found = queries.proposals(request.user, plan)
    asked = (request.POST.get("owner", "") or request.GET.get("owner", "")).strip()
    error = ""
    chosen: Unit | None = None
    if asked:
        try:
            chosen = find_unit(asked, owners(request.user))
        except UnknownUnit as unknown:
            error = f"主管单位：{unknown}。"
    own = _owners(request.user, found, plan.owner, chosen)
    rows = [(proposal, _typed(request, proposal) if request.POST else _guessed(proposal)) for proposal in found]
    shown = [(proposal, data, own[proposal.number]) for proposal, data in rows]
    if request.method == "POST" and not error:
        try:
            done = _create(request, plan, rows, own)
        except IndicatorError as refused:
            error = str(refused)
        else:
            messages.success(request, f"已建立 {len(done.indicators)} 项指标，{done.linked} 个目标有了所用指标。")
            return redirect("indicators:from-plan", plan.pk)
    return render(
        request,
        "indicators/from_plan.html",
        {
            "plan": plan,
            "rows": shown,
            "owner": chosen or asked,
            "kinds": IndicatorKind.choices,
            "directions": Direction.choices,
            "unit_ways": UnitAggregation.choices,
            "time_ways": TimeAggregation.choices,
            "error": error,
            "open_count": sum(1 for proposal in found if proposal.linked is None),
        },
        status=422 if error else 200,
    )


def _owners(user: Any, found: list[Proposal], usual: Unit, chosen: Unit | None) -> dict[int, Unit | None]:
    """Whose each new indicator will be: the unit chosen for all, else the measure's lead, else the plan's owner or the
    first unit for which the person keeps indicators."""
    if chosen is not None:
        return {row.number: chosen for row in found}
    leads = {row.lead.pk for row in found if row.lead is not None}
    kept = set(owners(user).filter(pk__in=leads).values_list("pk", flat=True))
    rest = owners(user).filter(pk=usual.pk).first() or owners(user).order_by("path").first()
    return {row.number: row.lead if row.lead and row.lead.pk in kept else rest for row in found}


def _create(
    request: HttpRequest, plan: Any, rows: list[tuple[Proposal, dict[str, Any]]], own: dict[int, Unit | None]
) -> Any:
    wanted = []
    keys = {data["use"] for _, data in rows}
    known = {row.key: row for row in Indicator.objects.select_related("owner").filter(key__in=keys)}
    for proposal, data in rows:
        ids = tuple(line.target.pk for line in proposal.targets)
        if data["use"] == NEW:
            fields = {name: value for name, value in data.items() if name != "use"} | {"owner": own[proposal.number]}
            if own[proposal.number] is None:
                raise IndicatorError("请选择主管单位。")
            wanted.append(actions.Wanted(ids, fields=fields))
        elif data["use"]:
            if data["use"] not in known:
                raise IndicatorError("所选指标已不在目录中，请重新选择。")
            wanted.append(actions.Wanted(ids, existing=known[data["use"]]))
    return actions.create_from_plan(acting_user=request.user, plan=plan, wanted=wanted)
