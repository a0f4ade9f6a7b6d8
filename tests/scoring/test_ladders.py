"""Consequence ladders: the cuts of the fiscal plan, in both readings, and medals."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from luoshi.scoring import Consequence, Fact, Options, SchemeError, score, shipped
from tests.scoring.samples import fact, item, scheme, values

CUTS = shipped("fiscal-2018-department-cuts")


def follows(facts: list[Fact], ladder: str, **choices: str) -> Consequence:
    (unit,) = score(CUTS, facts, Options(choices=choices)).units
    (one,) = [one for one in unit.consequences if one.ladder == ladder]
    return one


@pytest.mark.parametrize(
    ("completion", "cut"),
    [
        ("0", 10), ("84.99", 10), ("85", 8), ("89.99", 8), ("90", 5), ("94.99", 5), ("95", 3), ("99.99", 3), ("100", 0),
        ("130", 0),
    ],
)  # fmt: skip
def test_cut_by_completion(completion: str, cut: int) -> None:
    one = follows([fact("甲局", completion, 100)], "transfers")
    assert one.percent == cut and not one.open
    assert one.effect == (f"压缩{cut}%" if cut else "")


def test_units_without_a_task_wait_for_a_decision() -> None:
    """At most 10 per cent, decided by a person."""
    waiting = follows([fact("甲局", 5)], "transfers")
    assert (waiting.percent, waiting.open) == (None, True) and "待人工核定" in waiting.reason
    assert follows([fact("甲局", None), fact("甲局", 4, key="2")], "transfers").percent == 4
    assert follows([fact("甲局", None), fact("甲局", 25, key="2")], "transfers").percent == 10
    missing = follows([fact("甲局", None, 100)], "transfers")
    assert missing.open and "未报" in missing.reason


def test_a_scheme_that_only_records_ranks_nobody() -> None:
    result = score(CUTS, [fact("甲局", 80, 100), fact("乙局", 90, 100)])
    assert [unit.rank for unit in result.units] == [None, None]
    assert result.explain("甲局") == "总分0分；不参加排名。"


def checked(june: Any, september: Any, november: Any, **choices: str) -> Consequence:
    return follows([fact("甲局", june, key="3"), fact("甲局", september, key="4"), fact("甲局", november, key="5")],
                   "expenditure", **choices)  # fmt: skip


@pytest.mark.parametrize(
    ("progress", "cut"),
    [
        ((49, 80, 95), 3),
        ((49, 80, 91), 6),
        ((49, 74, 95), 7),
        ((49, 74, 91), 10),
        ((50, 75, 92), 0),
        (("49.99", "74.99", "91.66"), 10),
    ],
)
def test_each_check_point_once(progress: tuple[Any, ...], cut: int) -> None:
    assert checked(*progress).percent == cut


def test_each_percentage_point() -> None:
    """One and a half points behind in June, 3 per cent each; whole points only; at most 10 together."""
    assert checked("48.5", 80, 95, point="per-point").percent == Fraction("4.5")
    assert checked("48.5", 80, 95, point="per-whole-point").percent == 3
    assert checked("49.5", 80, 95, point="per-whole-point").percent == 0
    one = checked(40, 70, 80, point="per-point")
    assert one.percent == 10 and "最高10%" in one.reason
    assert "11月底支出进度80%" in one.reason


def test_missing_progress_stays_open() -> None:
    one = checked(49, None, 95)
    assert (one.percent, one.open) == (3, True) and "9月底支出进度未报" in one.reason


def test_both_cuts_together() -> None:
    facts = [fact("甲局", 80, 100), fact("甲局", 40, key="3"), fact("甲局", 60, key="4"), fact("甲局", 70, key="5")]
    assert follows(facts, "both").percent == 20
    shared = follows(facts, "both", stacking="shared")
    assert shared.percent == 10 and "10%+10%=20%，合计最高10%" in shared.reason


def test_medals_and_flags() -> None:
    places = {
        "type": "places", "key": "m", "title": "等次",
        "first": [{"to": 1, "effect": "金牌"}, {"to": 3, "effect": "银牌"}], "last": [{"to": 2, "effect": "黄旗"}],
    }  # fmt: skip
    result = score(scheme(item(), consequences=[places]), values(9, 8, 8, 5, 4, 1))
    assert {unit.unit: [one.effect for one in unit.consequences] for unit in result.units} == {
        "甲": ["金牌"], "乙": ["银牌"], "丙": ["银牌"], "丁": [], "戊": ["黄旗"], "己": ["黄旗"],
    }  # fmt: skip
    last = score(scheme(item(), consequences=[places]), values(9, 8, 7, 6, 1, 1))
    assert [one.reason for unit in last.units for one in unit.consequences if one.effect == "黄旗"] == [
        "总分倒数第1名"
    ] * 2


def test_bands_of_the_total() -> None:
    bands = {
        "type": "bands",
        "key": "b",
        "title": "约谈",
        "steps": [{"below": 12, "effect": "约谈"}],
        "otherwise": "正常",
    }
    result = score(scheme(item(), consequences=[bands]), values(9, 8))
    assert [unit.consequences[0].effect for unit in result.units] == ["正常", "约谈"]


@pytest.mark.parametrize(
    ("ladder", "expected"),
    [
        ({"type": "bands", "item": "9", "steps": [{"below": 1}]}, "没有“9”这个项目"),
        ({"type": "bands", "steps": [{"below": 2}, {"below": 1}]}, "须从低到高排列"),
        ({"type": "bands"}, "缺少 steps"),
        ({"type": "checkpoints", "checkpoints": [{"item": "1", "cut": 1}]}, "须按实际数（支出进度）记录"),
        ({"type": "together", "of": ["y"]}, "没有“y”这个前面的结果运用"),
        ({"type": "places", "first": [{"to": 2, "effect": "a"}, {"to": 1, "effect": "b"}]}, "名次须从前到后排列"),
        ({"type": "ladder"}, "只能是：bands"),
    ],
)
def test_ladders_that_are_refused(ladder: dict[str, Any], expected: str) -> None:
    with pytest.raises(SchemeError, match=expected):
        scheme(item("target"), consequences=[{"key": "x", "title": "结果", **ladder}])
