"""Returns as workbooks: written, filled in as Excel would, read back; and everything that is refused."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.documents.excel import read_all_sheets
from luoshi.documents.limits import Limits
from luoshi.forms import (
    Context,
    FieldType,
    Filled,
    FormDefinition,
    Problem,
    Severity,
    Stamp,
    Values,
    WrongWorkbook,
    check,
    compute,
    read_workbook,
    take,
    unit_names,
    write_workbook,
)
from tests.forms.samples import COUNTIES, FORM, WHOLE_FORMS, definitions, returns, values

STAMP = Stamp("monthly", "经营主体培育月报", 3, "qingxi", "清溪县市场监督管理局", "2026-03", "2026年4月3日")
UNITS = [*COUNTIES, ("qingxi", "清溪")]
CONTEXT = Context(
    previous={"entities.yunling.total": "30", "projects.a.paid": "1", "entities.all.note": "上月备注"},
    targets={"entities.yunling.total": Decimal(200)},
)

Sheets = dict[str, dict[tuple[int, int], str]]


def written(filled: Values | None = None, **more: object) -> bytes:
    done = compute(FORM, filled or values())
    return write_workbook(FORM, STAMP, done, CONTEXT, choices={"unit": UNITS}, **more)  # type: ignore[arg-type]


def sheets(data: bytes) -> Sheets:
    return {name: sheet.texts for name, sheet in read_all_sheets(data, Limits())}


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def edited(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The workbook with its parts changed, as another program would leave them."""
    content = parts(data)
    change(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, member in content.items():
            package.writestr(name, member)
    return out.getvalue()


def put(sheet: int, reference: str, cell: str) -> Callable[[dict[str, bytes]], None]:
    """Puts XML of a cell in the place of one that is drawn."""

    def change(content: dict[str, bytes]) -> None:
        name = f"xl/worksheets/sheet{sheet}.xml"
        text = content[name].decode()
        pattern = rf'<c r="{reference}"[^>]*?(/>|>.*?</c>)'
        assert re.search(pattern, text)
        content[name] = re.sub(pattern, f'<c r="{reference}"{cell}', text, count=1).encode()

    return change


def shift(sheet: int, first: int, by: int) -> Callable[[dict[str, bytes]], None]:
    """Puts empty rows in before the row ``first``, as Excel does."""

    def change(content: dict[str, bytes]) -> None:
        name = f"xl/worksheets/sheet{sheet}.xml"
        text = content[name].decode()

        def moved(match: re.Match[str]) -> str:
            row = int(match[2])
            return f"{match[1]}{row + by if row >= first else row}{match[3]}"

        text = re.sub(r'(<row r=")(\d+)(")', moved, text)
        content[name] = re.sub(r'(<c r="[A-Z]+)(\d+)(")', moved, text).encode()

    return change


def reread(data: bytes) -> tuple[Values, Filled]:
    filled = read_workbook(data, FORM, STAMP)
    taken, problems = take(FORM, filled.values.cells, filled.values.rows, units=unit_names(UNITS))
    assert not problems
    return taken, filled


def test_write_and_read_gives_the_same() -> None:
    taken, filled = reread(written())
    assert taken == values()
    assert filled.problems == ()
    assert filled.reasons == {}


def test_the_same_return_gives_the_same_bytes() -> None:
    assert written() == written()


def test_what_a_person_sees() -> None:
    seen = sheets(written())
    assert list(seen) == ["经营主体", "项目情况", "汇总", "填表说明", "_lists", "_luoshi"]
    texts = set(seen["经营主体"].values())
    assert "经营主体培育月报 — 经营主体" in texts
    assert "填报单位：清溪县市场监督管理局    期别：2026年3月    截止：2026年4月3日" in texts
    assert any("没有数据请留空，数值为零请填 0" in text for text in texts)
    assert {"累计新增（户）*", "完成率（%）\n上传后自动计算", "上期", "目标", "／"} <= texts
    row = next(row for (row, column), text in seen["经营主体"].items() if text == "云岭市")
    assert [seen["经营主体"].get((row, column)) for column in range(8)] == [
        "云岭市", "200", "20", "50", "30", "200", "25", "-1.5",
    ]  # fmt: skip
    assert "已签约" in seen["项目情况"].values()
    assert "清溪县" in seen["项目情况"].values()
    assert "请在网上上传" in seen["项目情况"].values()
    assert "一、本表由各县市填报。" in seen["填表说明"].values()


def test_guards_of_the_file() -> None:
    content = parts(written())
    first, second = (content[f"xl/worksheets/sheet{number}.xml"].decode() for number in (1, 2))
    for text in (first, second):
        assert "<sheetProtection" in text and "password" not in text
        assert 'orientation="landscape"' in text and "<pane " in text
        assert 'hidden="1"' in text
    assert "'_lists'!$A$1:$A$2" in second  # the choices
    assert "'_lists'!$B$1:$B$4" in second  # the units
    assert content["xl/workbook.xml"].decode().count('state="veryHidden"') == 2


def test_rows_are_added_and_put_in_anywhere() -> None:
    data = written()
    top = next(row for (row, _), text in sheets(data)["项目情况"].items() if text == "项目名称*") + 1  # 1-based
    data = edited(data, shift(2, top + 2, 3))  # between the two projects
    data = edited(data, put(2, f"B{top + 6}", ' t="inlineStr"><is><t>白山物流</t></is></c>'))
    data = edited(data, put(2, f"E{top + 6}", "><v>1.5</v></c>"))
    taken, _ = reread(data)
    assert taken.rows == {"projects": ("a", "b", "w1")}
    assert taken.cells == values({"projects.w1.name": "白山物流", "projects.w1.investment": "1.5"}).cells


def test_rows_put_in_above_a_table_do_no_harm() -> None:
    assert reread(edited(written(), shift(1, 2, 2)))[0] == values()
    assert reread(edited(written(), shift(1, 6, 2)))[0] == values()


@pytest.mark.parametrize(
    ("reference", "cell", "address", "raw"),
    [
        ("C6", "><v>0.30000000000000004</v></c>", "entities.yunling.month", "0.3"),
        ("C6", "><v>12.345</v></c>", "entities.yunling.month", "12.345"),
        ("C6", ' t="inlineStr"><is><t>12万户</t></is></c>', "entities.yunling.month", "12万户"),
        ("C6", ' t="str"><v>20</v></c>', "entities.yunling.month", "20"),
        ("C6", ' t="e"><v>#DIV/0!</v></c>', "entities.yunling.month", "#DIV/0!"),
        ("C6", "><v>1E+20</v></c>", "entities.yunling.month", "100000000000000000000"),
    ],
)
def test_numbers_come_back_as_typed(reference: str, cell: str, address: str, raw: str) -> None:
    data = written()
    row = next(row for (row, column), text in sheets(data)["经营主体"].items() if text == "云岭市") + 1
    reference = reference.replace("6", str(row))
    assert read_workbook(edited(data, put(1, reference, cell)), FORM, STAMP).values.cells[address] == raw


def test_the_number_of_a_day_becomes_a_date() -> None:
    data = written()
    row = next(row for (row, _), text in sheets(data)["项目情况"].items() if text == "云岭光伏") + 1
    column = next(column for (_, column), text in sheets(data)["项目情况"].items() if text == "开工日期")
    reference = f"{chr(65 + column)}{row}"
    filled = read_workbook(edited(data, put(2, reference, "><v>46086</v></c>")), FORM, STAMP)
    assert filled.values.cells["projects.a.began"] == "2026-03-05"


def test_problems_are_marked_listed_and_take_reasons() -> None:
    bad = values({"entities.qingxi.growth": "三成", "entities.yunling.total": "150", "entities.all.total": "250"})
    done = compute(FORM, bad, CONTEXT)
    problems = check(FORM, done, CONTEXT, complete=True)
    assert {problem.code for problem in problems} == {"type", "jump"}
    data = written(bad, problems=problems, reasons={"projects.a.paid": "追加投资"})
    listed = sheets(data)["需更正"]
    assert listed[0, 0].startswith("须更正1处（红色），须说明原因1处")
    place, given_text, message = next(
        [listed[row, n] for n in (1, 2, 3)] for (row, _), t in listed.items() if t == "三成"
    )
    assert (place, given_text) == ("“经营主体”“清溪县”“同比增长（%）”", "三成")
    assert "不是数字" in message
    content = parts(data)
    assert any("三成" in member.decode() for name, member in content.items() if name.startswith("xl/comments"))
    assert b"FFC7CE" in content["xl/styles.xml"] and b"FFEB9C" in content["xl/styles.xml"]
    row = next(row for (row, column), text in listed.items() if text == "entities.yunling.total") + 1
    number = list(sheets(data)).index("需更正") + 1
    data = edited(data, put(number, f"E{row}", ' t="inlineStr"><is><t>集中登记</t></is></c>'))
    filled = read_workbook(data, FORM, STAMP)
    assert filled.reasons == {"entities.yunling.total": "集中登记", "projects.a.paid": "追加投资"}
    assert filled.values.cells["entities.qingxi.growth"] == "三成"


def test_problems_of_no_cell() -> None:
    data = written(problems=[Problem("", Severity.HARD, "rows", "至少3行，请补充")])
    assert "全表" in sheets(data)["需更正"].values()
    assert reread(data)[0] == values()


def other(**changes: object) -> bytes:
    return write_workbook(FORM, replace(STAMP, **changes), values())  # type: ignore[arg-type]


def without_row(content: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet1.xml"
    content[name] = re.sub(rb'<row r="7".*?</row>', b"", content[name], count=1, flags=re.DOTALL)


def no_stamp(content: dict[str, bytes]) -> None:
    content["xl/sharedStrings.xml"] = content["xl/sharedStrings.xml"].replace(b"form_key", b"from_key")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: other(form_key="x", form_title="招商月报"), "这是“招商月报”的表格，这里要的是“经营主体培育月报”"),
        (lambda: other(unit_key="x", unit_name="白山县"), "这是“白山县”的表格，这里是“清溪县市场监督管理局”填报"),
        (lambda: other(period="2026-02"), "这是2026年2月的表格，这里填报的是2026年3月"),
        (lambda: other(version=2), "这是第2版表式，本期用第3版"),
        (lambda: b"", "文件是空的"),
        (lambda: b"PK\x03\x04 broken", "损坏"),
        (lambda: "不是表格".encode() * 10, "这不是 .xlsx 工作簿"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 .xls"),
        (lambda: b"0" * (17 * 1024 * 1024), "超过 16 MB"),
        (lambda: edited(written(), lambda content: content.pop("xl/worksheets/sheet6.xml")), "不是从本系统下载"),
        (lambda: edited(written(), no_stamp), "标识已损坏"),
        (lambda: edited(written(), without_row), "缺少“云岭市”等1行"),
        (lambda: written()[:-200], "损坏"),
    ],
)
def test_refused(data: Callable[[], bytes], said: str) -> None:
    with pytest.raises(WrongWorkbook) as error:
        read_workbook(data(), FORM, STAMP)
    assert said in str(error.value)


