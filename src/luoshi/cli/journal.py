"""``luoshi journal``: the journal checked offline."""

from __future__ import annotations

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("journal", cls=Group)
def journal_command() -> None:
    """操作日志。"""


@journal_command.command("verify", cls=Command)
@with_database
def verify_command() -> None:
    """逐条核对操作日志的哈希链；有改动或缺失时退出码为 1。"""
    from luoshi.apps.journal.actions import verify

    require_migrated()
    result = verify()
    if not result.ok:
        raise click.ClickException(f"操作日志不完整：{result.reason}。此前 {result.entries} 条完好。")
    click.echo(f"操作日志完好，共 {result.entries} 条。")
