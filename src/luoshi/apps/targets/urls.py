"""Addresses of this app."""

from django.urls import path

from luoshi.apps.targets.views import acts, allocation, given, letters, lights, progress, trajectory

app_name = "targets"
urlpatterns = [
    path("allocations", given.allocations, name="allocations"),
    path("targets/<int:target_id>/allocation", allocation.page, name="allocation"),
    path("targets/<int:target_id>/allocation/cells", acts.cells, name="cells"),
    path("targets/<int:target_id>/allocation/rows", acts.rows, name="rows"),
    path("targets/<int:target_id>/allocation/compute", acts.compute, name="compute"),
    path("targets/<int:target_id>/allocation/paste", acts.paste, name="paste"),
    path("targets/<int:target_id>/allocation/annex", acts.annex, name="annex"),
    path("targets/<int:target_id>/allocation/adopt", acts.adopt, name="adopt"),
    path("targets/<int:target_id>/allocation/discard", acts.discard, name="discard"),
    path("targets/<int:target_id>/trajectory", trajectory.page, name="trajectory"),
    path("targets/<int:target_id>/tiers", progress.tiers, name="tiers"),
    path("plans/lights", lights.of_plans, name="plan-lights"),
    path("plans/<int:plan_id>/lights", lights.page, name="lights"),
    path("plans/<int:plan_id>/lights/summary", lights.summary, name="lights-summary"),
    path("letters", letters.letters, name="letters"),
    path("letters/new", letters.draw_up, name="draw-up"),
    path("letters/issue", letters.issue, name="issue-many"),
    path("letters/archive.zip", letters.archive, name="archive"),
    path("letters/jobs/<int:job_id>", letters.job, name="job"),
    path("letters/<int:letter_id>", letters.letter, name="letter"),
    path("letters/<int:letter_id>/file", letters.letter_file, name="letter-file"),
    path("letters/<int:letter_id>/scan", letters.letter_scan, name="letter-scan"),
    path("letters/<int:letter_id>/issue", letters.issue, name="issue"),
    path("letters/<int:letter_id>/sign", letters.sign, name="sign"),
    path("letters/<int:letter_id>/withdraw", letters.withdraw, name="withdraw"),
]
