"""Addresses of this app."""

from django.urls import path

from luoshi.apps.plans import urls_versions, views
from luoshi.apps.plans.views import rewards

app_name = "plans"
urlpatterns = [
    path("plans", views.plan_list, name="list"),
    path("plans/<int:plan_id>", views.plan_detail, name="detail"),
    path("plans/<int:plan_id>/instructions", views.plan_instruct, name="instruct"),
    path("plans/<int:plan_id>/public", views.plan_public, name="public"),
    path("plans/<int:plan_id>/source", views.plan_source, name="source"),
    path("plans/<int:plan_id>/matrix", views.plan_matrix, name="matrix"),
    path("plans/<int:plan_id>/tables", views.plan_tables, name="tables"),
    path("plans/<int:plan_id>/rewards", rewards.plan_rewards, name="rewards"),
    path("plans/<int:plan_id>/rewards/read", rewards.rewards_read, name="rewards-read"),
    path("plans/<int:plan_id>/rewards/decide", rewards.rewards_decide, name="rewards-decide"),
    path("plans/<int:plan_id>/rewards/<int:rule_id>", rewards.reward_edit, name="reward-edit"),
    path("ledger", views.ledger, name="ledger"),
    path("ledger/export.xlsx", views.ledger_export, name="ledger-export"),
    path("measures/<int:measure_id>", views.measure_detail, name="measure"),
    path("measures/<int:measure_id>/instructions", views.measure_instruct, name="measure-instruct"),
    path("targets/<int:target_id>", views.target_detail, name="target"),
    path("units", views.unit_list, name="units"),
    path("units/<int:unit_id>", views.unit_detail, name="unit"),
    path("documents/<int:document_id>/file", views.document_file, name="document-file"),
    *urls_versions.urlpatterns,
]
