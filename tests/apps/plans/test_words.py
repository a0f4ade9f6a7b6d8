"""Figures and time limits in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from luoshi.apps.plans import words
from luoshi.apps.plans.models import Deadline, Target


def target(value: str, unit: str, text: str = "", **values: object) -> Target:
    defaults = {"indicator": "市场主体", "comparator": ">="}
    return Target(value=Decimal(value), unit_of_measure=unit, text=text, **(defaults | values))


@pytest.mark.parametrize(
    ("value", "unit", "printed", "expected"),
    [
        ("15000.000000", "户", "净增1.5万户", "1.5万户"),
        ("15000", "户", "净增15000户", "15,000户"),
        ("15000", "户", "", "1.5万户"),
        ("2100000000", "元", "到位资金21亿元", "21亿元"),
        ("12345", "户", "", "12,345户"),
        ("8.500000", "%", "增长8.5%", "8.5%"),
        ("20000", "%", "", "20,000%"),
        ("0", "起", "", "0起"),
        ("100", "个", "", "100个"),
    ],
)
def test_figures_stand_in_the_scale_of_the_plan(value: str, unit: str, printed: str, expected: str) -> None:
    assert words.figure(target(value, unit, printed)) == expected


def test_a_range_names_its_unit_once() -> None:
    assert words.figure(target("2", "家", "2至3家", value_max=Decimal("3"))) == "2—3家"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"indicator": "规模以上工业增加值", "change": True, "comparator": "="}, "增长 9%"),
        ({"indicator": "规模以上工业增加值增速", "change": True}, "≥ 9%"),
        ({"indicator": "单位能耗", "change": True, "falling": True, "comparator": ">="}, "下降 ≥ 9%"),
        ({"indicator": "能耗下降率", "change": True, "falling": True}, "≥ 9%"),
        ({"indicator": "城镇调查失业率", "comparator": "<="}, "≤ 9%"),
    ],
)
def test_a_change_says_its_direction_once(values: dict[str, object], expected: str) -> None:
    assert words.commitment(target("9", "%", **values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"rule_kind": "date", "date": dt.date(2026, 12, 31)}, "2026年12月31日"),
        ({"rule_kind": "monthly", "day": 3}, "每月3日前"),
        ({"rule_kind": "monthly"}, "每月"),
        ({"rule_kind": "yearly", "date": dt.date(2026, 6, 30)}, "每年6月30日前"),
        ({"rule_kind": "quarterly"}, "每季度"),
        ({"rule_kind": "days-after", "days": 15, "working": True}, "15个工作日内"),
        ({"rule_kind": "days-after", "days": 7}, "7日内"),
    ],
)
def test_deadlines_in_words(values: dict[str, object], expected: str) -> None:
    assert words.due_words(Deadline(**values)) == expected


def test_places() -> None:
    assert words.place_words([[24, 0, 5]], 24) == "第24行"
    assert words.place_words([[24, 3, 9], [25, 0, 4]], 24) == "第24—25行"
    assert words.source_url(3, "target", 17, 24) == "/plans/3/source?line=24&object=target-17#L24"
