"""``luoshi orders``: what is not closed, and the proposals that have come."""

from __future__ import annotations

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database


@click.group("orders", cls=Group)
def orders_command() -> None:
    """督办。"""


@orders_command.command("list", cls=Command)
@click.option("--overdue", is_flag=True, help="只列逾期的。")
@click.option("--all", "everything", is_flag=True, help="已销号、已撤销的也列出。")
@with_database
def list_command(overdue: bool, everything: bool) -> None:
    """列出督办事项，期限近的在前。"""
    from django.utils import timezone

    from luoshi.apps.supervision.queries import OrderFilter, order_list
    from luoshi.apps.supervision.queries.orders import row_of

    require_migrated()
    now = timezone.now()
    asked = OrderFilter(state="" if everything else "open", due="overdue" if overdue else "", sort="due")
    count = 0
    for order in order_list(None, asked, now).iterator(chunk_size=500):
        row = row_of(order, now)
        parts = (order.number or "拟办", order.get_state_display(), str(order.unit), order.title, row.due, row.left)
        click.echo("\t".join(parts))
        count += 1
    click.echo(f"共 {count} 件。", err=True)


@orders_command.command("escalate", cls=Command)
@with_database
def escalate_command() -> None:
    """现在就查看各方案的未报、亮灯、逾期，提出升级建议（平时由 luoshi tick 每天办理）。"""
    from luoshi.apps.supervision.actions import propose_escalations

    require_migrated()
    lines = list(propose_escalations(lights=True))
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("没有新的建议。")
