"""Excel workbooks: real ones by XlsxWriter, odd ones as raw XML."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import xlsxwriter

from luoshi.documents import Format, LineKind, read
from luoshi.documents.errors import DamagedDocument, DocumentTooLarge, EmptyDocument
from luoshi.documents.excel import read_all_sheets
from luoshi.documents.excel_numbers import shown
from luoshi.documents.limits import Limits
from tests.documents.checks import check
from tests.documents.packages import workbook


def real_file() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("任务清单")
    sheet.merge_range("A1:C1", "云岭州任务清单")
    sheet.write_row("A3", ["序号", "目标", "时限"])
    sheet.write_row("A4", [1, 0.085])
    sheet.write_number("B4", 0.085, book.add_format({"num_format": "0.0%"}))
    sheet.write_datetime("C4", datetime(2018, 12, 31), book.add_format({"num_format": "yyyy/m/d"}))  # noqa: DTZ001
    sheet.merge_range("A5:A6", 2.5)
    sheet.write("B5", "甲\n乙")
    sheet.write("B6", "丙")
    book.add_worksheet("空表")
    hidden = book.add_worksheet("隐藏")
    hidden.write("A1", "看不见")
    hidden.hide()
    book.close()
    return buffer.getvalue()


def test_a_workbook_by_xlsxwriter() -> None:
    document = read(real_file(), name="清单.xlsx")
    check(document)
    assert document.format is Format.XLSX
    assert (document.lines[0].text, document.lines[0].kind) == ("任务清单", LineKind.HEADING)
    (table,) = document.tables
    assert table.grid() == [
        ["云岭州任务清单", "", ""],
        ["序号", "目标", "时限"],
        ["1", "8.5%", "2018-12-31"],
        ["2.5", "甲乙", ""],
        ["", "丙", ""],
    ]
    spans = {cell.text: (cell.row_span, cell.column_span) for cell in table.cells}
    assert spans["云岭州任务清单"] == (1, 3)
    assert spans["2.5"] == (2, 1)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("3", "", "3"),
        ("3.0", "General", "3"),
        ("0.1", "", "0.1"),
        ("12.340000000000002", "General", "12.34"),
        ("1E+21", "", "1000000000000000000000"),
        ("33.3333333", "0.00", "33.33"),
        ("3", "0.00", "3"),
        ("0.005", "0.0", "0.005"),
        ("12345.6", "#,##0.0", "12345.6"),
        ("0.085", "0.00%", "8.5%"),
        ("-0.5", "0%;[Red]-0%", "-50%"),
        ("12", '0"亿元"', "12亿元"),
        ("12", '"约"0"亿元"', "约12亿元"),
        ("43465", "yyyy/m/d", "2018-12-31"),
        ("43465", '[$-804]yyyy"年"m"月"d"日"', "2018-12-31"),
        ("43435", 'yyyy"年"m"月"', "2018-12"),
        ("43465.5", "yyyy/m/d h:mm", "2018-12-31 12:00"),
        ("0.25", "h:mm", "06:00"),
        ("1.5", "[h]:mm:ss", "36:00:00"),
        ("1", "yyyy/m/d", "1900-01-01"),
        ("99999999", "yyyy/m/d", "99999999"),
        ("#N/A", "", "#N/A"),
        ("nan", "", "nan"),
        ("5", "@", "5"),
    ],
)
def test_numbers_as_shown(value: str, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_dates_since_1904() -> None:
    assert date.fromisoformat(shown("0", "yyyy/m/d", from_1904=True)) == date(1904, 1, 1)


def test_strings_of_all_kinds() -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>行内</t></is></c>'
        '<c t="str"><f>A1</f><v>算出</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="s"><v>99</v></c></row>'
        "</sheetData>"
    )
    strings = "<si><r><t>富</t></r><r><t>文本_x000D_</t></r><rPh><t>fù</t></rPh></si>"
    document = read(workbook({"表": rows}, strings=strings), name="a.xlsx")
    assert document.lines[1].text == "富文本\t行内\t算出\tTRUE\t#N/A"


def test_far_corners_are_brought_together() -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    )
    document = read(workbook({"表": rows}), name="a.xlsx")
    check(document)
    assert document.tables[0].grid() == [["1", ""], ["", "2"]]


def test_a_diagonal_of_cells_is_too_large() -> None:
    def name(column: int) -> str:
        text = ""
        while column:
            column, rest = divmod(column - 1, 26)
            text = chr(65 + rest) + text
        return text

    rows = "".join(f'<row r="{i}"><c r="{name(i)}{i}"><v>1</v></c></row>' for i in range(1, 3000))
    with pytest.raises(DocumentTooLarge):
        read(workbook({"表": f"<sheetData>{rows}</sheetData>"}), name="a.xlsx")


def test_overlapping_merges_do_no_harm() -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}"><v>{i}</v></c></row>' for i in range(1, 40))
    merges = "".join(f'<mergeCell ref="A{i}:B{i + 20}"/>' for i in range(1, 40))
    data = workbook({"表": f"<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells>"})
    check(read(data, name="a.xlsx"))


def test_refused_workbooks() -> None:
    with pytest.raises(EmptyDocument):
        read(workbook({"表": "<sheetData/>"}), name="a.xlsx")
    with pytest.raises(DamagedDocument):
        read(workbook({"表": "<sheetData>"}), name="a.xlsx")


def test_every_sheet_with_all_digits() -> None:
    cell = '<sheetData><row r="1"><c r="A1"><v>12.345</v></c></row></sheetData>'
    data = workbook({"表": cell, "另表": cell})
    assert [(name, sheet.texts) for name, sheet in read_all_sheets(data, Limits())] == [
        ("表", {(0, 0): "12.345"}),
        ("另表", {(0, 0): "12.345"}),
    ]
    assert shown("12.345", "0.0") == "12.3"
    assert shown("12.345", "0.0", exact=True) == "12.345"
    assert shown("0.085", "0%", exact=True) == "8.5%"
    assert shown("0.30000000000000004", "0.00", exact=True) == "0.3"
