"""One project with all that stands about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

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
from luoshi.pipeline import Deviation, deviation, possible_slips

MOST_TWINS = 10


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
    """A project, its history and what the person may do with it.

    ``twins``: those that may be the same, each with ``twin_reason``; ``slips``: those whose code differs in a digit;
    ``merged``: those that became part of it.
    """

    project: Project
    marks: list[MarkRow]
    moves: list[Move]
    names: list[ProjectName]
    years: list[YearPlan]
    progress: list[Progress]
    problems: list[ProjectProblem]
    files: list[ProjectFile]
    origins: list[ProjectOrigin]
    twins: list[Project]
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


def project_sheet(user: Any, project_id: int, today: dt.date, *, whole: bool = True) -> ProjectSheet | None:
    """A project with all about it; ``None`` where the person does not see it.

    What a project has none of is not asked for: eleven queries at most. Without ``whole`` only its milestones, and the
    libraries that it may be moved into: three queries.
    """

    def has(name: str, **more: Any) -> Exists:
        model = Project._meta.get_field(name).related_model
        field = Project._meta.get_field(name).remote_field.name  # type: ignore[union-attr]
        return Exists(model._default_manager.filter(**{field: OuterRef("pk")}, **more))  # type: ignore[union-attr]

    rows = visible_projects(user).select_related("unit", "lead", "industry", "chain", "created_by", "merged_into")
    rows = rows.annotate(
        has_files=has("files", removed_at=None),
        has_problems=has("problems"),
        has_origins=has("origins"),
        has_old_names=has("names", until__isnull=False),
    )
    project = (rows.prefetch_related("serving") if whole else rows).filter(pk=project_id).first()
    if project is None:
        return None
    milestones = {row.kind: row for row in project.milestones.all()}
    keeps, decides = may_keep(user, project), may_decide(user, project)
    living = project.merged_into_id is None

    def some(wanted: bool, found: QuerySet[Any]) -> list[Any]:
        return list(found) if whole and wanted else []

    progress = some(
        True, project.progress.filter(is_current=True).select_related("answer__round__form").order_by("last_day")
    )
    years = some(True, project.years.order_by("year"))
    problems = project.problems.select_related("problem__unit", "problem__asked").order_by("problem__state", "-pk")
    twins, slips, merged = _related(project) if whole else ([], [], [])
    start, finish = milestones.get(MilestoneKind.START), milestones.get(MilestoneKind.FINISH)
    latest = progress[-1].last_day if progress else today
    return ProjectSheet(
        project=project,
        marks=[MarkRow(kind, label, milestones.get(kind)) for kind, label in MilestoneKind.choices],
        moves=some(True, project.moves.select_related("by").order_by("-id")),
        names=some(project.has_old_names, project.names.order_by("-id")),
        years=years,
        progress=progress,
        problems=some(project.has_problems, problems[:50]),
        files=some(project.has_files, project.files.filter(removed_at=None).select_related("uploaded_by", "milestone")),
        origins=some(project.has_origins, project.origins.select_related("table__plan")),
        twins=twins,
        slips=slips,
        merged=merged,
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
        may_raise=living and (keeps or may_raise_for(user, project) is not None),
        ladder_acts=_ladder_acts(user, project, keeps) if living else (),
    )


def _related(project: Project) -> tuple[list[Project], list[Project], list[Project]]:
    """(may be the same, whose code differs in a digit, merged into it): one query for all."""
    pairs = Twin.objects.filter(state=TwinState.OPEN)
    after, before = pairs.filter(first=project.pk), pairs.filter(second=project.pk)
    codes = possible_slips(project.code)
    wanted = Q(merged_into=project.pk) | Q(pk__in=after.values("second")) | Q(pk__in=before.values("first"))
    pair = pairs.filter(Q(first=project.pk, second=OuterRef("pk")) | Q(first=OuterRef("pk"), second=project.pk))
    rows = Project.objects.filter(wanted | Q(code__in=codes, merged_into=None)).order_by("pk")
    found = list(
        rows.annotate(twin_reason=Subquery(pair.values("reason")[:1]), twin_score=Subquery(pair.values("score")[:1]))
    )
    twins = [row for row in found if row.twin_reason is not None]
    twins.sort(key=lambda row: (-row.twin_score, row.pk))
    near = set(codes)
    return (
        twins[:MOST_TWINS],
        [row for row in found if row.code in near and row.merged_into_id is None],
        [row for row in found if row.merged_into_id == project.pk],
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
