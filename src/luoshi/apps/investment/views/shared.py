"""What the pages share: acts that keep what was typed, filters of addresses, periods that may be chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from luoshi.apps.investment.errors import InvestmentError
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.projects.errors import ProjectError
from luoshi.periods import Cadence, Period, PeriodError

REFUSALS = (InvestmentError, ProjectError, ValidationError)
_YI = Decimal(100_000_000)


def told(error: Exception) -> str:
    """What went wrong, in words."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def done(
    request: HttpRequest, act: Callable[[], Any], said: str, to: str, again: Callable[[str, int], HttpResponse]
) -> HttpResponse:
    """Do an act and go on; refused, ``again(problem, status)`` shows the page with what was typed."""
    try:
        act()
    except REFUSALS as error:
        return again(told(error), 422 if isinstance(error, ValidationError) else 409)
    messages.success(request, said)
    return redirect(to)


def text_in(request: HttpRequest, name: str, most: int = 60) -> str:
    """A short text of the address."""
    return " ".join(request.GET.get(name, "").replace("\x00", "").split())[:most]


def decimal_in(text: str, what: str) -> Decimal | None:
    """A number that was typed, with thousands separators or not; ``ValidationError`` where it is none."""
    text = text.replace(",", "").replace("，", "").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValidationError(f"{what}应为数字。") from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise ValidationError(f"{what}不对，请核对数值和单位。")
    return value


def revision_of(request: HttpRequest) -> int | None:
    """The revision that the person saw."""
    return number_of(request.POST.get("revision", ""))


def year_in(request: HttpRequest) -> int:
    """The year of the address, this year without one."""
    year = number_of(request.GET.get("year", "")) or timezone.localdate().year
    return year if 1990 <= year <= 2100 else timezone.localdate().year


def period_in(request: HttpRequest) -> Period:
    """The year, half-year, quarter or month of the address; this year without one."""
    try:
        period = Period.parse(request.GET.get("period", ""))
    except PeriodError:
        return Period.parse(str(timezone.localdate().year))
    long = (Cadence.YEARLY, Cadence.HALF_YEARLY, Cadence.QUARTERLY, Cadence.MONTHLY)
    return period if period.cadence in long and 1990 <= period.year <= 2100 else Period.parse(str(period.year))


def period_choices(chosen: Period) -> list[tuple[str, str]]:
    """This and last year with their quarters and, where it is another one, what is chosen."""
    today = timezone.localdate()
    found = []
    for year in (today.year, today.year - 1):
        found.append(Period.parse(str(year)))
        found += [Period.parse(f"{year}Q{n}") for n in (1, 2, 3, 4) if dt.date(year, 3 * n - 2, 1) <= today]
    rows = [(str(period), period.label) for period in found]
    return rows if str(chosen) in dict(rows) else [(str(chosen), chosen.label), *rows]


def to_yuan(value: Decimal | None) -> Decimal | None:
    """亿元 in 元."""
    return None if value is None else (value * _YI).quantize(Decimal("0.01"))
