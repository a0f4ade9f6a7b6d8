"""Indicators that may be the same twice: what is alike, what merging would move, and the merging itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.indicators import actions, queries
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.indicators.policies import may_edit, visible_indicators
from luoshi.apps.indicators.views.common import keeper_page
from luoshi.apps.organisations.policies import require

_MOST = 20


@require_safe
@keeper_page
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs with like names, the likest first."""
    return render(request, "indicators/duplicates.html", {"pairs": queries.likely_duplicates(request.user)})


def _chosen(request: HttpRequest) -> tuple[Indicator, list[Indicator]]:
    data = request.POST if request.method == "POST" else request.GET
    keys = [key for key in dict.fromkeys(data.getlist("other")[:_MOST]) if key != data.get("keep")]
    rows = {
        row.key: row
        for row in visible_indicators(request.user)
        .select_related("owner")
        .filter(key__in=[*keys, data.get("keep", "")], merged_into=None)
    }
    keep = rows.get(data.get("keep", ""))
    others = [rows[key] for key in keys if key in rows]
    if keep is None or not others:
        raise Http404
    for row in (keep, *others):
        require(may_edit(request.user, row), f"指标“{row}”由{row.owner}维护，您不能合并。")
    return keep, others


@require_http_methods(["GET", "POST"])
@keeper_page
def merge(request: HttpRequest) -> HttpResponse:
    """What would be moved; then, with a reason, do it."""
    keep, others = _chosen(request)
    error = ""
    if request.method == "POST":
        try:
            actions.merge_indicators(
                acting_user=request.user, keep=keep, others=others, reason=request.POST.get("reason", "")
            )
        except IndicatorError as refused:
            error = str(refused)
        else:
            messages.success(request, f"已并入“{keep}”。")
            return redirect("indicators:detail", keep.key)
    preview = queries.merge_preview(request.user, keep, others)
    return render(
        request,
        "indicators/merge.html",
        {"preview": preview, "error": error, "reason": request.POST.get("reason", "")},
        status=422 if error else 200,
    )
