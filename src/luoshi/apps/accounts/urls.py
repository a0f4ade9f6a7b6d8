"""Addresses of this app."""

from django.urls import path

from luoshi.apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile", views.profile, name="profile"),
]
