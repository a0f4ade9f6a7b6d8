"""Reading the file of people: sheets and CSV, and files that are something else."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.apps.administration import people_file
from luoshi.apps.administration.people_file import UnreadableFile, read, workbook

HEADER = "姓名,用户名,单位,角色,电话"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(encoding: str) -> None:
    rows = read(f"{HEADER}\n李四,lisi,青石县,填报员,0870\n\n 王五 ,wangwu\n".encode(encoding))
    assert [row.row for row in rows] == [2, 4]
    assert rows[0].cells == {
        "姓名": "李四",
        "用户名": "lisi",
        "单位": "青石县",
        "角色": "填报员",
        "电话": "0870",
        "邮箱": "",
    }
    assert rows[1].cells["姓名"] == "王五"
    assert rows[1].cells["电话"] == ""


def test_a_cell_over_several_lines_counts_its_first() -> None:
    rows = read(f'{HEADER}\n"李\n四",lisi\n王五,wangwu\n'.encode())
    assert [row.row for row in rows] == [2, 4]


def test_columns_in_any_order_and_further_ones() -> None:
    rows = read("序号,用户名,姓名,备注\n1,lisi,李四,无\n".encode())
    assert rows[0].cells == {"姓名": "李四", "用户名": "lisi", "单位": "", "角色": "", "电话": "", "邮箱": ""}


def test_the_template_reads_back() -> None:
    rows = read(people_file.template())
    assert rows[0].row == 2
    assert set(rows[0].cells) == set(people_file.COLUMNS)


def test_telephone_numbers_typed_as_numbers() -> None:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(1, 0, people_file.COLUMNS)
        sheet.write_row(3, 0, ["李四", "lisi", "", "", 13800000001])
    rows = read(buffer.getvalue())
    assert (rows[0].row, rows[0].cells["电话"]) == (4, "13800000001")


_cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda s: s == s.strip()
)


@settings(deadline=None)
@given(st.lists(st.tuples(*[_cells] * len(people_file.COLUMNS)), min_size=1, max_size=5))
def test_a_written_sheet_reads_back(rows: list[tuple[str, ...]]) -> None:
    found = read(workbook(people_file.COLUMNS, rows, (10,) * 6))
    assert [tuple(row.cells.values()) for row in found] == rows


def _sheet(cells: dict[str, str]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for place, text in cells.items():
            sheet.write_string(place, text)
    return buffer.getvalue()


def test_cells_at_the_far_corner_of_a_sheet_cost_nothing() -> None:
    cells = {
        "A1": "姓名",
        "B1": "用户名",
        "A2": "李四",
        "B2": "lisi",
        "XFD1": "末列",
        "XFD2": "末列",
        "XFD1048576": "角",
    }
    data = _sheet(cells)
    tracemalloc.start()
    rows = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(row.row, row.cells["用户名"]) for row in rows] == [(2, "lisi")]
    assert peak < 16 * 2**20


def test_characters_that_no_database_stores_are_left_out() -> None:
    cells = {"A1": "姓名", "B1": "用户名", "A2": "李_x0000_四", "B2": "li_xD800_si"}
    with zipfile.ZipFile(io.BytesIO(_sheet(cells))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # The writer escapes what looks like an escape; a file by another hand does not.
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"_x005F_", b"_")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert b"_x0000_" in parts["xl/sharedStrings.xml"]
    row = read(buffer.getvalue())[0]
    assert (row.cells["姓名"], row.cells["用户名"]) == ("李四", "lisi")


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (130 * 2**20))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "没有人员"),
        (HEADER.encode(), "没有人员"),
        ("名字,账号\n李四,lisi\n".encode(), "表头"),
        (b"%PDF-1.7 \xff\xfe\x00\x00", "无法识别"),
        (b"PK\x03\x04 broken", "不是可读"),
        (b"\0\1\2\3", "无法识别"),
        (b"x" * (people_file.MAX_BYTES + 1), "超过 8 MB"),
        ((HEADER + "\n" + "甲,jia\n" * (people_file.MAX_ROWS + 1)).encode(), "超过 20,000 行"),
    ],
)
def test_other_files_are_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(data)


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(UnreadableFile, match="过大"):
        read(_bomb())


def test_a_zip_that_is_no_workbook() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(UnreadableFile, match="不是可读"):
        read(buffer.getvalue())
