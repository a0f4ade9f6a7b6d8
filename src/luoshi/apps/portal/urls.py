"""Addresses of this app."""

from django.urls import path

from luoshi.apps.portal import views

app_name = "portal"
urlpatterns = [
    path("public", views.home, name="home"),
    path("public/plans/<int:plan_id>", views.plan, name="plan"),
]
