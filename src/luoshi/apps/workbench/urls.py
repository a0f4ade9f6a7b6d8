"""Addresses of this app."""

from django.urls import path

from luoshi.apps.workbench import views

app_name = "workbench"
urlpatterns = [
    path("workbench/reporting", views.reporting, name="reporting"),
    path("workbench/administration", views.administration, name="administration"),
    path("", views.home, name="home"),
]
