"""Failed sign-ins: under which name they count, and what someone sees whose sign-ins are stopped for a while."""

from __future__ import annotations

import math
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from axes.utils import reset
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


def _folded(name: str) -> str:
    # Through capitals first, as the database compares: “ſ” and “s” are one there.
    return name.strip().upper().lower()


def counted_name(request: HttpRequest, credentials: Any = None) -> str:
    """The name under which a try counts: sign-in takes a name in any letter case, so all cases count together."""
    return _folded((credentials or {}).get("username") or request.POST.get("login", ""))


def forget_failures(username: str) -> None:
    """Let an account sign in again at once."""
    reset(username=_folded(username))


def respond(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """The page that says when to try again: the cool-off counts from the last try that was checked."""
    username = counted_name(request, credentials)
    attempts = AccessAttempt.objects.filter(username=username, ip_address=getattr(request, "axes_ip_address", None))
    last = attempts.filter(attempt_time__gte=get_cool_off_threshold(request)).order_by("-attempt_time").first()
    now = timezone.now()
    until = (last.attempt_time if last else now) + get_cool_off(request)
    context = {
        "username": username,
        "failure_limit": get_failure_limit(request, credentials),
        "until": until,
        "minutes": max(1, math.ceil((until - now).total_seconds() / 60)),
    }
    return render(request, "account/locked_out.html", context, status=429)
