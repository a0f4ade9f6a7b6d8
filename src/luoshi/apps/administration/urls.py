"""Addresses of this app."""

from django.urls import path

from luoshi.apps.administration import views

app_name = "administration"
urlpatterns = [
    path("people", views.people, name="people"),
    path("journal", views.journal, name="journal"),
]
