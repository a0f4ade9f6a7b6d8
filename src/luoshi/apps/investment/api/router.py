"""One router for all of this app, and what can stop an act here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

from luoshi.apps.investment.errors import InvestmentError
from luoshi.site.api.problems import problem

investment = Router(tags=["招商"])


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(InvestmentError)
    def _conflict(request: HttpRequest, error: InvestmentError) -> HttpResponse:
        return problem(request, 409, str(error))
