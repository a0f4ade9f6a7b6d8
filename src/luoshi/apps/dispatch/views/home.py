"""调度: who is behind, what was promised, what comes next."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.dispatch.policies import convenes_anywhere
from luoshi.apps.dispatch.queries import home_page
from luoshi.apps.dispatch.queries.bench import SHOWN, dispatch_bench


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The page on which dispatching begins."""
    now, today = timezone.now(), timezone.localdate()
    page = home_page(request.user, now, today)
    context = {"page": page, "now": now, "today": today, "convenes": convenes_anywhere(request.user)}
    return render(request, "dispatch/home.html", context)


@require_safe
@login_required
def bench(request: HttpRequest) -> HttpResponse:
    """The workbench's part: warnings to answer, decisions to carry out or to close; fetched after the page."""
    found = dispatch_bench(request.user)
    context = {"bench": found, "shown": SHOWN, "now": timezone.now(), "today": timezone.localdate()}
    return render(request, "dispatch/_bench.html", context)
