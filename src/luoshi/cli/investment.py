"""``luoshi investment``: counts against targets, and leads, as tab-separated lines."""

from __future__ import annotations

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("investment", cls=Group)
def investment_command() -> None:
    """招商。"""


@investment_command.command("counts", cls=Command)
@click.option("--period", metavar="期别", default="", help="年、半年、季或月，如 2026、2026Q3；缺省为今年。")
@click.option("--why", is_flag=True, help="逐项列出计与不计的理由。")
@with_database
def counts_command(period: str, why: bool) -> None:
    """列出县市、园区和招商组的各项完成数和目标。"""
    from django.utils import timezone

    from luoshi.apps.investment.queries import explanation, scoped_units, tables
    from luoshi.periods import Period, PeriodError

    require_migrated()
    try:
        asked = Period.parse(period or str(timezone.localdate().year))
    except PeriodError as error:
        raise click.ClickException(f"期别不对：{period}。") from error
    for table in tables(asked, scoped_units()).values():
        for row in table.rows:
            for cell in row.cells:
                goal = f"{cell.goal.value.normalize():f}" if cell.goal else "无目标"
                value = "未报" if cell.value is None else f"{cell.value.normalize():f}"
                click.echo("\t".join((str(row.unit), cell.figure.title, value, goal, cell.figure.unit)))
                if why:
                    for line in explanation(cell.figure, row.unit, asked, leads=()).lines:
                        click.echo(f"\t\t{line.title}\t{line.reason.text}")


@investment_command.command("leads", cls=Command)
@click.option("--state", metavar="状态", default="", help="只列一种：线索、在谈、已签约、已开工、已投产、已流失。")
@with_database
def leads_command(state: str) -> None:
    """列出招商线索，进展新的在前。"""
    from django.utils import timezone

    from luoshi.apps.investment.models import LeadState
    from luoshi.apps.investment.queries import LeadFilter, lead_list

    require_migrated()
    names = {str(label): value for value, label in LeadState.choices}
    if state and state not in names:
        raise click.ClickException(f"没有这个状态：{state}；应为{'、'.join(names)}。")
    count = 0
    for lead in lead_list(None, LeadFilter(state=names.get(state, "")), timezone.localdate()).iterator(chunk_size=500):
        amount = "" if lead.amount is None else f"{(lead.amount / 100_000_000).normalize():f}亿元"
        parts = (lead.get_state_display(), f"{lead.state_on}", lead.title, lead.enterprise.name, amount,
                 str(lead.place or ""), str(lead.unit))  # fmt: skip
        click.echo("\t".join(parts))
        count += 1
    click.echo(f"共 {count} 条。", err=True)
