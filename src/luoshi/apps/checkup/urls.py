"""Addresses of this app: the same pages for a draft and for the plan that it became."""

from django.urls import path

from luoshi.apps.checkup import views

app_name = "checkup"
urlpatterns = [
    path("drafts/<int:draft_id>/checks", views.draft_checks, name="draft"),
    path("drafts/<int:draft_id>/checks/export.xlsx", views.draft_export, name="draft-export"),
    path("drafts/<int:draft_id>/checks/again", views.draft_again, name="draft-again"),
    path("drafts/<int:draft_id>/checks/<int:finding_id>", views.draft_decide, name="draft-decide"),
    path("plans/<int:plan_id>/checks", views.plan_checks, name="plan"),
    path("plans/<int:plan_id>/checks/again", views.plan_again, name="plan-again"),
    path("plans/<int:plan_id>/checks/export.xlsx", views.plan_export, name="plan-export"),
    path("plans/<int:plan_id>/checks/<int:finding_id>", views.plan_decide, name="plan-decide"),
]
