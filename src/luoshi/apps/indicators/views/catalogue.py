"""The catalogue: list, one indicator, new, edit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.indicators import actions, queries
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.fields import formula_words
from luoshi.apps.indicators.forms import IndicatorForm
from luoshi.apps.indicators.models import IndicatorKind, TimeAggregation, UnitAggregation
from luoshi.apps.indicators.policies import KEEPERS, may_edit
from luoshi.apps.indicators.queries.catalogue import DERIVED, STANDINGS, names_by_key, owning_units
from luoshi.apps.indicators.queries.grid import latest_values
from luoshi.apps.indicators.queries.planning import plans_to_measure
from luoshi.apps.indicators.views.common import as_of_context, indicator_or_404, keeper_page, number_in
from luoshi.apps.organisations.policies import authority, require
from luoshi.site.workbooks import list_file

PAGE = 100
MOST_PLANS = 12
_COLUMNS = (
    ("名称", 30),
    ("计量单位", 10),
    ("性质", 10),
    ("方向", 10),
    ("单位间汇总", 18),
    ("时间上汇总", 12),
    ("公式", 30),
    ("主管单位", 20),
    ("数据来源", 20),
    ("口径", 50),
    ("目标数", 8),
)


@require_safe
@login_required
def indicator_list(request: HttpRequest) -> HttpResponse:
    """What is measured, by whom kept."""
    asked = queries.IndicatorFilter.from_address(request.GET)
    page = Paginator(queries.indicator_list(request.user, asked), PAGE).get_page(number_in(request.GET, "page"))
    address = asked.address()
    may_create = authority(request.user).holds(*KEEPERS)
    plans = plans_to_measure(request.user) if may_create else []
    return render(
        request,
        "indicators/list.html",
        {
            "asked": asked,
            "page": page,
            "kinds": IndicatorKind.choices,
            "standings": STANDINGS,
            "derived": DERIVED,
            "owners": owning_units(),
            "address": address,
            "page_address": f"?{address}&page=" if address else "?page=",
            "may_create": may_create,
            "plans": plans[:MOST_PLANS],
            "more_plans": len(plans) > MOST_PLANS,
        },
    )


@require_safe
@login_required
def indicator_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same rows, all pages, as a file."""
    asked = queries.IndicatorFilter.from_address(request.GET)
    names = names_by_key()
    rows = (
        (
            row.name,
            row.unit_of_measure,
            row.get_kind_display(),
            row.get_direction_display(),
            row.get_unit_aggregation_display(),
            row.get_time_aggregation_display(),
            formula_words(row.formula, names),
            row.owner.name,
            row.data_source,
            row.definition,
            row.target_count,  # type: ignore[attr-defined]
        )
        for row in queries.indicator_list(request.user, asked)
    )
    told = [
        ("文字", asked.text or "不限"),
        ("性质", dict(IndicatorKind.choices).get(asked.kind, "全部")),
        ("状态", STANDINGS[asked.standing]),
    ]
    return list_file(kind, "指标目录", _COLUMNS, rows, told=told, person=str(request.user), at=timezone.localtime())


@require_safe
@login_required
def indicator_detail(request: HttpRequest, indicator_key: str) -> HttpResponse:
    """One indicator: what it means, what it measures, its newest values, its versions."""
    indicator = indicator_or_404(request, indicator_key)
    as_of, context = as_of_context(request)
    latest, total = latest_values(request.user, indicator, as_of)
    return render(
        request,
        "indicators/detail.html",
        context
        | {
            "indicator": indicator,
            "view": queries.indicator_view(request.user, indicator),
            "latest": latest,
            "latest_total": total,
            "may_edit": indicator.merged_into_id is None and may_edit(request.user, indicator),
        },
    )


def _form_page(
    request: HttpRequest, form: IndicatorForm, *, error: str = "", revision: int = 0, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "indicators/form.html",
        {"form": form, "indicator": form.indicator, "error": error, "revision": revision},
        status=status,
    )


@require_http_methods(["GET", "POST"])
@keeper_page
def indicator_new(request: HttpRequest) -> HttpResponse:
    """A new indicator; the address may bring its name and unit of measure."""
    if request.method == "GET":
        shown: dict[str, Any] = {
            "name": request.GET.get("name", "")[:200],
            "unit_of_measure": request.GET.get("unit_of_measure", "")[:20],
            "decimals": 2,
            "scale": 100,
            "unit_aggregation": UnitAggregation.SUM,
            "time_aggregation": TimeAggregation.LAST,
        }
        return _form_page(request, IndicatorForm(initial=shown, user=request.user))
    form = IndicatorForm(request.POST, user=request.user)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        indicator = actions.create_indicator(acting_user=request.user, fields=form.stored())
    except IndicatorError as refused:
        return _form_page(request, form, error=str(refused), status=422)
    messages.success(request, f"已建立指标“{indicator}”。")
    return redirect("indicators:detail", indicator.key)


@require_http_methods(["GET", "POST"])
@login_required
def indicator_edit(request: HttpRequest, indicator_key: str) -> HttpResponse:
    """Change an indicator, with the reason."""
    indicator = indicator_or_404(request, indicator_key)
    require(may_edit(request.user, indicator), "此指标由其主管单位维护，您不能修改。")
    if request.method == "GET":
        form = IndicatorForm(initial=IndicatorForm.values_of(indicator), user=request.user, indicator=indicator)
        return _form_page(request, form, revision=indicator.revision)
    form = IndicatorForm(request.POST, user=request.user, indicator=indicator)
    seen = number_in(request.POST, "revision", 0)
    if not form.is_valid():
        return _form_page(request, form, revision=seen, status=422)
    try:
        actions.edit_indicator(
            acting_user=request.user,
            indicator=indicator,
            fields=form.stored(),
            reason=form.cleaned_data["reason"],
            revision=seen,
        )
    except IndicatorError as refused:
        return _form_page(request, form, error=str(refused), revision=seen, status=422)
    messages.success(request, "已保存。")
    return redirect("indicators:detail", indicator.key)
