"""Files that are one table: encodings, sheets, merged cells, names of columns, limits."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from luoshi.documents.limits import MIB
from luoshi.documents.table_file import TableLimits, UnreadableTable, headings, letter, read_table

LIMITS = TableLimits(file_bytes=MIB, rows=5, columns=4, unpacked=16 * MIB, cells=1000)
LINES = "县市,数\n青石县,1\n"


def workbook(*sheets: tuple[str, list[list[Any]]], hidden: str = "", merged: str = "") -> bytes:
    """Sheets of a .xlsx file; ``merged`` is a range of the first."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        money = book.add_format({"num_format": "0.0"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            if merged:
                sheet.merge_range(merged, rows[int(merged[1]) - 1][0])
                merged = ""
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell != "":
                        sheet.write(number, column, cell, money if isinstance(cell, float) else None)
            if name == hidden:
                sheet.hide()
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_of_every_usual_encoding(encoding: str) -> None:
    table = read_table(LINES.encode(encoding), LIMITS)
    assert table.rows == ((1, ("县市", "数")), (2, ("青石县", "1")))
    assert table.width == 2


def test_lines_keep_their_numbers_and_tabs_part_cells() -> None:
    table = read_table('县市\t数\n\n"青\n石"\t 1 \n白水\t2\n'.encode(), LIMITS)
    assert table.rows == ((1, ("县市", "数")), (3, ("青\n石", "1")), (5, ("白水", "2")))


def test_a_sheet_by_name_with_all_digits_or_the_first_as_shown() -> None:
    data = workbook(("空", [[""]]), ("一", [["县市", 0.256]]), ("二", [["甲", 2]]), hidden="一")
    assert read_table(data, LIMITS).rows == ((1, ("县市", "0.256")),)
    assert read_table(data, LIMITS).sheets == ("一", "二")
    assert read_table(data, LIMITS, sheet="二").rows == ((1, ("甲", "2")),)
    assert read_table(data, LIMITS, as_shown=True).rows == ()
    shown = workbook(("一", [["县市", 0.256]]))
    assert read_table(shown, LIMITS, as_shown=True).rows == ((1, ("县市", "0.3")),)


def test_a_merged_name_stands_for_all_rows_beside_it() -> None:
    data = workbook(("一", [["州", "数"], ["青石", 1], ["", 2], ["", 3], ["", 4]]), merged="A2:A4")
    assert [cells[0] for _, cells in read_table(data, LIMITS).rows] == ["州", "青石", "青石", "青石", ""]


def test_many_overlapping_merges_cost_little() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(6):
            sheet.write(row, 0, "县")
        # Excel's own writers refuse overlapping areas; a hostile file does not.
        sheet.merge.extend([0, 0, 1_048_575, 0] for _ in range(20_000))
    began = time.process_time()
    assert len(read_table(buffer.getvalue(), LIMITS).rows) == 6
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04broken", "不是可读的 Excel"),
        (b"a\0b", "无法识别"),
        (b"\xff\xff\xff", "无法识别"),
        (b"x" * (MIB + 1), "超过 1 MB"),
        (b"a,b\n" * 7, "超过 5 行"),
        (b'"' + b"x" * 200_000, "第 1 行不是合格"),
    ],
)
def test_other_files_are_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableTable, match=words):
        read_table(data, LIMITS)


def test_columns_beyond_the_limit_are_not_looked_at() -> None:
    assert read_table(b"a,b,c,d,e\n", LIMITS).rows == ((1, ("a", "b", "c", "d")),)
    assert read_table(workbook(("一", [["a", "b", "c", "d", "e"]])), LIMITS).width == 4


def test_the_heading_row_and_the_names_of_columns() -> None:
    assert read_table("某年统计\n县市,户数,人数\n青石,1,2\n".encode(), LIMITS).guess_header() == 2
    assert [letter(column) for column in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]
    assert headings(["户", "", "户"], 4) == ["户", "B列", "户（2）", "D列"]


@given(st.lists(st.sampled_from(["户", "户（2）", "", "B列", " 户 "]), max_size=6), st.integers(0, 8))
def test_no_two_columns_have_one_name(cells: list[str], width: int) -> None:
    names = headings(cells, width)
    assert len(names) == len(set(names)) == width
