"""Pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """People."""
    return render(request, "base.html")


@login_required
def journal(request: HttpRequest) -> HttpResponse:
    """Journal."""
    return render(request, "base.html")
