"""All addresses. Paths have no trailing slash; only allauth's own pages under ``/account/`` keep theirs."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("luoshi.apps.accounts.closed_urls")),
    path("account/", include("allauth.urls")),
    path("", include("luoshi.apps.workbench.urls")),
    path("", include("luoshi.apps.plans.urls")),
    path("", include("luoshi.apps.intake.urls")),
    path("", include("luoshi.apps.administration.urls")),
    path("", include("luoshi.apps.accounts.urls")),
    path("", include("luoshi.apps.portal.urls")),
    path("api/v1/", include("luoshi.site.api_urls")),
]
