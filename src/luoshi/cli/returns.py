"""``luoshi returns``: rounds opened, workbooks written and returns submitted from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("returns", cls=Group)
def returns_command() -> None:
    """报送。"""


@returns_command.command("open", cls=Command)
@with_database
def open_command() -> None:
    """开放到期的报期（luoshi tick 也会做）；可重复运行。"""
    from luoshi.apps.reporting.actions import open_rounds
    from luoshi.periods import Period

    require_migrated()
    opened = open_rounds()
    for item in opened:
        click.echo(f"{item.form.title} {Period.parse(item.period).label}：{item.returns.count()} 个单位")
    click.echo(f"开放了 {len(opened)} 个报期。")


@returns_command.command("template", cls=Command)
@click.argument("number", metavar="编号", type=int)
@click.option("-o", "--output", metavar="文件", type=click.Path(dir_okay=False, path_type=Path), help="写到的文件。")
@with_database
def template_command(number: int, output: Path | None) -> None:
    """写出一份报送的 Excel 表格，已填的、上期的和目标都在里面。"""
    from luoshi.apps.reporting.queries.returns import return_sheet
    from luoshi.apps.reporting.workbooks import workbook_of

    require_migrated()
    answer = _answer(number)
    path = output or Path(f"{answer.round.form.key}-{answer.unit.key}-{answer.round.period}.xlsx")
    path.write_bytes(workbook_of(return_sheet(answer, user=None)))
    click.echo(f"已写出：{path}")


@returns_command.command("submit", cls=Command)
@click.argument("number", metavar="编号", type=int)
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", "username", metavar="用户名", required=True, help="以谁的名义报送。")
@click.option("--key", metavar="幂等键", default="", help="同一键只收一次。")
@with_database
def submit_command(number: int, file: Path, username: str, key: str) -> None:
    """报送填好的 .xlsx，或 .json（{"cells": {格: 值}, "rows": {…}, "reasons": {格: 说明}}）。

    有错的列出全部问题，什么也不收；退出码为 1。
    """
    from django.core.exceptions import PermissionDenied, ValidationError
    from django.http import Http404

    from luoshi.apps.accounts.models import User
    from luoshi.apps.reporting.actions import submit_return
    from luoshi.apps.reporting.errors import ReportingError, ReturnRefused
    from luoshi.forms import WrongWorkbook

    require_migrated()
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise click.ClickException(f"没有这个用户，或已停用：{username}")
    answer = _answer(number)
    try:
        values, reasons, channel = _read(answer, file)
        submission = submit_return(
            acting_user=user, answer_id=number, channel=channel, key=key, values=values, reasons=reasons
        )
    except ReturnRefused as error:
        _tell(answer, values, error.problems)
        raise click.ClickException(str(error)) from error
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    except Http404 as error:
        raise click.ClickException(f"没有这份报送，或 {username} 无权查看：{number}") from error
    except (ReportingError, PermissionDenied, WrongWorkbook) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已报送：{answer.round.form.title} {answer.round.period} {answer.unit}，第 {submission.ordinal} 次")


def _answer(number: int) -> Any:
    from luoshi.apps.reporting.queries.returns import visible_return

    answer = visible_return(None, number)
    if answer is None:
        raise click.ClickException(f"没有这份报送：{number}")
    return answer


def _read(answer: Any, file: Path) -> tuple[Any, Any, str]:
    """Values, reasons and the way they came."""
    from luoshi.apps.reporting.errors import ReturnRefused
    from luoshi.apps.reporting.workbooks import read_for
    from luoshi.forms.model import Values

    if file.suffix.lower() == ".xlsx":
        filled = read_for(answer, file.read_bytes())
        if filled.problems:
            _tell(answer, filled.values, filled.problems)
            raise click.ClickException(str(ReturnRefused(filled.problems)))
        return filled.values, filled.reasons, "workbook"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        cells, rows, reasons = (content.get(name) or {} for name in ("cells", "rows", "reasons"))
        fits = all(isinstance(part, dict) for part in (cells, rows, reasons))
        fits = fits and all(isinstance(keys, list) for keys in rows.values())
        fits = fits and all(isinstance(text, str) for text in reasons.values())
    except (ValueError, AttributeError, RecursionError) as error:
        raise click.ClickException(f'{file.name} 不是可读的 JSON：应为 {{"cells": {{…}}}}') from error
    if not fits:
        raise click.ClickException(f'{file.name} 的格式不对：应为 {{"cells": {{格: 值}}, "rows": {{…}}}}')
    return Values(cells, rows), reasons, "api"


def _tell(answer: Any, values: Any, problems: Any) -> None:
    """Every problem on a line of standard error, with its place."""
    from luoshi.apps.reporting.definitions import definition_of
    from luoshi.forms import place_of

    definition = definition_of(answer.round.version)
    for problem in problems:
        place = place_of(definition, values, problem.address) if problem.address else "全表"
        word = "须改正" if problem.severity == "hard" else "须说明"
        click.echo(f"{word}：{place}：{problem.message}", err=True)
