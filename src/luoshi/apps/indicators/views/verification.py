"""认定: reported beside official figures, and which of them counts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.indicators import actions
from luoshi.apps.indicators.actions.verifying import BASES, OTHER
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.indicators.policies import editable_indicators
from luoshi.apps.indicators.queries.comparing import SHOWN, comparison
from luoshi.apps.indicators.queries.waiting import waiting
from luoshi.apps.indicators.views.common import as_of_context, keeper_page, number_in
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import number_of
from luoshi.forms.errors import ValueProblem
from luoshi.forms.model import Field, FieldType
from luoshi.forms.parsing import parse_cell
from luoshi.periods import Period, PeriodError

_USUAL_TOLERANCE = "1"
MOST_WAITING = 8


def _tolerance(text: str) -> tuple[Decimal, str]:
    try:
        value = Decimal(text or _USUAL_TOLERANCE)
    except InvalidOperation:
        return Decimal(_USUAL_TOLERANCE), f"容差“{text[:20]}”不是数，按 {_USUAL_TOLERANCE}% 比对。"
    if not value.is_finite() or not 0 <= value <= 1000:
        return Decimal(_USUAL_TOLERANCE), f"容差应在 0 到 1000 之间，按 {_USUAL_TOLERANCE}% 比对。"
    return value, ""


def _periods(indicators: list[Indicator]) -> list[Period]:
    """The periods in which these indicators have values, the newest first."""
    rows = Observation.objects.order_by().filter(indicator__in=indicators, superseded_at=None)
    texts = rows.values_list("period", flat=True).distinct()[:500]
    return sorted((Period.parse(text) for text in texts), reverse=True)[:60]


@require_safe
@keeper_page
def verification(request: HttpRequest) -> HttpResponse:
    """The page: choose an indicator (or all of a unit) and a period, then compare and decide.

    Where the address asks for nothing, it is what was imported last and is not verified yet.
    """
    as_of, context = as_of_context(request)
    values = Observation.objects.order_by().filter(indicator=OuterRef("pk"))
    mine = editable_indicators(request.user).filter(merged_into=None).select_related("owner")
    choices = list(mine.annotate(used=Exists(values)).order_by("name", "pk"))
    used = [row for row in choices if row.used]
    chosen_key, owner_key = request.GET.get("indicator", ""), request.GET.get("owner", "")
    open_rows = waiting(used)
    errors: list[str] = []
    chosen = [row for row in used if row.key == chosen_key]
    if chosen_key and not chosen:
        errors.append("所选指标不由您维护，或还没有数，请另选。")
    if not chosen and owner_key:
        chosen = [row for row in used if row.owner.key == owner_key]
        if not chosen:
            errors.append("该单位没有由您维护、已经有数的指标，请另选。")
    if not chosen_key and not owner_key:
        chosen = [open_rows[0].indicator] if open_rows else used if len(used) == 1 else []
    periods = _periods(chosen) if chosen else []
    of_chosen = {row.pk for row in chosen}
    open_periods: dict[Period, int] = {}
    for row in open_rows:
        if row.indicator.pk in of_chosen:
            open_periods[row.period] = open_periods.get(row.period, 0) + row.units
    period, said = _period(request.GET.get("period", ""), periods, next(iter(open_periods), None))
    tolerance, wrong = _tolerance(request.GET.get("tolerance", "").strip())
    shown = request.GET.get("show", "")
    if shown not in SHOWN:
        errors.append(f"只看“{shown[:20]}”无法识别，列出全部。")
        shown = ""
    found = None
    if chosen and period is not None:
        found = comparison(
            indicators=chosen,
            period=str(period),
            tolerance=tolerance,
            shown=shown,
            as_of=as_of,
            number=number_in(request.GET, "page"),
        )
    single = chosen[0] if len(chosen) == 1 else None
    asked = {
        "indicator": single.key if single else "",
        "owner": owner_key if not single else "",
        "period": str(period or ""),
        "tolerance": f"{tolerance.normalize():f}",
        "show": shown,
    }
    address = urlencode({name: value for name, value in asked.items() if value})
    return render(
        request,
        "indicators/verification.html",
        context
        | {
            "choices": used,
            "owners": {row.owner.key: row.owner for row in used}.values(),
            "waiting": [row for row in open_rows if (row.indicator, row.period) != (single, period)][:MOST_WAITING],
            "waiting_total": len(open_rows),
            "waiting_here": open_periods.get(period, 0) if period else 0,
            "chosen": chosen,
            "single": single,
            "periods": [(one, open_periods.get(one, 0)) for one in periods],
            "period": period,
            "asked": asked,
            "shown": SHOWN,
            "errors": [*errors, *(error for error in (said, wrong) if error)],
            "found": found,
            "page": found,
            "page_address": f"?{address}&page=",
            "address": address,
            "bases": BASES,
        },
    )


def _period(text: str, known: list[Period], usual: Period | None) -> tuple[Period | None, str]:
    """The period asked for, else the one that waits, else the newest; and what is wrong with the text."""
    if not text:
        return usual or (known[0] if known else None), ""
    try:
        return Period.parse(text), ""
    except PeriodError as error:
        return (known[0] if known else None), f"{error}。"


def _back(request: HttpRequest) -> HttpResponse:
    names = ("indicator", "owner", "period", "tolerance", "show", "page")
    query = {name: request.POST.get(name, "")[:64] for name in names}
    return redirect(
        f"{reverse('indicators:verification')}?{urlencode({name: value for name, value in query.items() if value})}"
    )


def _subject(request: HttpRequest) -> tuple[Indicator, Period]:
    """The indicator and period of a decision; each row names its own indicator where several are shown."""
    mine = editable_indicators(request.user).filter(merged_into=None)
    indicator = get_object_or_404(mine, key=request.POST.get("subject", "") or request.POST.get("indicator", ""))
    try:
        return indicator, Period.parse(request.POST.get("period", ""))
    except PeriodError as error:
        raise IndicatorError(f"{error}。") from error


def _number(indicator: Indicator, text: str) -> Decimal | None:
    if not text.strip():
        return None
    field = Field("value", "另定数", FieldType.NUMBER, unit_of_measure=indicator.unit_of_measure, decimals=6)
    try:
        return Decimal(parse_cell(field, text))
    except ValueProblem as error:
        raise IndicatorError(f"{error}。") from error


def _seen(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _decisions(request: HttpRequest, indicator: Indicator) -> list[actions.Decision]:
    """One row (``unit``, ``basis``, ``value``, ``reason``), or all ticked ones (``units``) by the same basis."""
    basis = request.POST.get("basis", "")
    reason = request.POST.get("reason", "")
    numbers = [number for text in request.POST.getlist("units") if (number := number_of(text)) is not None]
    return [
        actions.Decision(
            unit_id=number,
            basis=basis,
            seen=_seen(request.POST.get(f"seen-{basis}-{number}", "")),
            value=_number(indicator, request.POST.get("value", "")) if basis == OTHER else None,
            reason=reason,
        )
        for number in numbers
    ]


@require_POST
@keeper_page
def verification_decide(request: HttpRequest) -> HttpResponse:
    """Decide for the ticked units."""
    try:
        indicator, period = _subject(request)
        decisions = _decisions(request, indicator)
        if request.POST.get("basis") == OTHER and len(decisions) != 1:
            raise IndicatorError("“另定”请逐个单位办理：只勾选一个单位，并填写数值和理由。")
        done = actions.verify_values(
            acting_user=request.user, indicator=indicator, period=str(period), decisions=decisions
        )
    except IndicatorError as refused:
        messages.error(request, str(refused), extra_tags="danger")
        return _back(request)
    count = done.added + done.changed
    messages.success(
        request, f"已认定 {count} 个单位" + (f"，{done.unchanged} 个与原认定相同。" if done.unchanged else "。")
    )
    return _back(request)


@require_POST
@keeper_page
def verification_withdraw(request: HttpRequest) -> HttpResponse:
    """Take back what was decided for the ticked units."""
    try:
        indicator, period = _subject(request)
        ids = [number for text in request.POST.getlist("units") if (number := number_of(text)) is not None]
        if not ids:
            raise IndicatorError("请勾选要撤销认定的单位。")
        count = actions.withdraw_verified(
            acting_user=request.user,
            indicator=indicator,
            period=str(period),
            unit_ids=list(Unit.objects.filter(pk__in=ids).values_list("pk", flat=True)),
            reason=request.POST.get("reason", ""),
        )
    except IndicatorError as refused:
        messages.error(request, str(refused), extra_tags="danger")
        return _back(request)
    messages.success(request, f"已撤销 {count} 个单位的认定，改用统计数或自报数。")
    return _back(request)
