"""``luoshi dispatch``: warnings, problems and meetings from the command line."""

from __future__ import annotations

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("dispatch", cls=Group)
def dispatch_command() -> None:
    """调度：预警、需协同事项、会议。"""


@dispatch_command.command("run", cls=Command)
@with_database
def run_command() -> None:
    """现在就跟踪和发出预警、读取需协同事项、排会（luoshi tick 也会做）；可重复运行。"""
    from luoshi.apps.dispatch.ticking import run

    require_migrated()
    lines = 0
    for line in run(whole=True):
        click.echo(line)
        lines += 1
    if not lines:
        click.echo("没有要办的。")
