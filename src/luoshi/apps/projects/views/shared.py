"""What the pages share: the project of an address, filters, amounts as they are typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from luoshi.apps.dispatch.errors import DispatchError
from luoshi.apps.dispatch.views.shared import address_without, page_of, text_in, told
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import day_of, number_of
from luoshi.apps.projects.errors import ProjectError
from luoshi.apps.projects.models import Nature, Project, Sort, State
from luoshi.apps.projects.policies import visible_projects
from luoshi.apps.projects.queries import ProjectFilter
from luoshi.apps.supervision.errors import SupervisionError

__all__ = ["address_without", "amount_in", "day_in", "done", "filter_of", "page_of", "project_of", "text_in", "told"]


def project_of(request: HttpRequest, project_id: int) -> Project:
    """The project of an address; 404 for what the person does not see."""
    rows = visible_projects(request.user).select_related("unit", "lead", "industry", "chain")
    found = rows.filter(pk=project_id).first()
    if found is None:
        raise Http404
    return found


def filter_of(request: HttpRequest) -> ProjectFilter:
    """The filter of an address; what is no choice counts as not asked."""
    query = request.GET
    return ProjectFilter(
        unit=text_in(request, "unit"),
        lead=text_in(request, "lead"),
        industry=number_of(query.get("industry", "")),
        chain=number_of(query.get("chain", "")),
        state=query.get("state", "") if query.get("state") in State.values else "",
        nature=query.get("nature", "") if query.get("nature") in Nature.values else "",
        sort=query.get("sort", "") if query.get("sort") in Sort.values else "",
        major=query.get("major") == "1",
        year=year if (year := number_of(query.get("year", ""))) and 1990 <= year <= 2100 else None,
        q=text_in(request, "q"),
        stuck=query.get("stuck") == "1",
        gap=query.get("gap") == "1",
    )


def amount_in(text: str, what: str) -> Decimal | None:
    """An amount typed in 万元, in yuan; ``None`` for an empty one; ``ValidationError`` for what is no number."""
    text = text.replace(",", "").replace("，", "").replace("万元", "").strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValidationError(f"{what}“{text[:20]}”不是数，请填万元数。") from error
    if not number.is_finite() or abs(number) > 10**11:
        raise ValidationError(f"{what}不对，请核对（单位：万元）。")
    return number * 10_000


def day_in(request: HttpRequest, name: str, what: str) -> dt.date | None:
    """A day that was typed; ``None`` where the field is empty; ``ValidationError`` for any other text."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    if (found := day_of(text)) is None:
        raise ValidationError(f"{what}不对，请重新选择。")
    return found


def as_of(request: HttpRequest) -> dt.date:
    """The day of an address, today where there is none; never ahead."""
    today = timezone.localdate()
    asked = day_of(request.GET.get("day", ""))
    return min(asked, today) if asked else today


def year_of(request: HttpRequest, day: dt.date) -> int:
    """The year of an address, that of the day where there is none."""
    asked = number_of(request.GET.get("year", ""))
    return asked if asked and 1990 <= asked <= 2100 else day.year


def unit_of(request: HttpRequest) -> Unit | None:
    """The unit of an address."""
    key = text_in(request, "unit")
    return Unit.objects.filter(key=key).first() if key else None


def done(
    request: HttpRequest,
    perform: Callable[[], Any],
    *,
    words: str,
    to: tuple[Any, ...],
    again: Callable[[list[str]], HttpResponse],
) -> HttpResponse:
    """Do an act and go to where it shows; refused, the page is shown again with what was typed (``again``)."""
    try:
        perform()
    except ValidationError as error:
        return again(list(error.messages))
    except (ProjectError, DispatchError, SupervisionError) as error:
        return again([str(error)])
    messages.success(request, words)
    return redirect(*to)
