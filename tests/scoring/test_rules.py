"""Gates, missing targets, missing reports, groups, totals: each rule by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from luoshi.scoring import Fact, Facts, FactsError, Options, Status, score
from tests.scoring.samples import fact, item, run, scheme, totals, values

NEGATIVE = [{"when": "实际 < 0", "because": "负增长不得分"}]
NONE = [{"when": "value == 0", "because": "未到位外资不得分"}]


def test_a_gated_unit_keeps_its_place() -> None:
    """甲 10, 乙 -1, 丙 -2 of three: 乙 is second, gets nothing, and 丙 is still third."""
    scores = run(item(gates=NEGATIVE), values(10, -1, -2))
    assert {name: (one.rank, one.points, one.status) for name, one in scores.items()} == {
        "甲": (1, 20, Status.SCORED),
        "乙": (2, 0, Status.GATED),
        "丙": (3, 0, Status.GATED),
    }
    assert run(item(gates=NEGATIVE), values(0))["甲"].points == 20  # no growth is not negative growth


def test_a_gated_unit_counts_in_n() -> None:
    """0 of foreign capital: no points; the other of two still gets all, the gated one was second of two."""
    scores = run(item(basis="completion", gates=NONE), values(50, 0, 25, target=100))
    assert {name: (one.rank, one.points, one.sheet.count) for name, one in scores.items()} == {
        "甲": (1, 20, 3),
        "乙": (3, 0, 3),
        "丙": (2, Fraction(40, 3), 3),
    }


def test_not_reported_is_unranked_and_counts() -> None:
    scores = run(item(), values(9, None, 5))
    assert {name: (one.rank, one.points, one.status) for name, one in scores.items()} == {
        "甲": (1, 20, Status.SCORED),
        "乙": (None, 0, Status.NOT_REPORTED),
        "丙": (2, Fraction(40, 3), Status.SCORED),
    }
    assert scores["甲"].sheet.count == 3


def test_a_true_zero_is_another_thing() -> None:
    scores = run(item("target"), values(0, None, target=4))
    assert scores["甲"].status is Status.SCORED and scores["甲"].value == 0
    assert scores["乙"].status is Status.NOT_REPORTED and scores["乙"].value is None


def test_a_unit_without_a_row_did_not_report() -> None:
    """Also where a target is needed: that it has none must be said by a row."""
    two = scheme(item(), item("target", key="2"))
    result = score(two, [*values(9, 5), fact("甲", 2, 4, "2")])
    assert result.by_unit["乙"].item("2").status is Status.NOT_REPORTED
    assert totals(result) == {"甲": (30, 1), "乙": (10, 2)}


def test_units_may_be_told_besides() -> None:
    options = Options(units=["戊"])
    scores = run(item(), values(9, 5), options)
    assert scores["戊"].status is Status.NOT_REPORTED and scores["甲"].sheet.count == 3
    assert run(item(), values(9, 5), units=["戊", "甲"])["乙"].points == Fraction(40, 3)


@pytest.mark.parametrize("target", [None, 0])
def test_no_target_leaves_the_sheet(target: int | None) -> None:
    """甲 has 20 of its 80 applicable points by rank: × 100 / 80; 乙 and 丙 are two, not three, on the item."""
    made = scheme(item(basis="completion", points=20), item(points=80, key="2"))
    facts = [fact("甲", 5, target), fact("乙", 5, 10), fact("丙", 9, 10)]
    facts += [fact("甲", 1, key="2"), fact("乙", 2, key="2"), fact("丙", 3, key="2")]
    result = score(made, facts)
    assert result.by_unit["丙"].item("1").sheet.count == 2
    assert [one.points for one in result.by_unit["丙"].items] == [20, 80]
    assert [one.points for one in result.by_unit["乙"].items] == [10, Fraction(160, 3)]
    assert [one.points for one in result.by_unit["甲"].items] == [0, Fraction(80, 3) * Fraction(100, 80)]
    assert result.by_unit["甲"].item("2").raw == Fraction(80, 3)
    assert result.by_unit["甲"].total == Fraction(100, 3)


def test_no_target_by_the_other_rules() -> None:
    facts = [fact("甲", 5), fact("乙", 5, 10), fact("丙", 9, 10)]
    full = run(item(basis="completion", no_target="full"), facts)
    assert {name: (one.points, one.rank) for name, one in full.items()} == {
        "甲": (20, None),
        "乙": (Fraction(40, 3), 2),
        "丙": (20, 1),
    }
    assert run(item("target", no_target="zero"), facts)["甲"].status is Status.NONE
    zero = run(item("target", no_target="full", zero_target="zero"), [fact("甲", 5, 0), fact("乙", 5)])
    assert (zero["甲"].points, zero["乙"].points) == (0, 20)


def test_gates_beat_full_points_for_no_target() -> None:
    scores = run(item("target", no_target="full", gates=NONE), [fact("甲", 0), fact("乙", 1), fact("丙", None)])
    assert {name: one.points for name, one in scores.items()} == {"甲": 0, "乙": 20, "丙": 20}
    assert scores["甲"].status is Status.GATED


def test_no_target_comes_before_no_report() -> None:
    """Who was given nothing to do owes no report; a rate of growth without a report is not reported first."""
    assert run(item("target"), [fact("甲", None)])["甲"].status is Status.EXCLUDED
    growth = run(
        item("year-on-year", method={"full_at": 10}), [fact("甲", None), fact("乙", 5), fact("丙", 5, None, "1", 0)]
    )
    assert {name: one.status for name, one in growth.items()} == {
        "甲": Status.NOT_REPORTED,
        "乙": Status.EXCLUDED,
        "丙": Status.EXCLUDED,
    }


def test_not_reported_may_leave_the_sheet() -> None:
    scores = run(item(not_reported="exclude"), values(9, None, 5))
    assert scores["甲"].sheet.count == 2 and scores["乙"].status is Status.EXCLUDED


def test_a_unit_to_which_nothing_applies_has_no_rank() -> None:
    result = score(scheme(item("target")), [fact("甲", 5), fact("乙", 5, 10)])
    assert totals(result) == {"乙": (10, 1), "甲": (0, None)}
    assert "不参加排名" in result.explain("甲")


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(FactsError, match="“甲”第1项的目标是负数"):
        run(item("target"), [fact("甲", 5, -1)])


def test_counts_that_nobody_noted_are_none() -> None:
    scores = run(item("deduction", 10, method={"points": 2}, when_blank=0), [*values(3), fact("乙", None)])
    assert [scores[name].points for name in "甲乙"] == [4, 10]
    assert "没有记录，按0计" in scores["乙"].reason


def test_a_target_for_all_and_a_share_of_it() -> None:
    one = item("target", target=40, target_share=Decimal("0.25"))
    scores = run(one, [fact("甲", 5), fact("乙", 5, 20)])
    assert (scores["甲"].points, scores["乙"].points) == (10, 20)
    assert "本期按25%" in scores["甲"].reason


def test_parts_are_scaled_to_the_printed_points() -> None:
    """各10分 in 18 points: 9 each; or as printed, 20; or refused."""
    parts = [item("target", 10, "13a"), item("target", 10, "13b")]
    whole = {"key": "13", "title": "招大引强", "points": 18, "method": {"type": "target"}, "parts": parts}
    facts = [fact("甲", 4, 4, "13a"), fact("甲", 1, 2, "13b")]
    scaled = score(scheme({**whole, "spread": "scaled"}), facts)
    assert [one.points for one in scaled.by_unit["甲"].items] == [9, Fraction(9, 2)]
    assert scaled.scheme.total == 18
    assert "满分9分，由原文10分折算" in scaled.by_unit["甲"].item("13b").reason
    printed = score(scheme({**whole, "spread": "printed"}), facts)
    assert printed.by_unit["甲"].total == 15 and printed.scheme.total == 20


def test_groups_ranked_apart() -> None:
    """Counties against counties, zones against zones; the group comes from scheme, facts or options."""
    made = scheme(
        item(), item(points=10, key="2", applies_to=["县市"]), apart=True,
        unit_groups=[{"key": "县市", "units": ["甲", "乙"]}, {"key": "园区"}],
    )  # fmt: skip
    facts = Facts((*values(1, 2, 9, 8), fact("甲", 5, key="2"), fact("乙", 3, key="2")), {"丙": "园区"})
    result = score(made, facts, Options(groups={"丁": "园区"}))
    assert totals(result) == {"乙": (25, 1), "甲": (20, 2), "丙": (30, 1), "丁": (15, 2)}
    assert {unit.unit: unit.ranking for unit in result.units} == {
        "甲": "县市",
        "乙": "县市",
        "丙": "园区",
        "丁": "园区",
    }
    assert result.by_unit["丙"].item("2").status is Status.OTHERS
    assert result.by_unit["丙"].total == 20 * Fraction(30, 20)  # 10 of its 30 points do not apply
    assert "在县市的2个单位中列第1名" in result.by_unit["乙"].item("1").reason
    with pytest.raises(FactsError, match="“丁”没有写明属于哪一组"):
        score(made, facts)


def test_ties_of_totals_share_the_better_rank() -> None:
    result = score(scheme(item("target")), values(4, 3, 4, 1, target=4))
    assert totals(result) == {"甲": (20, 1), "丙": (20, 1), "乙": (15, 3), "丁": (5, 4)}
    assert "与丙并列第1名" in result.explain("甲")
    assert "比第1名（丙、甲）少5分" in result.explain("乙")


def test_bounds_of_groups_and_totals() -> None:
    groups = [
        {"key": "a", "title": "基本", "items": [item("target", 20)]},
        {"key": "b", "title": "加分", "most": 3, "items": [item("addition", 0, "2", method={"points": 2})]},
        {"key": "c", "title": "扣分", "items": [item("deduction", 0, "3", method={"points": 50})]},
    ]
    made = scheme(groups=groups, least=0, most=22)
    facts = [fact("甲", 4, 4), fact("甲", 5, key="2"), fact("甲", 0, key="3")]
    facts += [fact("乙", 4, 4), fact("乙", 0, key="2"), fact("乙", 1, key="3")]
    result = score(made, facts)
    assert totals(result) == {"甲": (22, 1), "乙": (0, 2)}
    assert "加分合计最多计3分" in result.explain("甲") and "总分最高计22分" in result.explain("甲")
    assert "总分最低计0分" in result.explain("乙")


def test_additions_are_not_scaled() -> None:
    """Only what stands in for the missing item is multiplied: 10 × 30/20, and 2 on top."""
    made = scheme(item("target", 10), item("target", 20, "2"), item("addition", 0, "3", method={"points": 2}))
    result = score(made, [fact("甲", 5), fact("甲", 3, 4, "2"), fact("甲", 1, key="3")])
    assert result.by_unit["甲"].total == 15 * Fraction(30, 20) + 2


def test_facts_that_do_not_fit() -> None:
    with pytest.raises(FactsError) as raised:
        run(item(), [fact("甲", 1), fact("甲", 2), fact("乙", 1, key="7"), Fact("丙", "1", Decimal("NaN"))])
    messages = [problem.message for problem in raised.value.problems]
    assert "“甲”的第1项给出了两次" in messages and "评分办法里没有“7”这一项" in messages
    with pytest.raises(FactsError, match="超过30位"):
        run(item(), [Fact("丙", "1", Decimal("1e999999"))])


def test_no_units_at_all() -> None:
    assert score(scheme(item()), []).units == ()
