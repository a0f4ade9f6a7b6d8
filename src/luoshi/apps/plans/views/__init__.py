"""Pages of the plans."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def plan_list(request: HttpRequest, **kwargs: int) -> HttpResponse:
    """A page that says its place; each page gets its own view in the next commits."""
    return render(request, "plans/page.html")


plan_detail = plan_source = plan_matrix = plan_tables = ledger = ledger_export = plan_list
measure_detail = target_detail = unit_list = unit_detail = document_file = plan_list
