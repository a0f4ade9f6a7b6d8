"""``luoshi user``: people from the command line."""

from __future__ import annotations

import secrets

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database
from luoshi.cli.lookup import unit_named

_ROLES = ("administrator", "coordinator", "lead", "reporter", "reviewer", "leader")


@click.group("user", cls=Group)
def user_command() -> None:
    """人员。"""


@user_command.command("add", cls=Command)
@click.argument("username", metavar="用户名")
@click.option("--name", metavar="姓名", required=True, help="姓名。")
@click.option("--unit", metavar="单位", help="单位代码或名称；缺省为最上级单位。")
@click.option(
    "--role", metavar="角色", type=click.Choice(_ROLES), multiple=True, help=f"角色，可多次给出：{'、'.join(_ROLES)}。"
)
@click.option("--password", metavar="密码", help="密码；不给则生成一个并显示。")
@with_database
def add_command(username: str, name: str, unit: str | None, role: tuple[str, ...], password: str | None) -> None:
    """添加一个人，并给以角色。"""
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from luoshi.apps.accounts.actions import create_user
    from luoshi.apps.organisations.actions import grant_membership
    from luoshi.apps.organisations.models import Role

    require_migrated()
    where = unit_named(unit) if role else None
    made = password or secrets.token_urlsafe(9)
    try:
        with transaction.atomic():
            user = create_user(acting_user=None, username=username, display_name=name, password=made)
            for item in role:
                grant_membership(acting_user=None, user=user, unit=where, role=Role(item))
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    click.echo(f"已添加：{username}（{name}）")
    if password is None:
        click.echo(f"密码：{made}")
