"""单位: the list, and what one unit owes to all plans."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority
from luoshi.apps.plans.models import ResponsibilityRole
from luoshi.apps.plans.queries import units
from luoshi.apps.plans.queries.due_lists import due_and_overdue
from luoshi.apps.plans.views.reading import choice_told, number_in
from luoshi.periods import Cadence, Period, PeriodError

TABS = {"due": "到期事项", "plans": "按方案", "targets": "目标", "names": "名称与下级"}


@require_safe
@login_required
def unit_list(request: HttpRequest) -> HttpResponse:
    """Units in tree order with their tasks."""
    errors: list[str] = []
    kind = choice_told(request.GET, "kind", "类别", dict(UnitKind.choices), errors)
    text = " ".join(request.GET.get("text", "").split())[:60]
    ticked = {"1": "是", "0": "否"}
    gone = choice_told(request.GET, "gone", "含已撤销", ticked, errors) == "1"
    busy = choice_told(request.GET, "busy", "只看有任务的", ticked, errors) == "1"
    page = units.unit_page(
        request.user,
        kind=kind,
        text=text,
        today=timezone.localdate(),
        number=number_in(request.GET, "page"),
        gone=gone,
        busy=busy,
    )
    query = request.GET.copy()
    query.pop("page", None)
    address = query.urlencode()
    return render(
        request,
        "plans/units.html",
        {
            "page": page,
            "kind": kind,
            "text": text,
            "gone": gone,
            "busy": busy,
            "errors": errors,
            "kinds": UnitKind.choices,
            "roles": ResponsibilityRole.choices,
            "keeps_register": authority(request.user).holds(Role.ADMINISTRATOR),
            "page_address": f"?{address}&page=" if address else "?page=",
        },
    )


def _month(text: str, today: dt.date, errors: list[str]) -> Period:
    """The month of the address, else this one; a text that is no month is named in ``errors``."""
    try:
        period = Period.parse(text)
    except PeriodError:
        period = None
    if period is None or period.cadence is not Cadence.MONTHLY or not 1901 <= period.year <= 2998:
        if text.strip():
            errors.append(f"月份“{text[:20]}”无法识别，显示本月。")
        return Period.containing(today, Cadence.MONTHLY)
    return period


@require_safe
@login_required
def unit_detail(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What does this unit owe: due in a month and overdue; by plan; its targets; its names and subunits."""
    unit = get_object_or_404(Unit, pk=unit_id)
    today = timezone.localdate()
    errors: list[str] = []
    tab = choice_told(request.GET, "tab", "栏目", TABS, errors) or "due"
    month = _month(request.GET.get("month", ""), today, errors)
    tasks, counts = units.task_sums(request.user, unit)
    context = {
        "unit": unit,
        "above": units.above(unit),
        "tab": tab,
        "tabs": TABS,
        "errors": errors,
        "month": month,
        "today": today,
        "this_month": Period.containing(today, Cadence.MONTHLY),
        "tasks": tasks,
        "counts": counts,
        "roles": ResponsibilityRole.choices,
        # Of a unit elsewhere, someone who oversees nothing sees only the tasks shared with their own units.
        "partial": not authority(request.user).covers(unit) and not authority(request.user).holds(*OVERSEERS),
    }
    match tab:
        case "due":
            context["due"], context["overdue"] = due_and_overdue(
                request.user, (unit.path,), month.first_day, month.last_day, today
            )
        case "plans":
            context["shares"] = units.shares(request.user, unit)
        case "targets":
            context["targets"] = units.unit_targets(request.user, unit)
        case "names":
            context["names"] = unit.names.order_by("valid_from", "kind", "name")
            context["below"] = units.below(unit)
            context["predecessors"] = unit.predecessors.all()
            context["successors"] = unit.successors.all()
    return render(request, "plans/unit.html", context)
