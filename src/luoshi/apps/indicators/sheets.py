"""Files of official statistics as tables: .xlsx, and .csv in UTF-8 or GB18030."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.apps.indicators.errors import IndicatorError
from luoshi.documents import DocumentError, Limits
from luoshi.documents.errors import DocumentTooLarge
from luoshi.documents.excel import read_all_sheets
from luoshi.documents.limits import MIB

MAX_BYTES = 16 * MIB
MAX_ROWS = 200_000
MAX_COLUMNS = 300
_LIMITS = Limits(file_bytes=MAX_BYTES, unpacked_bytes=256 * MIB, cells=2_000_000)
_UNREADABLE = "无法识别文件。请上传 .xlsx 工作簿或 CSV 文件。"
_NUMBER = re.compile(r"[-+\d.,%\s]+")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: rows with their 1-based numbers, as texts; ``sheets`` are the names of all sheets of the workbook."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    def row(self, number: int) -> tuple[str, ...]:
        """The cells of a row; none for a blank one."""
        return next((cells for at, cells in self.rows if at == number), ())

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


def width_of(table: Table) -> int:
    """How many columns the widest row has."""
    return max((len(cells) for _, cells in table.rows), default=0)


def read_table(data: bytes, sheet: str = "") -> Table:
    """The first sheet of a file that holds anything, or the one named; ``IndicatorError`` says what is wrong."""
    if len(data) > MAX_BYTES:
        raise IndicatorError(f"文件超过 {MAX_BYTES // MIB} MB，请分成几个文件。")
    table = _workbook(data, sheet) if data[:2] == b"PK" else _text(data)
    if not table.rows:
        raise IndicatorError("文件里没有内容。")
    if len(table.rows) > MAX_ROWS:
        raise IndicatorError(f"超过 {MAX_ROWS:,} 行，请分成几个文件。")
    return table


def _workbook(data: bytes, wanted: str) -> Table:
    try:
        sheets = read_all_sheets(data, _LIMITS)
    except DocumentTooLarge as error:
        raise IndicatorError("工作簿展开后过大，请只保留需要的工作表。") from error
    except DocumentError as error:
        raise IndicatorError("不是可读的 Excel 工作簿（.xlsx）。请另存为 .xlsx 或 CSV 后再上传。") from error
    filled = {name: sheet for name, sheet in sheets if sheet.texts}
    if not filled:
        return Table(())
    name = wanted if wanted in filled else next(iter(filled))
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in filled[name].texts.items():
        if 0 <= column < MAX_COLUMNS:
            rows.setdefault(row, {})[column] = text.strip()
    # A name printed once beside several rows (a merged cell) means all of them.
    for top, left, bottom, right in filled[name].merges:
        if left != right or left >= MAX_COLUMNS or not (text := rows.get(top, {}).get(left)):
            continue
        for row in range(top + 1, min(bottom, top + MAX_ROWS) + 1):
            if row in rows:
                rows[row].setdefault(left, text)
    found = tuple(
        (row + 1, tuple(cells.get(column, "") for column in range(max(cells) + 1)))
        for row, cells in sorted(rows.items())
        if any(cells.values())
    )
    return Table(found, tuple(filled), name)


def _text(data: bytes) -> Table:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise IndicatorError(_UNREADABLE)
    if "\0" in text:
        raise IndicatorError(_UNREADABLE)
    first = text[:4096]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, tuple[str, ...]]] = []
    begins = 1
    try:
        for cells in reader:
            kept = tuple(cell.strip() for cell in cells[:MAX_COLUMNS])
            if any(kept):
                rows.append((begins, kept))
            if len(rows) > MAX_ROWS:
                break
            begins = reader.line_num + 1
    except csv.Error as error:
        raise IndicatorError(f"第 {reader.line_num} 行不是合格的 CSV 内容。") from error
    return Table(tuple(rows))
