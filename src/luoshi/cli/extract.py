"""``luoshi extract``: read a file and print what was found, without a database."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from luoshi.cli.chinese import Command


@click.command("extract", cls=Command)
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--date",
    "-d",
    metavar="日期",
    type=click.DateTime(["%Y-%m-%d"]),
    help="成文日期，文件里没有印出时用，如 2026-03-01。",
)
@click.option(
    "--format",
    "-f",
    "shape",
    type=click.Choice(["jsonl", "json"]),
    default="jsonl",
    metavar="[jsonl|json]",
    help="每行一个对象，或一个数组。",
)
def extract_command(file: Path, date: dt.datetime | None, shape: str) -> None:
    """读取一份文件，输出其中的方案、措施、目标、责任、时限和附表。

    支持 .txt .docx .pdf .ofd .html .xlsx；每个对象带有行号和位置。
    """
    from luoshi.documents import DocumentError, read
    from luoshi.extraction import extract
    from luoshi.extraction.jsonl import records

    try:
        document = read(file)
    except DocumentError as error:
        raise click.ClickException(f"{file.name}：{error}") from error
    objects = records(extract(document, date=date.date() if date else None))
    out = sys.stdout
    if shape == "json":
        json.dump(list(objects), out, ensure_ascii=False, indent=1)
        out.write("\n")
        return
    for item in objects:
        out.write(json.dumps(item, ensure_ascii=False) + "\n")
