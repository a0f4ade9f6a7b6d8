"""Every method, calculated by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from luoshi.scoring import METHODS, Fact, FactsError, score
from tests.scoring.samples import fact, item, points, run, scheme, totals, values


@pytest.mark.parametrize(
    ("method", "given", "expected"),
    [
        ({}, (30, 20, 10, 5), (20, 15, 10, 5)),  # 20×(4-r+1)/4
        ({}, (5, 30, 10, 20), (5, 20, 10, 15)),
        ({}, (30, 20, 20, 5), (20, 15, 15, 5)),  # 1, 2, 2, 4
        ({}, (7, 7, 7), (20, 20, 20)),
        ({}, (9,), (20,)),
        ({"ties": "dense"}, (30, 20, 20, 5), (20, 15, 15, 10)),  # 1, 2, 2, 3 of 4
        ({"ties": "average"}, (30, 20, 20, 5), (20, Fraction(25, 2), Fraction(25, 2), 5)),  # (15 + 10) / 2
        ({"variant": "linear"}, (30, 20, 10, 5), (20, Fraction(40, 3), Fraction(20, 3), 0)),
        ({"variant": "linear"}, (30,), (20,)),
        ({"variant": "linear", "ties": "average"}, (5, 5), (10, 10)),
        ({"variant": "proportional"}, (40, 20, 0, -5), (20, 10, 0, 0)),
        ({"variant": "proportional"}, (0, -1), (0, 0)),  # nothing to be in proportion to
        ({"first": 2}, (30, 20, 10, 5), (20, 15, 0, 0)),
        ({"first": 2}, (30, 20, 20, 5), (20, 15, 15, 0)),
        ({"first": 1, "variant": "proportional"}, (30, 15), (20, 0)),
    ],
)
def test_ranking(method: dict[str, Any], given: tuple[int, ...], expected: tuple[Any, ...]) -> None:
    assert points(item(method=method), values(*given)) == list(expected)


def test_ranking_by_bands() -> None:
    """60/57/54/51/48: first, second to third, and so on; the others get what stands last."""
    bands = [{"to": 1, "points": 60}, {"to": 3, "points": 57}, {"to": 5, "points": 54}, {"to": 6, "points": 51}]
    one = item(points=60, method={"variant": "bands", "bands": bands, "otherwise": 48})
    assert points(one, values(8, 7, 6, 5, 4, 3, 2, 1)) == [60, 57, 57, 54, 54, 51, 48, 48]
    assert points(one, values(8, 8, 8, 5)) == [60, 60, 60, 54]


def test_lower_is_better() -> None:
    assert points(item(better="lower"), values(3, 1, 2, 2)) == [5, 20, 15, 15]
    assert points(item(better="lower", method={"variant": "proportional"}), values(4, 2, 8)) == [10, 20, 5]
    assert points(item(better="lower", method={"variant": "proportional"}), values(0, 2)) == [20, 0]


def test_completion_rates_are_ranked_by_value_over_target() -> None:
    """90/100 before 45/60 before 10/20; not 90, 45, 10 by chance but 1/1 above all of them."""
    facts = [fact("甲", 90, 100), fact("乙", 45, 60), fact("丙", 10, 20), fact("丁", 1, 1)]
    scores = run(item(basis="completion"), facts)
    assert [(name, one.rank, one.points, one.measure) for name, one in scores.items()] == [
        ("丁", 1, 20, 100),
        ("甲", 2, 15, 90),
        ("乙", 3, 10, 75),
        ("丙", 4, 5, 50),
    ]


def test_equal_ratios_of_unlike_figures_are_ties() -> None:
    """1/3 and 3/9 are equal though no decimal says so, and 1/3 is more than 0.333…3 to 28 places."""
    facts = [fact("甲", 1, 3), fact("乙", 3, 9), fact("丙", "0.3333333333333333333333333333", 1)]
    ranks = {name: one.rank for name, one in run(item(basis="completion"), facts).items()}
    assert ranks == {"甲": 1, "乙": 1, "丙": 3}


@pytest.mark.parametrize(
    ("method", "value", "target", "expected"),
    [
        ({}, 3, 4, 15),
        ({}, 4, 4, 20),
        ({}, 9, 4, 20),
        ({}, 0, 4, 0),
        ({}, -3, 4, 0),
        ({"cap": None}, 9, 4, 45),
        ({"cap": "1.2"}, 9, 4, 24),
        ({"floor": "0.5"}, 1, 4, 10),
        ({"floor": "0.5"}, -1, 4, 10),
        ({"start": 60}, 2, 4, 0),
        ({"start": 60}, "2.4", 4, 12),
        ({"start": 100}, 4, 4, 20),
        ({"bonus": {"points": 1, "per": 10}}, 5, 4, Fraction(45, 2)),  # 25 points over: 2.5 × 1
        ({"bonus": {"points": 1, "per": 10, "rounding": "down"}}, 5, 4, 22),
        ({"bonus": {"points": 1, "per": 10, "rounding": "up"}}, 5, 4, 23),
        ({"bonus": {"points": 1, "per": 10, "most": 2}}, 9, 4, 22),
        ({"bonus": {"points": 1}}, 4, 4, 20),
    ],
)
def test_target_management(method: dict[str, Any], value: int | str, target: int, expected: Any) -> None:
    method = {key: _numbers(one) for key, one in method.items()}
    assert points(item("target", method=method), values(value, target=target)) == [expected]


def _numbers(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) and value[0].isdigit() else value


def test_target_management_where_lower_is_better() -> None:
    """The ratio is turned round; nothing at all is as good as can be."""
    facts = [fact("甲", 5, 4), fact("乙", 4, 4), fact("丙", 2, 4), fact("丁", 0, 4)]
    assert points(item("target", better="lower"), facts) == [16, 20, 20, 20]


@pytest.mark.parametrize(
    ("one", "given", "expected"),
    [
        (item("deduction", 10, method={"points": 2}), fact("甲", 3), 4),  # 3 occurrences
        (item("deduction", 10, method={"points": 2}), fact("甲", 9), 0),  # never below 0
        (item("deduction", 10, method={"points": 2, "most": 5}), fact("甲", 9), 5),
        (item("deduction", 10, method={"points": 2}), fact("甲", 0), 10),
        (item("deduction", 10, method={"points": 2}), fact("甲", -4), 10),  # less than none is none
        (item("deduction", 0, method={"points": 2}), fact("甲", 3), -6),  # no points of its own
        (item("deduction", 0, method={"points": 2, "most": 5}), fact("甲", 3), -5),
        (item("deduction", 10, basis="gap", unit="%", method={"points": 1}), fact("甲", "87.5", 90), Fraction(15, 2)),
        (item("deduction", 10, basis="gap", method={"points": 1, "rounding": "up"}), fact("甲", "87.5", 90), 7),
        (item("deduction", 10, basis="gap", method={"points": 1, "rounding": "down"}), fact("甲", "87.5", 90), 8),
        (item("deduction", 10, basis="gap", method={"points": 1, "per": 5}), fact("甲", "87.5", 90), Fraction(19, 2)),
        (item("deduction", 10, basis="gap", method={"points": 1}), fact("甲", 95, 90), 10),
        (item("deduction", 10, basis="gap", better="lower", method={"points": 1}), fact("甲", 92, 90), 8),
        (
            item("deduction", 10, basis="completion", method={"points": 1, "per": 10}),
            fact("甲", 30, 40),
            Fraction(15, 2),
        ),
        (item("addition", 0, method={"points": "1/2"}), fact("甲", 3), Fraction(3, 2)),
        (item("addition", 0, method={"points": 1, "most": 2}), fact("甲", 3), 2),
        (item("addition", 0, basis="completion", method={"points": 1, "per": 10}), fact("甲", 50, 40), Fraction(5, 2)),
        (item("addition", 0, basis="completion", method={"points": 1, "per": 10}), fact("甲", 39, 40), 0),
        (
            item("interval", 10, basis="growth", method={"zero_at": 0, "full_at": 10}),
            fact("甲", 104, None, "1", 100),
            4,
        ),
        (item("year-on-year", 10, method={"full_at": 10}), fact("甲", 104, None, "1", 100), 4),
        (item("year-on-year", 10, method={"full_at": 10}), fact("甲", 90, None, "1", 100), 0),
        (item("year-on-year", 10, method={"full_at": 10}), fact("甲", 150, None, "1", 100), 10),
        (item("year-on-year", 10, method={"full_at": 10}), fact("甲", -50, None, "1", -52), Fraction(50, 13)),
        (item("interval", 10, better="lower", method={"zero_at": 20, "full_at": 10}), fact("甲", 14), 6),
        (item("distance", 10, method={"tolerance": 4}), fact("甲", 13, 12), Fraction(15, 2)),
        (item("distance", 10, method={"tolerance": 4}), fact("甲", 11, 12), Fraction(15, 2)),
        (item("distance", 10, method={"tolerance": 4, "side": "below"}), fact("甲", 13, 12), 10),
        (item("distance", 10, method={"tolerance": 4, "side": "above"}), fact("甲", 13, 12), Fraction(15, 2)),
        (item("distance", 10, method={"tolerance": 4}), fact("甲", 30, 12), 0),
        (item("distance", 10, method={"tolerance": 4}), fact("甲", 1, 0), Fraction(15, 2)),  # a target of 0 is one here
        (item("share", 40), fact("甲", "82.5"), 33),
        (item("share", 40), fact("甲", 120), 40),
        (item("share", 40), fact("甲", -3), 0),
        (item("share", 10, method={"out_of": 10}), fact("甲", "9.5"), Fraction(19, 2)),
        (item("record", 0), fact("甲", 9), 0),
        (item("formula", 20, method={"formula": "满分 × 完成率 / 100"}), fact("甲", 3, 4), 15),
        (item("formula", 20, method={"formula": "points if value >= target else 0"}), fact("甲", 3, 4), 0),
        (item("formula", 20, method={"formula": "value * 100"}), fact("甲", 3), 20),  # within the points
        (item("formula", 20, method={"formula": "value - 9"}), fact("甲", 3), 0),
        (item("formula", 20, method={"formula": "value - 9", "least": None}), fact("甲", 3), -6),
        (item("formula", 20, method={"formula": "value / previous"}), fact("甲", 3), 0),  # a number is missing
        (item("formula", 20, method={"formula": "value / 0"}), fact("甲", 3), 0),
        (item("formula", 0, method={"formula": "value", "most": 5}), fact("甲", 3), 3),
    ],
)
def test_other_methods(one: dict[str, Any], given: Fact, expected: Any) -> None:
    assert points(one, [given]) == [expected]


def test_average() -> None:
    """20, 10 and 0 are 10 on average; 甲 has twice that, 丙 none."""
    assert points(item("average"), values(20, 10, 0)) == [20, 20, 0]
    one = item("average", method={"at_average": Decimal("0.6"), "cap": 1})
    assert points(one, values(20, 10, 0)) == [20, 12, 0]
    assert points(one, values(12, 10, 8)) == [Fraction(72, 5), 12, Fraction(48, 5)]
    assert points(one, values(-4, -2, 0)) == [0, 12, 12]  # no ratio to an average below 0
    assert points(one, values(20, None, 0)) == [20, 0, 0]  # the average of those who reported


def test_formula_over_the_whole_sheet() -> None:
    one = item("formula", method={"formula": "满分 × (单位数 - 名次 + 1) / 单位数"})
    assert points(one, values(5, 9, 7, None)) == [10, 20, 15, 0]
    assert points(item("formula", method={"formula": "满分 × 实际 / 最好"}), values(5, 10)) == [10, 20]
    assert points(item("formula", method={"formula": "10 * 实际 / 平均"}), values(5, 15)) == [5, 15]


def marks(unit: str, *given: int | str | None) -> list[Fact]:
    return [Fact(unit, "1", None if one is None else Decimal(one), judge=f"评委{at}") for at, one in enumerate(given)]


def test_judges() -> None:
    """Without the highest and the lowest; too few marks are all kept; a judge who abstains does not count."""
    one = item("judges", 10)
    assert points(one, marks("甲", 90, 80, 70, 10)) == [Fraction(15, 2)]
    assert points(one, marks("甲", 90, 80)) == [Fraction(17, 2)]
    assert points(one, marks("甲", 100, 80, 60, None)) == [8]
    assert points(item("judges", 10, method={"trim": 2}), marks("甲", 0, 1, 50, 99, 100)) == [5]
    assert points(item("judges", 10, method={"trim": 0, "out_of": 10}), marks("甲", 9, 8)) == [Fraction(17, 2)]
    assert run(one, marks("甲", None) + marks("乙", 50))["甲"].status.value == "未报"
    with pytest.raises(FactsError, match="评分101不在0—100之间"):
        run(one, marks("甲", 101))
    with pytest.raises(FactsError, match="评分-1不在"):
        run(one, marks("甲", -1))


@pytest.mark.parametrize(
    ("veto", "expected"),
    [
        ({}, {"甲": (0, 2), "乙": (10, 1)}),
        ({"effect": "cap", "cap": 9}, {"甲": (9, 2), "乙": (10, 1)}),
        ({"effect": "cap", "cap": 30}, {"甲": (20, 1), "乙": (10, 2)}),
        ({"effect": "unranked"}, {"甲": (20, None), "乙": (10, 1)}),
        ({"when": "value >= 2"}, {"甲": (20, 1), "乙": (10, 2)}),
    ],
)
def test_veto(veto: dict[str, Any], expected: dict[str, Any]) -> None:
    checked = scheme(item(), item("veto", 0, "2", method=veto, when_blank=0))
    result = score(checked, [*values(9, 4), fact("甲", 1, key="2")])
    assert totals(result) == expected
    assert bool(result.by_unit["甲"].vetoes) is (veto != {"when": "value >= 2"})


def test_all_methods_are_here() -> None:
    """A method that is added is added to these tests too."""
    assert set(METHODS) == {
        "ranking", "target", "deduction", "addition", "veto", "judges", "average", "interval", "year-on-year",
        "distance", "share", "formula", "record",
    }  # fmt: skip
