"""The HTTP API of this app; thin over ``actions`` and ``queries``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from luoshi.apps.projects.api.routes import projects
from luoshi.apps.projects.errors import ProjectError
from luoshi.site.api.problems import problem

__all__ = ["install_problems", "projects"]


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(ProjectError)
    def _conflict(request: HttpRequest, error: ProjectError) -> HttpResponse:
        return problem(request, 409, str(error))
