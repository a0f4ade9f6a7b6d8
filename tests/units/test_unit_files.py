"""Unit files: what is read, and that every fault of every row is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.units import DirectoryError, UnitDirectory
from luoshi.units.dates import parse_partial_date

UNITS = "key,name,short_name,kind,parent,valid_from,valid_to,succeeded_by,note\n"
NAMES = "name_as_printed,key,kind,valid_from,valid_to,note\n"


def problems(units: str, names: str = "") -> list[tuple[str, int | None, str]]:
    with pytest.raises(DirectoryError) as caught:
        UnitDirectory.from_bytes((UNITS + units).encode(), (NAMES + names).encode())
    return [(problem.source, problem.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", dt.date(2019, 1, 1), dt.date(2019, 12, 31)),
        ("2020-02", dt.date(2020, 2, 1), dt.date(2020, 2, 29)),
        ("2018-2-5", dt.date(2018, 2, 5), dt.date(2018, 2, 5)),
        ("", None, None),
    ],
)
def test_partial_dates(text: str, first: dt.date | None, last: dt.date | None) -> None:
    assert parse_partial_date(text) == first
    assert parse_partial_date(text, last=True) == last


@pytest.mark.parametrize("text", ["2019年", "19", "2019-13", "2019-02-30", "2019/01"])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_partial_date(text)


def test_every_fault_of_every_row_is_told() -> None:
    found = problems(
        "zhou,云岭州,云岭州,prefecture,,,,,\n"
        "zhou,云岭州,云岭州,prefecture,,,,,\n"
        "caizheng,云岭州财政局,州财政局,prefecture-department,meiyou,,,,\n"
        "a,甲局,甲局,prefecture-department,b,,,,\n"
        "b,乙局,乙局,prefecture-department,a,,,,\n"
        "jiu,旧局,旧局,prefecture-department,zhou,2019年,,xin,\n"
        "fan,反局,反局,prefecture-department,zhou,2020,2018,,\n"
        ",,无名,other,zhou,,,,\n",
        "州财政局,caizheng;wuci,short,,,\n州财政局,caizheng;wuci,short,,,\n州乙局,b,nickname,,,\n,zhou,alias,,,\n",
    )
    units, names = "units.csv", "unit-names.csv"
    told = [(source, line, message) for source, line, message in found]
    for source, line, part in [
        (units, 3, "“zhou”重复，已见于第2行"),
        (units, 4, "上级单位“meiyou”不存在"),
        (units, 5, "成环：a → b → a"),
        (units, 7, "2019年"),
        (units, 7, "承接单位“xin”不存在"),
        (units, 8, "valid_from 晚于 valid_to"),
        (units, 9, "key 不能为空"),
        (units, 9, "name 不能为空"),
        (names, 2, "“wuci”不存在"),
        (names, 3, "重复，已见于第2行"),
        (names, 4, "nickname"),
        (names, 5, "name_as_printed 不能为空"),
    ]:
        assert any(s == source and n == line and part in message for s, n, message in told), (source, line, part)
    assert told == sorted(told, key=lambda problem: (problem[0] == names, problem[1] or 0))


def test_a_circle_is_told_once_and_its_followers_are_not_blamed() -> None:
    found = problems("a,甲,甲,other,c,,,,\nb,乙,乙,other,a,,,,\nc,丙,丙,other,b,,,,\nd,丁,丁,other,a,,,,\n")
    assert [(line, message) for _, line, message in found] == [(2, "上下级关系成环：a → c → b → a")]


def test_missing_columns_are_named_and_hide_what_would_follow_from_them() -> None:
    with pytest.raises(DirectoryError) as caught:
        UnitDirectory.from_bytes(b"key,name\nzhou,X\n", (NAMES + "州政府,zhou,short,,,\n").encode())
    assert [str(problem) for problem in caught.value.problems] == [
        "units.csv 第1行：缺少列：short_name、kind、parent、valid_from、valid_to、succeeded_by"
    ]


def test_a_row_with_an_unquoted_comma_is_told() -> None:
    found = problems("zhou,云岭州,云岭州,prefecture,,,,,一,二\n")
    assert found[0][1] == 2
    assert "表头只有9列" in found[0][2]


def test_a_cell_over_two_lines_keeps_the_line_numbers_right() -> None:
    found = problems('zhou,云岭州,云岭州,prefecture,,,,,"一\n二"\nbad,丙,丙,other,none,,,,\n')
    assert found[0][1] == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_office_programs(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "u.csv").write_bytes((UNITS + "zhou,云岭州,云岭州,prefecture,,,,,\n").encode(encoding))
    (tmp_path / "n.csv").write_bytes((NAMES + "州政府,zhou,short,,,\n").encode(encoding))
    directory = UnitDirectory.from_csv(tmp_path / "u.csv", tmp_path / "n.csv")
    assert directory.resolve("州政府").keys == ("zhou",)


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(DirectoryError, match="编码"):
        UnitDirectory.from_bytes(b"\xff\xff\xff\x00", NAMES.encode())


CELLS = st.sampled_from(
    ["zhou", "a", "b", "云岭州", "prefecture", "short", "group", "2019", "2019-13", "", "a;b", "\n", '"', ";"]
)
TABLE = st.lists(st.lists(CELLS, max_size=10).map(",".join), max_size=6).map("\n".join)


@given(st.binary(max_size=60) | TABLE.map(str.encode), TABLE.map(str.encode) | st.binary(max_size=60))
@settings(deadline=None)
def test_whatever_the_files_hold_only_a_directory_error_is_raised(units: bytes, names: bytes) -> None:
    for head in (b"", UNITS.encode()):
        try:
            directory = UnitDirectory.from_bytes(head + units, NAMES.encode() + names)
        except DirectoryError as error:
            assert error.problems
            assert all(problem.message for problem in error.problems)
        else:
            assert all(directory.unit(unit.key) == unit for unit in directory.units)
