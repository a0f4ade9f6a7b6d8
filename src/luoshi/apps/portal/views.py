"""What the public may read: plans that were opened, with their measures and targets; no names of people, no drafts."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from luoshi.apps.plans.models import Plan, PlanVersion
from luoshi.apps.plans.policies import public_plans
from luoshi.apps.plans.queries.source import public_objects, source_of, version_of

PAGE_SIZE = 50


def _published() -> QuerySet[Plan]:
    published = PlanVersion.objects.filter(plan=OuterRef("pk"))
    return public_plans().filter(Exists(published)).select_related("owner")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The plans that are public."""
    text = " ".join(request.GET.get("text", "").split())[:60]
    found = _published()
    for word in text.split():
        found = found.filter(Q(title__icontains=word) | Q(number__icontains=word))
    total = found.count()
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    number = max(1, min(number, -(-total // PAGE_SIZE)))
    in_force = Q(measures__retired_in=None, measures__is_task=True)
    counted = found.annotate(tasks=Count("measures", filter=in_force)).order_by("-year", "-pk")
    plans = counted[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    pages = max(1, -(-total // PAGE_SIZE))
    return render(
        request,
        "portal/home.html",
        {"plans": plans, "text": text, "total": total, "number": number, "pages": pages},
    )


@require_safe
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One public plan: its text with measures and targets marked."""
    found = get_object_or_404(_published(), pk=plan_id)
    version = version_of(found)
    if version is None:
        raise Http404
    source = source_of(version, public_objects(version))
    return render(request, "portal/plan.html", {"plan": found, "version": version, "source": source})
