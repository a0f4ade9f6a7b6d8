"""Tables of the sample plans, printed cell by cell as PDFs turned into text show them, read back."""

from __future__ import annotations

import time

import pytest
from samples.markup import Grid, Text, parse, source

from luoshi.extraction import extract
from luoshi.extraction.cells import read_cells
from luoshi.extraction.model import TableDraft
from tests.extraction.texts import text_document


def _tables(name: str) -> dict[str, Grid]:
    found: dict[str, Grid] = {}
    title = ""
    for block in parse(source(name)):
        if isinstance(block, Grid):
            found[title] = block
        elif isinstance(block, Text) and block.role == "center":
            title = block.text
    return found


def _printed(rows: list[list[str]], width: int, *, apart: bool) -> list[str]:
    """The cells in reading order: a cell that does not fit the column goes on in the next line, a row ends its line."""
    lines: list[str] = []
    for row in rows:
        line = ""
        for cell in row:
            text = "" if cell in ("<", "^") else cell
            parts = [text[i : i + width] for i in range(0, len(text), width)]
            for k, part in enumerate(parts):
                if k:
                    lines.append(line)
                    line = part
                else:
                    line = f"{line} {part}" if line else part
        lines += [line, ""] if apart else [line]
    return lines


def _read(title: str, lines: list[str]) -> TableDraft:
    text = "\n".join([title, "", *lines])
    draft = read_cells(text_document(text), 1, text.count("\n") + 1)
    assert draft is not None
    return draft


def _folded(rows: object) -> list[tuple[str, ...]]:
    return [tuple("".join(cell.split()) for cell in row) for row in rows]  # type: ignore[attr-defined]


#: Plan, table, its kind, and how many rows may be read otherwise: shares of a progress row that stand nowhere, the
#: word for a total that the source merges over two columns, a name broken at its column's width.
_TABLES = [
    ("action-plan-2026", "各县市、高新区2026年主要指标目标分解表", "unit-indicator", 0),
    ("action-plan-2026", "各县市、高新区2026年固定资产投资时序进度表", "unit-period", 1),
    ("action-plan-2026", "州级部门2026年攻坚任务分解表", "task-unit", 2),
    ("action-plan-2026", "2026年10件民生实事清单", "project-list", 1),
    ("investment-plan-2026", "县市、高新区2026年招商引资目标任务分解表", "unit-indicator", 0),
    ("investment-plan-2026", "产业招商组2026年工作任务表", "group-indicator", 0),
    ("investment-plan-2026", "县市、云岭高新区比学赶超评分办法", "scoring", 0),
    ("investment-plan-2026", "产业招商组比学赶超评分办法", "scoring", 0),
    ("quality-plan-2026-2030", "“十五五”质量强州建设主要指标表", "task-unit", 0),
]


@pytest.mark.parametrize("width", [9, 14])
@pytest.mark.parametrize(("plan", "title", "kind", "otherwise"), _TABLES)
def test_rows_of_every_kind_are_read_back(plan: str, title: str, kind: str, otherwise: int, width: int) -> None:
    grid = _tables(plan)[title]
    draft = _read(title, _printed(grid.rows, width, apart=True))
    expected = _folded([["" if cell in ("<", "^") else cell for cell in row] for row in grid.rows[grid.header :]])
    assert draft.title == title
    assert draft.table_kind == kind
    assert len(draft.rows) == len(expected)
    differing = [row for row, right in zip(_folded(draft.rows), expected, strict=True) if row != right]
    assert len(differing) <= otherwise, differing


@pytest.mark.parametrize(("plan", "title", "kind", "otherwise"), [t for t in _TABLES if t[2] != "scoring"])
def test_without_blank_lines_too(plan: str, title: str, kind: str, otherwise: int) -> None:
    grid = _tables(plan)[title]
    draft = _read(title, _printed(grid.rows, 14, apart=False))
    expected = _folded([["" if cell in ("<", "^") else cell for cell in row] for row in grid.rows[grid.header :]])
    assert draft.table_kind == kind
    assert sum(row not in expected for row in _folded(draft.rows)) <= otherwise


