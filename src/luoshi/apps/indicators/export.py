"""Lists as files: a workbook, or CSV that Excel opens; a text that begins like a formula stays a text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpResponse

_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
_CELL_LIMIT = 32_000  # Excel refuses more than 32,767 characters in a cell
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DIGITS = 15

Cells = Sequence[str | int | Decimal | None]


def _text(value: str) -> str:
    value = value.translate(_UNPRINTABLE)
    return value if len(value) <= _CELL_LIMIT else value[:_CELL_LIMIT] + "…（过长，见系统）"


def write_workbook(
    file: IO[bytes],
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Cells],
    told: Sequence[tuple[str, str]],
) -> int:
    """Write the rows below their headings (name, width), and a sheet that tells what was asked for."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": tempfile.gettempdir(),
    }
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(title[:31])
        heading = book.add_format({"bold": True, "bg_color": "#E9EDF2", "border": 1, "text_wrap": True})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        for column, (name, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, _text(name), heading)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for count, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                if cell is None or cell == "":
                    sheet.write_blank(count, column, None, plain)
                elif isinstance(cell, str):
                    sheet.write_string(count, column, _text(cell), plain)
                else:
                    sheet.write_number(count, column, cell, plain)
        sheet.autofilter(0, 0, count, len(columns) - 1)
        about = book.add_worksheet("筛选条件")
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 70)
        for row, (name, value) in enumerate((("条件", "内容"), *told)):
            about.write_string(row, 0, _text(name), heading if row == 0 else plain)
            about.write_string(row, 1, _text(value), heading if row == 0 else plain)
    return count


def harmless(cell: str | int | Decimal | None) -> str:
    """A cell of a CSV file: a text that a spreadsheet would compute gets an apostrophe before it."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def export(
    kind: str,
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Cells],
    *,
    told: Sequence[tuple[str, str]],
    person: Any,
    at: dt.datetime,
) -> HttpResponse | FileResponse:
    """The rows as a download: ``xlsx`` or ``csv``."""
    filename = f"{name}-{at:%Y%m%d-%H%M}.{kind}"
    if kind == "xlsx":
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=4 * 2**20)  # type: ignore[assignment]  # noqa: SIM115
        write_workbook(
            file, name, columns, rows, [*told, ("导出人", str(person)), ("导出时间", at.strftime("%Y-%m-%d %H:%M"))]
        )
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([title for title, _ in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    # The mark at the beginning tells Excel that this is UTF-8.
    return FileResponse(
        io.BytesIO(text.getvalue().encode("utf-8-sig")),
        as_attachment=True,
        filename=filename,
        content_type="text/csv; charset=utf-8",
    )
