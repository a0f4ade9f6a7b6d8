"""``luoshi assess``: runs of assessment listed, opened, verified and exported from the command line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("assess", cls=Group)
def assess_command() -> None:
    """考核：列出、开展、核对、导出。"""


@assess_command.command("list", cls=Command)
@click.option("--all", "everything", is_flag=True, help="已更正、已撤回的也列出。")
@with_database
def list_command(everything: bool) -> None:
    """列出各期考核，新的在前。"""
    from luoshi.apps.assessment.actions.common import label_of
    from luoshi.apps.assessment.models import Run, RunState

    require_migrated()
    rows = Run.objects.select_related("adoption").defer("snapshot").order_by("-pk")
    if not everything:
        rows = rows.exclude(state__in=(RunState.REPLACED, RunState.WITHDRAWN))
    count = 0
    for run in rows.iterator(chunk_size=500):
        click.echo(f"{run.pk}\t{run.get_state_display()}\t{run.period}\t{label_of(run)}\t{run.digest[:12]}")
        count += 1
    click.echo(f"共 {count} 期。", err=True)


@assess_command.command("run", cls=Command)
@click.argument("adoption", type=int, metavar="考核安排编号")
@click.argument("period", metavar="期别")
@click.option("--as-of", metavar="时点", help="数据时点，如 2026-10-08T17:00；不给就是现在。")
@with_database
def run_command(adoption: int, period: str, as_of: str | None) -> None:
    """开展一期考核：建立草稿，从台账取数。"""
    from django.http import Http404

    from luoshi.apps.assessment.actions import create_run
    from luoshi.apps.assessment.errors import AssessmentError
    from luoshi.apps.assessment.queries.runs import read_run
    from luoshi.scoring import show
    from luoshi.site.moments import moment_of

    require_migrated()
    moment = moment_of(as_of) if as_of else None
    if as_of and moment is None:
        raise click.ClickException(f"“{as_of}”不是时点，应写作 2026-10-08T17:00。")
    try:
        run = create_run(acting_user=None, adoption_id=adoption, period=period, as_of=moment)
    except Http404 as error:
        raise click.ClickException("没有这个考核安排。") from error
    except AssessmentError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已开展（编号 {run.pk}），请在网页上核对数据后公示。")
    read = read_run(run)
    if read.problem:
        click.echo(f"现有数据还不能计分：{read.problem}")
    for row in read.rows:
        from fractions import Fraction

        click.echo(f"{row['rank'] or '—'}\t{row['unit']}\t{show(Fraction(row['total']))}")


def _run(number: int) -> Any:
    from luoshi.apps.assessment.models import Run

    run = Run.objects.select_related("adoption__owner", "version__scheme", "corrects").filter(pk=number).first()
    if run is None:
        raise click.ClickException(f"没有编号为 {number} 的考核。")
    return run


@assess_command.command("verify", cls=Command)
@click.argument("number", type=int, metavar="编号")
@with_database
def verify_command(number: int) -> None:
    """按存档重新计算一期考核，与公示的得分、名次比对；不一致时退出码为 1。"""
    from luoshi.apps.assessment.actions.common import label_of
    from luoshi.apps.assessment.computing import verify

    require_migrated()
    run = _run(number)
    if run.snapshot is None:
        raise click.ClickException("还没有公示，没有存档可以核对。")
    found = verify(run.snapshot, run.digest)
    if not found.ok:
        raise click.ClickException(f"{label_of(run)}：{found.sentence}")
    click.echo(f"{label_of(run)}：{found.sentence}")


@assess_command.command("export", cls=Command)
@click.argument("number", type=int, metavar="编号")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="存到哪里；不给就是当前目录。")
@with_database
def export_command(number: int, out: Path | None) -> None:
    """导出带公式的表格，任何人可以重新计算。"""
    from django.utils import timezone

    from luoshi.apps.assessment.actions.common import label_of
    from luoshi.apps.assessment.queries.runs import read_run
    from luoshi.apps.assessment.workbook import write_workbook

    require_migrated()
    run = _run(number)
    read = read_run(run)
    if read.problem:
        raise click.ClickException(read.problem)
    file = io.BytesIO()
    write_workbook(file, read, label=label_of(run), person="命令行", at=timezone.now())
    target = out or Path(f"{label_of(run)}.xlsx".replace("/", "／"))
    try:
        target.write_bytes(file.getvalue())
    except OSError as error:
        raise click.ClickException(f"不能写入 {target}。") from error
    click.echo(f"已导出 {target}")
