"""``luoshi units``: the unit file."""

from __future__ import annotations

from pathlib import Path

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("units", cls=Group)
def units_command() -> None:
    """单位。"""


@units_command.command("load", cls=Command)
@click.argument("units", metavar="单位表.csv", type=_FILE)
@click.argument("names", metavar="单位名称表.csv", type=_FILE)
@with_database
def load_command(units: Path, names: Path) -> None:
    """导入单位表和单位名称表；已有的单位按代码更新。"""
    from luoshi.apps.organisations.actions import load_units
    from luoshi.units import DirectoryError, UnitDirectory

    require_migrated()
    try:
        directory = UnitDirectory.from_csv(units, names)
    except DirectoryError as error:
        raise click.ClickException(str(error)) from error
    changes = load_units(acting_user=None, directory=directory)
    click.echo(
        f"单位 {changes.units} 个，名称 {changes.names} 条；"
        f"新增单位 {len(changes.added)} 个，更改 {len(changes.changed)} 处，删除 {len(changes.removed)} 个。"
    )
    for unit in changes.kept:
        click.echo(f"已被使用，没有删除：{unit.name}（{unit.key}）")
