"""Rules of reward: amounts, conditions, caps, and what is none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings

from luoshi.extraction import extract, records
from luoshi.extraction.rewards import find_rewards
from tests.extraction.expectations import load
from tests.extraction.phrases import HOSTILE, broken, check_provenance, para, phrase_texts
from tests.extraction.texts import text_document


def _read(text: str) -> list[tuple[object, ...]]:
    paragraph = para(text)
    found = find_rewards(paragraph)
    check_provenance(paragraph, found)
    return [(r.word, r.amount, r.unit, r.basis, r.cap, r.recurrence, r.condition) for r in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1.对首次升规的工业企业，一次性奖励15万元；对连续两年保持增长的，每年再奖励5万元，单户累计不超过30万元。",
            [
                ("奖励", 150000, "元", "", None, "once", "对首次升规的工业企业"),
                ("奖励", 50000, "元", "", 300000, "yearly", "对连续两年保持增长的"),
            ],
        ),
        (
            "市财政每年安排专项资金不低于3000万元，对首次升规的企业每户给予10万元奖励。",
            [("奖励", 100000, "元", "", None, "", "对首次升规的企业")],
        ),
        (
            "对符合条件的技改项目，按设备投资额的10%给予补助，单个项目最高500万元。",
            [("补助", 10, "%", "设备投资额", 5000000, "", "对符合条件的技改项目")],
        ),
        (
            "对规模以上企业按照销售收入增长部分的 2‰ 给予扩销补助，单户补助不超过 50 万元。",
            [("补助", 2, "‰", "销售收入增长部分", 500000, "", "对规模以上企业")],
        ),
        (
            "对新认定的技术中心，按国家级100万元、省级50万元的标准给予奖补。",
            [
                ("奖补", 1000000, "元", "", None, "", "对新认定的技术中心"),
                ("奖补", 500000, "元", "", None, "", "对新认定的技术中心省级"),
            ],
        ),
        ("落实举报奖励制度，单次最高奖励30万元。", [("奖励", None, "元", "", 300000, "", "落实举报")]),
        ("对种植户每亩补贴200元/亩。", [("补贴", 200, "元/亩", "", None, "", "对种植户")]),
    ],
)
def test_a_rule_gives_amount_condition_and_cap(text: str, expected: list[tuple[object, ...]]) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "统筹安排产业扶持资金1亿元，用于奖励先进企业。",
        "2025年已兑现奖励资金300万元。",
        "实施学生营养改善计划，补助资金17198万元。",
        "对拒不整改的，依法处以5万元罚款，取消奖励资格。",
        "新增规模以上工业企业30户，给予重点支持。",
        "",
    ],
)
def test_budgets_fines_and_the_past_are_no_rules(text: str) -> None:
    assert _read(text) == []


def test_a_rule_over_a_page_break_leads_back_to_its_lines() -> None:
    paragraph = broken("对首次升规的企业，一次性奖", "励15万元。", step=2)
    (found,) = find_rewards(paragraph)
    check_provenance(paragraph, [found])
    assert (found.amount, [span.line for span in found.spans]) == (Decimal(150000), [1, 3])


def test_rewards_stand_below_their_measures_and_are_no_targets() -> None:
    text, _ = load("county-measures")
    extraction = extract(text_document(text))
    plan = extraction.plans[-1]
    assert [(r.amount, r.cap, r.measure) for r in plan.rewards] == [
        *((150000, None, "0002.0001"), (50000, 300000, "0002.0001"), (2, 100000, "0002.0002")),
    ]
    assert not {t.value for t in plan.targets} & {150000, 50000}
    kept = [record for record in records(extraction) if record["kind"] == "reward"]
    assert kept[1] | {"amount": 50000, "cap": 300000, "recurrence": "yearly", "found_by": "reward"} == kept[1]


@settings(max_examples=150, deadline=None)
@given(phrase_texts)
def test_any_text_is_read_without_an_error(text: str) -> None:
    paragraph = para("对企业给予" + text)
    check_provenance(paragraph, find_rewards(paragraph))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_end(text: str) -> None:
    find_rewards(para("对企业奖励" + text))
