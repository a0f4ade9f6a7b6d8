"""What the pages share: pages of lists, acts that keep what was typed, days and numbers of addresses."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from luoshi.apps.dispatch.errors import DispatchError, Overlap
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.plans.addresses import day_of
from luoshi.apps.plans.views.reading import number_in

PAGE = 100
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: what ``plans/_pages.html`` shows."""

    rows: list[Any]
    number: int
    pages: int
    total: int


def page_of(request: HttpRequest, rows: QuerySet[Any], total: int | None = None) -> Page:
    """The page of a list that the address asks for: one query, or two without the total."""
    total = rows.order_by().count() if total is None else total
    pages = max(1, -(-total // PAGE))
    number = min(number_in(request.GET, "page"), pages)
    return Page(list(rows[(number - 1) * PAGE : number * PAGE]), number, pages, total)


def address_without(request: HttpRequest, *names: str) -> str:
    """The filters of the address, some left out; ready for more: ``?unit=qsx&``."""
    query = request.GET.copy()
    for name in ("page", *names):
        query.pop(name, None)
    return f"?{query.urlencode()}&" if query else "?"


def text_in(request: HttpRequest, name: str, most: int = 80) -> str:
    """A short text of the address."""
    return request.GET.get(name, "").replace("\0", "").strip()[:most]


def day_in(request: HttpRequest, name: str) -> dt.date | None:
    """A day that was typed; ``None`` where the field is empty; raises ``ValidationError`` for any other text."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    if (found := day_of(text)) is None:
        raise ValidationError("日期不对，请重新选择。")
    return found


def told(error: Exception) -> str:
    """What went wrong, in words."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def done(
    request: HttpRequest,
    perform: Callable[[], Any],
    *,
    words: str,
    to: tuple[str, int],
    again: Callable[[str], HttpResponse],
) -> HttpResponse:
    """Do an act and go to where it shows; refused, the page is shown again with what was typed (``again``)."""
    try:
        perform()
    except (DispatchError, ValidationError) as error:
        return again(told(error))
    messages.success(request, words)
    return redirect(to[0], to[1])


def script_view(view: View) -> View:
    """A view for the page's own scripts: what goes wrong is answered as JSON with a message."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"message": "登录已过期，请重新登录；您写的仍在本页。"}, status=401)
        try:
            return view(request, *args, **kwargs)
        except Overlap as error:
            return JsonResponse({"message": str(error), "theirs": error.theirs}, status=409)
        except DispatchError as error:
            return JsonResponse({"message": str(error)}, status=409)
        except ValidationError as error:
            return JsonResponse({"message": told(error)}, status=422)
        except PermissionDenied as error:
            return JsonResponse({"message": str(error) or "您没有办理此事的权限。"}, status=403)

    return guarded


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent, with nothing in it that cannot be stored; ``ValidationError``."""
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ValidationError("内容无法读取。") from error
    if not isinstance(found, dict) or not is_storable(found):
        raise ValidationError("内容无法读取。")
    return found


def text_of(sent: dict[str, Any], name: str) -> str:
    """A text that was sent; ``ValidationError`` where it is none."""
    value = sent.get(name, "")
    if not isinstance(value, str):
        raise ValidationError("内容无法读取。")
    return value


def number_of(sent: dict[str, Any], name: str) -> int | None:
    """A number that was sent, or none."""
    value = sent.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValidationError("内容无法读取。")
    return value
