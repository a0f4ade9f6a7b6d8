"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from luoshi.apps.indicators import views

app_name = "indicators"
urlpatterns = [
    path("indicators", views.indicator_list, name="list"),
    path("indicators/export.xlsx", views.indicator_export, {"kind": "xlsx"}, name="export-xlsx"),
    path("indicators/export.csv", views.indicator_export, {"kind": "csv"}, name="export-csv"),
    path("indicators/new", views.indicator_new, name="new"),
    path("indicators/duplicates", views.duplicates, name="duplicates"),
    path("indicators/merge", views.merge, name="merge"),
    path("indicators/from-plan/<int:plan_id>", views.from_plan, name="from-plan"),
    path("indicators/<slug:indicator_key>", views.indicator_detail, name="detail"),
    path("indicators/<slug:indicator_key>/edit", views.indicator_edit, name="edit"),
    path("indicators/<slug:indicator_key>/history", views.value_history, name="history"),
    path("observations", views.observation_grid, name="observations"),
    path("observations/export.xlsx", views.observation_export, {"kind": "xlsx"}, name="observations-xlsx"),
    path("observations/export.csv", views.observation_export, {"kind": "csv"}, name="observations-csv"),
    path("statistics", views.statistics, name="statistics"),
    path("statistics/new", views.statistics_new, name="statistics-new"),
    path("statistics/map", views.statistics_map, name="statistics-map"),
    path("statistics/<int:import_id>", views.statistics_result, name="statistics-result"),
    path("statistics/<int:import_id>/file", views.statistics_file, name="statistics-file"),
    path("statistics/<int:import_id>/withdraw", views.statistics_withdraw, name="statistics-withdraw"),
    path("statistics/mappings/<int:mapping_id>/delete", views.mapping_delete, name="mapping-delete"),
    path("verification", views.verification, name="verification"),
    path("verification/decide", views.verification_decide, name="verification-decide"),
    path("verification/withdraw", views.verification_withdraw, name="verification-withdraw"),
]
