"""The page that a person sees first."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import authority
from luoshi.apps.workbench.queries import bench


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and what is due soon."""
    today = timezone.localdate()
    found = bench(request.user, today)
    may_upload = authority(request.user).holds(Role.ADMINISTRATOR, Role.COORDINATOR)
    return render(request, "workbench/home.html", {"bench": found, "today": today, "may_upload": may_upload})
