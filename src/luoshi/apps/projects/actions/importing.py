"""Taking in lists of projects: read, shown, then taken over as a whole or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from luoshi.apps.dispatch.texts import needed
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.plans.policies import visible_plans
from luoshi.apps.projects.actions.common import act_of, moment, today_of
from luoshi.apps.projects.errors import ImportRefused, NotNow
from luoshi.apps.projects.importing import FACTS, Group, Reader, Row, guess, guess_groups, is_project_table, table_rows
from luoshi.apps.projects.importing.rows import may_take, top_of
from luoshi.apps.projects.models import (
    Chain,
    ColumnMapping,
    ImportState,
    Industry,
    Move,
    Project,
    ProjectImport,
    ProjectName,
    ProjectOrigin,
    YearPlan,
)
from luoshi.apps.projects.policies import import_owners, visible_imports
from luoshi.apps.projects.twinning import note_twins
from luoshi.documents.limits import MIB
from luoshi.documents.table_file import TableLimits, UnreadableTable, headings, read_table

MOST_ROWS, MAX_BYTES = 5000, 16 * MIB
_LIMITS = TableLimits(file_bytes=MAX_BYTES, rows=MOST_ROWS + 50, columns=100, unpacked=256 * MIB, cells=1_000_000)
_MAY = "您不能为这个单位导入项目。"


def begin_table_import(
    *, acting_user: Any, owner: Unit, table_id: int, now: dt.datetime | None = None
) -> ProjectImport:
    """Read a plan's list of projects and keep it to be looked at; nothing is entered yet."""
    table = PlanTable.objects.select_related("plan").filter(pk=table_id).first()
    if table is None or (acting_user is not None and not visible_plans(acting_user).filter(pk=table.plan_id).exists()):
        raise Http404
    if not is_project_table(table.header):
        raise ValidationError("这张表没有项目名称、建设地点和总投资，不是项目名单。")
    require(acting_user is None or import_owners(acting_user).filter(pk=owner.pk).exists(), _MAY)
    groups = guess_groups(table.header, table.rows)
    found = ProjectImport(
        owner=owner,
        name=table.title[:200],
        table=table,
        header=list(table.header),
        mapping={"columns": guess(table.header), "groups": {str(one.row): one.kind for one in groups}},
        created_by=acting_user,
    )
    return _begun(found, acting_user, now)


def begin_file_import(
    *,
    acting_user: Any,
    owner: Unit,
    data: bytes,
    name: str,
    mapping: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
) -> ProjectImport:
    """Read a workbook or CSV file and keep it to be looked at. ``mapping``: heading → fact, else it is guessed."""
    require(acting_user is None or import_owners(acting_user).filter(pk=owner.pk).exists(), _MAY)
    try:
        table = read_table(data, _LIMITS)
    except UnreadableTable as error:
        raise ValidationError(str(error)) from error
    if not table.rows:
        raise ValidationError("文件里没有内容。")
    header_row = _header_row(table)
    header = headings(table.row(header_row), table.width)
    raw = [[number, *cells] for number, cells in table.rows if number > header_row]
    if len(raw) > MOST_ROWS:
        raise ValidationError(f"一次最多导入{MOST_ROWS}行，请分成几个文件。")
    if not raw:
        raise ValidationError("表头下面没有内容。")
    columns = {key: fact for key, fact in (mapping or {}).items() if key in header} or guess(header)
    found = ProjectImport(
        owner=owner,
        name=name[-200:],
        header=list(header),
        mapping={"columns": columns, "groups": {}},
        raw=raw,
        created_by=acting_user,
    )
    return _begun(found, acting_user, now)


def begin_rows_import(
    *,
    acting_user: Any,
    owner: Unit,
    rows: Sequence[Mapping[str, str]],
    name: str = "接口",
    now: dt.datetime | None = None,
) -> ProjectImport:
    """Read rows of another program: fact → text, as a workbook with these columns would say it."""
    require(acting_user is None or import_owners(acting_user).filter(pk=owner.pk).exists(), _MAY)
    if not rows:
        raise ValidationError("没有要导入的项目。")
    if len(rows) > MOST_ROWS:
        raise ValidationError(f"一次最多导入{MOST_ROWS}个项目，请分几次。")
    header = {f"{label}（万元）" if fact in ("total", "year") else label: fact for fact, (label, _) in FACTS.items()}
    raw = [[number, *(row.get(fact, "") for fact in header.values())] for number, row in enumerate(rows, 1)]
    found = ProjectImport(
        owner=owner,
        name=name[:200],
        header=list(header),
        mapping={"columns": header, "groups": {}},
        raw=raw,
        created_by=acting_user,
    )
    return _begun(found, acting_user, now)


