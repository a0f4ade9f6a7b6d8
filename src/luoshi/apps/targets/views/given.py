"""/allocations: what was given to my units, and what I may share out."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, units_of
from luoshi.apps.plans import words
from luoshi.apps.targets.policies import SHARERS
from luoshi.apps.targets.queries import given
from luoshi.apps.targets.views.common import page_address, paged

VIEWS = {"given": "下达给我单位的", "own": "由我单位分解的"}


@require_safe
@login_required
def allocations(request: HttpRequest) -> HttpResponse:
    """A row a target; who may share out further finds the button in it."""
    asked = given.GivenFilter.from_address(request.GET)
    errors = list(asked.errors)
    chosen: Unit | str = asked.unit
    if asked.unit:
        try:
            chosen = find_unit(asked.unit, units_of(request.user), ended=True)
            asked = replace(asked, unit=chosen.key)
        except UnknownUnit as unknown:
            errors.append(f"{unknown}，未按单位筛选。")
            asked = replace(asked, unit="")
    view = request.GET.get("view", "")
    if view and view not in VIEWS:
        errors.append(f"视图“{view[:20]}”无法识别，按通常的显示。")
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
        "filtered": asked.is_narrow,
        "states": given.OWN_STATES,
        "errors": errors,
        "unit": chosen,
    }
    if view == "own":
        page = paged(given.own_targets(request.user, asked), request)
        rows = given.own_rows(list(page))
        context["rows"] = [(row, words.commitment(row.target)) for row in rows]
    else:
        page = paged(given.given_pairs(request.user, asked), request)
        context["rows"] = given.given_rows_of(request.user, list(page))
    context["total"] = page.paginator.count
    context["page"] = {"number": page.number, "pages": page.paginator.num_pages}
    return render(request, "targets/allocations.html", context)
