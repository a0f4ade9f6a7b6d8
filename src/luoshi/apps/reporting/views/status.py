"""Who reported, who did not: a form's periods, and one round with what its collecting unit does about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting.actions.exempting import end_exemption, exempt_unit
from luoshi.apps.reporting.actions.rounds import freeze_round, unfreeze_round
from luoshi.apps.reporting.errors import ReportingError
from luoshi.apps.reporting.models import Exemption, Round
from luoshi.apps.reporting.policies import may_collect, visible_returns
from luoshi.apps.reporting.queries import status as statuses
from luoshi.apps.reporting.queries.remaining import last_reminders, remaining
from luoshi.apps.reporting.reminders import remind_now
from luoshi.apps.reporting.views.forms import form_or_404
from luoshi.periods import Period
from luoshi.site.moments import moment_of
from luoshi.site.workbooks import Columns, Told, download, spool, write_list

PERIOD_COUNTS = (6, 12, 24, 36)
COLOURS = {"迟报": "#FFE8B8", "未报": "#FFD0CC", "免报": "#ECEFF2"}


def as_of_in(query: Mapping[str, str]) -> dt.datetime | None:
    """The moment that ``as_of`` names; ``None`` where it names none, or one that has not passed."""
    moment = moment_of(query.get("as_of", ""))
    return moment if moment is not None and moment < timezone.now() else None


def address_of(request: HttpRequest, *without: str) -> str:
    """The filters of a page as a query, some left out."""
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return query.urlencode()


def pages_of(request: HttpRequest) -> str:
    """The beginning of the address of another page of a list."""
    address = address_of(request, "page")
    return f"?{address}&page=" if address else "?page="


def write_sheet(
    request: HttpRequest, file: IO[bytes], title: str, header: Columns, rows: Any, told: Told, now: dt.datetime
) -> None:
    """Write a list of this app as a sheet, with what was asked for and by whom."""
    person = str(request.user)
    write_list(file, title, header, rows, told=told, person=person, at=now, blank="—", colours=COLOURS)


@require_safe
@login_required
def form_status(request: HttpRequest, key: str) -> HttpResponse:
    """报送情况: units × the last periods."""
    form = form_or_404(request, key)
    now = timezone.now()
    periods = number_in(request.GET, "periods", 12)
    periods = periods if periods in PERIOD_COUNTS else 12
    text = " ".join(request.GET.get("text", "").replace("\0", "").split())[:40]
    as_of = as_of_in(request.GET)
    whole = request.GET.get("format") == "xlsx"
    grid = statuses.status_grid(
        request.user,
        form,
        periods=periods,
        number=number_in(request.GET, "page"),
        text=text,
        as_of=as_of,
        now=now,
        whole=whole,
    )
    if whole:
        file = spool()
        header = [("单位", 22), *((column.label, 12) for column in grid.columns), *((name, 8) for name in _SUMS)]
        rows = (
            [
                str(row.unit),
                *(cell.words if cell else None for cell in row.cells),
                row.figures.on_time,
                row.figures.late,
                row.figures.missing,
                row.figures.exempt,
            ]
            for row in grid.rows
        )
        told = [("报表", form.title), ("截至", moment_words(grid.as_of)), ("单位", text or "全部")]
        write_sheet(request, file, "报送情况", header, rows, told, now)
        return download(file, f"报送情况-{form.key}-{timezone.localtime(now):%Y%m%d}.xlsx")
    context = {
        "form": form,
        "grid": grid,
        "asked": {"periods": periods, "text": text, "as_of": request.GET.get("as_of", "") if as_of else ""},
        "period_counts": PERIOD_COUNTS,
        "page": grid,
        "page_address": pages_of(request),
        "export_address": f"?{address_of(request, 'page', 'format')}&format=xlsx",
        "may_collect": may_collect(request.user, form),
        "past": as_of is not None,
    }
    return render(request, "reporting/status.html", context)


_SUMS = ("按时", "迟报", "未报", "免报")


def moment_words(moment: dt.datetime) -> str:
    """A moment with its minute, in local time."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _round_or_404(request: HttpRequest, key: str, period: str) -> Round:
    form = form_or_404(request, key)
    found = get_object_or_404(
        Round.objects.select_related("version").defer("version__definition"), form=form, period=period
    )
    found.form = form
    return found


