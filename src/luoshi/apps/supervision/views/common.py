"""What the views share: which order is meant, filters in addresses, how an act is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from luoshi.apps.plans.addresses import day_of, number_of
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.models import Order, OrderState, Origin
from luoshi.apps.supervision.queries.orders import DUES, GROUPS, SORTS, OrderFilter
from luoshi.apps.supervision.queries.pages import visible_order

PAGE = 100


def order_or_404(request: HttpRequest, order_id: int) -> Order:
    """An order that the person sees, with all that its page names."""
    order = visible_order(request.user, order_id)
    if order is None:
        raise Http404
    return order


def order_filter(query: Mapping[str, str]) -> OrderFilter:
    """What an address asks for; what it cannot mean narrows nothing."""
    state, sort, due = query.get("state", ""), query.get("sort", ""), query.get("due", "")
    origin = query.get("origin", "")
    return OrderFilter(
        state=state if state in OrderState.values or state in GROUPS else "",
        origin=origin if origin in Origin.values else "",
        due=due if due in DUES else "",
        plan=number_of(query.get("plan", "")) or 0,
        unit=plain_text(query.get("unit", "")),
        owner=plain_text(query.get("owner", "")),
        text=plain_text(query.get("text", "")),
        sort=sort if sort in SORTS else "",
    )


def plain_text(value: str, most: int = 60) -> str:
    """A text of an address as it may be asked for."""
    return " ".join(value.replace("\x00", "").split())[:most]


def paged(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE) -> Page[Any]:
    """One page of rows."""
    return Paginator(rows, size).get_page(number_of(request.GET.get("page", "")) or 1)


def page_links(request: HttpRequest, page: Page[Any]) -> dict[str, Any]:
    """What ``plans/_pages.html`` needs."""
    query = request.GET.copy()
    query.pop("page", None)
    address = query.urlencode()
    return {
        "page": {"number": page.number, "pages": page.paginator.num_pages},
        "page_address": f"?{address}&page=" if address else "?page=",
        "address": address,
        "total": page.paginator.count,
    }


def revision_of(request: HttpRequest) -> int | None:
    """The revision that the person saw; ``None`` where the form did not say."""
    return number_of(request.POST.get("revision", ""))


def posted_day(request: HttpRequest, name: str) -> Any:
    """A day that was typed; ``None`` where nothing was, ``ValidationError`` where it is none."""
    value = request.POST.get(name, "").strip()
    if not value:
        return None
    day = day_of(value)
    if day is None:
        raise ValidationError("日期有误，应为年-月-日，如 2026-12-31。")
    return day


def done(
    request: HttpRequest,
    act: Callable[[], Any],
    said: str,
    to: str,
    again: Callable[[str, int], HttpResponse],
) -> HttpResponse:
    """Do an act and go on; what refuses it is said by ``again(problem, status)``: the page, with what was typed."""
    try:
        act()
    except ValidationError as error:
        return again("；".join(error.messages), 422)
    except SupervisionError as error:
        return again(str(error), 409)
    messages.success(request, said)
    return redirect(to)
