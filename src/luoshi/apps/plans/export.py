"""Ledger and matrix as Excel workbooks: written row by row to a file, so that memory stays small.

Every cell is written by its own call for text or number, so a text that begins with ``=`` or ``@`` stays text.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from luoshi.apps.plans import words
from luoshi.apps.plans.queries.matrix import SIGNS, Matrix
from luoshi.apps.plans.queries.rows import MeasureRow

#: (heading, width in characters)
LEDGER_COLUMNS = (
    ("序号", 6),
    ("方案", 28),
    ("任务", 30),
    ("措施", 60),
    ("目标", 36),
    ("时限", 18),
    ("牵头单位", 22),
    ("责任单位", 28),
    ("配合单位", 28),
    ("出处", 12),
)
CELL_LIMIT = 32_000  # Excel refuses more than 32,767 characters in a cell
NOT_GIVEN = "—"
#: Characters that XML, and so Excel, cannot hold.
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def _text(value: str) -> str:
    value = value.translate(_UNPRINTABLE)
    return value if len(value) <= CELL_LIMIT else value[:CELL_LIMIT] + "…（过长，见系统）"


def _workbook(file: IO[bytes]) -> xlsxwriter.Workbook:
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


def _heading(book: xlsxwriter.Workbook) -> Format:
    return book.add_format({"bold": True, "bg_color": "#E9EDF2", "border": 1, "valign": "vcenter", "text_wrap": True})


def _wrapped(book: xlsxwriter.Workbook) -> Format:
    return book.add_format({"text_wrap": True, "valign": "top", "border": 1})


def _conditions_sheet(book: xlsxwriter.Workbook, told: Sequence[tuple[str, str]], person: str, at: dt.datetime) -> None:
    """What was asked for, by whom, when: an export that is passed on tells what it leaves out."""
    sheet: Worksheet = book.add_worksheet("筛选条件")
    heading, wrapped = _heading(book), _wrapped(book)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, "条件", heading)
    sheet.write_string(0, 1, "内容", heading)
    lines = [*told, ("导出人", person), ("导出时间", at.strftime("%Y-%m-%d %H:%M"))]
    for row, (name, value) in enumerate(lines, start=1):
        sheet.write_string(row, 0, name, wrapped)
        sheet.write_string(row, 1, _text(value), wrapped)


def _measure_cells(row: MeasureRow) -> list[str]:
    parties = {group.role: group.words for group in row.by_role}
    return [
        row.plan.title,
        row.task or NOT_GIVEN,
        "".join(part for part in (row.own_label, row.measure.text.strip().removeprefix(row.own_label))),
        "\n".join(f"{target.indicator} {target.commitment}" for target in row.targets) or NOT_GIVEN,
        "\n".join(deadline.words for deadline in row.deadlines) or NOT_GIVEN,
        *(parties.get(role, NOT_GIVEN) for role in ("lead", "responsible", "supporting")),
        row.place,
    ]


def write_ledger(
    file: IO[bytes],
    rows: Iterable[MeasureRow],
    *,
    told: Sequence[tuple[str, str]],
    person: str,
    at: dt.datetime,
    with_unit: bool,
) -> int:
    """Write the workbook; ``with_unit`` adds the unit under which a row stands. Gives the number of rows."""
    book = _workbook(file)
    sheet: Worksheet = book.add_worksheet("台账")
    heading, wrapped = _heading(book), _wrapped(book)
    columns = [LEDGER_COLUMNS[0], *((("单位", 18),) if with_unit else ()), *LEDGER_COLUMNS[1:]]
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, heading)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    count = 0
    for count, row in enumerate(rows, start=1):
        sheet.write_number(count, 0, count, wrapped)
        unit = [row.unit.name if row.unit else NOT_GIVEN] if with_unit else []
        for column, value in enumerate([*unit, *_measure_cells(row)], start=1):
            sheet.write_string(count, column, _text(value), wrapped)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    _conditions_sheet(book, [*told, ("行数", words.plain_count(count))], person, at)
    book.close()
    return count


def write_matrix(file: IO[bytes], matrix: Matrix, *, told: Sequence[tuple[str, str]], person: str, at: Any) -> None:
    """The matrix as shown: a row a measure, a column a unit, signs as on screen, sums at the edges."""
    book = _workbook(file)
    sheet: Worksheet = book.add_worksheet("责任矩阵")
    heading, wrapped = _heading(book), _wrapped(book)
    centred = book.add_format({"align": "center", "valign": "vcenter", "border": 1})
    upright = book.add_format({"bold": True, "bg_color": "#E9EDF2", "border": 1, "rotation": 90, "valign": "bottom"})
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 6)
    sheet.set_column(2, 2 + len(matrix.columns), 4)
    sheet.set_row(0, 96)
    sheet.write_string(0, 0, "措施", heading)
    sheet.write_string(0, 1, "单位数", heading)
    for column, unit in enumerate(matrix.columns, start=2):
        sheet.write_string(0, column, _text(str(unit.unit)), upright)
    sheet.freeze_panes(1, 1)
    for line, row in enumerate(matrix.rows, start=1):
        sheet.write_string(line, 0, _text(row.words), wrapped)
        sheet.write_number(line, 1, row.count, centred)
        for column, cell in enumerate(row.cells, start=2):
            sheet.write_string(line, column, "".join(SIGNS[role] for role in cell.roles), centred)
    last = len(matrix.rows) + 1
    sheet.write_string(last, 0, "任务数", heading)
    sheet.write_string(last, 1, "", heading)
    for column, unit in enumerate(matrix.columns, start=2):
        sheet.write_number(last, column, unit.count, centred)
    signs = "　".join(f"{SIGNS[role]} {name}" for role, name in matrix.role_names)
    _conditions_sheet(book, [*told, ("图例", signs)], person, at)
    book.close()
