"""Projects as files: an Excel list, and JSON by the Open Contracting for Infrastructure Data Standard (OC4IDS) 0.9."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone

from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.projects.models import LadderStage, MilestoneKind, Project, Sort, State
from luoshi.apps.projects.queries import ProjectFilter
from luoshi.periods import SHANGHAI
from luoshi.site.workbooks import write_list

VERSION = "0.9"
COLUMNS = (
    ("项目名称", 40),
    ("项目代码", 26),
    ("建设地点", 14),
    ("牵头单位", 20),
    ("产业", 18),
    ("产业链", 14),
    ("投资性质", 10),
    ("项目类别", 10),
    ("总投资（万元）", 16),
    ("所在库", 10),
    ("入库日期", 12),
    ("累计完成投资（万元）", 18),
    ("形象进度（%）", 12),
    ("累计到位资金（万元）", 18),
    ("最近一期", 10),
    ("包保领导", 12),
    ("项目业主", 24),
    ("经度", 11),
    ("纬度", 11),
)


def _wan(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else (amount / 10_000).normalize()


def excel_list(file: IO[bytes], rows: Iterable[Project], *, person: str, at: dt.datetime, asked: ProjectFilter) -> int:
    """A workbook of a list; gives the number of its rows. A cell without a figure stays empty."""
    told = [
        (name, str(value))
        for name, value in (
            ("建设地点", asked.unit),
            ("牵头单位", asked.lead),
            ("所在库", State(asked.state).label if asked.state else ""),
            ("名称或代码含", asked.q),
            ("年度计划", asked.year or ""),
            ("重大项目", "是" if asked.major else ""),
        )
        if value
    ]
    lines = (
        (
            row.name,
            row.code,
            str(row.unit),
            str(row.lead or ""),
            str(row.industry or ""),
            str(row.chain or ""),
            row.get_nature_display(),
            row.get_sort_display(),
            _wan(row.total),
            row.get_state_display(),
            row.state_since,
            _wan(row.done),
            row.image,
            _wan(row.funds_received),
            row.progress_period,
            row.leader,
            row.owner,
            row.longitude,
            row.latitude,
        )
        for row in rows
    )
    return write_list(file, "项目清单", COLUMNS, lines, told=told, person=person, at=at, numbered=True)


#: Libraries as the standard's projectStatus.
STATUS = {
    State.RESERVE: "identification",
    State.PREPARATION: "preparation",
    State.STARTED: "implementation",
    State.CONSTRUCTION: "implementation",
    State.COMPLETED: "completion",
    State.LEFT: "cancelled",
}


def _moment(day: dt.date) -> str:
    return dt.datetime.combine(day, dt.time.min, tzinfo=SHANGHAI).isoformat()


def _value(amount: Decimal) -> dict[str, Any]:
    """Money in yuan; whole amounts are whole numbers, so that nothing is rounded on the way."""
    number = int(amount) if amount == amount.to_integral_value() else float(amount)
    return {"amount": number, "currency": "CNY"}


def oc4ids_package(projects: Iterable[Project], *, at: dt.datetime, address: str) -> dict[str, Any]:
    """A package of projects; prefetch ``milestones``, ``funds``, ``years`` and ``names``.

    The standard wants at least one project: of none there is no package (``ValueError``).
    """
    found = [oc4ids_project(project) for project in projects]
    if not found:
        raise ValueError("a package holds at least one project")
    top = Unit.objects.filter(kind=UnitKind.PREFECTURE).order_by("path").first()
    return {
        "uri": f"{address.rstrip('/')}/projects/export.json#{timezone.localtime(at):%Y%m%dT%H%M%S}",
        "publishedDate": timezone.localtime(at).isoformat(timespec="seconds"),
        "version": VERSION,
        "publisher": {"name": top.name if top else "落实"},
        "projects": found,
    }


def oc4ids_project(project: Project) -> dict[str, Any]:
    """One project by the standard; what is not known is left out."""
    marks = {row.kind: row for row in project.milestones.all()}
    found: dict[str, Any] = {
        "id": f"luoshi-{project.pk}",
        "updated": timezone.localtime(project.created_at).isoformat(timespec="seconds"),
        "title": project.name,
        "status": "completed" if _produces(project, marks) else STATUS[State(project.state)],
        "type": "construction",
        "locations": [_location(project)],
        "parties": list(_parties(project)),
    }
    if project.content:
        found["description"] = project.content
    if period := _period(project, marks):
        found["period"] = period
    if project.total:
        budget: dict[str, Any] = {"amount": _value(project.total)}
        if breakdown := list(_breakdown(project)):
            budget["budgetBreakdown"] = breakdown
        found["budget"] = budget
    if classes := list(_classes(project)):
        found["additionalClassifications"] = classes
    finished = marks.get(MilestoneKind.FINISH)
    if finished is not None and finished.actual_on is not None:
        found["completion"] = {"endDate": _moment(finished.actual_on)}
        if project.done is not None:
            found["completion"]["finalValue"] = _value(project.done)
    return found


def _produces(project: Project, marks: dict[str, Any]) -> bool:
    return project.state == State.COMPLETED and any(
        kind in marks and marks[kind].actual_on for kind in (MilestoneKind.PRODUCTION, MilestoneKind.CAPACITY)
    )


def _location(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = {"id": "1", "description": project.place or str(project.unit)}
    if project.longitude is not None and project.latitude is not None:
        # In the order of GeoJSON, to which the standard's geometry refers.
        found["geometry"] = {"type": "Point", "coordinates": [float(project.longitude), float(project.latitude)]}
    return found


def _parties(project: Project) -> Iterator[dict[str, Any]]:
    yield {"id": project.unit.key, "name": project.unit.name, "roles": ["publicAuthority"]}
    if project.lead is not None and project.lead_id != project.unit_id:
        yield {"id": project.lead.key, "name": project.lead.name, "roles": ["publicAuthority"]}
    if project.owner:
        yield {"id": f"owner-{project.pk}", "name": project.owner}


def _period(project: Project, marks: dict[str, Any]) -> dict[str, Any]:
    """From start to finish: as they were, else as planned."""
    years = list(project.years.all())
    start, finish = marks.get(MilestoneKind.START), marks.get(MilestoneKind.FINISH)
    first = (start and (start.actual_on or start.planned_on)) or next(
        (row.start_on for row in years if row.start_on), None
    )
    last = (finish and (finish.actual_on or finish.planned_on)) or next(
        (row.finish_on for row in reversed(years) if row.finish_on), None
    )
    found: dict[str, Any] = {}
    if first:
        found["startDate"] = _moment(first)
    if last and (not first or last >= first):
        found["endDate"] = _moment(last)
    if "startDate" in found and "endDate" in found:
        assert first is not None and last is not None
        found["durationInDays"] = (last - first).days
    return found


def _breakdown(project: Project) -> Iterator[dict[str, Any]]:
    for row in project.funds.all():
        yield {"id": row.source, "description": row.get_source_display(), "amount": _value(row.amount)}


def _classes(project: Project) -> Iterator[dict[str, Any]]:
    if project.code:
        yield {"scheme": "CN-投资项目代码", "id": project.code}
    if project.industry:
        yield {"scheme": "产业", "id": str(project.industry_id), "description": project.industry.name}
    if project.chain:
        yield {"scheme": "产业链", "id": str(project.chain_id), "description": project.chain.name}
    if project.nature:
        yield {"scheme": "投资性质", "id": project.nature, "description": project.get_nature_display()}
    yield {"scheme": "项目类别", "id": project.sort, "description": Sort(project.sort).label}
    if project.ladder:
        yield {"scheme": "衔接资金项目", "id": project.ladder, "description": LadderStage(project.ladder).label}
