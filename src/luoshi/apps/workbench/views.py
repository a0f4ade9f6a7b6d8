"""The page that a person sees first."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import OVERSEERS, authority
from luoshi.apps.reporting.queries.forms import form_page
from luoshi.apps.workbench.queries import SHOWN, bench, lacking


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and what is due soon."""
    today = timezone.localdate()
    found = bench(request.user, today)
    held = authority(request.user)
    context = {
        "bench": found,
        "today": today,
        "may_upload": held.holds(Role.ADMINISTRATOR, Role.COORDINATOR),
        "administers": held.holds(Role.ADMINISTRATOR),
        "watches": held.holds(*OVERSEERS, Role.LEAD),
    }
    return render(request, "workbench/home.html", context)


@require_safe
@login_required
def reporting(request: HttpRequest) -> HttpResponse:
    """How the reporting of the forms that the person may see stands; fetched after the page, with its own queries."""
    page = form_page(request.user, today=timezone.localdate())
    rows = [row for row in page.rows if row.round is not None][:SHOWN]
    context = {"rows": rows, "now": timezone.now()}
    return render(request, "workbench/_reporting.html", context)


@require_safe
@login_required
def administration(request: HttpRequest) -> HttpResponse:
    """What an administrator is to put right; fetched after the page, with its own queries."""
    found = lacking(request.user)
    if found is None:
        raise Http404
    return render(request, "workbench/_administration.html", {"lacking": found})
