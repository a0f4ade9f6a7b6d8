"""What people type, paste and send."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luoshi.forms import (
    Choice,
    Field,
    FieldType,
    FormDefinition,
    Severity,
    ValueProblem,
    parse_cell,
    show,
    take,
    unit_names,
)
from tests.forms.samples import FORM, GOOD, ROWS, WHOLE_FORMS, definitions, returns, typed

UNITS = unit_names(
    [("yunling", "云岭市"), ("qingxi", "清溪县"), ("qingxi", "清溪"), ("a1", "第一小学"), ("b1", "第一小学")]
)


def number(unit: str = "户", decimals: int = 2) -> Field:
    return Field("n", "数", FieldType.NUMBER, unit, decimals)


@pytest.mark.parametrize(
    ("text", "unit", "canonical"),
    [
        ("1234.5", "", "1234.5"),
        ("１，２３４．５０", "户", "1234.5"),
        ("1,234,567", "户", "1234567"),
        ("1 234 567.25", "户", "1234567.25"),
        ("+7", "户", "7"),
        ("－3.1", "%", "-3.1"),
        ("−3.1", "%", "-3.1"),
        ("-0", "户", "0"),
        ("007", "户", "7"),
        (".5", "户", "0.5"),
        ("5.", "户", "5"),
        ("12.500", "户", "12.5"),
        ("12万户", "户", "120000"),
        ("12万", "户", "120000"),
        ("12 万户", "万户", "12"),
        ("12万", "万户", "12"),
        ("120000户", "万户", "12"),
        ("3.5亿元", "亿元", "3.5"),
        ("3.5亿元", "万元", "35000"),
        ("3500万元", "亿元", "0.35"),
        ("8.5%", "%", "8.5"),
        ("８．５％", "%", "8.5"),
        ("2.3个百分点", "个百分点", "2.3"),
        ("15万千瓦", "万千瓦", "15"),
        ("1.5万千瓦时", "千瓦时", "15000"),
        ("2千克", "千克", "2"),
        ("￥12.5", "元", "12.5"),
        ("1.2万", "", "12000"),
        ("'12", "户", "12"),
        ("  ", "户", ""),
        ("999999999999999", "户", "999999999999999"),
    ],
)
def test_numbers(text: str, unit: str, canonical: str) -> None:
    assert parse_cell(number(unit), text) == canonical


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("无", "户", "没有数据请留空，数值为零请填 0"),
        ("/", "户", "没有数据请留空，数值为零请填 0"),
        ("—", "户", "没有数据请留空，数值为零请填 0"),
        ("-", "户", "没有数据请留空，数值为零请填 0"),
        ("－－", "户", "没有数据请留空，数值为零请填 0"),
        ("12.345", "户", "“12.345”有3位小数，本格最多2位"),
        ("123456户", "万户", "“12.3456万户”有4位小数"),
        ("1,23", "户", "分节或小数点有误"),
        ("12,3456", "户", "分节或小数点有误"),
        ("1.2.3", "户", "分节或小数点有误"),
        ("12亿元", "户", "单位对不上"),
        ("12户", "%", "单位对不上"),
        ("12", "户", ""),
        ("12万", "%", "请只填数字"),
        ("12户", "", "没有计量单位"),
        ("1.2E+05", "户", "科学计数法"),
        ("0." + "9" * 40 + "万", "户", "本格最多2位"),
        ("约12", "户", "不是数字"),
        ("#N/A", "户", "不是数字"),
        ("1" * 19, "户", "超过15位"),
        ("9" * 5000, "户", "超过2000字"),
        ("NaN", "户", "不是数字"),
        ("Infinity", "户", "不是数字"),
        ("٣", "户", "不是数字"),
    ],
)
def test_refused_numbers(text: str, unit: str, said: str) -> None:
    if not said:
        assert parse_cell(number(unit), text) == text
        return
    with pytest.raises(ValueProblem) as error:
        parse_cell(number(unit), text)
    assert said in error.value.message


def test_integers_have_no_decimals() -> None:
    field = Field("n", "数", FieldType.INTEGER, "户")
    assert parse_cell(field, "12.0") == "12"
    assert parse_cell(field, "1.2万户") == "12000"
    with pytest.raises(ValueProblem, match="只填整数"):
        parse_cell(field, "12.5")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026-3-5", "2026-03-05"),
        ("2026.3.5", "2026-03-05"),
        ("2026/03/05", "2026-03-05"),
        ("２０２６年３月５日", "2026-03-05"),
        ("2026 年 3 月 5 日", "2026-03-05"),
        ("20260305", "2026-03-05"),
        ("2026-03-05 00:00:00", "2026-03-05"),
        ("2026-03-05T00:00:00", "2026-03-05"),
    ],
)
def test_dates(text: str, canonical: str) -> None:
    assert parse_cell(Field("d", "日期", FieldType.DATE), text) == canonical


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026年2月30日", "这一天不存在"),
        ("3月5日", "缺少年份"),
        ("2026年3月", "没有写明是哪一日"),
        ("26-3-5", "不是日期"),
        ("46086", "不是日期"),
        ("无", "没有请留空"),
        ("0026-03-05", "年份不对"),
        ("2026-03-05 08:30", "不是日期"),
    ],
)
def test_refused_dates(text: str, said: str) -> None:
    with pytest.raises(ValueProblem) as error:
        parse_cell(Field("d", "日期", FieldType.DATE), text)
    assert said in error.value.message


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026", "2026"),
        ("2026年", "2026"),
        ("2026年3月", "2026-03"),
        ("2026年3月份", "2026-03"),
        ("2026.3", "2026-03"),
        ("2026/3", "2026-03"),
        ("202603", "2026-03"),
        ("2026年第一季度", "2026Q1"),
        ("2026年1季度", "2026Q1"),
        ("2026q3", "2026Q3"),
        ("2026年下半年", "2026H2"),
        ("2026年3月上旬", "2026-03T1"),
        ("2026年第12周", "2026-W12"),
        ("2026W12", "2026-W12"),
    ],
)
def test_periods(text: str, canonical: str) -> None:
    assert parse_cell(Field("p", "期别", FieldType.PERIOD), text) == canonical


@pytest.mark.parametrize(
    ("text", "said"), [("2026年13月", "没有“2026年13月”这一期"), ("三月", "不是期别"), ("无", "留空")]
)
def test_refused_periods(text: str, said: str) -> None:
    with pytest.raises(ValueProblem) as error:
        parse_cell(Field("p", "期别", FieldType.PERIOD), text)
    assert said in error.value.message


def test_choices() -> None:
    field = Field("c", "是否开工", FieldType.CHOICE, choices=(Choice("y", "是"), Choice("n", "否")))
    for text, key in (("是", "y"), (" 否 ", "n"), ("√", "y"), ("×", "n"), ("y", "y"), ("TRUE", "y")):
        assert parse_cell(field, text) == key
    with pytest.raises(ValueProblem) as error:
        parse_cell(field, "也许")
    assert error.value.code == "choice"
    assert "可选：是、否" in error.value.message


def test_units_by_key_or_unique_name() -> None:
    field = Field("u", "县市", FieldType.UNIT)
    assert parse_cell(field, "清溪 县", units=UNITS) == "qingxi"
    assert parse_cell(field, "清溪", units=UNITS) == "qingxi"
    assert parse_cell(field, "a1", units=UNITS) == "a1"
    assert parse_cell(field, "随便") == "随便"
    for text, said in (("第一小学", "不止一个单位叫“第一小学”"), ("远方县", "没有名为“远方县”的单位")):
        with pytest.raises(ValueProblem) as error:
            parse_cell(field, text, units=UNITS)
        assert said in error.value.message
        assert error.value.code == "choice"


@pytest.mark.parametrize(
    "text",
    [
        "2026-532300-04-01-123456",
        "２０２６－５３２３００－０４－０１－１２３４５６",
        "2026—532300—04—01—123456",
        "20265323000401123456",
        " 2026 - 532300 - 04 - 01 - 123456 ",
    ],
)
def test_project_codes(text: str) -> None:
    assert parse_cell(Field("c", "代码", FieldType.PROJECT_CODE), text) == "2026-532300-04-01-123456"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-53230-04-01-123456", "第2段应为6位数字，现为5位"),
        ("2026-532300-04-01-12345X", "4-6-2-2-6"),
        ("12", "4-6-2-2-6"),
    ],
)
def test_refused_project_codes(text: str, said: str) -> None:
    with pytest.raises(ValueProblem) as error:
        parse_cell(Field("c", "代码", FieldType.PROJECT_CODE), text)
    assert said in error.value.message


def test_files_are_uploaded_not_typed() -> None:
    field = Field("f", "佐证", FieldType.FILE)
    assert parse_cell(field, "17") == "17"
    with pytest.raises(ValueProblem, match="请上传"):
        parse_cell(field, "见附件")


FIELDS = st.sampled_from([field for section in FORM.sections for field in section.fields])


@given(FIELDS, st.text(max_size=40))
@example(number(), "--")
@example(number("千瓦"), "1千")
def test_any_text_is_taken_or_refused_in_words(field: Field, text: str) -> None:
    try:
        canonical = parse_cell(field, text, units=UNITS)
    except ValueProblem as problem:
        assert problem.message
        assert problem.code in ("type", "choice")
        return
    assert parse_cell(field, canonical, units=UNITS) == canonical


@given(st.data(), FIELDS)
def test_what_is_shown_is_understood(data: st.DataObject, field: Field) -> None:
    units = None if field.type is not FieldType.UNIT else UNITS
    text = data.draw(typed(field) if units is None else st.sampled_from(["云岭市", "qingxi"]))
    canonical = parse_cell(field, text, units=units)
    assert parse_cell(field, show(field, canonical), units=units) == canonical


def test_show() -> None:
    assert show(number(), "1234.5") == "1,234.50"
    assert show(number(), "-1234567") == "-1,234,567.00"
    assert show(number(), "十二") == "十二"
    assert show(number(), None) == ""
    assert show(Field("p", "期别", FieldType.PERIOD), "2026Q1") == "2026年第一季度"
    assert show(Field("c", "类", FieldType.CHOICE, choices=(Choice("y", "是"),)), "y") == "是"


def test_taking_keeps_what_is_wrong_and_says_so() -> None:
    given_cells = GOOD | {
        "entities.yunling.month": "二十",
        "entities.all.note": "不该填",
        "entities.yunling.share": "25",
        "entities.nowhere.month": "1",
        "projects.zz.name": "没有这行",
        "bad address": "x",
        "projects.a.kind": "洽谈",
        "projects.a.county": "清溪县",
        "entities.qingxi.month": None,
    }
    values, problems = take(FORM, given_cells, ROWS, units=UNITS)
    assert {(problem.address, problem.code) for problem in problems} == {
        ("entities.yunling.month", "type"),
        ("entities.all.note", "blocked"),
        ("entities.yunling.share", "computed"),
        ("entities.nowhere.month", "unknown-cell"),
        ("projects.zz.name", "unknown-cell"),
        ("bad address", "unknown-cell"),
        ("projects.a.kind", "choice"),
    }
    assert all(problem.severity is Severity.HARD for problem in problems)
    assert values.cells["entities.yunling.month"] == "二十"
    assert values.cells["projects.a.kind"] == "洽谈"
    assert values.cells["projects.a.county"] == "qingxi"
    assert values.rows == ROWS
    for absent in ("entities.all.note", "entities.yunling.share", "entities.nowhere.month", "entities.qingxi.month"):
        assert absent not in values.cells


def test_values_of_programs() -> None:
    cells = {
        "projects.a.investment": 0.1,
        "projects.a.paid": Decimal("0.0500"),
        "entities.yunling.month": 20,
        "projects.a.began": dt.datetime(2026, 3, 5),  # noqa: DTZ001
    }
    values, problems = take(FORM, cells)
    assert not problems
    assert values.cells == {
        "projects.a.investment": "0.1",
        "projects.a.paid": "0.05",
        "entities.yunling.month": "20",
        "projects.a.began": "2026-03-05",
    }
    assert values.rows == {"projects": ("a",)}  # from the cells, where nothing else is said


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, 10**50, Decimal("1E+999999"), [1], {"a": 1}])
def test_odd_values_of_programs(number: object) -> None:
    values, problems = take(FORM, {"projects.a.paid": number})
    assert [problem.code for problem in problems] == ["type"]
    assert values.cells["projects.a.paid"]


def test_bad_rows() -> None:
    values, problems = take(FORM, {}, {"projects": ["a", "a", "b.c", ""], "entities": ["x"], "nothing": ["y"]})
    assert values.rows == {"projects": ("a",)}
    assert [problem.code for problem in problems] == ["rows", "unknown-cell", "unknown-cell"]


@WHOLE_FORMS
@given(st.data(), definitions())
def test_taking_twice_changes_nothing(data: st.DataObject, definition: FormDefinition) -> None:
    cells, rows = data.draw(returns(definition))
    first, problems = take(definition, cells, rows)
    assert not problems
    second, problems = take(definition, first.cells, first.rows)
    assert not problems
    assert second == first


@given(st.dictionaries(st.text(max_size=20) | st.sampled_from(sorted(GOOD)), st.text(max_size=30) | st.floats()))
def test_taking_never_fails(cells: dict[str, object]) -> None:
    values, problems = take(FORM, cells)
    assert set(values.cells) <= set(cells)
    assert len(problems) + len(values.cells) >= len([text for text in cells.values() if str(text).isalnum()])


def test_no_character_that_a_database_refuses() -> None:
    values, _ = take(FORM, {"entities.yunling.note": "甲\x00乙\ud800丙\x1b"})
    assert values.cells["entities.yunling.note"] == "甲 乙 丙"


@pytest.mark.parametrize("unit", ["户", "公里", ""])
def test_a_slip_of_the_hand_is_no_unit(unit: str) -> None:
    with pytest.raises(ValueProblem, match="不是数字"):
        parse_cell(Field(key="a", label="数", type=FieldType.NUMBER, unit_of_measure=unit), "15x")


@pytest.mark.parametrize(
    ("field", "shown"),
    [(number(), "1234.5"), (number(decimals=0), "1234"), (Field("n", "数", FieldType.INTEGER), "1234")],
)
def test_the_example_fits_the_column(field: Field, shown: str):
    with pytest.raises(ValueProblem) as refused:
        parse_cell(field, "约十二")
    assert str(refused.value).endswith(f"如 {shown}")
