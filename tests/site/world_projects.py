"""Projects in the small prefecture: one of the county, with its course, a list that waits, a pair, a race meeting."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from luoshi.apps.dispatch.models import Meeting, Problem
from luoshi.apps.projects.models import (
    FileKind,
    Milestone,
    Move,
    Project,
    ProjectFile,
    ProjectImport,
    ProjectName,
    ProjectProblem,
    RaceMeeting,
    Twin,
)

if TYPE_CHECKING:
    from tests.site.world import World


def build_projects(world: World) -> None:
    """Store it: the project stands in the county and is led by the department."""
    now = timezone.now()
    today = timezone.localdate(now)
    reporter = world.users["reporter"]
    county, department = world.units["county"], world.units["department"]
    since = today - dt.timedelta(days=40)
    common = {"unit": county, "lead": department, "total": Decimal(100_000_000), "state_since": since}
    project = Project.objects.create(name="青石县光伏组件厂", code="2026-530000-04-01-100001", **common)
    other = Project.objects.create(name="青石县光伏组件厂项目", **common)
    for one in (project, other):
        ProjectName.objects.create(project=one, name=one.name, since=since)
        Move.objects.create(project=one, to_state="reserve", on=since, by=reporter, recorded_at=now)
    Milestone.objects.create(project=project, kind="environment", planned_on=today)
    twin = Twin.objects.create(first=project, second=other, score=95, reason="名称相近、总投资相同")
    file = ProjectFile.objects.create(
        project=project,
        kind=FileKind.DOCUMENT,
        file=ContentFile(b"%PDF-", name="批复.pdf"),
        name="批复.pdf",
        size=5,
        sha256="5" * 64,
        uploaded_by=reporter,
    )
    problem = Problem.objects.create(
        unit=county, text="缺用地", asked=department, due_on=today - dt.timedelta(days=3), raised_at=now
    )
    hold = ProjectProblem.objects.create(problem=problem, project=project, kind="land", held=Decimal(1000))
    row = {
        "row": 2, "label": "1", "text": "", "name": "青石县甲厂", "code": "", "unit": county.pk, "unit_name": "青石县",
        "place": "青石县", "total": "10000.00",
        "readings": [], "errors": [], "warnings": [], "twins": [],
    }  # fmt: skip
    waiting = ProjectImport.objects.create(
        owner=county,
        name="名单.xlsx",
        header=["项目名称", "建设地点"],
        mapping={"columns": {"项目名称": "name", "建设地点": "unit"}, "groups": {}},
        raw=[[2, "青石县甲厂", "青石县"]],
        rows=[row],
        created_by=reporter,
    )
    meeting = Meeting.objects.filter(pk=world.ids.get("meeting_planned", 0)).first()
    if meeting is not None:
        RaceMeeting.objects.create(
            owner=world.units["root"], year=today.year, quarter=2, meeting=meeting, route=[project.pk]
        )
    world.ids |= {
        "project": project.pk,
        "project_twin": twin.pk,
        "project_file": file.pk,
        "project_hold": hold.pk,
        "project_list": waiting.pk,
    }
