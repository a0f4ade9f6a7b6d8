"""The words: every status and method says how it came about, with the numbers put in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from luoshi.scoring import Fact, Options, read_facts, score, shipped
from luoshi.scoring.numbers import amount, amount_up, decimal_text, equals, show
from tests.scoring.samples import fact, item, run, scheme, values

STEP = {
    "assumptions": [
        {"key": "step", "text": "等差计分", "items": ["1"], "when": "scored"},
        {"key": "missing", "text": "未报得0分", "items": ["1"], "when": "not-reported"},
        {"key": "source", "text": "用统计数", "items": ["1"]},
    ]
}


def reasons(one: dict[str, Any], facts: list[Fact], **more: Any) -> dict[str, str]:
    return {name: score.reason for name, score in run(one, facts, **more).items()}


def test_ranking_says_place_formula_next_place_and_assumptions() -> None:
    said = reasons(item(unit="%"), values("15.2", "16.1", "15.2", None), **STEP)
    assert said["甲"] == (
        "实际15.2%，在4个单位中与丙并列第2名，20×(4-2+1)÷4=15分。追平第1名（乙）须实际达到16.1%，可得20分。约定：等差计分；用统计数。"
    )
    assert said["乙"] == "实际16.1%，在4个单位中列第1名，20×(4-1+1)÷4=20分。约定：等差计分；用统计数。"
    assert said["丁"] == "未报，得0分，不排名，仍计入4个单位。约定：未报得0分；用统计数。"


def test_what_the_next_place_needs_is_enough() -> None:
    """The figure that is told, given instead, does give that place; a hundredth less does not."""
    facts = [fact("甲", 70, 300), fact("乙", 100, 300), fact("丙", 10, 30)]
    one = item(basis="completion", unit="万美元")
    said = reasons(one, facts)["甲"]
    assert "追平第1名（丙、乙）须完成率达到33.33%，即实际达到100万美元，可得20分" in said
    assert run(one, [fact("甲", 100, 300), *facts[1:]])["甲"].rank == 1
    assert run(one, [fact("甲", "99.99", 300), *facts[1:]])["甲"].rank == 3
    odd = reasons(one, [fact("甲", 1, 7), fact("乙", 1, 3)])["甲"]
    assert "即实际达到2.34万美元" in odd  # 7/3 rounded up, or it would not be enough
    assert run(one, [fact("甲", "2.34", 7), fact("乙", 1, 3)])["甲"].rank == 1


@pytest.mark.parametrize(
    ("one", "given", "expected"),
    [
        (item("target", 9, unit="个"), fact("甲", 2, 4),
         "实际2个，目标4个，完成率50%，9×2÷4=4.5分。再完成2个达到目标，可得9分。"),
        (item("target", 9), fact("甲", 4, 4), "实际4，目标4，完成率100%，达到目标，得满分9分。"),
        (item("target", 9), fact("甲", 5, 4), "实际5，目标4，完成率125%，超过目标，最多计满分9分。"),
        (item("target", 9), fact("甲", 0, 4), "完成率0%，9×0÷4=0分。"),
        (item("target", 9), fact("甲", -1, 4), "完成率-25%，低于0，得0分。"),
        (item("target", 9), fact("甲", 1, 3), "完成率33.33%，9×1÷3=3分。"),
        (item("target", 10), fact("甲", 1, 3), "10×1÷3≈3.33分。"),
        (item("target", 9, method={"start": 60}), fact("甲", 1, 4), "低于起计的60%，得0分。"),
        (item("target", 9, method={"cap": Decimal("1.2")}), fact("甲", 9, 4), "按最高比例计，9×1.2=10.8分。"),
        (item("target", 9, method={"floor": Decimal("0.5")}), fact("甲", 1, 4), "按最低比例计，得4.5分。"),
        (item("target", 9, method={"bonus": {"points": 1, "per": 10}}), fact("甲", 5, 4),
         "超出部分加2.5×1=2.5分，共11.5分。"),
        (item("target", 9, better="lower"), fact("甲", 0, 4), "降到0以下，得9分。"),
        (item("target", 9, better="lower"), fact("甲", 8, 4), "9×4÷8=4.5分。降到目标4可得9分。"),
        (item("deduction", 5, unit="次", method={"points": 1}), fact("甲", 2), "实际2次，扣2×1=2分，5-2=3分。"),
        (item("deduction", 5, method={"points": 1}), fact("甲", 0), "不扣分，得5分。"),
        (item("deduction", 5, method={"points": 1}), fact("甲", 9), "扣9×1=9分，扣完为止，得0分。"),
        (item("deduction", 0, method={"points": 1, "most": 3}), fact("甲", 9), "扣9×1，最多3分。"),
        (item("deduction", 5, basis="gap", unit="%", method={"points": 1}), fact("甲", 88, 90),
         "实际88%，目标90%，扣2×1=2分，5-2=3分。补上差的2个百分点就不扣分。"),
        (item("addition", 0, method={"points": 1}), fact("甲", 2), "实际2，加2×1=2分。"),
        (item("addition", 0, method={"points": 1}), fact("甲", 0), "不加分。"),
        (item("year-on-year", 9, method={"full_at": 9}), fact("甲", 106, None, "1", 100),
         "实际106，上期100，增幅6%，9×(6%-0%)÷(9%-0%)=6分。达到9%得满分。"),
        (item("distance", 9, unit="天", method={"tolerance": 3}), fact("甲", 11, 10), "与目标相差1天，9×(1-1÷3)=6分。"),
        (item("distance", 9, method={"tolerance": 3}), fact("甲", 10, 10), "符合目标，得满分9分。"),
        (item("share", 40), fact("甲", 90), "实际90，40×90÷100=36分。"),
        (item("formula", 9, method={"formula": "满分 * 实际 / 目标"}), fact("甲", 2, 4), "实际2，9×2÷4=4.5分。"),
        (item("formula", 9, method={"formula": "实际 / 目标"}), fact("甲", 2), "公式 2÷目标 缺数或无法计算，得0分。"),
        (item("formula", 9, method={"formula": "实际 * 9"}), fact("甲", 2), "2×9=18，限在规定范围内，得9分。"),
        (item("record", 0), fact("甲", 2), "实际2，只记录，不计分。"),
        (item("target", 9), fact("甲", 2), "不适用：没有目标（实际2），本项不计入本单位。"),
        (item("target", 9), fact("甲", 2, 0), "不适用：目标为0（实际2），本项不计入本单位。"),
        (item("target", 9, no_target="full"), fact("甲", 2), "没有目标，按规定得满分9分。"),
        (item("target", 9, no_target="zero"), fact("甲", 2), "没有目标，按规定得0分。"),
        (item("target", 9, gates=[{"when": "实际 == 0", "because": "未组织活动不得分"}]), fact("甲", 0, 4),
         "实际0，目标4，完成率0%，未组织活动不得分，得0分。"),
    ],
)  # fmt: skip
def test_sentences(one: dict[str, Any], given: Fact, expected: str) -> None:
    said = reasons(one, [given])["甲"]
    assert expected in said and said.endswith("。"), said


def test_judges_and_averages() -> None:
    marks = [Fact("甲", "1", Decimal(mark)) for mark in (90, 80, 70, 10)]
    assert reasons(item("judges", 10), marks)["甲"] == (
        "4位评委打分10、70、80、90，去掉1个最高分和1个最低分，平均75，10×75÷100=7.5分。"
    )
    assert reasons(item("judges", 10), marks[:1])["甲"] == "评分90，10×90÷100=9分。"
    assert "评委不足，未去掉最高最低分" in reasons(item("judges", 10), marks[:2])["甲"]
    assert reasons(item("average", 10), values(5, 15))["甲"] == "实际5，2个单位平均10，10×5÷10=5分。"


def test_gated_places() -> None:
    gates = [{"when": "实际 < 0", "because": "负增长不得分"}]
    said = reasons(item(unit="%", gates=gates), values(5, "-1.2"))
    assert said["乙"] == "实际-1.2%，在2个单位中列第2名，负增长不得分，得0分。"


def test_scaling_is_told_on_every_item() -> None:
    made = scheme(item("target", 20), item("target", 80, "2"))
    unit = score(made, [fact("甲", 5), fact("甲", 1, 2, "2")]).by_unit["甲"]
    assert unit.item("1").reason == "不适用：没有目标（实际5），本项不计入本单位，其余各项得分乘以100÷(100-20)。"
    assert unit.item("2").reason == (
        "实际1，目标2，完成率50%，80×1÷2=40分；本单位有20分的项目不适用，乘以100÷(100-20)后计50分。"
        "再完成1达到目标，可得80分（折算前）。"
    )
    assert unit.item("2").points == 50


def test_totals() -> None:
    result = score(scheme(item(), item("target", 10, "2")), [*values(3, 2, 1), fact("甲", 1, 10, "2")])
    assert result.explain("甲") == "总分20+1=21分。在3个单位中列第1名。"
    assert result.explain("丙") == "总分6.67+0≈6.67分。在3个单位中列第3名，比第2名（乙）少6.67分。"


def test_shipped_choices_are_told() -> None:
    made = shipped("zhaoshang-2023-county-year")
    facts = read_facts("unit,item,value,target\n甲,13a,4,4\n甲,13b,1,2\n甲,6,5,15\n乙,6,7,15\n", made)
    plain = score(made, facts).by_unit["甲"].item("13b")
    assert "招大引强两项各10分按18÷20折算" in plain.reason and "满分9分，由原文10分折算" in plain.reason
    other = score(made, facts, Options(choices={"halves": "printed", "ranking": "linear"})).by_unit["甲"]
    assert "招大引强两项各按10分计（合计20分）" in other.item("13b").reason
    assert "15×(2-2)÷(2-1)=0分" in other.item("6").reason and "末名得0分" in other.item("6").reason


def test_numbers_in_words() -> None:
    assert decimal_text(Fraction(180, 11)) == "16.36363636363636363636"
    assert decimal_text(Fraction(20)) == "20.000000" and decimal_text(Fraction(-1, 8)) == "-0.125000"
    assert decimal_text(Fraction(1, 2**20)) == "0.00000095367431640625"
    assert (show(Fraction(5, 200)), show(Fraction(-5, 1000)), show(Fraction(-4, 1000))) == ("0.03", "-0.01", "0")
    assert (equals(Fraction(1, 3)), equals(Fraction(1, 4))) == ("≈0.33", "=0.25")
    assert (amount(Fraction("15.20")), amount(Fraction(1, 3)), amount(Fraction(1000))) == ("15.2", "0.3333", "1000")
    assert (amount_up(Fraction(7, 3)), amount_up(Fraction(2)), amount_up(Fraction(-7, 3))) == ("2.34", "2", "-2.33")
