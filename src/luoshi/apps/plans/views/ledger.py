"""台账: who does what, by when."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.plans.export import write_ledger
from luoshi.apps.plans.queries import ledger_filter
from luoshi.apps.plans.queries.ledger import ledger_choices, ledger_page, ledger_rows
from luoshi.apps.plans.queries.ledger_filter import LedgerFilter
from luoshi.apps.plans.views.reading import number_in
from luoshi.site.workbooks import download, spool


@require_safe
@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """A page of the ledger as the address asks for it."""
    today = timezone.localdate()
    asked = LedgerFilter.typed(request.GET)
    choices = ledger_choices(request.user, asked)
    asked = replace(asked, unit_keys=choices.keys_of(asked), errors=(*asked.errors, *choices.missing(asked)))
    page = ledger_page(request.user, asked, today, number_in(request.GET, "page"))
    address = asked.address()
    return render(
        request,
        "plans/ledger.html",
        {
            "asked": asked,
            "page": page,
            "choices": choices,
            "roles": ledger_filter.ROLE_CHOICES,
            "dues": ledger_filter.DUE_CHOICES,
            "kinds": ledger_filter.KIND_CHOICES,
            "groups": ledger_filter.GROUP_CHOICES,
            "sorts": ledger_filter.SORT_CHOICES,
            "address": address,
            "page_address": f"?{address}&page=" if address else "?page=",
        },
    )


@require_safe
@login_required
def ledger_export(request: HttpRequest) -> HttpResponse:
    """The same rows, all pages, as an Excel workbook."""
    now = timezone.localtime()
    asked = LedgerFilter.typed(request.GET)
    file = spool()
    write_ledger(
        file,
        ledger_rows(request.user, asked, now.date()),
        told=asked.told(request.user),
        person=str(request.user),
        at=now,
        with_unit=asked.group == "unit",
    )
    return download(file, f"台账-{now:%Y%m%d-%H%M}.xlsx")
