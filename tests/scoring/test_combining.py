"""Results made of results: the whole year, and the composite."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from luoshi.scoring import FactsError, Result, Scheme, combine, facts_from, from_data, score, shipped
from tests.scoring.samples import item, scheme, totals, values

YEAR = shipped("zhaoshang-2023-group-whole-year")


def part(*points: int) -> Result:
    """A result with these totals."""
    return score(scheme(item("share", 100)), values(*points))


def test_the_example_of_the_year() -> None:
    """80, 70, 90 and 85 make 240 ÷ 6 + 85 ÷ 2 = 82.5."""
    whole = combine(YEAR, {"Q1": part(80, 10), "Q2": part(70, 10), "Q3": part(90, 10), "年度": part(85, 10)})
    assert totals(whole) == {"甲": (Fraction("82.5"), 1), "乙": (10, 2)}
    assert whole.explain("甲") == "全年(80+70+90)÷6+85÷2=82.5分。在2个单位中列第1名。"
    assert [one.reason for one in whole.by_unit["甲"].parts][-1] == "年度得85分，第1名。"


def test_a_unit_that_a_part_does_not_know_counts_nothing_there() -> None:
    whole = combine(YEAR, {"Q1": part(60), "Q2": part(60, 60), "Q3": part(60, 60), "年度": part(60, 60)})
    assert totals(whole) == {"甲": (60, 1), "乙": (50, 2)}
    assert whole.by_unit["乙"].parts[0].reason == "一季度没有得分，按0分计。"


def test_all_parts_are_needed() -> None:
    with pytest.raises(FactsError, match="缺少Q3、年度的数据"):
        combine(YEAR, {"Q1": part(1), "Q2": part(1)})
    parts = {key: part(1) for key in ("Q1", "Q2", "Q3", "年度", "Q4")}
    with pytest.raises(FactsError, match="没有名为Q4的部分"):
        combine(YEAR, parts)
    with pytest.raises(FactsError, match="由几部分合成"):
        score(YEAR, [])
    with pytest.raises(FactsError, match="不是由几部分合成的"):
        combine(scheme(item()), {})


def of_parts(formula: str, **more: Any) -> Scheme:
    """A scheme of parts A and B."""
    parts = [{"key": "A", "scheme": "a"}, {"key": "B", "scheme": "b"}]
    return from_data({"key": "x", "title": "合成", "parts": parts, "combination": {"formula": formula}, **more})


def test_bounds_and_formulas_without_a_value() -> None:
    results = {"A": part(80, 0), "B": part(40, 0)}
    assert totals(combine(of_parts("A - B * 3", least=0, most=50), results)) == {"甲": (0, 1), "乙": (0, 1)}
    assert totals(combine(of_parts("A + B", most=50), results))["甲"] == (50, 1)
    with pytest.raises(FactsError, match="“乙”按“A / B”算不出总分"):
        combine(of_parts("A / B"), results)


def test_a_result_becomes_the_item_of_another_scheme() -> None:
    """A third of a point is carried to 28 digits; what takes it divides by 100."""
    first = score(scheme(item(points=100)), values(9, 5, 1))
    composite = scheme(item("share", 40, takes="sample"))
    result = score(composite, facts_from(first, "1"))
    assert [round(float(unit.total), 12) for unit in result.units] == [40, round(80 / 3, 12), round(40 / 3, 12)]
    assert abs(result.by_unit["乙"].total - Fraction(80, 3)) < Fraction(1, 10**26)
    assert result.by_unit["甲"].items[0].fact.source == "样例"


def test_shipped_composite() -> None:
    from luoshi.scoring import read_facts

    made = shipped("composite-performance")
    rows = "unit,item,value,target\n甲,1,82.5,\n甲,2,90,\n甲,3,75,\n甲,4,9.5,\n甲,5,9,\n"
    rows += "乙,1,100,\n乙,2,100,\n乙,3,100,\n乙,4,10,\n乙,7,1,\n"
    result = score(made, read_facts(rows, made))
    # 33 + 27 + 15 + 9.5 + 2 (at most); 乙 would have 100, but for the veto
    assert totals(result) == {"甲": (Fraction("86.5"), 1), "乙": (59, 2)}
    assert "因一票否决事项，总分最多计59分" in result.explain("乙")
    assert [one.effect for one in result.by_unit["乙"].consequences if one.effect] == ["一等奖", "约谈主要负责人"]
