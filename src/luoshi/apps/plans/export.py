"""Ledger and matrix as Excel workbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import IO, Any

from xlsxwriter.worksheet import Worksheet

from luoshi.apps.plans.queries.matrix import SIGNS, Matrix
from luoshi.apps.plans.queries.rows import MeasureRow
from luoshi.site.workbooks import cell_text, conditions_sheet, heading_format, open_book, wrapped_format, write_list

#: (heading, width in characters)
LEDGER_COLUMNS = (
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
NOT_GIVEN = "—"


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
    unit = (("单位", 18),) if with_unit else ()
    cells = (
        [row.unit.name if row.unit else NOT_GIVEN, *_measure_cells(row)] if with_unit else _measure_cells(row)
        for row in rows
    )
    return write_list(file, "台账", [*unit, *LEDGER_COLUMNS], cells, told=told, person=person, at=at, numbered=True)


def write_matrix(file: IO[bytes], matrix: Matrix, *, told: Sequence[tuple[str, str]], person: str, at: Any) -> None:
    """The matrix as shown: a row a measure, a column a unit, signs as on screen, sums at the edges."""
    book = open_book(file)
    sheet: Worksheet = book.add_worksheet("责任矩阵")
    heading, wrapped = heading_format(book), wrapped_format(book)
    centred = book.add_format({"align": "center", "valign": "vcenter", "border": 1})
    upright = heading_format(book, rotation=90, valign="bottom", text_wrap=False)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 6)
    sheet.set_column(2, 2 + len(matrix.columns), 4)
    sheet.set_row(0, 96)
    sheet.write_string(0, 0, "措施", heading)
    sheet.write_string(0, 1, "单位数", heading)
    for column, unit in enumerate(matrix.columns, start=2):
        sheet.write_string(0, column, cell_text(str(unit.unit)), upright)
    sheet.freeze_panes(1, 1)
    for line, row in enumerate(matrix.rows, start=1):
        sheet.write_string(line, 0, cell_text(row.words), wrapped)
        sheet.write_number(line, 1, row.count, centred)
        for column, cell in enumerate(row.cells, start=2):
            sheet.write_string(line, column, "".join(SIGNS[role] for role in cell.roles), centred)
    last = len(matrix.rows) + 1
    sheet.write_string(last, 0, "任务数", heading)
    sheet.write_string(last, 1, "", heading)
    for column, unit in enumerate(matrix.columns, start=2):
        sheet.write_number(last, column, unit.count, centred)
    signs = "　".join(f"{SIGNS[role]} {name}" for role, name in matrix.role_names)
    conditions_sheet(book, [*told, ("图例", signs)], person, at)
    book.close()
