"""What the grid's page does: saving cells, choosing units, computing, pasting, taking the annex, adopting."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.allocation import conservation
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit, find_units
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.targets import actions, policies
from luoshi.apps.targets.actions import CellChange, Computation
from luoshi.apps.targets.errors import Invalid
from luoshi.apps.targets.queries.grid import label_of
from luoshi.apps.targets.queries.totals import adds_up, given_total
from luoshi.apps.targets.values import ValueProblem, parse_value, shown
from luoshi.apps.targets.views import allocation
from luoshi.apps.targets.views.common import (
    answers_json,
    answers_plainly,
    body_of,
    number_of,
    page_url,
    place,
    revision_of,
    sent_on,
)
from luoshi.apps.targets.years import periods_of, plan_year

MOST_CELLS = 20_000


def _pairs(value: Any) -> list[tuple[int, str]]:
    """``[[unit, period], …]``."""
    if not isinstance(value, list) or len(value) > MOST_CELLS:
        raise Invalid({"": "发送的内容有误。"})
    found = []
    for item in value:
        if not (isinstance(item, list) and len(item) == 2 and isinstance(item[0], int) and isinstance(item[1], str)):
            raise Invalid({"": "发送的内容有误。"})
        found.append((item[0], item[1][:10]))
    return found


def changes_of(value: Any) -> list[CellChange]:
    """``[[unit, period, text], …]``; raises ``Invalid``."""
    if not isinstance(value, list) or len(value) > MOST_CELLS:
        raise Invalid({"": "发送的内容有误。"})
    found = []
    for item in value:
        if not (isinstance(item, list) and len(item) == 3 and isinstance(item[0], int)):
            raise Invalid({"": "发送的内容有误。"})
        if not all(isinstance(part, str) for part in item[1:]):
            raise Invalid({"": "发送的内容有误。"})
        found.append(CellChange(item[0], item[1][:10], item[2][:60]))
    return found


@require_http_methods(["PATCH", "POST"])
@answers_json
def cells(request: HttpRequest, target_id: int) -> HttpResponse:
    """Save what was typed: ``{"unit", "revision", "changes": [[unit, period, text]], "join", "part"}``."""
    body = body_of(request)
    target, unit = place(request, target_id, {"unit": str(body.get("unit") or "")})
    saved = actions.save_shares(
        acting_user=request.user,
        target=target,
        unit=unit,
        revision=revision_of(body),
        changes=changes_of(body.get("changes", [])),
        join=_pairs(body.get("join", [])),
        part=_pairs(body.get("part", [])),
        method="pasted" if body.get("pasted") else "typed",
    )
    return JsonResponse({"revision": saved.revision, "version": saved.version.ordinal})


def _numbers(texts: Iterable[str]) -> list[int]:
    return [number for number in map(number_of, texts) if number is not None]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@answers_plainly
def rows(request: HttpRequest, target_id: int) -> HttpResponse:
    """Which units have a row, and which periods stand across."""
    if request.method != "POST":
        return allocation.rows_panel(request, target_id)
    target, unit = place(request, target_id, request.POST)
    chosen = _numbers(request.POST.getlist("units"))
    try:
        chosen += [row.pk for row in find_units(request.POST.getlist("more"), policies.receivers(target, unit))]
    except UnknownUnit as unknown:
        raise Invalid({"more": f"{unknown}。"}) from unknown
    wanted, before = set(chosen), set(_numbers(request.POST.getlist("before")))
    actions.save_shares(
        acting_user=request.user,
        target=target,
        unit=unit,
        revision=revision_of(request.POST),
        add_units=[pk for pk in chosen if pk not in before],
        remove_units=before - wanted,
        cadence=request.POST.get("cadence") or None,
        cumulative=request.POST["cumulative"] == "1" if "cumulative" in request.POST else None,
    )
    return sent_on(page_url(target, unit))


def computation_of(request: HttpRequest) -> Computation:
    """How to compute, from the form; raises ``Invalid``."""
    data = request.POST
    parts = [part for part in data.get("parts", "").replace("，", "、").replace(",", "、").split("、") if part.strip()]
    try:
        percents = [parse_value(part.replace("%", "").replace("％", "")) for part in parts]
        weights = {
            number: value
            for name in data
            if name.startswith("weight-") and (number := number_of(name.removeprefix("weight-"))) is not None
            if (value := parse_value(data[name])) is not None
        }
    except ValueProblem as error:
        raise Invalid({"parts": f"{error}。"}) from error
    if any(percent is None for percent in percents):
        raise Invalid({"parts": "时序进度应写作 20、60、85、100。"})
    method = data.get("units_by", "")
    indicator = number_of(data.get("weight_indicator", "")) if method == "indicator" else None
    if method == "indicator" and not indicator:
        raise Invalid({"weight_indicator": "请选择作权数的指标。"})
    return Computation(
        units_by="weights" if method == "indicator" else method,
        decimals=min(number_of(data.get("decimals", "")) or 0, 6),
        cadence=data.get("cadence", ""),
        cumulative=data.get("cumulative", "1") == "1",
        periods_by=tuple((percent or Decimal(0)) / 100 for percent in percents),
        weights=weights,
        weight_indicator=indicator,
        weight_period=data.get("weight_period", "")[:10],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@answers_plainly
def compute(request: HttpRequest, target_id: int) -> HttpResponse:
    """The form, its preview, and taking it over."""
    if request.method != "POST":
        return allocation.compute_panel(request, target_id)
    target, unit = place(request, target_id, request.POST)
    how = computation_of(request)
    if request.POST.get("act") == "take":
        actions.compute_shares(
            acting_user=request.user, target=target, unit=unit, revision=revision_of(request.POST), how=how
        )
        return sent_on(page_url(target, unit))
    found = actions.preview_shares(acting_user=request.user, target=target, unit=unit, how=how)
    units = Unit.objects.filter(pk__in={pk for pk, _ in found}).order_by("path")
    periods = periods_of(target, how.cadence)
    table = [(row, [shown(found[row.pk, str(period)]) for period in periods]) for row in units]
    last = [value for (_, period), value in found.items() if period == str(periods[-1])]
    values = last if how.cumulative or len(periods) == 1 else list(found.values())
    total = given_total(target, unit)
    sums = conservation(total, values) if adds_up(target) else None
    return render(
        request,
        "targets/_preview.html",
        {
            "target": target,
            "table": table,
            "periods": [label_of(period) for period in periods],
            "sums": sums,
            "given_out": shown(sums.given_out) if sums else "",
            "total": shown(total),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@answers_plainly
def paste(request: HttpRequest, target_id: int) -> HttpResponse:
    """A whole table with the units' names."""
    if request.method != "POST":
        return allocation.paste_panel(request, target_id)
    target, unit = allocation.editor(request, target_id, request.POST)
    grid = allocation.allocation_grid(request.user, target, unit)
    pasted = actions.paste_shares(
        acting_user=request.user,
        target=target,
        unit=unit,
        revision=revision_of(request.POST),
        text=request.POST.get("text", "").replace("\x00", ""),
        periods=[column.period for column in grid.columns],
        year=plan_year(target) or 0,
    )
    messages.success(request, f"已粘贴 {pasted.cells} 格。")
    if pasted.unknown:
        names = "、".join(pasted.unknown[:8])
        messages.warning(request, f"有 {len(pasted.unknown)} 个名称没有认出，未粘贴：{names}。")
    return sent_on(page_url(target, unit))


