"""Problems that hold a project up (要素保障), its documents and photos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import Http404

from luoshi.apps.dispatch.actions import raise_problem
from luoshi.apps.dispatch.models import ProblemState
from luoshi.apps.dispatch.texts import ANSWER, needed, needed_day, optional
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.projects.actions.common import NOT_YOURS, act_of, locked_project, moment, money, today_of
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import FileKind, HoldKind, Milestone, ProjectFile, ProjectProblem
from luoshi.apps.projects.policies import may_keep, may_raise_for, visible_projects
from luoshi.apps.supervision.actions import Wanted, draft_order
from luoshi.apps.supervision.actions.evidence import Prepared, prepare
from luoshi.apps.supervision.models import Order

_PICTURES = (".jpg", ".jpeg", ".png")


def raise_project_problem(
    *,
    acting_user: Any,
    project_id: int,
    kind: str,
    text: str,
    asked: Unit | None,
    due_on: dt.date | None,
    held: Decimal | None = None,
    now: dt.datetime | None = None,
) -> ProjectProblem:
    """Raise what holds a project up: a problem of dispatch, with its time, asked of a unit, and the money it holds."""
    if kind not in HoldKind.values:
        raise ValidationError("请选择是哪方面的要素。")
    text = needed(text, "问题", ANSWER)
    due_on = needed_day(due_on, "希望解决日期")
    held = money(held, "影响投资")
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        unit = may_raise_for(acting_user, project)
        if unit is None:
            raise PermissionDenied("只有项目所在地、牵头和服务单位的人员可以提出。")
        plan = None
        if (origin := project.origins.select_related("table__plan").first()) is not None:
            plan = origin.table.plan
        # The plan is the project's, whether or not the person sees the whole of it.
        problem = raise_problem(
            acting_user=acting_user,
            unit=unit,
            text=f"【{project.name}】{text}"[:ANSWER],
            asked=asked,
            due_on=due_on,
            now=now,
        )
        if plan is not None:
            problem.plan = plan
            problem.save(update_fields=("plan",))
        row = ProjectProblem.objects.create(problem=problem, project=project, kind=kind, held=held)
        after = {"要素": row.get_kind_display(), "问题": text, "影响投资（元）": None if held is None else str(held)}
        record(acting_user=acting_user, acts=[act_of(project, "提出项目问题", None, **after)])
    return row


def supervise_problem(
    *, acting_user: Any, project_problem_id: int, owner: Unit, now: dt.datetime | None = None
) -> Order:
    """转督办: draft a supervision order to the unit asked, where a problem is past its day and not settled."""
    row = (
        ProjectProblem.objects.select_related("problem__asked", "problem__plan", "project")
        .filter(pk=project_problem_id, project__in=visible_projects(acting_user))
        .first()
    )
    if row is None:
        raise Http404
    problem = row.problem
    if problem.state not in (ProblemState.OPEN, ProblemState.IN_HAND):
        raise NotNow("此问题已办结，不用再督办。")
    if problem.due_on is None or problem.due_on >= today_of(now):
        raise NotNow("此问题还没有到期，请先催办。")
    if problem.asked is None:
        raise NotNow("没有写明请哪个单位解决，请先在需协同事项里写明。")
    held = f"影响投资{row.held / 10000:,.2f}万元。" if row.held else ""
    return draft_order(
        acting_user=acting_user,
        owner=owner,
        unit=problem.asked,
        wanted=Wanted(
            title=f"限期解决“{row.project.name}”的{row.get_kind_display()}问题"[:200],
            text=f"{problem.text}\n原定{problem.due_on:%Y年%m月%d日}前解决，已逾期。{held}",
            plan=problem.plan,
        ),
        now=now,
    )


def look_at(files: Iterable[File[bytes]]) -> list[Prepared]:
    """Look at files before anything is stored; ``ValidationError`` names the one that is not taken."""
    return prepare(files)


def add_files(
    *,
    acting_user: Any,
    project_id: int,
    files: Iterable[File[bytes]],
    caption: str = "",
    milestone: str = "",
) -> list[ProjectFile]:
    """Keep documents and photos with a project, where wanted with one of its milestones."""
    prepared = look_at(files)
    if not prepared:
        raise ValidationError("请选择文件。")
    caption = optional(caption, "说明", 200)
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        require(may_keep(acting_user, project), NOT_YOURS)
        of = Milestone.objects.filter(project=project, kind=milestone).first() if milestone else None
        found = [
            ProjectFile.objects.create(
                project=project,
                kind=FileKind.PHOTO if one.name.lower().endswith(_PICTURES) else FileKind.DOCUMENT,
                milestone=of,
                file=File(one.file, name=one.name),
                name=one.name,
                caption=caption,
                size=one.size,
                sha256=one.sha256,
                uploaded_by=acting_user,
            )
            for one in prepared
        ]
        after = {"文件": "、".join(one.name for one in found), "说明": caption}
        record(acting_user=acting_user, acts=[act_of(project, "上传项目资料", None, **after)])
    return found


def remove_file(*, acting_user: Any, project_id: int, file_id: int, now: dt.datetime | None = None) -> None:
    """Hide a document or photo; the file itself is kept."""
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        require(may_keep(acting_user, project), NOT_YOURS)
        row = ProjectFile.objects.filter(project=project, pk=file_id, removed_at=None).first()
        if row is None:
            raise Http404
        row.removed_at = moment(now)
        row.save(update_fields=("removed_at",))
        record(acting_user=acting_user, acts=[act_of(project, "移除项目资料", {"文件": row.name})])
