"""``luoshi import``: files into drafts."""

from __future__ import annotations

from pathlib import Path

import click

from luoshi.cli.chinese import Command
from luoshi.cli.environment import require_migrated, with_database
from luoshi.cli.lookup import unit_named


@click.command("import", cls=Command)
@click.argument(
    "files", metavar="文件…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--owner", metavar="单位", help="发文单位的代码或名称；缺省为最上级单位。")
@with_database
def import_command(files: tuple[Path, ...], owner: str | None) -> None:
    """把文件读成待确认的草稿；读不了的文件说明原因，其余照常导入。"""
    from django.core.files import File

    from luoshi.apps.intake.actions import process_upload, receive_upload

    require_migrated()
    unit = unit_named(owner)
    failed = 0
    for path in files:
        with path.open("rb") as handle:
            upload = receive_upload(acting_user=None, file=File(handle, name=path.name), owner=unit, enqueue=False)
        process_upload(upload.pk)
        upload.refresh_from_db()
        if upload.state == "failed":
            failed += 1
            click.echo(f"错误：{path.name}：{upload.message}", err=True)
            continue
        for draft in upload.drafts.order_by("ordinal"):
            click.echo(
                f"{path.name}：《{draft.title}》第 {draft.first_line}—{draft.last_line} 行，"
                f"待确认 {draft.items.count()} 项"
            )
    if failed:
        raise click.exceptions.Exit(1)
