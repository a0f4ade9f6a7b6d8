"""One project with all that stands about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from luoshi.apps.projects.actions.keeping import code_slips
from luoshi.apps.projects.actions.moving import lacking, why_reason
from luoshi.apps.projects.models import (
    LadderStage,
    Milestone,
    MilestoneKind,
    Move,
    Progress,
    Project,
    ProjectFile,
    ProjectName,
    ProjectOrigin,
    ProjectProblem,
    State,
    Twin,
    TwinState,
    YearPlan,
)
from luoshi.apps.projects.policies import (
    may_approve_ladder,
    may_decide,
    may_keep,
    may_raise_for,
    may_review_ladder,
    visible_projects,
)
from luoshi.apps.projects.queries.holding import days_over
from luoshi.pipeline import Deviation, deviation


@dataclass(frozen=True, slots=True)
class Way:
    """A library that a project may be moved into: what it lacks for it, and why a reason is needed."""

    state: str
    label: str
    lacks: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One milestone as the sheet shows it, whether or not anything was written down for it."""

    kind: str
    label: str
    milestone: Milestone | None

    @property
    def is_late(self) -> bool:
        """Whether it was passed after its planned day."""
        row = self.milestone
        return bool(row and row.planned_on and row.actual_on and row.actual_on > row.planned_on)


@dataclass(frozen=True, slots=True)
class ProjectSheet:
    """A project, its history and what the person may do with it."""

    project: Project
    marks: list[MarkRow]
    moves: list[Move]
    names: list[ProjectName]
    years: list[YearPlan]
    progress: list[Progress]
    problems: list[ProjectProblem]
    files: list[ProjectFile]
    origins: list[ProjectOrigin]
    twins: list[Twin]
    slips: list[Project]
    merged: list[Project]
    ways: list[Way]
    over: int | None
    deviation: Deviation
    may_keep: bool
    may_decide: bool
    may_raise: bool
    ladder_acts: tuple[tuple[str, str], ...]

    @property
    def photos(self) -> list[ProjectFile]:
        """The pictures among the files."""
        return [one for one in self.files if one.kind == "photo"]

    @property
    def documents(self) -> list[ProjectFile]:
        """The rest of the files."""
        return [one for one in self.files if one.kind != "photo"]


def project_sheet(user: Any, project_id: int, today: dt.date) -> ProjectSheet | None:
    """A project with all about it; ``None`` where the person does not see it. About fourteen queries."""
    rows = visible_projects(user).select_related("unit", "lead", "industry", "chain", "created_by", "merged_into")
    project = rows.filter(pk=project_id).prefetch_related("serving", "funds").first()
    if project is None:
        return None
    milestones = {row.kind: row for row in project.milestones.all()}
    progress = list(project.progress.filter(is_current=True).select_related("answer__round__form").order_by("last_day"))
    problems = list(
        project.problems.select_related("problem__unit", "problem__asked").order_by("problem__state", "-pk")[:50]
    )
    years = list(project.years.order_by("year"))
    twins = list(Twin.objects.filter(state=TwinState.OPEN, first=project).select_related("second")[:10]) + list(
        Twin.objects.filter(state=TwinState.OPEN, second=project).select_related("first")[:10]
    )
    keeps, decides = may_keep(user, project), may_decide(user, project)
    living = project.merged_into_id is None
    start, finish = milestones.get(MilestoneKind.START), milestones.get(MilestoneKind.FINISH)
    latest = progress[-1].last_day if progress else today
    return ProjectSheet(
        project=project,
        marks=[MarkRow(kind, label, milestones.get(kind)) for kind, label in MilestoneKind.choices],
        moves=list(project.moves.select_related("by").order_by("-id")),
        names=list(project.names.order_by("-id")),
        years=years,
        progress=progress,
        problems=problems,
        files=list(project.files.filter(removed_at=None).select_related("uploaded_by", "milestone")),
        origins=list(project.origins.select_related("table__plan")),
        twins=twins,
        slips=code_slips(project.code, project.pk),
        merged=list(project.merged.all()),
        ways=_ways(project, list(milestones.values())) if keeps and living else [],
        over=days_over(project, today),
        deviation=deviation(
            done=project.done,
            total=project.total,
            image=project.image,
            start=_first(start and start.actual_on, start and start.planned_on, *(row.start_on for row in years)),
            finish=_first(finish and finish.planned_on, *(row.finish_on for row in reversed(years))),
            day=latest,
        ),
        may_keep=keeps and living,
        may_decide=decides and living,
        may_raise=living and may_raise_for(user, project) is not None,
        ladder_acts=_ladder_acts(user, project, keeps) if living else (),
    )


def _first(*days: dt.date | None) -> dt.date | None:
    return next((day for day in days if day is not None), None)


def _ways(project: Project, milestones: list[Milestone]) -> list[Way]:
    found = []
    for state in State:
        if state != project.state:
            lacks = lacking(project, state, milestones)
            found.append(
                Way(state.value, state.label, tuple(row.text for row in lacks), why_reason(project, state, lacks))
            )
    return found


def _ladder_acts(user: Any, project: Project, keeps: bool) -> tuple[tuple[str, str], ...]:
    """The steps of the ladder that the person may take now: (act, words)."""
    match project.ladder:
        case LadderStage.VILLAGE | LadderStage.REFUSED if keeps:
            return (("apply", "申报"),)
        case LadderStage.TOWNSHIP if may_review_ladder(user, project):
            return (("pass", "审核通过，报县级审定"), ("return", "退回"))
        case LadderStage.COUNTY if may_approve_ladder(user, project):
            return (("pass", "审定通过"), ("return", "退回"), ("refuse", "不予通过"))
    return ()
