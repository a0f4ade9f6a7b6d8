"""``luoshi projects``: import lists, list and export projects."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("projects", cls=Group)
def projects_command() -> None:
    """项目。"""


@projects_command.command("import", cls=Command)
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--unit", "unit", metavar="单位代码", required=True, help="为哪个单位导入。")
@click.option("--table", metavar="编号", type=click.IntRange(1), help="不用文件，取方案里的这张附表。")
@click.option("--year", metavar="年度", type=click.IntRange(1990, 2100), help="列入哪年的年度计划。")
@click.option("--check", is_flag=True, help="只核对，不入库。")
@with_database
def import_command(file: Path | None, unit: str, table: int | None, year: int | None, check: bool) -> None:
    """导入项目名单（.xlsx、.csv，或方案的附表）；有一行不对，就一个也不入库。"""
    from django.core.exceptions import ValidationError
    from django.http import Http404

    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.projects import actions
    from luoshi.apps.projects.errors import ImportRefused

    require_migrated()
    owner = Unit.objects.filter(key=unit).first()
    if owner is None:
        raise click.ClickException(f"没有这个单位：{unit}")
    if (file is None) == (table is None):
        raise click.UsageError("请给出文件，或用 --table 指明附表，二者取一。")
    try:
        if file is not None:
            found = actions.begin_file_import(acting_user=None, owner=owner, data=file.read_bytes(), name=file.name)
        else:
            found = actions.begin_table_import(acting_user=None, owner=owner, table_id=table or 0)
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    except Http404 as error:
        raise click.ClickException("没有这张附表。") from error
    for row in found.rows:
        for text in (*row["errors"], *row["warnings"]):
            click.echo(f"第 {row['label'] or row['row']} 行：{text}", err=True)
    if check:
        wrong = sum(1 for row in found.rows if row["errors"])
        actions.drop_import(acting_user=None, import_id=found.pk)
        click.echo(f"共 {len(found.rows)} 行，{wrong} 行有错。")
        sys.exit(1 if wrong else 0)
    try:
        taken = actions.take_import(acting_user=None, import_id=found.pk, year=year)
    except ImportRefused as refused:
        actions.drop_import(acting_user=None, import_id=found.pk)
        raise click.ClickException("\n".join((str(refused), *refused.problems))) from refused
    click.echo(f"{len(taken)} 个项目已入库。")


@projects_command.command("list", cls=Command)
@click.option("--unit", metavar="单位代码", default="", help="只列这个单位（含其下）的。")
@click.option("--state", metavar="库", default="", help="只列一个库的，如 在建。")
@click.option("--stuck", is_flag=True, help="只列滞库超期的。")
@with_database
def list_command(unit: str, state: str, stuck: bool) -> None:
    """列出项目，总投资大的在前。"""
    from django.utils import timezone

    from luoshi.apps.projects.actions.common import money_text
    from luoshi.apps.projects.models import State
    from luoshi.apps.projects.queries import ProjectFilter, project_list

    require_migrated()
    names = {label: value for value, label in State.choices}
    if state and state not in names:
        raise click.ClickException(f"没有这个库：{state}；可选：{'、'.join(names)}")
    asked = ProjectFilter(unit=unit, state=names.get(state, ""), stuck=stuck)
    count = 0
    for row in project_list(None, asked, timezone.localdate()).iterator(chunk_size=1000):
        click.echo(
            "\t".join((row.code or "无代码", row.get_state_display(), str(row.unit), row.name, money_text(row.total)))
        )
        count += 1
    click.echo(f"共 {count} 个。", err=True)


@projects_command.command("export", cls=Command)
@click.argument("file", metavar="文件", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--oc4ids", is_flag=True, help="按基础设施公开数据标准（OC4IDS 0.9）导出 JSON；否则导出表格。")
@click.option("--unit", metavar="单位代码", default="", help="只导出这个单位（含其下）的。")
@click.option("--address", metavar="网址", default="https://luoshi.invalid/", help="数据包标识所用的本站网址。")
@with_database
def export_command(file: Path, oc4ids: bool, unit: str, address: str) -> None:
    """导出项目。"""
    from django.utils import timezone

    from luoshi.apps.projects.export import excel_list, oc4ids_package
    from luoshi.apps.projects.queries import ProjectFilter, project_list

    require_migrated()
    now, asked = timezone.now(), ProjectFilter(unit=unit)
    rows = project_list(None, asked, timezone.localtime(now).date())
    if oc4ids:
        found = list(rows.prefetch_related("milestones", "funds", "years", "names"))
        if not found:
            raise click.ClickException("没有符合条件的项目。")
        package = oc4ids_package(found, at=now, address=address)
        file.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        count = len(found)
    else:
        with file.open("w+b") as handle:
            count = excel_list(handle, rows.iterator(chunk_size=2000), person="系统", at=now, asked=asked)
    click.echo(f"{count} 个项目已导出到 {file}。")
