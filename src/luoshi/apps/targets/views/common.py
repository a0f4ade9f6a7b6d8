"""What the views share: which target and unit are meant, how errors are answered, moments and pages in addresses."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.policies import visible_targets
from luoshi.apps.targets import policies
from luoshi.apps.targets.errors import Closed, Invalid, Stale, TargetsError
from luoshi.apps.targets.models import Allocation
from luoshi.apps.targets.queries.totals import given_rows
from luoshi.site.moments import moment_of

View = Callable[..., HttpResponse]
PAGE = 100


def place(request: HttpRequest, target_id: int, query: Mapping[str, str] | None = None) -> tuple[Target, Unit]:
    """The target and the unit that shares it out (``?unit=``; the plan's owner by default), both seen by the person."""
    rows = visible_targets(request.user, retired=True).select_related("plan__owner", "measure", "version")
    target = get_object_or_404(rows, pk=target_id)
    key = (query or request.GET).get("unit", "")
    return target, giver(request.user, target, key)


def giver(user: Any, target: Target, key: str) -> Unit:
    """The unit of a key that shares the target out; 404 for one that has no share, or is not the person's to see."""
    if not key or key == target.plan.owner.key:
        return target.plan.owner
    unit = get_object_or_404(Unit, key=key) if "\x00" not in key else None
    if unit is None or not policies.sees_allocation_of(user, unit):
        raise Http404
    if not given_rows(target, unit) and not Allocation.objects.filter(target=target, unit=unit).exists():
        raise Http404
    return unit


def page_url(target: Target, unit: Unit, name: str = "targets:allocation") -> str:
    """The address of a page of an allocation."""
    url = reverse(name, args=(target.pk,))
    return url if unit.pk == target.plan.owner_id else f"{url}?unit={unit.key}"


def as_of(query: Mapping[str, str]) -> dt.datetime | None:
    """The moment ``?as_of=2026-05-01`` (the end of the day); ``None`` for now."""
    return moment_of(query.get("as_of", ""))


def paged(rows: QuerySet[Any], request: HttpRequest) -> Any:
    """One page of rows, 100 of them."""
    paginator = Paginator(rows, PAGE)
    return paginator.get_page(number_of(request.GET.get("page", "")) or 1)


def page_address(request: HttpRequest) -> str:
    """The address without the page's number, for links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    address = query.urlencode()
    return f"?{address}&page=" if address else "?page="


def answers_plainly(view: View) -> View:
    """What goes wrong in an act of a panel is answered in words; the page keeps the form as it was filled in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Stale, Closed) as error:
            return plainly(str(error), 409)
        except TargetsError as error:
            return plainly(str(error), 422)

    return guarded


def plainly(text: str, status: int) -> HttpResponse:
    """A message as plain text."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def answers_json(view: View) -> View:
    """The same for the page's own scripts."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"message": "登录已过期，请重新登录。填写的内容留在本机，登录后可以恢复。"}, status=401)
        try:
            return view(request, *args, **kwargs)
        except Stale as error:
            return JsonResponse({"message": str(error), "revision": error.revision}, status=409)
        except Closed as error:
            return JsonResponse({"message": str(error)}, status=409)
        except Invalid as error:
            return JsonResponse({"message": str(error), "errors": error.errors}, status=422)

    return guarded


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent; raises ``Invalid``."""
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid({"": "发送的内容有误。"}) from error
    if not isinstance(found, dict) or not is_storable(found):
        raise Invalid({"": "发送的内容有误。"})
    return found


def sent_on(url: str) -> HttpResponse:
    """Tell htmx to go to another page."""
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def revision_of(data: Mapping[str, Any]) -> int:
    """The revision that the person saw; -1 (which fits none) where it is missing or no number."""
    value = data.get("revision")
    if isinstance(value, bool):
        return -1
    if isinstance(value, int):
        return value
    number = number_of(str(value or ""))
    return -1 if number is None else number


def today() -> dt.date:
    """Today in Shanghai."""
    return timezone.localdate()
