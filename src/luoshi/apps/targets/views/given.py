"""/allocations: what was given to my units, and what I may share out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, within
from luoshi.apps.plans import words
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.targets.policies import SHARERS
from luoshi.apps.targets.queries import given
from luoshi.apps.targets.views.common import page_address, paged

VIEWS = {"given": "下达给我单位的", "own": "由我单位分解的"}


@require_safe
@login_required
def allocations(request: HttpRequest) -> HttpResponse:
    """A row a target; who may share out further finds the button in it."""
    asked = given.GivenFilter(
        plan=number_of(request.GET.get("plan", "")) or 0,
        unit=request.GET.get("unit", "").replace("\x00", "")[:64],
        year=number_of(request.GET.get("year", "")) or 0,
        text=" ".join(request.GET.get("text", "").replace("\x00", "").split())[:60],
    )
    view = request.GET.get("view", "")
    held = authority(request.user)
    if view not in VIEWS:
        top = any(grant.role in SHARERS for grant in held.grants)
        pairs = given.given_pairs(request.user, asked)
        view = "own" if top and not pairs.exists() else "given"
    context = {
        "view": view,
        "views": VIEWS,
        "asked": asked,
        "plans": given.plans_with_targets(request.user)[:300],
        "page_address": page_address(request),
        "filtered": bool(asked.plan or asked.unit or asked.year or asked.text),
    }
    if view == "own":
        page = paged(given.own_targets(request.user, asked), request)
        rows = given.own_rows(list(page))
        context["rows"] = [(row, words.commitment(row.target)) for row in rows]
    else:
        page = paged(given.given_pairs(request.user, asked), request)
        context["rows"] = given.given_rows_of(request.user, list(page))
        context["units"] = Unit.objects.filter(within("", held.paths())).order_by("path")[:300]
    context["total"] = page.paginator.count
    context["page"] = {"number": page.number, "pages": page.paginator.num_pages}
    return render(request, "targets/allocations.html", context)
