"""Addresses of this app."""

from django.urls import path

from luoshi.apps.notices import views

app_name = "notices"
urlpatterns = [
    path("notices", views.notices, name="list"),
    path("notices/badge", views.badge, name="badge"),
    path("notices/read", views.read_all, name="read-all"),
    path("notices/setting", views.setting, name="setting"),
    path("notices/<int:notice_id>/open", views.open_notice, name="open"),
    path("webhooks", views.webhooks, name="webhooks"),
    path("webhooks/new", views.webhook, name="webhook-new"),
    path("webhooks/<int:webhook_id>", views.webhook, name="webhook"),
    path("webhooks/<int:webhook_id>/try", views.try_webhook, name="webhook-try"),
]
