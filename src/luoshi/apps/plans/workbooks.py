"""What every exported workbook shares: written row by row to a file, so that memory stays small.

Every cell is written by its own call for text or number, so a text that begins with ``=`` or ``@`` stays text.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CELL_LIMIT = 32_000  # Excel refuses more than 32,767 characters in a cell
#: Characters that XML, and so Excel, cannot hold.
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def cell_text(value: str) -> str:
    """A text as a cell can hold it."""
    value = value.translate(_UNPRINTABLE)
    return value if len(value) <= CELL_LIMIT else value[:CELL_LIMIT] + "…（过长，见系统）"


def open_book(file: IO[bytes]) -> xlsxwriter.Workbook:
    """A new workbook; whoever opens it closes it."""
    return xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": tempfile.gettempdir(),
        },
    )


def heading_format(book: xlsxwriter.Workbook) -> Format:
    """How a heading looks."""
    return book.add_format({"bold": True, "bg_color": "#E9EDF2", "border": 1, "valign": "vcenter", "text_wrap": True})


def wrapped_format(book: xlsxwriter.Workbook) -> Format:
    """How a cell of text looks."""
    return book.add_format({"text_wrap": True, "valign": "top", "border": 1})


def head_list(sheet: Worksheet, columns: Sequence[tuple[str, int]], heading: Format) -> None:
    """The first row of a list, ``(heading, width in characters)`` a column, and how the sheet prints."""
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, heading)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def conditions_sheet(book: xlsxwriter.Workbook, told: Sequence[tuple[str, str]], person: str, at: dt.datetime) -> None:
    """What was asked for, by whom, when: an export that is passed on tells what it leaves out."""
    sheet: Worksheet = book.add_worksheet("筛选条件")
    heading, wrapped = heading_format(book), wrapped_format(book)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, "条件", heading)
    sheet.write_string(0, 1, "内容", heading)
    lines = [*told, ("导出人", person), ("导出时间", at.strftime("%Y-%m-%d %H:%M"))]
    for row, (name, value) in enumerate(lines, start=1):
        sheet.write_string(row, 0, name, wrapped)
        sheet.write_string(row, 1, cell_text(value), wrapped)
