"""Addresses of the versions of a plan; ``urls.py`` takes them in."""

from django.urls import path

from luoshi.apps.plans.views import versions

urlpatterns = [
    path("plans/<int:plan_id>/versions", versions.version_list, name="versions"),
    path("plans/<int:plan_id>/versions/<int:ordinal>/difference", versions.version_difference, name="difference"),
]
