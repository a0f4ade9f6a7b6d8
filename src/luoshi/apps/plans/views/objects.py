"""One measure, one target."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from luoshi.apps.plans import policies, words
from luoshi.apps.plans.queries.objects import measure_view, target_view


@require_safe
@login_required
def measure_detail(request: HttpRequest, measure_id: int) -> HttpResponse:
    """What must be done, by whom, by when, and where it says so."""
    return measure_page(request, measure_id)


def measure_page(request: HttpRequest, measure_id: int, *, typed: str = "", refused: str = "") -> HttpResponse:
    """The same, with a remark that was refused and why."""
    seen = policies.visible_measures(request.user, retired=True)
    measure = get_object_or_404(seen.select_related("plan__owner", "version__document", "retired_in"), pk=measure_id)
    view = measure_view(request.user, measure, timezone.localdate())
    return render(
        request,
        "plans/measure.html",
        {
            "measure": measure,
            "plan": measure.plan,
            "view": view,
            "row": view.row,
            "may_instruct": measure.retired_in_id is None and policies.may_instruct(request.user, measure.plan),
            "instruct_url": reverse("plans:measure-instruct", args=(measure.pk,)),
            "typed": typed,
            "refused": refused,
        },
        status=422 if refused else 200,
    )


def _progress_query(request: HttpRequest) -> str:
    """What the address says of period and moment, for the part that tells how far the target is."""
    kept = {name: value for name in ("period", "as_of") if (value := request.GET.get(name, ""))}
    return f"?{urlencode(kept)}" if kept else ""


@require_safe
@login_required
def target_detail(request: HttpRequest, target_id: int) -> HttpResponse:
    """What must be reached, and where it says so."""
    seen = policies.visible_targets(request.user, retired=True)
    target = get_object_or_404(
        seen.select_related("plan__owner", "version__document", "measure__plan", "retired_in"), pk=target_id
    )
    view = target_view(request.user, target, timezone.localdate())
    return render(
        request,
        "plans/target.html",
        {
            "target": target,
            "plan": target.plan,
            "view": view,
            "words": words.commitment_words(target),
            "sign": words.commitment(target),
            "base": words.in_base_units(target),
            "comparator": words.COMPARATOR_WORDS[target.comparator],
            "place": words.place_words(target.spans, target.line),
            "source_url": words.source_url(target.plan_id, "target", target.pk, target.line),
            "progress_query": _progress_query(request),
            "sees_measure": policies.visible_measures(request.user, retired=True).filter(pk=target.measure_id).exists(),
            "related": [(row, words.commitment(row)) for row in view.related],
        },
    )
