"""The journal's page: who did what, when, before and after."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from luoshi.apps.administration import queries, words
from luoshi.apps.administration.forms import JournalFilter
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import authority, require


def _require_reader(request: HttpRequest) -> None:
    held = authority(request.user)
    require(held.holds(Role.ADMINISTRATOR, Role.COORDINATOR), "只有系统管理员和统筹办可以查看操作日志。")


def _midnight(day: dt.date | None, after: int = 0) -> dt.datetime | None:
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=after), dt.time()))


def _number(parameters: QueryDict, name: str) -> int | None:
    text = parameters.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@login_required
def journal(request: HttpRequest) -> HttpResponse:
    """The newest entries first, filtered by person, act, object and day."""
    _require_reader(request)
    form = JournalFilter(request.GET, types=words.object_types())
    form.is_valid()
    chosen: dict[str, Any] = form.cleaned_data
    found = queries.entries_of(
        queries.visible_entries(request.user),
        person=chosen.get("person", ""),
        action=chosen.get("action", ""),
        object_type=chosen.get("type", ""),
        object_id=chosen.get("id", ""),
        label=chosen.get("object", ""),
        since=_midnight(chosen.get("since")),
        until=_midnight(chosen.get("until"), after=1),
    )
    if form.errors:
        found = found.none()
    page = queries.entry_page(found, before=_number(request.GET, "before"), after=_number(request.GET, "after"))
    names = words.names_of(request.user, page.entries)
    context = {
        "form": form,
        "page": page,
        "rows": [(entry, words.type_label(entry.object_type), words.changes(entry, names)) for entry in page.entries],
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "administration/journal.html", context)


@login_required
def verify_journal(request: HttpRequest) -> HttpResponse:
    """Walk the chain and say whether anybody changed anything; a part of the page."""
    _require_reader(request)
    context = {"result": verify(), "now": timezone.now()}
    template = "administration/_verification.html" if request.htmx else "administration/verification.html"
    return render(request, template, context)
