"""Addresses of this app."""

from django.urls import path

from luoshi.apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile", views.profile, name="profile"),
    path("profile/password", views.change_password, name="change-password"),
    path("profile/tokens", views.issue_token, name="issue-token"),
    path("profile/tokens/<int:pk>/revoke", views.revoke_token, name="revoke-token"),
]
