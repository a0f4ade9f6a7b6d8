"""Tables printed one cell, or half a row, a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from luoshi.extraction import extract
from luoshi.extraction.cells import read_cells
from luoshi.extraction.model import TableDraft
from tests.extraction.texts import text_document

_TABLE = """云岭州2026年重点项目名单
序号 项目名称

总投资
（万元）

建设地点 牵头部门

工业项目

1 云岭绿色铝材项目 12000 云岭市 州工业和信息化局
2
东川年产 3万吨光伏玻璃生产线建设

项目
56000 东川县 州工业和信息化局
3 西川硅材料项目 8000 西川县 州工业和信息化局
农业项目
4 东川蔬菜基地项目 3000 东川县 州农业农村局
5 西川花卉基地项目 4500

西川县
州农业农村局
6 云岭水果基地项目 2600 云岭市 州农业农村局"""


def _read(text: str) -> TableDraft | None:
    return read_cells(text_document(text), 1, text.count("\n") + 1)


def test_rows_are_put_together_from_their_pieces() -> None:
    draft = _read(_TABLE)
    assert draft is not None
    assert draft.title == "云岭州2026年重点项目名单"
    assert draft.header == ("序号", "项目名称", "总投资（万元）", "建设地点", "牵头部门")
    assert [row[0] for row in draft.rows] == ["工业项目", "1", "2", "3", "农业项目", "4", "5", "6"]
    assert draft.rows[2] == ("2", "东川年产 3万吨光伏玻璃生产线建设项目", "56000", "东川县", "州工业和信息化局")
    assert draft.rows[6] == ("5", "西川花卉基地项目", "4500", "西川县", "州农业农村局")
    assert (draft.line, draft.line_end) == (1, 24)


def test_it_is_found_below_an_annex_label() -> None:
    body = "云岭州项目投资行动方案\n\n一、目标\n\n全年完成投资10亿元。\n\n附件\n\n"
    (plan,) = extract(text_document(body + _TABLE)).plans
    assert [(table.title, len(table.rows)) for table in plan.tables] == [("云岭州2026年重点项目名单", 8)]
    assert [target.value for target in plan.targets] == [1_000_000_000]


def test_what_teaches_too_little_is_left_alone() -> None:
    assert _read("名单\n1\n甲\n2\n乙\n3\n丙\n4\n丁\n5\n戊\n6\n己") is None
    assert _read("1 甲 100\n2 乙 200") is None
    assert _read("正文没有序号。") is None


@given(
    st.lists(st.sampled_from([*"123456", "甲项目", "12000", "云岭市", "（一期）", " ", "\n", "\n\n"]), max_size=80).map(
        "".join
    )
)
def test_any_lines_are_read_without_an_error_and_rows_have_one_width(text: str) -> None:
    draft = _read("1 甲 10 云岭市\n2 乙 20 云岭市\n3 丙 30 东川县\n4 丁 40 东川县\n5 " + text)
    if draft is not None:
        assert {len(row) for row in draft.rows} == {len(draft.header)}
