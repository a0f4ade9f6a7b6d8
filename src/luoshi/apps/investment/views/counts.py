"""The home page, targets against counts, why a number is what it is, which target of a plan is whose."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.figures import FIGURES
from luoshi.apps.investment.models import FigureTarget, LeadState
from luoshi.apps.investment.queries.counting import figure_of
from luoshi.apps.investment.queries.leads import WAITS, LeadFilter
from luoshi.apps.investment.queries.standing import Table, explanation, scoped_units, tables
from luoshi.apps.investment.queries.targeting import target_rows
from luoshi.apps.investment.views.shared import REFUSALS, period_choices, period_in, text_in, told, year_in
from luoshi.apps.plans.addresses import number_of
from luoshi.periods import Period
from luoshi.promotion.rates import FORMULAS
from luoshi.site.workbooks import list_file

SCOPES = {"territory": "县市、园区", "group": "招商组、平台"}


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Who might come, who came, what waits."""
    today = timezone.localdate()
    stocks = queries.pipeline(request.user, LeadFilter(), today)
    counts = queries.wait_counts(request.user, today)
    rates = queries.signed_rates(request.user, today.year, today)
    most = max((stock.amount for stock in stocks), default=0) or 1
    context = {
        "stocks": [stock for stock in stocks if stock.state != LeadState.LOST],
        "lost": next(stock for stock in stocks if stock.state == LeadState.LOST),
        "most": most,
        "waits": [(key, WAITS[key], count) for key, count in counts.items() if count],
        "waiting_funds": queries.waiting_funds(request.user),
        "rates": rates,
        "formulas": FORMULAS,
        "year": today.year,
        "enters": policies.follows_any(request.user),
        "total": sum(stock.count for stock in stocks),
        "soon": list(
            queries.lead_list(request.user, LeadFilter(wait="contact", sort="next"), today).exclude(next_on=None)[:8]
        ),
    }
    return render(request, "investment/home.html", context)


def _tables(request: HttpRequest, period: Period) -> dict[str, Table]:
    """Both tables with the units whose counts the person sees."""
    return tables(period, scoped_units(policies.counted_units(request.user)))


@require_safe
@login_required
def counts(request: HttpRequest) -> HttpResponse:
    """Targets against counts: every number opens its explanation."""
    period = period_in(request)
    found = _tables(request, period)
    context = {
        "period": period,
        "periods": period_choices(period),
        "tables": [(scope, SCOPES[scope], table) for scope, table in found.items() if table.rows],
        "keeps": policies.keeps(request.user),
    }
    return render(request, "investment/counts.html", context)


@require_safe
@login_required
def counts_export(request: HttpRequest) -> HttpResponse:
    """Both tables as a workbook: a row for each unit and figure."""
    period, now = period_in(request), timezone.now()
    columns = [
        ("类别", 14),
        ("单位", 26),
        ("指标", 30),
        ("计量单位", 10),
        ("完成", 12),
        ("目标", 12),
        ("完成率（%）", 12),
        ("说明", 40),
    ]
    rows = []
    for scope, table in _tables(request, period).items():
        for row in table.rows:
            for cell in row.cells:
                goal = cell.goal.value if cell.goal else None
                note = "目标与其他单位合并，完成率按合计" if cell.goal and cell.goal.partners else ""
                note = note or ("" if cell.value is not None else "未报")
                rows.append((SCOPES[scope], str(row.unit), cell.figure.title, cell.figure.unit, cell.value, goal,
                             cell.percent, note))  # fmt: skip
    return list_file(
        "xlsx", "招商目标完成情况", columns, rows, told=[("期别", period.label)], person=str(request.user), at=now
    )


@require_safe
@login_required
def explain(request: HttpRequest) -> HttpResponse:
    """Which activities, projects and amounts make one number, and which do not, and why."""
    period = period_in(request)
    figure = figure_of(text_in(request, "scope"), text_in(request, "figure"))
    number = number_of(request.GET.get("unit", ""))
    units = policies.counted_units(request.user).select_related("investment_group")
    unit = units.filter(pk=number).first() if number else None
    if figure is None or unit is None or (figure.scope == "group") != hasattr(unit, "investment_group"):
        raise Http404
    seen = set(policies.visible_leads(request.user).filter(claims__unit=unit).values_list("pk", flat=True))
    context = {
        "found": explanation(figure, unit, period, leads=seen),
        "period": period,
        "periods": period_choices(period),
    }
    return render(request, "investment/explain.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def targets(request: HttpRequest) -> HttpResponse:
    """Which targets of the plans are those of the figures."""
    if not policies.keeps(request.user):
        raise Http404
    year = year_in(request)
    problem = ""
    if request.method == "POST":
        scope, _, key = request.POST.get("figure", "").partition(".")
        number = number_of(request.POST.get("target", ""))
        try:
            if number is None:
                raise ValidationError("请选择方案目标。")
            actions.set_figure_target(
                acting_user=request.user,
                scope=scope,
                figure=key,
                target_id=number,
                year=year,
                wanted=request.POST.get("wanted") != "no",
            )
        except REFUSALS as error:
            problem = told(error)
        else:
            messages.success(request, "已保存。")
            return redirect(f"{reverse('investment:targets')}?year={year}")
    linked: dict[tuple[str, str], list[FigureTarget]] = {}
    rows = FigureTarget.objects.filter(year=year).select_related("target__plan").order_by("pk")
    for row in rows:
        linked.setdefault((row.scope, row.figure), []).append(row)
    proposed = target_rows(request.user, year)
    lines: list[dict[str, Any]] = [
        {
            "figure": figure,
            "key": f"{scope}.{figure.key}",
            "scope": SCOPES[scope],
            "links": linked.get((scope, figure.key), []),
            "proposed": [one for one in proposed.get((scope, figure.key), ())
                         if one.pk not in {row.target_id for row in linked.get((scope, figure.key), ())}],
        }
        for (scope, _), figure in FIGURES.items()
    ]  # fmt: skip
    context = {"lines": lines, "year": year, "problem": problem, "this_year": timezone.localdate().year}
    return render(request, "investment/targets.html", context, status=422 if problem else 200)
