"""``luoshi bulletin``: bulletins drawn and verified from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database

MOST_BYTES = 32 * 2**20
KINDS = ("progress", "commentary", "lateness", "supervision", "ranking")


@click.group("bulletin", cls=Group)
def bulletin_command() -> None:
    """通报：拟稿、核对。"""


@bulletin_command.command("verify", cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_database
def verify_command(file: Path) -> None:
    """核对一份通报文件：逐字、逐数与存档比对，并按原时点重算数据；不一致时退出码为 1。"""
    from luoshi.apps.bulletins.verifying import verify_file

    require_migrated()
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException(f"文件超过 {MOST_BYTES // 2**20} MB。")
    result = verify_file(file.read_bytes())
    for one in result.differences:
        click.echo(f"{one}{f'（出处：{one.reference}）' if one.reference else ''}")
    for place, kept, again in result.recomputed:
        click.echo(f"重算不同：{place}，存档为 {kept}，重算为 {again}")
    if not result.ok:
        raise click.ClickException(result.sentence)
    click.echo(result.sentence)


@bulletin_command.command("draw", cls=Command)
@click.argument("kind", type=click.Choice(KINDS), metavar="类别")
@click.argument("period", metavar="期别")
@click.option("--owner", metavar="代码", help="印发单位；不给就是州（市）。")
@click.option("--plan", "plans", type=int, multiple=True, metavar="编号", help="方案编号，可多次给出；不给就是全部。")
@click.option("--as-of", metavar="时点", help="数据时点，如 2026-10-08T17:00；不给就是现在。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="把文件另存到这里。")
@with_database
def draw_command(
    kind: str, period: str, owner: str | None, plans: tuple[int, ...], as_of: str | None, out: Path | None
) -> None:
    """拟一份通报的草稿。

    类别：progress 进展、commentary 评述、lateness 未报迟报、supervision 督查结果、ranking 排名。
    """
    from luoshi.apps.bulletins.actions import draw_bulletin
    from luoshi.apps.bulletins.errors import BulletinError
    from luoshi.apps.organisations.models import Unit, UnitKind
    from luoshi.apps.plans.models import Plan
    from luoshi.periods import Period, PeriodError
    from luoshi.site.moments import moment_of

    require_migrated()
    units = Unit.objects.filter(key=owner) if owner else Unit.objects.filter(kind=UnitKind.PREFECTURE)
    unit = units.order_by("path").first()
    if unit is None:
        raise click.ClickException("没有这个印发单位。")
    rows = Plan.objects.filter(owner__path__startswith=unit.path).select_related("owner").order_by("pk")
    chosen = (
        list(rows.filter(pk__in=plans))
        if plans
        else list(rows)
        if kind in ("progress", "commentary", "ranking")
        else []
    )
    if len(chosen) < len(set(plans)):
        raise click.ClickException("有的方案不存在，或不属于印发单位。")
    moment = moment_of(as_of) if as_of else None
    if as_of and moment is None:
        raise click.ClickException(f"“{as_of}”不是时点，应写作 2026-10-08T17:00。")
    try:
        made = draw_bulletin(
            acting_user=None, kind=kind, owner=unit, plans=chosen, period=Period.parse(period), as_of=moment
        )
    except (BulletinError, PeriodError) as error:
        raise click.ClickException(str(error)) from error
    if out is not None:
        with made.file.open("rb") as file:
            out.write_bytes(file.read())
    click.echo(f"已拟《{made.title}》（编号 {made.pk}），待核稿。")
