"""Which forms ask for an indicator: a part of the indicator's page, loaded by itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.indicators.policies import visible_indicators
from luoshi.apps.reporting.queries.asking import forms_asking


@require_safe
@login_required
def indicator_forms(request: HttpRequest, indicator_key: str) -> HttpResponse:
    """The card with the forms that ask for an indicator."""
    indicator = get_object_or_404(visible_indicators(request.user), key=indicator_key)
    found = forms_asking(request.user, indicator, timezone.localdate())
    return render(request, "reporting/_forms_asking.html", {"forms": found})
