"""What a wording says about its indicator."""

from __future__ import annotations

import pytest

from luoshi.apps.indicators.guessing import NO_CLUE, counted, guess, indicator_name


@pytest.mark.parametrize(
    ("name", "unit", "change", "falling", "called"),
    [
        ("固定资产投资", "%", True, False, "固定资产投资增速"),
        ("单位产值能耗", "%", True, True, "单位产值能耗降幅"),
        ("州外到位资金增长", "%", True, False, "州外到位资金增速"),
        ("工业增速", "%", True, False, "工业增速"),
        ("城镇化率", "%", False, False, "城镇化率"),
        ("新增家庭农场", "户", True, False, "新增家庭农场"),
    ],
)
def test_a_growth_in_percent_is_named_as_a_rate(name: str, unit: str, change: bool, falling: bool, called: str) -> None:
    assert indicator_name(name, unit, change=change, falling=falling) == called


def test_a_wording_without_a_clue_says_so() -> None:
    assert guess("冷库", "座").because == NO_CLUE
    assert guess("新增冷库", "座").because != NO_CLUE


def test_things_are_counted_whole_and_measures_are_not() -> None:
    assert all(counted(unit) for unit in ("户", "个", "家", "人", "项"))
    assert not any(counted(unit) for unit in ("元", "亩", "%", ""))
