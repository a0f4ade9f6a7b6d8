"""Lists as files: cells by their kind, nothing rounded, the question on a sheet of its own."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from luoshi.periods import SHANGHAI
from luoshi.site.workbooks import CELL_LIMIT, Cell, harmless, list_file, spool, write_list

AT = dt.datetime(2026, 9, 3, 8, 5, tzinfo=SHANGHAI)
COLUMNS = (("单位", 20), ("数", 10))


def book(rows: list[list[Cell]], **more: object) -> CalamineWorkbook:
    """The rows, written and read again."""
    file = spool()
    write_list(file, "清单", COLUMNS, rows, told=[("年度", "2026")], person="张三", at=AT, **more)  # type: ignore[arg-type]
    file.seek(0)
    return CalamineWorkbook.from_filelike(io.BytesIO(file.read()))


def test_cells_keep_their_kind_and_their_digits() -> None:
    rows: list[list[Cell]] = [
        ["=1+1", Decimal("1234.5678901")],
        ["@青石县\0", Decimal("12345678901234567.89")],
        [None, dt.date(2026, 9, 1)],
        ["字" * (CELL_LIMIT + 1), dt.datetime(2026, 9, 1, 0, 30, tzinfo=dt.UTC)],
        ["白水县", 7],
    ]
    found = book(rows, blank="—", numbered=True).get_sheet_by_name("清单").to_python()
    assert found[0] == ["序号", "单位", "数"]
    assert [row[0] for row in found[1:]] == [1, 2, 3, 4, 5]
    assert found[1][1:] == ["=1+1", 1234.5678901]
    assert found[2][1:] == ["@青石县", "12345678901234567.89"]
    assert found[3][1:] == ["—", dt.date(2026, 9, 1)]
    assert found[4][1].startswith("字字")
    assert found[4][1].endswith("…（过长，见系统）")
    assert str(found[4][2]) == "2026-09-01 08:30:00"
    assert found[5][1:] == ["白水县", 7]


def test_a_list_tells_what_was_asked_for() -> None:
    told = book([["青石县", 1]]).get_sheet_by_name("筛选条件").to_python()
    assert told == [
        ["条件", "内容"], ["年度", "2026"], ["行数", "1"], ["导出人", "张三"], ["导出时间", "2026-09-03 08:05"],
    ]  # fmt: skip


def test_csv_holds_the_rows_as_they_are() -> None:
    rows: list[list[Cell]] = [["-县", Decimal("1.50")], [None, AT]]
    answer = list_file("csv", "清单", COLUMNS, rows, told=[], person="张三", at=AT)
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    assert list(csv.reader(io.StringIO(text))) == [["单位", "数"], ["'-县", "1.5"], ["", "2026-09-03 08:05"]]


@given(st.text(max_size=12))
def test_no_exported_text_is_a_formula(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    if "\0" not in text:
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerow([harmless(text)])
