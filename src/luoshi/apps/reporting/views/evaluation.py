"""How units report over time: punctuality in five metrics, the lists to be named, and the burden meter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import units_of
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting.policies import visible_forms, visible_returns
from luoshi.apps.reporting.queries import burden as burdens
from luoshi.apps.reporting.queries import punctuality as metrics
from luoshi.apps.reporting.queries.timeliness import Figures
from luoshi.apps.reporting.views.status import address_of, as_of_in, moment_words, pages_of, write_sheet
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.site.workbooks import download, spool

#: How many months a span may have.
MOST_MONTHS = 60


def _month(text: str) -> Period | None:
    try:
        period = Period.parse(text)
    except PeriodError:
        return None
    return period if period.cadence is Cadence.MONTHLY and 1901 < period.year < 2998 else None


def _span(request: HttpRequest) -> tuple[Period, Period]:
    """The months from and to, at most ``MOST_MONTHS``; by default this year up to this month."""
    today = timezone.localdate()
    this = Period.containing(today, Cadence.MONTHLY)
    last = _month(request.GET.get("to", "")) or this
    first = _month(request.GET.get("from", "")) or Period(Cadence.MONTHLY, last.year, 1)
    if last < first:
        first, last = last, first
    months = (last.year - first.year) * 12 + last.number - first.number
    if months >= MOST_MONTHS:
        first = Period(Cadence.MONTHLY, last.year - MOST_MONTHS // 12, last.number).next()
    return first, last


@require_safe
@login_required
def punctuality(request: HttpRequest) -> HttpResponse:
    """The five metrics of each unit over a span; of one unit by form; and the lists to be named."""
    first, last = _span(request)
    now = timezone.now()
    forms = visible_forms(request.user).order_by("title", "pk")
    form = forms.filter(key=request.GET.get("form", "")).first() if request.GET.get("form") else None
    unit = None
    if request.GET.get("unit"):
        unit = get_object_or_404(Unit, key=request.GET["unit"])
        if not visible_returns(request.user).filter(unit=unit).exists():
            raise Http404
    as_of = as_of_in(request.GET)
    asked = metrics.PunctualityFilter(first.first_day, last.last_day, form=form, unit=unit, as_of=as_of)
    view = request.GET.get("view", "")
    view = view if view in ("named", "forms") else ""
    order = request.GET.get("order", "")
    order = order if order in metrics.ORDERS else ""
    told = [
        ("期间", f"{first.label}至{last.label}"),
        ("报表", form.title if form else "全部"),
        ("单位", str(unit) if unit else "全部"),
        ("截至", moment_words(as_of or now)),
    ]
    if request.GET.get("format") == "xlsx":
        return _punctuality_workbook(request, asked, view, order, told, now)
    context: dict[str, Any] = {
        "asked": asked,
        "first": str(first),
        "last": str(last),
        "told": told,
        "view": view,
        "order": order,
        "orders": {name: label for name, (label, _) in metrics.ORDERS.items()},
        "forms": forms.values_list("key", "title")[:300],
        "as_of": request.GET.get("as_of", "") if as_of else "",
        "page_address": pages_of(request),
        "tab_address": address_of(request, "view", "page"),
        "export_address": f"?{address_of(request, 'page', 'format')}&format=xlsx",
    }
    if view == "named":
        mark = request.GET.get("mark", "")
        rows, total = metrics.named(request.user, asked, mark=mark, now=now)
        context |= {"named": rows, "named_total": total, "mark": mark}
    elif view == "forms" or unit is not None:
        rows_by_form = metrics.by_form(request.user, asked, now=now)
        context |= {"by_form": rows_by_form, "sum": _sum([row.figures for row in rows_by_form])}
        if unit is not None:
            rows, total = metrics.named(request.user, asked, now=now)
            context |= {"named": rows, "named_total": total}
    else:
        page = metrics.by_unit(request.user, asked, order=order, number=number_in(request.GET, "page"), now=now)
        context |= {"page": page, "sum": page.sum}
    context["not_due"] = metrics.not_due(request.user, asked, now)
    if view != "named":
        context["trend"] = metrics.trend(request.user, asked, now=now)
    return render(request, "reporting/status_punctuality.html", context)


def _sum(figures: list[Figures]) -> Figures:
    names = ("on_time", "late", "missing", "exempt", "pending")
    return Figures(**{name: sum(getattr(one, name) for one in figures) for name in names})


_FIGURE_HEAD = (
    ("应报", 8), ("已报", 8), ("按时", 8), ("迟报", 8), ("未报", 8), ("免报", 8),
    ("按时率（%）", 11), ("报送率（%）", 11),
)  # fmt: skip


def _figure_cells(figures: Figures) -> list[int | float | None]:
    counts = [figures.expected, figures.received, figures.on_time, figures.late, figures.missing, figures.exempt]
    return [*counts, figures.on_time_rate, figures.completeness]


def _punctuality_workbook(
    request: HttpRequest,
    asked: metrics.PunctualityFilter,
    view: str,
    order: str,
    told: list[tuple[str, str]],
    now: dt.datetime,
) -> HttpResponse:
    file = spool()
    header: list[tuple[str, int]]
    rows: Any
    if view == "named":
        header = [("期别", 16), ("报表", 34), ("单位", 22), ("情况", 8), ("截止", 18), ("报送", 18), ("迟报天数", 9)]
        found, _ = metrics.named(request.user, asked, mark=request.GET.get("mark", ""), now=now, most=20_000)
        rows = (
            [row.label, row.form, row.unit, row.words, row.due_at, row.submitted_at, row.days_late or None]
            for row in found
        )
    elif view == "forms" or asked.unit is not None:
        header = [("报表", 34), ("收表单位", 22), *_FIGURE_HEAD]
        by_form = metrics.by_form(request.user, asked, now=now)
        rows = ([row.form.title, str(row.form.owner), *_figure_cells(row.figures)] for row in by_form)
    else:
        header = [("单位", 24), *_FIGURE_HEAD]
        page = metrics.by_unit(request.user, asked, order=order, now=now, whole=True)
        rows = ([str(row.unit), *_figure_cells(row.figures)] for row in page.rows)
    write_sheet(request, file, "报送评价", header, rows, told, now)
    return download(file, f"报送评价-{timezone.localtime(now):%Y%m%d}.xlsx")


@require_safe
@login_required
def burden(request: HttpRequest) -> HttpResponse:
    """Forms, cells and hours asked of each unit in a month; what is asked twice."""
    today = timezone.localdate()
    month = _month(request.GET.get("month", "")) or Period.containing(today, Cadence.MONTHLY)
    unit = None
    if request.GET.get("unit"):
        unit = get_object_or_404(units_of(request.user), key=request.GET["unit"])
    whole = request.GET.get("format") == "xlsx"
    page = burdens.burden(request.user, month, unit=unit, number=number_in(request.GET, "page"), whole=whole)
    if whole:
        file, now = spool(), timezone.now()
        header = [("单位", 24), ("报表", 8), ("格数", 10), ("工时（小时）", 12)]
        rows = ([str(row.unit), row.forms, row.cells, float(row.hours)] for row in page.units)
        told = [("月份", month.label), ("口径", "按截止日所在月份计；工时为格数乘以每格分钟数的估算")]
        write_sheet(request, file, "填报负担", header, rows, told, now)
        return download(file, f"填报负担-{month}.xlsx")
    found = burdens.duplicates(request.user, today)
    named = [form for one in found for form in (one.first, one.second)]
    seen = burdens.seen_forms(request.user, [*named, *(row.form for row in page.forms)])
    highest = max((one.hours for one in page.trend), default=None)
    context = {
        "month": month,
        "before": month.previous(),
        "after": month.next(),
        "unit": unit,
        "page": page,
        "trend": [(one, float(100 * one.hours / highest) if highest else 0) for one in page.trend],
        "hours": sum((one.hours for one in page.trend if one.month == month), start=0),
        "cells": sum(one.cells for one in page.trend if one.month == month),
        "duplicates": found,
        "seen": seen,
        "page_address": pages_of(request),
        "export_address": f"?{address_of(request, 'page', 'format')}&format=xlsx",
    }
    return render(request, "reporting/status_burden.html", context)
