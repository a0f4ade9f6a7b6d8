"""Lists of this app as Excel workbooks: figures as numbers, texts as texts, the question on a sheet of its own."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

CELL_LIMIT = 32_000  # Excel refuses more than 32,767 characters in a cell
#: Characters that XML, and so Excel, cannot hold.
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])

Cell = str | int | float | dt.datetime | None


def write_table(
    file: IO[bytes],
    *,
    title: str,
    header: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[Cell]],
    told: Sequence[tuple[str, str]],
    person: str,
    at: dt.datetime,
    colours: dict[str, str] | None = None,
) -> int:
    """Write one table: ``header`` is (name, width); a cell that is ``None`` is shown as —. Gives the number of rows.

    ``told`` says what was asked for; ``colours`` paints the cells that begin with a word.
    """
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": tempfile.gettempdir(),
        },
    )
    sheet: Any = book.add_worksheet(title[:31])
    heading = book.add_format(
        {"bold": True, "bg_color": "#E9EDF2", "border": 1, "valign": "vcenter", "text_wrap": True}
    )
    plain = {"border": 1, "valign": "top", "text_wrap": True}
    text = book.add_format(plain)
    whole = book.add_format({**plain, "num_format": "#,##0"})
    broken = book.add_format({**plain, "num_format": "#,##0.0"})
    moment = book.add_format({**plain, "num_format": "yyyy-mm-dd hh:mm"})
    painted = {word: book.add_format({**plain, "bg_color": colour}) for word, colour in (colours or {}).items()}
    for column, (name, width) in enumerate(header):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, _text(name), heading)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value is None:
                sheet.write_string(count, column, "—", text)
            elif isinstance(value, str):
                style = next((painted[word] for word in painted if value.startswith(word)), text)
                sheet.write_string(count, column, _text(value), style)
            elif isinstance(value, dt.datetime):
                sheet.write_datetime(count, column, timezone.localtime(value).replace(tzinfo=None), moment)
            else:
                sheet.write_number(count, column, value, whole if isinstance(value, int) else broken)
    if count:
        sheet.autofilter(0, 0, count, len(header) - 1)
    conditions: Any = book.add_worksheet("查询条件")
    conditions.set_column(0, 0, 14)
    conditions.set_column(1, 1, 70)
    lines = [*told, ("行数", str(count)), ("导出人", person), ("导出时间", f"{timezone.localtime(at):%Y-%m-%d %H:%M}")]
    for number, (name, value) in enumerate(lines):
        conditions.write_string(number, 0, name, heading)
        conditions.write_string(number, 1, _text(value), text)
    book.close()
    return count


def _text(value: str) -> str:
    value = value.translate(_UNPRINTABLE)
    return value if len(value) <= CELL_LIMIT else value[:CELL_LIMIT] + "…（过长，见系统）"
