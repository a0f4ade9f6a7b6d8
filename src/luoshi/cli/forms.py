"""``luoshi forms``: forms from files, and the ready-made ones."""

from __future__ import annotations

from pathlib import Path

import click

from luoshi.cli.chinese import Command, Group
from luoshi.cli.environment import require_migrated, with_database

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("forms", cls=Group)
def forms_command() -> None:
    """报表。"""


@forms_command.command("list", cls=Command)
@with_database
def list_command() -> None:
    """列出现成报表。"""
    from luoshi.apps.reporting.ready_made import all_ready_made
    from luoshi.apps.reporting.schedule import due_words

    for file in all_ready_made():
        click.echo(f"{file.key}\t{file.title}\t{due_words(file.content)}")


@forms_command.command("load", cls=Command)
@click.argument("file", metavar="[报表文件.json]", type=_FILE, required=False)
@click.option("--ready-made", "key", metavar="代码", help="装入现成报表（代码见 luoshi forms list）。")
@click.option("--owner", required=True, metavar="单位代码", help="收表单位。")
@with_database
def load_command(file: Path | None, key: str | None, owner: str) -> None:
    """装入一张报表，成为收表单位的草稿；指标一并建好或对上，核对后在页面上发布。"""
    from django.core.exceptions import ValidationError

    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.reporting.actions.forms import load_form
    from luoshi.apps.reporting.design import units_named
    from luoshi.apps.reporting.form_errors import FormFileError
    from luoshi.apps.reporting.form_file import read_form_file
    from luoshi.apps.reporting.ready_made import KEYS, ready_made

    if (file is None) == (key is None):
        raise click.UsageError("请给出报表文件，或用 --ready-made 指明现成报表，二者取一。")
    if key is not None and key not in KEYS:
        raise click.UsageError(f"没有现成报表“{key}”，可用的有：{'、'.join(KEYS)}。")
    require_migrated()
    unit = Unit.objects.filter(key=owner).first()
    if unit is None:
        raise click.UsageError(f"单位库里没有代码为“{owner}”的单位。")
    try:
        content = read_form_file(file.read_bytes()) if file is not None else ready_made(key or "")
        reporters, unknown = units_named(content.reporters, unit)
        form = load_form(acting_user=None, file=content, owner=unit, reporters=reporters)
    except FormFileError as error:
        raise click.ClickException(str(error)) from error
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    click.echo(f"已装入“{form.title}”（{form.key}），填报单位 {len(reporters)} 个；请核对后发布。")
    for name in unknown:
        click.echo(f"单位库里没有“{name}”，请补选填报单位。")
