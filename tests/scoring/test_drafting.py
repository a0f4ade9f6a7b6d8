"""Draft schemes from scoring tables: what is read is right, what is not is marked, and every draft loads."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.scoring import load, shipped
from luoshi.scoring.drafting import TO_CONFIRM, SchemeDraft, draft_schemes, is_scoring_table
from tests.scoring.drafting_tables import ALL, OTHERS, PERFORMANCE, PLAIN, WEIGHTS, Printed


def items_of(draft: SchemeDraft) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for group in draft.scheme.data["groups"] for item in group["items"]}


def only(table: Printed) -> SchemeDraft:
    (draft,) = draft_schemes(table.title, table.header, table.rows, key="sample")
    return draft


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.title)
def test_reads_points_methods_and_figures(table: Printed) -> None:
    draft = only(table)
    items = items_of(draft)
    found = {
        key: (item.get("points"), item["method"]["type"], {name: item.get(name) for name in table.expected[key][2]})
        for key, item in items.items()
    }
    assert found == table.expected
    if table.groups:
        assert tuple((group["title"], group.get("points")) for group in draft.scheme.data["groups"]) == table.groups
    by_hand = {origin.key for origin in draft.origins if any("没有读出" in doubt for doubt in origin.doubts)}
    assert by_hand == set(table.by_hand)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.title)
def test_tells_scoring_tables(table: Printed) -> None:
    assert is_scoring_table(table.header, table.rows)
    assert is_scoring_table((), (table.header, *table.rows)), "names of columns in the first row"


@pytest.mark.parametrize("table", OTHERS, ids=lambda table: "/".join(table[0]) or "empty")
def test_other_tables_are_none(table: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]) -> None:
    assert not is_scoring_table(*table)
    assert draft_schemes("x", (), (), key="x") == ()


def test_parameters_of_methods() -> None:
    items = items_of(only(PERFORMANCE))
    assert items["2"]["method"] == {"type": "deduction", "points": Decimal("0.5"), "most": 6}
    assert items["4"]["method"] == {"type": "target", "start": 60}
    assert items["6"]["method"]["formula"] == "满分 - (名次 - 1) * 1"
    assert items["8"]["method"] == {"type": "addition", "points": 2, "most": 4}
    assert items["1"]["evidence"] == "会议纪要"
    plain = items_of(only(PLAIN))
    assert plain["1"]["method"]["bands"] == [{"to": 1, "points": 20}, {"to": 4, "points": 16}, {"to": 8, "points": 12}]
    assert plain["1"]["method"]["otherwise"] == 8
    assert plain["2"]["method"]["formula"] == "20 if 实际 >= 100 else 15 if 实际 >= 98 else 10 if 实际 >= 95 else 0"
    assert plain["5"]["method"] == {"type": "judges", "trim": 1}
    weights = items_of(only(WEIGHTS))
    assert weights["1"]["title"] == "能源—单位产值能耗"
    assert weights["3"]["method"]["variant"] == "proportional"


def test_what_cannot_be_read_is_marked_with_its_words() -> None:
    draft = only(WEIGHTS)
    (doubtful,) = draft.doubtful
    item = items_of(draft)["4"]
    assert (doubtful.key, doubtful.rows) == ("4", (3,))
    assert item["note"].startswith(TO_CONFIRM) and "综合研判后认定" in item["note"]
    assert item["method"] == {"type": "share", "out_of": 20}
    assert any("权重" in remark for remark in draft.remarks)


def test_wrong_totals_are_told_and_left_out() -> None:
    rows = (("1", "甲", "10", "目标管理法"), ("2", "乙", "15", "目标管理法"), ("", "合计", "30", ""))
    (draft,) = draft_schemes("表", ("序号", "指标", "分值", "计分标准"), rows, key="x")
    assert "total" not in draft.scheme.data
    assert any("30分" in remark and "25分" in remark for remark in draft.remarks)


def test_periods_of_their_own_make_schemes_and_a_year() -> None:
    header = ("类别", "指标", "分值", "计分标准")
    rows = (
        ("季度指标", "签约数", "60分", "按数量竞争性排名计分，未签约不得分"),
        ("", "走访次数", "40分", "目标管理法"),
        ("", "合计", "100分", ""),
        ("年度指标", "到位资金完成率", "100分", "目标管理法"),
        ("", "合计", "100分", ""),
    )
    notes = ("注：全年得分=前3个季度得分之和÷6+年度得分÷2。",)
    quarter, year, whole = draft_schemes("评分办法", header, rows, key="race", notes=notes)
    assert (quarter.scheme.period, year.scheme.period) == ("quarter", "year")
    assert (quarter.scheme.elsewhere, year.scheme.elsewhere) == (("3",), ("1", "2"))
    assert whole.scheme.combination is not None
    assert whole.scheme.combination.formula.text == "(Q1 + Q2 + Q3) / 6 + 年度 / 2"
    assert {part.scheme for part in whole.scheme.parts} == {"race-quarter", "race-year"}
    gate = quarter.scheme.items[0].gates[0]
    assert (gate.when.text, gate.because) == ("实际 == 0", "未签约不得分")


def test_repeated_merged_cells_and_page_heads() -> None:
    """A file that repeats a merged cell, and a category that the next page names again."""
    header = ("类别", "指标", "分值", "计分标准")
    rows = (
        ("产业", "项目开工率", "20", "按完成率计分"),
        ("产业", "项目开工率", "20", "完成率低于50%不得分"),
        ("产业", "新入库企业", "10", "每新增1户得2分"),
        ("生态", "空气", "20", "每超1个百分点扣1分"),
    )
    (draft,) = draft_schemes("x", header, rows, key="x")
    assert [(group.title, len(group.items)) for group in draft.scheme.groups] == [("产业", 2), ("生态", 1)]
    assert items_of(draft)["1"]["method"] == {"type": "target", "start": 50}


PRINTED = (
    *(
        "",
        "20",
        "20分",
        "（10分）",
        "合计",
        "一、总体",
        "第1名得5分",
        "每低1个百分点扣0.5分",
        "按增速排名",
        "目标管理法",
    ),
    *("各10分", "5亿元以上和10亿元以上项目，各10分", "未完成不得分", "一票否决", "每次加2分", "①甲（2分）；②乙（3分）"),
    *("注：略", "季度指标", "年度指标"),
)
cells = st.one_of(
    st.sampled_from(PRINTED), st.text(alphabet="0123456789分扣加得每低名第率%（）、，。；—年季一二三十半", max_size=20)
)


@settings(max_examples=60, deadline=None)
@given(
    header=st.lists(
        st.sampled_from(["类别", "序号", "指标", "分值", "计分标准", "目标值", "备注", ""]), min_size=5, max_size=5
    ),
    rows=st.lists(st.lists(cells, min_size=5, max_size=5), max_size=8),
)
def test_any_table_gives_drafts_that_load(header: list[str], rows: list[list[str]]) -> None:
    is_scoring_table(header, rows)
    for draft in draft_schemes("任意", header, rows, key="any"):
        again = load(draft.text)
        assert again == draft.scheme
        keys = [item.key for item in again.items]
        assert len(keys) == len(set(keys))


SHIPPED = {"县": "zhaoshang-2023-county", "组": "zhaoshang-2023-group"}


@pytest.mark.shared
@pytest.mark.parametrize("seed", ["002", "004"])
def test_annexes_agree_with_the_shipped_schemes(shared: Path, seed: str) -> None:
    """Annexes 6 and 7: every item's points, method, basis and gates, as the shipped schemes have them."""
    (file,) = (shared / "seeds").glob(f"{seed}_*")
    command = [sys.executable, "-m", "luoshi.cli.main", "extract", str(file)]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    tables = [row for row in map(json.loads, lines) if row.get("kind") == "table"]
    scoring = [row for row in tables if is_scoring_table(row["header"], row["rows"])]
    assert {row["title"] for row in scoring} == {row["title"] for row in tables if row["table_kind"] == "scoring"}
    compared = 0
    for row in scoring:
        kind = SHIPPED["组" if "招商组" in row["title"] else "县"]
        for draft in draft_schemes(row["title"], row["header"], row["rows"], key=kind):
            known = shipped(draft.scheme.key)
            assert [one(item) for item in draft.scheme.items] == [one(item) for item in known.items]
            compared += len(known.items)
    assert compared == 24  # 22 printed, two of them in halves


def one(item: Any) -> tuple[Any, ...]:
    gates = [(gate.when.text, gate.because) for gate in item.gates]
    return item.key, item.points, item.printed, item.method, item.basis, item.better, gates, item.source