@require_safe
@login_required
def form_round(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """One round: its counts, and the list by state."""
    return round_page(request, _round_or_404(request, key, period))


def round_page(request: HttpRequest, found: Round, *, status: int = 200, **more: Any) -> HttpResponse:
    """The same, with what was refused and why."""
    state = request.GET.get("state", "")
    state = state if state in statuses.FILTERS else ""
    now = timezone.now()
    as_of = as_of_in(request.GET) or now
    page = statuses.round_list(
        request.user, found, state=state, number=number_in(request.GET, "page"), now=now, as_of=as_of
    )
    mine = may_collect(request.user, found.form)
    if mine:
        more["left"] = remaining(found, now)
        more["reminded"] = last_reminders(found)
    exemptions: list[Exemption] = []
    if mine:
        in_force = found.form.exemptions.filter(ended_at=None, first_day__lte=found.last_day)
        exemptions = [
            one
            for one in in_force.select_related("unit").order_by("unit__path")[:200]
            if one.last_day is None or one.last_day >= found.first_day
        ]
    context = {
        "form": found.form,
        "round": found,
        "label": Period.parse(found.period).label,
        "page": page,
        "page_address": pages_of(request),
        "state": state,
        "filters": statuses.FILTERS,
        "counts": _counts_by_filter(page),
        "may_collect": mine,
        "exemptions": exemptions,
        "now": now,
        "as_of": as_of,
        "typed": {},
        **more,
    }
    return render(request, "reporting/status_round.html", context, status=status)


def _counts_by_filter(page: statuses.RoundList) -> dict[str, int]:
    figures = page.figures
    return {
        "": figures.expected + figures.exempt,
        "missing": figures.missing,
        "late": figures.late,
        "on-time": figures.on_time,
        "pending": figures.pending,
        "review": page.states["in-review"],
        "sent-back": page.states["sent-back"],
        "accepted": page.states["accepted"],
        "exempt": figures.exempt,
    }


@require_POST
@login_required
def form_freeze(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """Take nothing more in this round."""
    found = _round_or_404(request, key, period)
    require(may_collect(request.user, found.form), "只有收表单位可以封存。")
    if not remaining(found, timezone.now()).late_over and not request.POST.get("early"):
        refused = "本期还在收报，提前封存请先勾选“我已知道，仍要提前封存”。"
        return round_page(request, found, status=422, refused=refused, freezing=True)
    freeze_round(acting_user=request.user, round_id=found.pk)
    messages.success(request, "本期已封存，不再收报；个别单位要补报的，在其报送页重开。")
    return redirect("reporting:form-round", key, period)


@require_POST
@login_required
def form_unfreeze(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """Take returns again in a round that was frozen, with a reason."""
    found = _round_or_404(request, key, period)
    require(may_collect(request.user, found.form), "只有收表单位可以撤销封存。")
    try:
        unfreeze_round(acting_user=request.user, round_id=found.pk, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        return round_page(request, found, status=422, refused="；".join(error.messages))
    messages.success(request, "已撤销封存，本期按原来的期限收报。")
    return redirect("reporting:form-round", key, period)


@require_POST
@login_required
def form_remind(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """Chase those who have not reported: all, or the units that were ticked."""
    found = _round_or_404(request, key, period)
    chosen = [
        int(text) for text in request.POST.getlist("unit") if text.isascii() and text.isdigit() and len(text) < 19
    ]
    told = remind_now(acting_user=request.user, round_id=found.pk, unit_ids=chosen or None)
    if told.people:
        silent = f"；另有 {told.silent} 个单位还没有填报员，没有催到" if told.silent else ""
        messages.success(request, f"已向 {told.units} 个单位的 {told.people} 人催报{silent}。")
    else:
        messages.info(request, "没有要催的人：都已报送，或一小时内刚催过，或未报单位还没有填报员。")
    return redirect("reporting:form-round", key, period)


@require_POST
@login_required
def form_exempt(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """Exempt a unit from this period on (or for it alone), with a reason."""
    found = _round_or_404(request, key, period)
    require(may_collect(request.user, found.form), "只有收表单位可以办理免报。")
    number = request.POST.get("unit", "")
    unit = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        asked = visible_returns(request.user).filter(round=found, unit_id=int(number)).select_related("unit").first()
        unit = asked.unit if asked else None
    try:
        if unit is None:
            raise ValidationError("请选择本期应报的单位。")
        exempt_unit(
            acting_user=request.user,
            form_id=found.form_id,
            unit_id=unit.pk,
            first_period=period,
            last_period=period if request.POST.get("span", "one") == "one" else request.POST.get("last_period", ""),
            reason=request.POST.get("reason", ""),
        )
    except ValidationError as error:
        return round_page(request, found, status=422, refused="；".join(error.messages), typed=request.POST)
    except ReportingError as error:
        return round_page(request, found, status=409, refused=str(error), typed=request.POST)
    messages.success(request, f"{unit}已办理免报。")
    return redirect("reporting:form-round", key, period)


@require_POST
@login_required
def form_end_exemption(request: HttpRequest, key: str, period: str, exemption_id: int) -> HttpResponse:
    """End an exemption from this period on: what it covered is asked for again."""
    found = _round_or_404(request, key, period)
    require(may_collect(request.user, found.form), "只有收表单位可以办理免报。")
    exemption = get_object_or_404(found.form.exemptions, pk=exemption_id)
    try:
        end_exemption(
            acting_user=request.user,
            exemption_id=exemption.pk,
            from_period=period,
            reason=request.POST.get("reason", ""),
        )
    except ValidationError as error:
        return round_page(request, found, status=422, refused="；".join(error.messages))
    messages.success(request, f"{exemption.unit}的免报自{Period.parse(period).label}起取消，以前各期仍为免报。")
    return redirect("reporting:form-round", key, period)
