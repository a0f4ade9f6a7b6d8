"""What the pages of this app share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.indicators.policies import KEEPERS, visible_indicators
from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.addresses import number_of
from luoshi.site import moments

View = Callable[..., HttpResponse]


def keeper_page(view: View) -> View:
    """Only for who keeps indicators somewhere."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(authority(request.user).holds(*KEEPERS), "维护指标和统计数据由牵头单位、统筹办或系统管理员办理。")
        return view(request, *args, **kwargs)

    return login_required(guarded)


def number_in(query: Mapping[str, str], name: str, default: int = 1) -> int:
    """A positive number of the address."""
    return number_of(query.get(name, "")) or default


def year_in(query: Mapping[str, str], name: str = "year") -> int | None:
    """A year of the address."""
    number = number_of(query.get(name, ""))
    return number if number is not None and 1910 <= number <= 2990 else None


def indicator_or_404(request: HttpRequest, key: str) -> Indicator:
    """The indicator of a key."""
    if not key:
        raise Http404
    rows = visible_indicators(request.user).select_related("owner", "weight", "merged_into")
    found: Indicator = get_object_or_404(rows, key=key)
    return found


def as_of_context(request: HttpRequest) -> tuple[dt.datetime | None, dict[str, Any]]:
    """The moment of the address, and what the banner says of it."""
    moment, error = moments.as_of_in(request.GET)
    query = request.GET.copy()
    query.pop("as_of", None)
    query.pop("page", None)
    return moment, {
        "as_of": moment,
        "as_of_error": error,
        "as_of_told": moments.told(moment) if moment else "",
        "as_of_written": moments.written(moment),
        "now_query": query.urlencode(),
        "now_fields": [(name, value) for name, value in query.items()],
    }
