"""Addresses of this app: forms and their rounds, returns and their review."""

from luoshi.apps.reporting.urls import forms, returns

app_name = "reporting"
urlpatterns = [*forms.urlpatterns, *returns.urlpatterns]
