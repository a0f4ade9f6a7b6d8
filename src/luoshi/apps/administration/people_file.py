"""The file by which many people are added at once: a sheet or CSV with 姓名、用户名、单位、角色、电话、邮箱."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter

from luoshi.documents.limits import MIB
from luoshi.documents.table_file import TableLimits, UnreadableTable, read_table

COLUMNS = ("姓名", "用户名", "单位", "角色", "电话", "邮箱")
REQUIRED = ("姓名", "用户名")
MAX_ROWS = 20_000
MAX_BYTES = 8 * MIB
#: A sheet of 20,000 rows unpacks to some 10 MiB and fills 100,000 cells; far more is made to exhaust memory.
_LIMITS = TableLimits(file_bytes=MAX_BYTES, rows=MAX_ROWS, columns=100, unpacked=128 * MIB, cells=500_000)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """One row below the header: the 1-based row of the sheet (or line of the file) and its cells by column."""

    row: int
    cells: dict[str, str]


def read(data: bytes) -> list[PeopleRow]:
    """The rows of a file that hold anything. Raises ``UnreadableFile``."""
    try:
        table = read_table(data, _LIMITS, as_shown=True)
    except UnreadableTable as error:
        raise UnreadableFile(str(error)) from error
    header: list[str] | None = None
    rows: list[PeopleRow] = []
    for number, cells in table.rows:
        if header is None:
            header = list(cells)
            missing = [column for column in REQUIRED if column not in header]
            if missing:
                raise UnreadableFile(f"第 {number} 行应为表头，缺少“{'”“'.join(missing)}”。请按模板填写。")
            continue
        padded = [*cells, *[""] * (len(header) - len(cells))]
        rows.append(PeopleRow(number, {c: padded[header.index(c)] if c in header else "" for c in COLUMNS}))
    if not rows:
        raise UnreadableFile("文件中没有人员。请按模板在表头下逐行填写。")
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
