"""Addresses of forms: their design, their status, punctuality and burden."""

from __future__ import annotations

from django.urls import URLPattern, path

from luoshi.apps.reporting.views import asking, design, evaluation, forms, new_forms, status

urlpatterns: list[URLPattern] = [
    path("forms", forms.form_list, name="forms"),
    path("forms/new", new_forms.form_new, name="form-new"),
    path("forms/ready-made", new_forms.ready_made_list, name="ready-made"),
    path("forms/ready-made/<slug:which>", new_forms.ready_made_form, name="ready-made-form"),
    path("forms/<slug:key>", forms.form_detail, name="form"),
    path("forms/<slug:key>/design", design.form_design, name="form-design"),
    path("forms/<slug:key>/options", design.form_options, name="form-options"),
    path("forms/<slug:key>/publish", design.form_publish, name="form-publish"),
    path("forms/<slug:key>/revise", forms.form_revise, name="form-revise"),
    path("forms/<slug:key>/copy", forms.form_copy, name="form-copy"),
    path("forms/<slug:key>/retire", forms.form_retire, name="form-retire"),
    path("forms/<slug:key>/restore", forms.form_restore, name="form-restore"),
    path("forms/<slug:key>/discard", forms.form_discard, name="form-discard"),
    path("forms/<slug:key>/file", forms.form_export, name="form-file"),
    path("forms/<slug:key>/status", status.form_status, name="form-status"),
    path("forms/<slug:key>/rounds/<str:period>", status.form_round, name="form-round"),
    path("forms/<slug:key>/rounds/<str:period>/freeze", status.form_freeze, name="form-freeze"),
    path("forms/<slug:key>/rounds/<str:period>/unfreeze", status.form_unfreeze, name="form-unfreeze"),
    path("forms/<slug:key>/rounds/<str:period>/remind", status.form_remind, name="form-remind"),
    path("forms/<slug:key>/rounds/<str:period>/exempt", status.form_exempt, name="form-exempt"),
    path(
        "forms/<slug:key>/rounds/<str:period>/exemptions/<int:exemption_id>/end",
        status.form_end_exemption,
        name="form-end-exemption",
    ),
    path("indicators/<slug:indicator_key>/forms", asking.indicator_forms, name="indicator-forms"),
    path("plans/<int:plan_id>/forms", new_forms.plan_forms, name="plan-forms"),
    path("punctuality", evaluation.punctuality, name="punctuality"),
    path("burden", evaluation.burden, name="burden"),
]
