"""What the public may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from luoshi.apps.plans.models import Plan


def home(request: HttpRequest) -> HttpResponse:
    """The plans that are public."""
    plans = Plan.objects.filter(is_public=True, versions__isnull=False).distinct().select_related("owner")
    return render(request, "portal/home.html", {"plans": plans})


def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One public plan."""
    found = get_object_or_404(Plan.objects.filter(is_public=True), pk=plan_id)
    return render(request, "portal/plan.html", {"plan": found})
