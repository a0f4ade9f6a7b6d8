"""The file by which many people are added at once: a sheet or CSV with 姓名、用户名、单位、角色、电话、邮箱."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import xlsxwriter

from luoshi.documents import DocumentError, Limits
from luoshi.documents.errors import DocumentTooLarge
from luoshi.documents.excel import read_first_sheet
from luoshi.documents.limits import MIB

COLUMNS = ("姓名", "用户名", "单位", "角色", "电话", "邮箱")
REQUIRED = ("姓名", "用户名")
MAX_ROWS = 20_000
MAX_BYTES = 8 * 2**20
#: A sheet of 20,000 rows unpacks to some 10 MiB and fills 100,000 cells; far more is made to exhaust memory.
_LIMITS = Limits(file_bytes=MAX_BYTES, unpacked_bytes=128 * MIB, cells=500_000)
#: Columns beyond are not looked at: a cell far to the right must not make every row that long.
_MAX_COLUMNS = 100


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """One row below the header: the 1-based row of the sheet (or line of the file) and its cells by column."""

    row: int
    cells: dict[str, str]


def read(data: bytes, name: str) -> list[PeopleRow]:
    """The rows of a file that hold anything. Raises ``UnreadableFile``."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"文件超过 {MAX_BYTES // 2**20} MB，请分成几个文件。")
    table = _sheet(data) if data[:2] == b"PK" else _lines(data, name)
    header: list[str] | None = None
    rows: list[PeopleRow] = []
    for number, cells in table:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if header is None:
            header = texts
            missing = [column for column in REQUIRED if column not in header]
            if missing:
                raise UnreadableFile(f"第 {number} 行应为表头，缺少“{'”“'.join(missing)}”。请按模板填写。")
            continue
        padded = texts + [""] * (len(header) - len(texts))
        rows.append(PeopleRow(number, {c: padded[header.index(c)] if c in header else "" for c in COLUMNS}))
        if len(rows) > MAX_ROWS:
            raise UnreadableFile(f"超过 {MAX_ROWS:,} 行，请分成几个文件。")
    if not rows:
        raise UnreadableFile("文件中没有人员。请按模板在表头下逐行填写。")
    return rows


def _sheet(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, by number; only filled cells cost anything, wherever in the sheet they stand."""
    try:
        texts = read_first_sheet(data, _LIMITS).texts
    except DocumentTooLarge as error:
        raise UnreadableFile("工作簿展开后过大，请只保留人员一张表。") from error
    except DocumentError as error:
        raise UnreadableFile("不是可读的 Excel 工作簿（.xlsx）。请另存为 .xlsx 或 CSV 后再上传。") from error
    rows: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), text in texts.items():
        if 0 <= column < _MAX_COLUMNS:
            rows[row][column] = text
    for row, cells in sorted(rows.items()):
        yield row + 1, [cells.get(column, "") for column in range(max(cells) + 1)]


def _lines(data: bytes, name: str) -> Iterable[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableFile("无法识别文件。请上传 .xlsx 工作簿或 CSV 文件。")
    if "\0" in text:
        raise UnreadableFile("无法识别文件。请上传 .xlsx 工作簿或 CSV 文件。")
    reader = csv.reader(io.StringIO(text, newline=""))
    rows, begins = [], 1
    try:
        for cells in reader:
            rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(f"{name} 第 {reader.line_num} 行不是合格的 CSV 内容。") from error
    return rows


def workbook(header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    """A workbook of one sheet, all cells as text (a telephone number keeps its first 0)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("人员")
        bold, text = book.add_format({"bold": True, "bg_color": "#f1f3f5"}), book.add_format({"num_format": "@"})
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, text)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for number, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell, text)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def template() -> bytes:
    """The empty sheet, with one row that shows how to fill it."""
    example = (
        "张三（示例，请删除此行）",
        "zhangsan",
        "填单位全称或简称",
        "填报员",
        "13800000000",
        "zhangsan@example.cn",
    )
    return workbook(COLUMNS, [example], (24, 18, 30, 14, 16, 24))
