"""Files that are one table, .xlsx or .csv, as numbered rows of texts: for lists that are taken in row by row."""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.documents.errors import DocumentError, DocumentTooLarge, UnknownEncoding
from luoshi.documents.excel import Sheet, read_all_sheets, read_first_sheet
from luoshi.documents.limits import MIB, Limits
from luoshi.documents.text import decode

_UNREADABLE = "无法识别文件。请上传 .xlsx 工作簿或 CSV 文件。"
_NUMBER = re.compile(r"[-+\d.,%\s]+")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class UnreadableTable(DocumentError):
    """The file as a whole cannot be read."""

    code = "unreadable_table"


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How much is read: ``rows`` below the headings; what stands beyond ``columns`` is not looked at.

    ``unpacked`` (bytes) and ``cells`` guard against workbooks that are made to exhaust memory.
    """

    file_bytes: int
    rows: int
    columns: int
    unpacked: int
    cells: int


@dataclass(frozen=True, slots=True)
class TableFile:
    """Rows that hold anything, with their 1-based numbers (in CSV: the line where they begin), as trimmed texts.

    ``sheets`` are the names of the workbook's sheets that hold anything, ``sheet`` the one that was read.
    """

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    def row(self, number: int) -> tuple[str, ...]:
        """The cells of a row; none for a blank one."""
        return next((cells for at, cells in self.rows if at == number), ())

    @property
    def width(self) -> int:
        """How many columns the widest row has."""
        return max((len(cells) for _, cells in self.rows), default=0)

    def guess_header(self) -> int:
        """The number of the row that looks most like column headings: the first with most texts that are no numbers."""
        best, found = 0, 1
        for number, cells in self.rows[:12]:
            words = sum(bool(cell) and not _NUMBER.fullmatch(cell) for cell in cells)
            if words > best:
                best, found = words, number
        return found


def letter(column: int) -> str:
    """How Excel calls a column (from 0): ``A``, ``AB``."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = _LETTERS[rest] + text
    return text


def headings(cells: Sequence[str], width: int) -> list[str]:
    """A name for every column, none twice: its heading, with a number when it occurs again, else its letter."""
    names: list[str] = []
    for column in range(width):
        heading = " ".join(cells[column].split())[:80] if column < len(cells) else ""
        name = heading or f"{letter(column)}列"
        number = 2
        base = name
        while name in names:
            name = f"{base}（{number}）"
            number += 1
        names.append(name)
    return names


def read_table(data: bytes, limits: TableLimits, *, sheet: str = "", as_shown: bool = False) -> TableFile:
    """The sheet of that name, else the first that holds anything, hidden ones too, numbers with all their digits.

    ``as_shown`` takes the first visible sheet, and numbers in the format in which they stand there. A file without any
    text gives a table without rows. Raises ``UnreadableTable``.
    """
    if len(data) > limits.file_bytes:
        raise UnreadableTable(f"文件超过 {limits.file_bytes // MIB} MB，请分成几个文件。")
    table = _workbook(data, limits, sheet, as_shown) if data[:2] == b"PK" else _text(data, limits)
    if len(table.rows) > limits.rows + 1:
        raise UnreadableTable(f"超过 {limits.rows:,} 行，请分成几个文件。")
    return table


def _workbook(data: bytes, limits: TableLimits, wanted: str, as_shown: bool) -> TableFile:
    guard = Limits(file_bytes=limits.file_bytes, unpacked_bytes=limits.unpacked, cells=limits.cells)
    try:
        sheets = [("", read_first_sheet(data, guard))] if as_shown else read_all_sheets(data, guard)
    except DocumentTooLarge as error:
        raise UnreadableTable("工作簿展开后过大，请只保留需要的工作表。") from error
    except DocumentError as error:
        raise UnreadableTable("不是可读的 Excel 工作簿（.xlsx）。请另存为 .xlsx 或 CSV 后再上传。") from error
    filled = {name: sheet for name, sheet in sheets if sheet.texts}
    if not filled:
        return TableFile(())
    name = wanted if wanted in filled else next(iter(filled))
    return TableFile(_rows(filled[name], limits), tuple(filled), name)


def _rows(sheet: Sheet, limits: TableLimits) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Only filled cells cost anything, wherever in the sheet they stand."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in sheet.texts.items():
        if 0 <= column < limits.columns:
            rows.setdefault(row, {})[column] = text.strip()
    numbers = sorted(rows)
    budget = limits.cells  # overlapping merges, which Excel never writes, could otherwise cost without end
    # A name printed once beside several rows (a merged cell) means all of them.
    for top, left, bottom, right in sheet.merges:
        if left != right or not (text := rows.get(top, {}).get(left, "")):
            continue
        covered = numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
        budget -= len(covered) + 1
        if budget < 0:
            break
        for row in covered:
            rows[row].setdefault(left, text)
    return tuple(
        (row + 1, tuple(rows[row].get(column, "") for column in range(max(rows[row]) + 1)))
        for row in numbers
        if any(rows[row].values())
    )


def _text(data: bytes, limits: TableLimits) -> TableFile:
    try:
        text, _ = decode(data)
    except UnknownEncoding as error:
        raise UnreadableTable(_UNREADABLE) from error
    if "\0" in text:
        raise UnreadableTable(_UNREADABLE)
    first = text[:4096]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, tuple[str, ...]]] = []
    begins = 1
    try:
        for cells in reader:
            kept = tuple(cell.strip() for cell in cells[: limits.columns])
            if any(kept):
                rows.append((begins, kept))
            if len(rows) > limits.rows + 1:
                break
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableTable(f"第 {reader.line_num} 行不是合格的 CSV 内容。") from error
    return TableFile(tuple(rows))
