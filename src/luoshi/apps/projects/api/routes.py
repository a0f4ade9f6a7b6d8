"""Projects over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects import actions
from luoshi.apps.projects.api.schemas import (
    ProjectFiguresOut,
    ProjectFiguresQuery,
    ProjectIn,
    ProjectListIn,
    ProjectListOut,
    ProjectMilestonesIn,
    ProjectMonthIn,
    ProjectMoveIn,
    ProjectOneOut,
    ProjectOut,
    ProjectProblemIn,
    ProjectProblemOut,
    ProjectQuery,
)
from luoshi.apps.projects.errors import ImportRefused
from luoshi.apps.projects.models import Project
from luoshi.apps.projects.policies import import_owners, places_for, visible_projects
from luoshi.apps.projects.queries import GroupFigures, ProjectFilter, pipeline_figures, project_list
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.values import figure, unit_ref

projects = Router(tags=["项目"])
_PLAIN = (
    "name",
    "code",
    "nature",
    "sort",
    "major",
    "state",
    "state_since",
    "progress_period",
    "revision",
)
_AMOUNTS = ("total", "done", "image", "funds_received", "longitude", "latitude")


def _row(project: Project) -> dict[str, Any]:
    return (
        {name: getattr(project, name) for name in _PLAIN}
        | {name: figure(getattr(project, name)) for name in _AMOUNTS}
        | {
            "id": project.pk,
            "unit": unit_ref(project.unit),
            "lead": unit_ref(project.lead) if project.lead else None,
            "industry": str(project.industry or ""),
            "chain": str(project.chain or ""),
            "merged_into": project.merged_into_id,
        }
    )


def _one(user: Any, project_id: int) -> dict[str, Any]:
    rows = visible_projects(user).select_related("unit", "lead", "industry", "chain")
    project = rows.filter(pk=project_id).first()
    if project is None:
        raise Http404
    said = ("month", "so_far", "image", "funds")
    texts = ("period", "image_text", "problem", "need")
    return _row(project) | {
        "place": project.place,
        "owner": project.owner,
        "leader": project.leader,
        "content": project.content,
        "milestones": [
            {name: getattr(row, name) for name in ("kind", "planned_on", "actual_on", "evidence", "waived_for")}
            for row in project.milestones.all()
        ],
        "moves": [
            {name: getattr(row, name) for name in ("from_state", "to_state", "on", "reason")}
            | {"skipped": [one["text"] for one in row.skipped]}
            for row in project.moves.order_by("id")
        ],
        "progress": [
            {name: getattr(row, name) for name in texts} | {name: figure(getattr(row, name)) for name in said}
            for row in project.progress.filter(is_current=True).order_by("last_day")
        ],
    }


@projects.get("", response=Page[ProjectOut], summary="项目列表")
def list_projects(request: HttpRequest, query: Query[ProjectQuery]) -> dict[str, Any]:
    """看得到的项目，总投资大的在前；已并入别的项目的不在其中。"""
    names = ("unit", "lead", "state", "nature", "sort", "year", "major", "q")
    asked = ProjectFilter(**{name: getattr(query, name) for name in names})
    total, rows = page_of(project_list(request.user, asked, timezone.localdate()), query)
    return page(query, total, [_row(row) for row in rows])


@projects.get("/figures", response=ProjectFiguresOut, summary="项目指标")
def get_figures(request: HttpRequest, query: Query[ProjectFiguresQuery]) -> dict[str, Any]:
    """开工率、储备比、转化率、四率等，按县市、产业或产业链，截至某日。"""
    today = timezone.localdate()
    day = min(query.day or today, today)
    unit = Unit.objects.filter(key=query.unit).first() if query.unit else None
    if query.unit and unit is None:
        raise ValidationError(f"没有这个单位：{query.unit[:60]}。")
    found = pipeline_figures(
        request.user,
        by=query.by,
        year=query.year or day.year,
        day=day,
        unit=unit,
        industry=query.industry,
        chain=query.chain,
        major=query.major,
    )
    return {
        "by": found.by,
        "year": found.year,
        "day": found.day,
        "mark": figure(found.mark.percent) if found.mark else None,
        "rows": [_figures(row) for row in found.rows],
        "whole": _figures(found.whole),
    }


def _figures(row: GroupFigures) -> dict[str, Any]:
    rates = (
        "start_rate",
        "reserve_number",
        "reserve_investment",
        "investment_rate",
        "industrial_share",
        "concentration",
        "ripeness",
        "conversion_rate",
        "fulfilment_rate",
        "funds_rate",
        "production_rate",
    )
    return {
        "key": row.key,
        "name": row.name,
        "projects": row.number,
        "total": figure(row.money),
        "states": row.counted.number,
        "planned": row.counted.planned,
        "begun": row.counted.begun,
    } | {name: _rounded(getattr(row, name)) for name in rates}


def _rounded(value: Decimal | None) -> str | None:
    return None if value is None else figure(round(value, 6))


@projects.post("/import", response={200: ProjectListOut, 201: ProjectListOut}, summary="导入项目名单")
def import_projects(request: HttpRequest, body: ProjectListIn) -> Any:
    """整批核对、入库；有一行不对，就一个也不入库，答 200 和逐行的问题。入库的答 201。"""
    owner = import_owners(request.user).filter(key=body.owner).first()
    if owner is None:
        raise ValidationError(f"没有这个单位，或您不能为它导入：{body.owner[:60]}。")
    rows = [row.model_dump() for row in body.rows]
    found = actions.begin_rows_import(acting_user=request.user, owner=owner, rows=rows)
    warnings = [f"第 {row['row']} 行：{text}" for row in found.rows for text in row["warnings"]]
    warnings += [f"第 {row['row']} 行：疑与“{twin['name']}”重复" for row in found.rows for twin in row["twins"]]
    answer: dict[str, Any] = {
        "import_id": found.pk,
        "rows": len(found.rows),
        "taken": [],
        "problems": [f"第 {row['row']} 行：{'；'.join(row['errors'])}" for row in found.rows if row["errors"]],
        "warnings": warnings,
    }
    if body.check_only or answer["problems"]:
        return Status(200, answer)
    try:
        taken = actions.take_import(acting_user=request.user, import_id=found.pk, year=body.year, major=body.major)
    except ImportRefused as refused:
        return Status(200, answer | {"problems": list(refused.problems)})
    return Status(201, answer | {"taken": [project.pk for project in taken]})


@projects.get("/{int:project_id}", response=ProjectOneOut, summary="一个项目")
def get_project(request: HttpRequest, project_id: int) -> dict[str, Any]:
    """项目的情况、节点、出入库记录和各月进展。"""
    return _one(request.user, project_id)


@projects.post("", response={201: ProjectOneOut}, summary="登记项目")
def create_project(request: HttpRequest, body: ProjectIn) -> Status[dict[str, Any]]:
    """登记一个项目；相近的会列入疑似重复。"""
    unit = places_for(request.user).filter(key=body.unit).first()
    if unit is None:
        raise ValidationError(f"没有这个建设地点，或您不能在那里登记：{body.unit[:60]}。")
    lead = Unit.objects.filter(key=body.lead).first() if body.lead else None
    if body.lead and lead is None:
        raise ValidationError(f"没有这个单位：{body.lead[:60]}。")
    typed = body.model_dump(exclude={"state", "on", "reason"})
    industry = actions.industry_named(typed.pop("industry"))
    chain = actions.chain_named(typed.pop("chain"), industry)
    fields = actions.ProjectFields(**(typed | {"unit": unit, "lead": lead, "industry": industry, "chain": chain}))
    project = actions.create_project(
        acting_user=request.user, fields=fields, state=body.state, on=body.on, reason=body.reason
    )
    return Status(201, _one(request.user, project.pk))


@projects.post("/{int:project_id}/move", response=ProjectOneOut, summary="移库")
def move_project(request: HttpRequest, project_id: int, body: ProjectMoveIn) -> dict[str, Any]:
    """移到另一个库；条件没有满足、越级、退回、退出的要写理由。"""
    actions.move_project(
        acting_user=request.user,
        project_id=project_id,
        to=body.to,
        on=body.on,
        reason=body.reason,
        revision=body.revision,
    )
    return _one(request.user, project_id)


@projects.post("/{int:project_id}/milestones", response=ProjectOneOut, summary="填写节点")
def set_milestones(request: HttpRequest, project_id: int, body: ProjectMilestonesIn) -> dict[str, Any]:
    """列出的节点照此填写，没有列出的不变。"""
    rows = tuple(actions.Passed(**row.model_dump()) for row in body.rows)
    actions.set_milestones(acting_user=request.user, project_id=project_id, rows=rows)
    return _one(request.user, project_id)


@projects.post("/{int:project_id}/progress", response=ProjectOneOut, summary="登记月度进展")
def record_progress(request: HttpRequest, project_id: int, body: ProjectMonthIn) -> dict[str, Any]:
    """登记一个月的进展；再次登记的替换前一次，前一次仍可查。"""
    said = actions.Month(**body.model_dump(exclude={"period"}))
    actions.record_progress(acting_user=request.user, project_id=project_id, period=body.period, said=said)
    return _one(request.user, project_id)


@projects.post("/{int:project_id}/problems", response={201: ProjectProblemOut}, summary="提出项目问题")
def raise_problem(request: HttpRequest, project_id: int, body: ProjectProblemIn) -> Status[dict[str, Any]]:
    """提出卡住项目的问题；对方会收到通知，并自动列入下次会议。"""
    asked = Unit.objects.filter(key=body.asked).first() if body.asked else None
    if body.asked and asked is None:
        raise ValidationError(f"没有这个单位：{body.asked[:60]}。")
    row = actions.raise_project_problem(
        acting_user=request.user,
        project_id=project_id,
        kind=body.kind,
        text=body.text,
        asked=asked,
        due_on=body.due_on,
        held=body.held,
    )
    answer = {"id": row.pk, "problem_id": row.problem_id, "kind": row.kind, "held": figure(row.held)}
    return Status(201, answer)
