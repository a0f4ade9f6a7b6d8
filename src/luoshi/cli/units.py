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
    from luoshi.units import UnitDirectory, UnitFileError

    require_migrated()
    try:
        directory = UnitDirectory.from_csv(units, names)
    except UnitFileError as error:
        raise click.ClickException(str(error)) from error
    summary = load_units(acting_user=None, directory=directory)
    click.echo(str(summary))
