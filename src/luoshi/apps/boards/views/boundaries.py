"""边界: what the map is drawn on, replaced by a file, taken back, given out."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.boards import actions, policies, queries
from luoshi.apps.boards.geojson import MOST_BYTES, BadBoundaries
from luoshi.apps.boards.models import Boundaries
from luoshi.apps.boards.queries.read import TERRITORIES
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require


def _chosen(request: HttpRequest) -> Unit:
    """The unit whose parts are drawn: the one asked for, else the topmost that the person keeps."""
    kept = policies.kept_units(request.user)
    require(kept.exists(), actions.NOT_ALLOWED)
    if key := request.POST.get("unit") or request.GET.get("unit"):
        try:
            return find_unit(key, kept)
        except UnknownUnit:
            raise Http404 from None
    found = kept.filter(kind__in=TERRITORIES).order_by("depth", "path").first() or kept.order_by("path").first()
    assert found is not None
    return found


def _below(unit: Unit) -> list[Unit]:
    rows = Unit.objects.filter(path__startswith=unit.path, depth=unit.depth + 1, kind__in=TERRITORIES, valid_to=None)
    return list(rows.order_by("path"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def boundaries(request: HttpRequest) -> HttpResponse:
    """Which boundaries are used for the units below one; another file, tiles, or back to the shipped ones."""
    unit = _chosen(request)
    problems: list[str] = []
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "tiles":
            actions.use_tiles(acting_user=request.user, unit=unit)
            messages.success(request, f"{unit}改用方格图。")
        elif act == "remove":
            removed = actions.remove_boundaries(acting_user=request.user, unit=unit)
            messages.success(request, f"已恢复{unit}原来的图。" if removed else "没有上传过边界，不用恢复。")
        else:
            problems = _take_file(request, unit)
        if not problems:
            return redirect(f"{request.path}?unit={unit.key}")
    units = _below(unit)
    drawn = queries.boundaries_of(units)
    keys = set() if drawn is None else queries.units_drawn(drawn)
    context = {
        "unit": unit,
        "current": Boundaries.objects.filter(unit=unit).select_related("uploaded_by").order_by("-pk").first(),
        "drawn": drawn is not None,
        "missing": [one for one in units if drawn is not None and one.key not in keys],
        "count": len(units),
        "problems": problems,
        "figures": {
            "boundaries": drawn,
            "tiles": [] if drawn else [[one.key, column, row] for one, column, row in queries.tiles(units)],
            "places": [
                {"unit": one.key, "name": str(one), "light": None, "sentence": str(one), "place": None, "url": ""}
                for one in units
            ],
        },
    }
    return render(request, "boards/boundaries.html", context, status=422 if problems else 200)


def _take_file(request: HttpRequest, unit: Unit) -> list[str]:
    file = request.FILES.get("file")
    if file is None:
        return ["请选择 GeoJSON 文件。"]
    if (file.size or 0) > MOST_BYTES:
        return [f"文件大于 {MOST_BYTES // 2**20} MB，请先简化边界。"]
    try:
        actions.set_boundaries(acting_user=request.user, unit=unit, data=file.read(), name=file.name or "边界")
    except BadBoundaries as error:
        return error.problems
    messages.success(request, f"{unit}的边界已更换。")
    return []


@require_safe
@login_required
def boundaries_file(request: HttpRequest) -> HttpResponse:
    """The boundaries in use, to be edited in a map program."""
    unit = _chosen(request)
    drawn = queries.boundaries_of(_below(unit))
    if drawn is None:
        raise Http404
    response = HttpResponse(json.dumps(drawn, ensure_ascii=False), content_type="application/geo+json")
    response["Content-Disposition"] = f'attachment; filename="{unit.key}.geojson"'
    return response
