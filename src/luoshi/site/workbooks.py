"""Lists as files: an Excel workbook written row by row, so that memory stays small, or CSV that Excel opens.

Every cell is written by its own call for text or number, so a text that begins with ``=`` or ``@`` stays text.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A file below this size stays in memory until it is sent.
SPOOL_SIZE = 4 * 2**20
CELL_LIMIT = 32_000  # Excel refuses more than 32,767 characters in a cell
_DIGITS = 15  # Excel keeps no more of a number
#: Characters that XML, and so Excel, cannot hold.
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
#: How a text begins that a spreadsheet would compute when it opens a CSV file.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN: dict[str, Any] = {"border": 1, "valign": "top", "text_wrap": True}
_HEADING: dict[str, Any] = {"bold": True, "bg_color": "#E9EDF2", "border": 1, "valign": "vcenter", "text_wrap": True}

Cell = str | int | float | Decimal | dt.date | dt.datetime | None
Columns = Sequence[tuple[str, int]]
Told = Sequence[tuple[str, str]]


def spool() -> IO[bytes]:
    """A file that moves to the disk when it grows."""
    return tempfile.SpooledTemporaryFile(max_size=SPOOL_SIZE)  # type: ignore[return-value]


def download(file: IO[bytes], name: str, content_type: str = XLSX) -> FileResponse:
    """A file, a workbook as a rule, as a download; it is closed when it has been sent."""
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


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


def heading_format(book: xlsxwriter.Workbook, **more: Any) -> Format:
    """How a heading looks; ``more`` changes it."""
    return book.add_format(_HEADING | more)


def wrapped_format(book: xlsxwriter.Workbook) -> Format:
    """How a cell of text looks."""
    return book.add_format(_PLAIN)


def conditions_sheet(book: xlsxwriter.Workbook, told: Told, person: str, at: dt.datetime) -> None:
    """What was asked for, by whom, when: an export that is passed on tells what it leaves out."""
    sheet: Worksheet = book.add_worksheet("筛选条件")
    heading, wrapped = heading_format(book), wrapped_format(book)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 70)
    lines = [*told, ("导出人", person), ("导出时间", f"{timezone.localtime(at):%Y-%m-%d %H:%M}")]
    for row, (name, value) in enumerate((("条件", "内容"), *lines)):
        sheet.write_string(row, 0, cell_text(name), wrapped if row else heading)
        sheet.write_string(row, 1, cell_text(value), wrapped if row else heading)


class _Cells:
    """Writes cells by their kind."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet, blank: str, colours: Mapping[str, str]) -> None:
        self.sheet, self.blank = sheet, blank
        self.text = wrapped_format(book)
        self.whole = book.add_format(_PLAIN | {"num_format": "#,##0"})
        self.broken = book.add_format(_PLAIN | {"num_format": "#,##0.0"})
        self.day = book.add_format(_PLAIN | {"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format(_PLAIN | {"num_format": "yyyy-mm-dd hh:mm"})
        self.painted = {word: book.add_format(_PLAIN | {"bg_color": colour}) for word, colour in colours.items()}

    def write(self, row: int, column: int, value: Cell) -> None:
        if value is None:
            value = self.blank
        if isinstance(value, str):
            style = next((self.painted[word] for word in self.painted if value.startswith(word)), self.text)
            self.sheet.write_string(row, column, cell_text(value), style)
        elif isinstance(value, dt.datetime):
            self.sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None), self.moment)
        elif isinstance(value, dt.date):
            self.sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, Decimal):
            # A number with more digits than Excel keeps stands as text, lest it be rounded.
            if len(value.normalize().as_tuple().digits) > _DIGITS:
                self.sheet.write_string(row, column, _digits(value), self.text)
            else:
                self.sheet.write_number(row, column, value, self.text)
        else:
            self.sheet.write_number(row, column, value, self.whole if isinstance(value, int) else self.broken)


def write_list(
    file: IO[bytes],
    title: str,
    columns: Columns,
    rows: Iterable[Sequence[Cell]],
    *,
    told: Told,
    person: str,
    at: dt.datetime,
    numbered: bool = False,
    blank: str = "",
    colours: Mapping[str, str] | None = None,
) -> int:
    """Write rows below their headings, ``(name, width in characters)``, and what was asked for; gives their number.

    ``numbered`` puts 序号 before each row; ``blank`` stands for ``None``; ``colours`` paints the texts that begin with
    a word. Whole numbers get thousands separators, a float one decimal, a ``Decimal`` all that it has.
    """
    book = open_book(file)
    sheet: Worksheet = book.add_worksheet(title[:31])
    heading = heading_format(book)
    columns = [("序号", 6), *columns] if numbered else columns
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, cell_text(name), heading)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    cells = _Cells(book, sheet, blank, colours or {})
    first = 1 if numbered else 0
    count = 0
    for count, row in enumerate(rows, start=1):
        if numbered:
            sheet.write_number(count, 0, count, cells.text)
        for column, value in enumerate(row, start=first):
            cells.write(count, column, value)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    conditions_sheet(book, [*told, ("行数", f"{count:,}")], person, at)
    book.close()
    return count


def _digits(value: Decimal) -> str:
    return f"{value.normalize():f}"


def harmless(cell: Cell) -> str:
    """A cell of a CSV file: a text that a spreadsheet would compute gets an apostrophe before it."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return _digits(cell)
    if isinstance(cell, dt.datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def list_file(
    kind: str,
    name: str,
    columns: Columns,
    rows: Iterable[Sequence[Cell]],
    *,
    told: Told,
    person: str,
    at: dt.datetime,
) -> FileResponse:
    """The rows as a download, ``xlsx`` or ``csv``; the latter holds the rows alone."""
    filename = f"{name}-{timezone.localtime(at):%Y%m%d-%H%M}.{kind}"
    if kind == "xlsx":
        file = spool()
        write_list(file, name, columns, rows, told=told, person=person, at=at)
        return download(file, filename)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([title for title, _ in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    # The mark at the beginning tells Excel that this is UTF-8.
    return download(io.BytesIO(text.getvalue().encode("utf-8-sig")), filename, "text/csv; charset=utf-8")
