"""All addresses. Paths have no trailing slash; only allauth's own pages under ``/account/`` keep theirs."""

from django.urls import include, path
from django.urls.resolvers import RoutePattern, URLResolver

urlpatterns = [
    path("account/", include("luoshi.apps.accounts.closed_urls")),
    path("account/", include("allauth.urls")),
    path("", include("luoshi.apps.workbench.urls")),
    path("", include("luoshi.apps.organisations.urls")),
    path("", include("luoshi.apps.notices.urls")),
    path("", include("luoshi.apps.plans.urls")),
    path("", include("luoshi.apps.intake.urls")),
    path("", include("luoshi.apps.checkup.urls")),
    path("", include("luoshi.apps.indicators.urls")),
    path("", include("luoshi.apps.targets.urls")),
    path("", include("luoshi.apps.reporting.urls")),
    path("", include("luoshi.apps.dispatch.urls")),
    path("", include("luoshi.apps.supervision.urls")),
    path("", include("luoshi.apps.bulletins.urls")),
    path("", include("luoshi.apps.projects.urls")),
    path("", include("luoshi.apps.investment.urls")),
    path("", include("luoshi.apps.assessment.urls")),
    path("", include("luoshi.apps.boards.urls")),
    path("", include("luoshi.apps.administration.urls")),
    path("", include("luoshi.apps.accounts.urls")),
    path("", include("luoshi.apps.portal.urls")),
    # Given by name, the API (and all its schemas) is loaded when somebody asks for it, not before the first page.
    URLResolver(RoutePattern("api/v1/"), "luoshi.site.api_urls", app_name="ninja", namespace="api"),
]
