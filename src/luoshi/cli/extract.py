"""``luoshi extract``: read a file and print what was found, without a database."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from luoshi.cli.chinese import Command
from luoshi.cli.reading import date_option, file_argument, read_and_extract


@click.command("extract", cls=Command)
@file_argument
@date_option
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
    from luoshi.extraction.jsonl import records

    objects = records(read_and_extract(file, date)[1])
    out = sys.stdout
    if shape == "json":
        json.dump(list(objects), out, ensure_ascii=False, indent=1)
        out.write("\n")
        return
    for item in objects:
        out.write(json.dumps(item, ensure_ascii=False) + "\n")
