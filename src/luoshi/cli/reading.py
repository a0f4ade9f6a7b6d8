"""What the commands share that read one file without a database: its argument, its date, and reading it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from luoshi.documents import Document
    from luoshi.extraction.model import Extraction

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
file_argument = click.argument("file", metavar="文件", type=FILE)
date_option = click.option(
    "--date",
    "-d",
    metavar="日期",
    type=click.DateTime(["%Y-%m-%d"]),
    help="成文日期，文件里没有印出时用，如 2026-03-01。",
)


def read_and_extract(file: Path, date: dt.datetime | None) -> tuple[Document, Extraction]:
    """The document and what stands in it; a file that cannot be read ends the command with its message."""
    from luoshi.documents import DocumentError, read
    from luoshi.extraction import extract

    try:
        document = read(file)
    except DocumentError as error:
        raise click.ClickException(f"{file.name}：{error}") from error
    return document, extract(document, date=date.date() if date else None)
