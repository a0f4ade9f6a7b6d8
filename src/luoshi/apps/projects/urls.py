"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from luoshi.apps.projects.views import editing, figures, importing, lists, projects

app_name = "projects"
_ONE = "projects/<int:project_id>"
urlpatterns: list[URLPattern] = [
    path("projects", lists.home, name="home"),
    path("projects/board", lists.board_page, name="board"),
    path("projects/gantt", lists.gantt, name="gantt"),
    path("projects/map", lists.map_page, name="map"),
    path("projects/export.xlsx", lists.export_excel, name="export-excel"),
    path("projects/export.json", lists.export_oc4ids, name="export-oc4ids"),
    path("projects/new", editing.new, name="new"),
    path("projects/import", importing.imports, name="imports"),
    path("projects/import/<int:list_id>", importing.one_import, name="import"),
    path("projects/twins", editing.twins, name="twins"),
    path("projects/twins/<int:twin_id>/apart", editing.twin_apart, name="twin-apart"),
    path("projects/figures", figures.figures, name="figures"),
    path("projects/race", figures.race, name="race"),
    path("projects/race/<int:meeting_id>", figures.route, name="route"),
    path("projects/holds", figures.hold_page, name="holds"),
    path(_ONE, projects.project, name="project"),
    path(f"{_ONE}/edit", editing.edit, name="edit"),
    path(f"{_ONE}/move", projects.move, name="move"),
    path(f"{_ONE}/milestones", projects.milestones, name="milestones"),
    path(f"{_ONE}/progress", projects.progress, name="progress"),
    path(f"{_ONE}/years", projects.year_plan, name="year-plan"),
    path(f"{_ONE}/funds", projects.funding, name="funding"),
    path(f"{_ONE}/problems", projects.problems, name="problems"),
    path(f"{_ONE}/problems/<int:hold_id>/supervise", projects.supervise, name="supervise"),
    path(f"{_ONE}/documents", projects.files, name="documents"),
    path(f"{_ONE}/documents/<int:file_id>", projects.file, name="document"),
    path(f"{_ONE}/documents/<int:file_id>/remove", projects.file_remove, name="document-remove"),
    path(f"{_ONE}/ladder", projects.ladder, name="ladder"),
    path(f"{_ONE}/merge", editing.merge, name="merge"),
    path(f"{_ONE}/sheet", projects.sheet, name="sheet"),
]
