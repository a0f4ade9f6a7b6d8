"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from luoshi.apps.boards import views

app_name = "boards"
urlpatterns = [
    path("board", views.home, name="home"),
    path("board/bench", views.bench, name="bench"),
    path("board/grid", views.grid, name="grid"),
    path("board/worse", views.worse, name="worse"),
    path("board/indicators/<slug:indicator_key>", views.indicator, name="indicator"),
    path("board/units/<slug:unit_key>", views.unit, name="unit"),
    path("board/units/<slug:unit_key>/part", views.unit_part, name="unit-part"),
    path("board/boundaries", views.boundaries, name="boundaries"),
    path("board/boundaries/file", views.boundaries_file, name="boundaries-file"),
    path("board/displays", views.displays, name="displays"),
    path("board/displays/new", views.display_new, name="display-new"),
    path("board/displays/<int:display_id>/edit", views.display_edit, name="display-edit"),
    path("board/displays/<int:display_id>/remove", views.display_remove, name="display-remove"),
    path("board/show/<int:display_id>", views.show, name="show"),
]