def test_moved_columns_are_refused() -> None:
    data = written()
    content = parts(data)["xl/worksheets/sheet1.xml"].decode()
    heads = re.findall(r'<c r="([BC]5)"([^>]*><v>[0-9]+</v></c>)', content)
    assert [reference for reference, _ in heads] == ["B5", "C5"]

    def swap(content: dict[str, bytes]) -> None:
        put(1, "B5", heads[1][1])(content)
        put(1, "C5", heads[0][1])(content)

    with pytest.raises(WrongWorkbook, match="“年度目标”不在原处"):
        read_workbook(edited(data, swap), FORM, STAMP)


def test_another_definition_is_refused() -> None:
    fewer = replace(FORM, sections=(replace(FORM.sections[0], fields=FORM.sections[0].fields[:5]), *FORM.sections[1:]))
    with pytest.raises(WrongWorkbook, match="表式与本期不一致"):
        read_workbook(written(), fewer, STAMP)


def test_far_cells_take_no_memory() -> None:
    def change(content: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet2.xml"
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        content[name] = content[name].replace(b"</sheetData>", far)

    assert reread(edited(written(), change))[0] == values()


def test_text_that_looks_like_a_formula_stays_text() -> None:
    taken, _ = reread(written(values({"entities.yunling.note": "=1+1", "entities.qingxi.note": "_x0041_ <&>\n二"})))
    assert taken.cells["entities.yunling.note"] == "=1+1"
    assert taken.cells["entities.qingxi.note"] == "_x0041_ <&>\n二"


@WHOLE_FORMS
@given(st.data(), definitions())
def test_any_form_any_return(data: st.DataObject, definition: FormDefinition) -> None:
    taken, problems = take(definition, *data.draw(returns(definition)))
    assert not problems
    done = compute(definition, taken, Context(previous=taken.cells))
    problems = check(definition, done, complete=True)
    workbook = write_workbook(definition, STAMP, done, Context(previous=taken.cells), problems=problems)
    filled = read_workbook(workbook, definition, STAMP)
    again, problems = take(definition, filled.values.cells, filled.values.rows)
    assert not problems and not filled.problems
    files = {
        f"{section.key}.{key}.{field.key}"
        for section in definition.sections
        for key in [*(row.key for row in section.rows), *taken.rows.get(section.key, ())]
        for field in section.fields
        if field.type is FieldType.FILE
    }
    assert again.cells == {address: text for address, text in taken.cells.items() if address not in files}
    for key, rows in taken.rows.items():  # rows without any cell are not kept
        named = [row for row in rows if any(address.startswith(f"{key}.{row}.") for address in again.cells)]
        assert list(again.rows[key]) == named


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(WrongWorkbook):
        read_workbook(data, FORM, STAMP)


def test_stamp_round_trip() -> None:
    assert Stamp.from_text(STAMP.to_text()) == STAMP
    for text in ("", "[]", "{}", json.dumps({"form_key": 1})):
        with pytest.raises(ValueError):
            Stamp.from_text(text)


@pytest.mark.parametrize("day", ["1900-01-01", "1900-02-28", "1900-03-01", "2000-02-29", "2999-12-31"])
def test_days_about_the_leap_day_that_never_was(day: str) -> None:
    assert reread(written(values({"projects.a.began": day})))[0].cells["projects.a.began"] == day
