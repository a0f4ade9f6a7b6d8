"""``luoshi statistics``: files of official statistics."""

from __future__ import annotations

from pathlib import Path

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("statistics", cls=Group)
def statistics_command() -> None:
    """统计数据文件的导入。"""


@statistics_command.command("import", cls=Command)
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", metavar="列对应", required=True, help="已保存的列对应的名称（在网页上保存）。")
@click.option("--user", "username", metavar="用户名", required=True, help="以谁的名义导入，权限也按此人。")
@click.option("--period", metavar="期别", default="", help="整个文件的期别，如 2026-02；文件里有期别列的不必给。")
@with_database
def import_(file: Path, mapping: str, username: str, period: str) -> None:
    """按已保存的列对应导入一个 .xlsx 或 .csv 文件；有一处问题就一个数也不导入，并列出全部问题。"""
    from django.core.exceptions import PermissionDenied

    from luoshi.apps.accounts.models import User
    from luoshi.apps.indicators.actions import import_statistics
    from luoshi.apps.indicators.errors import IndicatorError
    from luoshi.apps.indicators.policies import visible_mappings
    from luoshi.apps.indicators.statistics import Reading, StatisticsRefused

    require_migrated()
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise click.ClickException(f"没有这个用户，或已停用：{username}")
    found = list(visible_mappings(user).select_related("owner").filter(name=mapping)[:2])
    if not found:
        raise click.ClickException(f"没有名为“{mapping}”的列对应，或此人无权使用。")
    if len(found) > 1:
        raise click.ClickException(f"不止一个单位有名为“{mapping}”的列对应，请换一个名称另存。")
    saved = found[0]
    try:
        done = import_statistics(
            acting_user=user,
            data=file.read_bytes(),
            name=file.name,
            owner=saved.owner,
            mapping=Reading.from_json(saved.mapping),
            period=period,
        )
    except StatisticsRefused as refused:
        for problem in refused.problems:
            click.echo(f"错误：{problem}", err=True)
        raise click.ClickException(str(refused)) from refused
    except (IndicatorError, PermissionDenied) as refused:
        raise click.ClickException(str(refused)) from refused
    summary = done.summary
    click.echo(
        f"{file.name}：新增 {summary['added']}，更改 {summary['changed']}，未变 {summary['unchanged']}；"
        f"读 {summary['rows']} 行，空格 {summary['blanks']} 个，略去 {summary['ignored']} 行。"
    )
    if summary["same_as"]:
        click.echo("此文件以前导入过，内容完全相同。")