def _header_row(table: Any) -> int:
    """The row that names most facts among the first ones."""
    scored = [(len(guess([cell for cell in cells if cell])), -number) for number, cells in table.rows[:15]]
    best = max(scored, default=(0, 0))
    return -best[1] if best[0] >= 2 else table.guess_header()


def _begun(found: ProjectImport, user: Any, now: dt.datetime | None) -> ProjectImport:
    _read(found, user, today_of(now))
    with transaction.atomic():
        found.save()
        record(acting_user=user, acts=[Act(action="读取项目名单", target=found, after={"行数": len(found.rows)})])
    return found


def _read(found: ProjectImport, user: Any, today: dt.date) -> None:
    """Read the rows anew by the mapping."""
    columns = found.mapping.get("columns", {})
    if found.table is not None:
        day = found.table.plan.issued_on or today
        # Guessing gives what the headings are; what was chosen for each stands in the mapping.
        chosen = found.mapping.get("groups", {})
        groups = [
            Group(one.row, one.text, chosen.get(str(one.row), one.kind))
            for one in guess_groups(found.header, found.table.rows)
        ]
        rows: Sequence[tuple[int, Mapping[str, str]]] = table_rows(found.header, found.table.rows, groups)
    else:
        day = today
        rows = [
            (int(number), {heading: str(cells[at]) for at, heading in enumerate(found.header) if at < len(cells)})
            for number, *cells in found.raw
        ]
        rows = [(number, cells) for number, cells in rows if any(cells.values())]
    reader = Reader(user=user, top=top_of(found.owner), header=found.header, mapping=columns, day=day)
    found.rows = [dataclasses.asdict(row) for row in reader.read(rows)]


def map_import(
    *,
    acting_user: Any,
    import_id: int,
    columns: Mapping[str, str],
    groups: Mapping[str, str] | None = None,
    save_as: str = "",
    now: dt.datetime | None = None,
) -> ProjectImport:
    """Say what the columns (and headings between the rows) mean, and read the list anew."""
    with transaction.atomic():
        found = _locked(acting_user, import_id)
        facts = [fact for fact in columns.values() if fact]
        if len(facts) != len(set(facts)):
            raise ValidationError("有两列选了同一项，请核对列的对应。")
        found.mapping = {
            "columns": {key: fact for key, fact in columns.items() if fact and key in found.header},
            "groups": dict(groups) if groups is not None else found.mapping.get("groups", {}),
        }
        _read(found, acting_user, today_of(now))
        found.revision += 1
        found.save()
        acts = [Act(action="调整列对应", target=found, after={"对应": found.mapping["columns"]})]
        if save_as.strip():
            name = needed(save_as, "列对应的名称", 80)
            saved, _ = ColumnMapping.objects.update_or_create(
                owner=found.owner,
                name=name,
                defaults={"columns": found.mapping["columns"]},
                create_defaults={"columns": found.mapping["columns"], "created_by": acting_user},
            )
            acts.append(Act(action="保存列对应", target=saved, after={"对应": saved.columns}))
        record(acting_user=acting_user, acts=acts)
    return found


def _locked(user: Any, import_id: int) -> ProjectImport:
    if not visible_imports(user).filter(pk=import_id).exists():
        raise Http404
    found = ProjectImport.objects.select_for_update().filter(pk=import_id).order_by("pk").first()
    if found is None:
        raise Http404
    if found.state != ImportState.PREVIEW:
        raise NotNow(f"这份名单{found.get_state_display()}，不能再办理。")
    return found


