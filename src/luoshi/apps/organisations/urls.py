"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from luoshi.apps.organisations import views

app_name = "organisations"
urlpatterns = [path("units/options", views.options, name="options")]