def test_two_levels_of_names_are_joined() -> None:
    title = "各县市、高新区2026年主要指标目标分解表"
    draft = _read(title, _printed(_tables("action-plan-2026")[title].rows, 9, apart=True))
    assert [_folded([[name]])[0][0] for name in draft.header] == [
        "县市、高新区",
        "地区生产总值/总量（亿元）",
        "地区生产总值/增速（%）",
        "规模以上工业/增加值增速（%）",
        "规模以上工业/新增企业（户）",
        "固定资产投资/总量（亿元）",
        "固定资产投资/增速（%）",
        "一般公共预算收入/总量（万元）",
        "一般公共预算收入/增速（%）",
    ]


def test_a_merged_cell_leaves_blanks_below_not_zeros() -> None:
    lines = """县市 到位资金（亿元） 外出招商（次） 引进项目（个） 签约（个）
云江市 30 8
12
4 6
青岭市 21 4 5
白溪县 18 11 3 2
红岩县 25 9 2 3
松坪县 16 10 1 4
石鼓县 12 7 2 2"""
    rows = ["云江市", "30", "8", "12", "4", "6"]
    text = lines.replace("引进项目（个） 签约（个）", "引进项目（个） 开工（个） 签约（个）")
    text = text.replace("青岭市 21 4 5", "青岭市 21 9 4 5").replace("白溪县 18 11 3 2", "白溪县 18 11 13 3 2")
    text = text.replace("红岩县 25 9 2 3", "红岩县 25 9 10 2 3").replace("松坪县 16 10 1 4", "松坪县 16 10 12 1 4")
    text = text.replace("石鼓县 12 7 2 2", "石鼓县 12 7 11 2 2")
    draft = _read("县市招商引资目标", text.split("\n"))
    assert list(draft.rows[0]) == rows
    assert draft.rows[1] == ("青岭市", "21", "9", "", "4", "5")


def test_headers_that_pages_repeat_are_no_rows() -> None:
    title = "2026年10件民生实事清单"
    grid = _tables("action-plan-2026")[title]
    head, body = grid.rows[:1], grid.rows[1:]
    lines = [
        *_printed([*head, *body[:5]], 14, apart=True),
        "— 7 —",
        "",
        *_printed([*head, *body[5:]], 14, apart=True),
    ]
    draft = _read(title, lines)
    assert [row[0] for row in draft.rows[:10]] == [str(number) for number in range(1, 11)]
    assert len(draft.rows) == 11


def test_a_blank_form_has_names_and_no_rows() -> None:
    lines = """（2026年1— 月）

填报单位：

序号 项目名称

州外合作方
企业名称

项目建
设地点

计划投资
（亿元）

存在问题

填到县市、

高新区

如有，请逐项写明"""
    draft = _read("重点项目推进情况月报表", lines.split("\n"))
    assert draft.header == ("序号", "项目名称", "州外合作方企业名称", "项目建设地点", "计划投资（亿元）", "存在问题")
    assert draft.rows == ()
    assert draft.table_kind == "report-form"


def test_what_tables_print_never_becomes_a_target_or_a_measure() -> None:
    tables = [
        line
        for number, (title, grid) in enumerate(_tables("investment-plan-2026").items(), 1)
        for line in ("", f"附件{number}", "", title, "", *_printed(grid.rows, 9, apart=True))
    ]
    text = "\n".join(["云岭州招商行动方案", "", "一、目标", "", "全年引进企业3户以上。", *tables])
    (plan,) = extract(text_document(text)).plans
    assert [measure.title for measure in plan.measures] == ["目标"]
    assert [target.value for target in plan.targets] == [3]
    assert plan.deadlines == ()
    assert [table.table_kind for table in plan.tables] == [
        "unit-indicator",
        "group-indicator",
        "scoring",
        "scoring",
    ]


def test_time_grows_with_the_length_of_a_table() -> None:
    def seconds(rows: int) -> float:
        body = [
            f"{n}\n云岭新材料产业园第{n}期标准厂房及配\n套设施建设项目 {n * 37 % 9000} 云江市 州发展改革委\n"
            for n in range(1, rows)
        ]
        text = "\n".join(["云岭州重点项目名单", "序号 项目名称 总投资（万元） 建设地点 牵头部门", "", *body])
        began = time.process_time()
        draft = read_cells(text_document(text), 1, text.count("\n") + 1)
        assert draft is not None
        assert len(draft.rows) == rows - 1
        return time.process_time() - began

    short, long = min(seconds(100) for _ in range(2)), min(seconds(1000) for _ in range(2))
    assert long < 30 * short