def take_import(
    *,
    acting_user: Any,
    import_id: int,
    skipped: Collection[int] = (),
    readings: Mapping[int, int] | None = None,
    major: bool = True,
    year: int | None = None,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> list[Project]:
    """Enter all rows but the skipped ones; raises ``ImportRefused`` with every problem, and then nothing was entered.

    ``readings``: row → which of its readings is right (0, the first, where none is chosen). ``year``: the year's plan
    on which the projects stand; those without a figure for it stand on it all the same.
    """
    at, today = moment(now), today_of(now)
    with transaction.atomic():
        found = _locked(acting_user, import_id)
        if revision is not None and revision != found.revision:
            raise NotNow("他人刚刚改了这份名单，请刷新后再办。")
        rows = [Row(**row) for row in found.rows if row["row"] not in set(skipped)]
        for row in rows:
            _choose(row, (readings or {}).get(row.row, 0))
        problems = [f"第 {row.label or row.row} 行：{'；'.join(row.errors)}" for row in rows if row.errors]
        problems += may_take(acting_user, [row for row in rows if not row.errors])
        taken = set()
        if found.table is not None:
            numbers = [row.row for row in rows]
            known = ProjectOrigin.objects.filter(table=found.table, row__in=numbers).values_list("row", flat=True)
            taken = set(known)
            labels = {row.row: row.label or str(row.row) for row in rows}
            problems += [f"第 {labels[number]} 行：已经入库，不用再导入" for number in sorted(taken)]
        if not rows:
            problems = ["没有要入库的行"]
        if problems:
            raise ImportRefused(problems)
        projects = _enter(found, rows, acting_user, today, at, major, year)
        note_twins(projects)
        found.state, found.taken_at = ImportState.TAKEN, at
        found.revision += 1
        found.save(update_fields=("state", "taken_at", "revision"))
        total = sum((row.amount for row in rows), Decimal(0))
        after = {"项目数": len(projects), "总投资（元）": str(total), "略过": len(found.rows) - len(rows)}
        acts = [Act(action="项目名单入库", target=found, after=after)]
        acts += [act_of(one, "导入项目", None, 名称=one.name, 总投资元=str(one.total)) for one in projects]
        record(acting_user=acting_user, acts=acts)
    return projects


def _choose(row: Row, reading: int) -> None:
    if row.readings and 0 <= reading < len(row.readings):
        row.total, row.name = row.readings[reading]["total"], row.readings[reading]["name"]
        row.readings = [row.readings[reading], *(one for at, one in enumerate(row.readings) if at != reading)]


def _enter(
    found: ProjectImport, rows: Sequence[Row], user: Any, today: dt.date, at: dt.datetime, major: bool, year: int | None
) -> list[Project]:
    industries = {name: Industry.objects.get_or_create(name=name)[0] for name in _names(rows, "industry")}
    chains = {}
    for row in rows:
        if row.chain and row.chain not in chains:
            defaults = {"industry": industries.get(row.industry)}
            chains[row.chain] = Chain.objects.get_or_create(name=row.chain, defaults=defaults)[0]
    projects = Project.objects.bulk_create(
        [
            Project(
                name=row.name,
                code=row.code,
                unit_id=row.unit,
                place=row.place,
                lead_id=row.lead or None,
                owner=row.owner,
                leader=row.leader,
                industry=industries.get(row.industry),
                chain=chains.get(row.chain),
                nature=row.nature,
                sort=row.sort,
                major=major,
                total=row.amount,
                content=row.content,
                longitude=Decimal(row.longitude) if row.longitude else None,
                latitude=Decimal(row.latitude) if row.latitude else None,
                state=row.state,
                state_since=today,
                created_by=user,
            )
            for row in rows
        ],
        batch_size=500,
    )
    pairs = list(zip(projects, rows, strict=True))
    ProjectName.objects.bulk_create(
        [ProjectName(project=one, name=one.name, since=today) for one in projects], batch_size=500
    )
    reason = f"导入：{found.name}"[:300]
    Move.objects.bulk_create(
        [
            Move(project=one, from_state="", to_state=one.state, on=today, reason=reason, by=user, recorded_at=at)
            for one in projects
        ],
        batch_size=500,
    )
    if found.table is not None:
        ProjectOrigin.objects.bulk_create(
            [
                ProjectOrigin(
                    project=one, table=found.table, row=row.row, label=row.label, text=row.text, readings=row.readings
                )
                for one, row in pairs
            ],
            batch_size=500,
        )
    plans = [
        YearPlan(
            project=one,
            year=_year(row, year),
            investment=Decimal(row.year) if row.year else None,
            start_on=row.start or None,
            finish_on=row.finish or None,
        )
        for one, row in pairs
        if _year(row, year) is not None
    ]
    YearPlan.objects.bulk_create(plans, batch_size=500)
    return projects


def _year(row: Row, year: int | None) -> int | None:
    if year is not None:
        return year
    if row.start:
        return int(row.start[:4])
    return None


def _names(rows: Sequence[Row], fact: str) -> list[str]:
    return list(dict.fromkeys(name for row in rows if (name := getattr(row, fact))))


def drop_import(*, acting_user: Any, import_id: int) -> ProjectImport:
    """Put a list aside without entering anything."""
    with transaction.atomic():
        found = _locked(acting_user, import_id)
        found.state = ImportState.DROPPED
        found.revision += 1
        found.save(update_fields=("state", "revision"))
        record(acting_user=acting_user, acts=[Act(action="放弃项目名单", target=found)])
    return found