def _typed_unit(text: str, units: QuerySet[Unit]) -> int:
    try:
        return find_unit(text, units).pk
    except UnknownUnit as unknown:
        raise Invalid({"unit": f"{unknown}。"}) from unknown


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@answers_plainly
def annex(request: HttpRequest, target_id: int) -> HttpResponse:
    """The plan's annex, matched; and taking it over."""
    if request.method != "POST":
        return allocation.annex(request, target_id)
    target, unit = allocation.editor(request, target_id, request.POST)
    rows_of = PlanTable.objects.filter(plan_id=target.plan_id).select_related("version__document")
    table = get_object_or_404(rows_of, pk=number_of(request.POST.get("table", "")) or 0)
    columns, units = {}, {}
    for name, value in request.POST.items():
        kind, _, index = name.partition("-")
        number = number_of(index)
        if number is None or not value:
            continue
        if kind == "column":
            columns[number] = value[:10]
        elif kind == "row" and number_of(value):
            units[number] = number_of(value) or 0
        elif kind == "row":
            units[number] = _typed_unit(value, policies.receivers(target, unit))
    actions.import_annex(
        acting_user=request.user,
        target=target,
        unit=unit,
        revision=revision_of(request.POST),
        table=table,
        columns=columns,
        units=units,
        cadence=request.POST.get("cadence", ""),
        cumulative=request.POST.get("cumulative", "1") == "1",
        scale={"万": 10**4, "亿": 10**8}.get(request.POST.get("scale", ""), 1),
    )
    messages.success(request, f"已从附表取用 {len(units)} 个单位的数，请核对后下达。")
    return sent_on(page_url(target, unit))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@answers_plainly
def adopt(request: HttpRequest, target_id: int) -> HttpResponse:
    """下达."""
    if request.method != "POST":
        return allocation.adopt_panel(request, target_id)
    target, unit = place(request, target_id, request.POST)
    saved = actions.adopt_allocation(
        acting_user=request.user,
        target=target,
        unit=unit,
        revision=revision_of(request.POST),
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, f"第{saved.version.ordinal}版分解已下达，各单位即可看到。")
    return sent_on(page_url(target, unit))


@require_POST
@login_required
@answers_plainly
def discard(request: HttpRequest, target_id: int) -> HttpResponse:
    """Throw the draft away."""
    target, unit = place(request, target_id, request.POST)
    actions.discard_draft(acting_user=request.user, target=target, unit=unit, revision=revision_of(request.POST))
    messages.success(request, "草稿已弃用，已下达的分解不变。")
    return sent_on(page_url(target, unit))
