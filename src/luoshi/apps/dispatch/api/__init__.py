"""The HTTP API of this app; thin over ``actions`` and ``queries``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from luoshi.apps.dispatch.api.decisions import decisions
from luoshi.apps.dispatch.api.meetings import meetings
from luoshi.apps.dispatch.api.problems import problems
from luoshi.apps.dispatch.api.warnings import warnings
from luoshi.apps.dispatch.errors import DispatchError
from luoshi.site.api.problems import problem

__all__ = ["decisions", "install_problems", "meetings", "problems", "warnings"]


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(DispatchError)
    def _conflict(request: HttpRequest, error: DispatchError) -> HttpResponse:
        return problem(request, 409, str(error))
