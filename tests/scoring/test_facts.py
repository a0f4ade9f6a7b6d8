"""The CSV file of facts: what is taken, what is refused, in which row."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from luoshi.scoring import FactsError, read_facts, score, shipped
from tests.scoring.samples import item, scheme

QUARTER = shipped("zhaoshang-2023-county-quarter")
YEAR = shipped("zhaoshang-2023-county-year")
HEAD = "unit,item,value,target\n"


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(FactsError) as raised:
        read_facts(text, QUARTER)
    return [str(problem) for problem in raised.value.problems]


def test_figures_as_people_write_them() -> None:
    facts = read_facts(
        HEAD + '甲,1,12.50%,15\n甲,2,－3.5,\n 甲 ,3,"1,234.5",４００\n甲,4,,\n甲,5,未报,无\n\n,,,\n乙,1,+.5,15.',
        QUARTER,
    )
    assert [(one.unit, one.item, one.value, one.target, one.line) for one in facts.rows] == [
        ("甲", "1", Decimal("12.50"), 15, 2),
        ("甲", "2", Decimal("-3.5"), None, 3),
        ("甲", "3", Decimal("1234.5"), 400, 4),
        ("甲", "4", None, None, 5),
        ("甲", "5", None, None, 6),
        ("乙", "1", Decimal("0.5"), 15, 9),
    ]


def test_more_columns_in_any_order_and_encoding() -> None:
    text = "项目,单位,目标,实际,来源,日期,佐证,组别\r\n3,甲,400,100,省商务厅,2023-04-10,统计表第2页,县市\r\n"
    for data in (text, text.encode("utf-8-sig"), text.encode("gb18030"), "\ufeff" + text):
        facts = read_facts(data, QUARTER)
        (one,) = facts.rows
        assert (one.source, one.date, one.evidence) == ("省商务厅", dt.date(2023, 4, 10), "统计表第2页")
        assert facts.groups == {"甲": "县市"}
    result = score(QUARTER, facts)
    assert result.by_unit["甲"].item("3").fact == facts.rows[0]


def test_a_file_for_both_tables_of_the_annex() -> None:
    """Items 1–13 in one file: each scheme takes its own, and a unit that only stands in others' rows did not report."""
    facts = HEAD + "甲,1,5,\n甲,13A,4,4\n乙,13b,1,2\n"
    quarter, year = (score(one, read_facts(facts, one)) for one in (QUARTER, YEAR))
    assert set(quarter.by_unit) == set(year.by_unit) == {"甲", "乙"}
    assert quarter.by_unit["乙"].item("1").status.value == "未报"
    assert year.by_unit["甲"].item("13a").points == 9


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("甲,1,十五,15", "第2行：实际“十五”不是数字，没有上报请留空"),
        ("甲,1,-,15", "第2行：实际“-”不是数字，没有上报请留空"),
        ("甲,1,1e5,15", "第2行：实际“1e5”不是数字"),
        ("甲,1,1.2.3,15", "第2行：实际“1.2.3”不是数字或超过30位"),
        ("甲,1,1" + "0" * 40 + ",15", "超过30位"),
        ("甲,1,NaN,15", "不是数字"),
        ('甲,1,"1,23",15', "第2行：实际“1,23”不是数字"),
        ("甲,4,50%,15", "第2行：实际“50%”不是数字"),
        ("甲,1,5,很多", "第2行：目标“很多”不是数字，没有目标请留空"),
        ("甲,7a,5,5", "第2行：评分办法里没有“7a”这一项，项目有：1、2、3、4、5"),
        ("甲,,5,5", "第2行：“甲”没有写项目"),
        (",1,5,5", "第2行：没有写单位"),
        ("甲" * 101 + ",1,5,5", "第2行：单位名称超过100字"),
        ("甲,1,5,5\n甲,1,6,5", "第3行：“甲”的第1项已在第2行给出"),
        ("甲,1,5,5,多", "第2行：有5格，表头只有4列"),
    ],
)
def test_rows_that_are_refused(row: str, expected: str) -> None:
    found = problems(HEAD + row)
    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "文件是空的，第一行应为 unit,item,value,target"),
        ("unit,item,value\n", "第1行：表头缺少 target，应为 unit,item,value,target"),
        ("unit,item,value,target,人口\n", "第1行：表头有不认识的列：人口"),
        ("unit,item,value,target,目标\n", "第1行：表头的列重复：target"),
        (HEAD.encode() + b"\xff\xff,1,2,3", "文件不是 UTF-8 或 GB18030 编码的文字"),
        (HEAD + 'a,1,"5,5\n' + "x" * 200_000, "不是正常的 CSV"),
        ("unit,item,value,target,date\n甲,1,1,1,去年", "第2行：日期“去年”应写作 2023-09-30"),
        ("unit,item,value,target,group\n甲,1,1,1,县市\n甲,2,1,1,园区", "第3行：“甲”前面写的组别是“县市”，这里是“园区”"),
    ],
)
def test_files_that_are_refused(text: str | bytes, expected: str) -> None:
    assert any(expected in problem for problem in problems(text)), problems(text)


def test_all_problems_at_once() -> None:
    assert len(problems(HEAD + "甲,1,a,b\n乙,9x,1,\n,1,1,1\n")) == 4


def test_parts_ask_for_their_own_rows() -> None:
    with pytest.raises(FactsError, match="第13项分几行填写：13a、13b"):
        read_facts(HEAD + "甲,13,4,4", YEAR)


def test_marks_of_judges_take_several_rows() -> None:
    judged = scheme(item("judges", 10))
    facts = read_facts("unit,item,value,target,judge\n甲,1,90,,王\n甲,1,80,,李\n", judged)
    assert [one.judge for one in facts.rows] == ["王", "李"]
    assert len(read_facts(HEAD + "甲,1,90,\n甲,1,80,\n", judged).rows) == 2
    with pytest.raises(FactsError, match="已在第2行给出"):
        read_facts("unit,item,value,target,judge\n甲,1,90,,王\n甲,1,80,,王\n", judged)
