"""Addresses of this app."""

from django.urls import URLPattern, path

from luoshi.apps.assessment.views import adoptions, editing, objections, run_acts, run_facts, runs, schemes

app_name = "assessment"
_RUN = "assessment/<int:run_id>"
urlpatterns: list[URLPattern] = [
    # schemes
    path("schemes", schemes.schemes, name="schemes"),
    path("schemes/new", schemes.new_scheme, name="scheme-new"),
    path("schemes/shipped/<slug:key>", schemes.shipped_scheme, name="scheme-shipped"),
    path("schemes/<int:scheme_id>", schemes.scheme, name="scheme"),
    path("schemes/<int:scheme_id>/text.yaml", schemes.text_file, name="scheme-text"),
    path("schemes/<int:scheme_id>/edit", editing.edit, name="scheme-edit"),
    path("schemes/<int:scheme_id>/check", editing.check, name="scheme-check"),
    path("schemes/<int:scheme_id>/issue", schemes.issue, name="scheme-issue"),
    path("schemes/<int:scheme_id>/drop", schemes.drop, name="scheme-drop"),
    path("schemes/<int:scheme_id>/draft", schemes.draft, name="scheme-draft"),
    path("schemes/<int:scheme_id>/stop", schemes.stop, name="scheme-stop"),
    path("schemes/<int:scheme_id>/restore", schemes.restore, name="scheme-restore"),
    path("schemes/<int:scheme_id>/adopt", adoptions.adopt, name="scheme-adopt"),
    # adoptions
    path("adoptions/<int:adoption_id>", adoptions.adoption, name="adoption"),
    path("adoptions/<int:adoption_id>/edit", adoptions.edit, name="adoption-edit"),
    path("adoptions/<int:adoption_id>/end", adoptions.end, name="adoption-end"),
    path("adoptions/<int:adoption_id>/sources", adoptions.sources, name="adoption-sources"),
    # runs
    path("assessment", runs.home, name="home"),
    path("assessment/new", run_acts.new, name="run-new"),
    path(_RUN, runs.run, name="run"),
    path(f"{_RUN}/facts", run_facts.facts, name="run-facts"),
    path(f"{_RUN}/facts/enter", run_facts.enter, name="run-fact-enter"),
    path(f"{_RUN}/facts/drop", run_facts.drop, name="run-fact-drop"),
    path(f"{_RUN}/facts/rows", run_facts.rows, name="run-fact-rows"),
    path(f"{_RUN}/items/<str:item>", runs.item, name="run-item"),
    path(f"{_RUN}/units/<slug:unit_key>", runs.unit, name="run-unit"),
    path(f"{_RUN}/units/<slug:unit_key>/evidence", objections.evidence_offer, name="evidence-offer"),
    path(f"{_RUN}/compare", runs.compare, name="run-compare"),
    path(f"{_RUN}/sensitivity", runs.sensitivity, name="run-sensitivity"),
    path(f"{_RUN}/objections", objections.objection_rows, name="objections"),
    path(f"{_RUN}/draw", run_acts.draw, name="run-draw"),
    path(f"{_RUN}/preview", run_acts.preview, name="run-preview"),
    path(f"{_RUN}/extend", run_acts.extend, name="run-extend"),
    path(f"{_RUN}/correct", run_acts.correct, name="run-correct"),
    path(f"{_RUN}/finalise", run_acts.finalise, name="run-finalise"),
    path(f"{_RUN}/withdraw", run_acts.withdraw, name="run-withdraw"),
    path(f"{_RUN}/bulletin", run_acts.bulletin, name="run-bulletin"),
    path(f"{_RUN}/export.xlsx", runs.export, name="run-export"),
    path("assessment/objections/<int:objection_id>/answer", objections.answer, name="objection-answer"),
    path("assessment/objections/<int:objection_id>/withdraw", objections.withdraw, name="objection-withdraw"),
    path("assessment/objections/<int:objection_id>/file", objections.objection_file, name="objection-file"),
    path("assessment/evidence/<int:evidence_id>/check", objections.evidence_check, name="evidence-check"),
    path("assessment/evidence/<int:evidence_id>/file", objections.evidence_file, name="evidence-file"),
    path("assessment/trend/<int:adoption_id>", runs.trend, name="trend"),
    path("assessment/units/<slug:unit_key>/part", runs.unit_part, name="unit-part"),
]
