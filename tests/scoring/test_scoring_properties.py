"""What must hold for any figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.scoring import Fact, Scheme, Status, score, shipped
from luoshi.scoring.methods import rank
from luoshi.scoring.numbers import order_keys
from tests.scoring.samples import item, scheme

GATE = [{"when": "实际 < 0", "because": "负增长不得分"}]
NUMBERS = st.one_of(st.integers(-20, 60).map(Decimal), st.decimals(-20, 60, places=2))
FIGURES = st.one_of(st.none(), NUMBERS)
TARGETS = st.one_of(st.none(), st.integers(0, 40).map(Decimal))
UNITS = tuple("甲乙丙丁戊己庚辛")
FACTS = st.lists(st.tuples(FIGURES, TARGETS, FIGURES), min_size=1, max_size=8)

#: Every method whose points depend on a unit's own figures in one direction.
METHODS: dict[str, dict[str, Any]] = {
    "step": item(gates=GATE),
    "linear": item(method={"variant": "linear"}),
    "proportional": item(method={"variant": "proportional"}),
    "bands": item(method={"bands": [{"to": 1, "points": 20}, {"to": 3, "points": 12}], "otherwise": 5}),
    "first": item(method={"first": 2}),
    "dense": item(method={"ties": "dense"}),
    "average ties": item(method={"ties": "average"}),
    "completion": item(basis="completion", gates=GATE),
    "growth": item(basis="growth"),
    "target": item("target"),
    "target with a floor": item("target", method={"floor": Decimal("0.3")}),
    "target with a start": item("target", method={"start": 60}),
    "addition": item("addition", 0, method={"points": 1, "most": 9}),
    "gap": item("deduction", basis="gap", method={"points": 1, "rounding": "up"}),
    "average": item("average", method={"cap": 1, "at_average": Decimal("0.6")}),
    "year-on-year": item("year-on-year", method={"zero_at": -10, "full_at": 30}),
    "below the target": item("distance", method={"tolerance": 10, "side": "below"}),
    "share": item("share", method={"out_of": 50}),
    "formula": item("formula", method={"formula": "满分 * 实际 / 50"}),
}  # fmt: skip
SCHEMES: dict[str, Scheme] = {name: scheme(one, item(points=10, key="2")) for name, one in METHODS.items()}


def facts_of(rows: list[tuple[Any, Any, Any]]) -> list[Fact]:
    """Item 1 from the rows, item 2 the same for all."""
    given_facts = [Fact(UNITS[at], "1", *row) for at, row in enumerate(rows)]
    return given_facts + [Fact(UNITS[at], "2", Decimal(at)) for at in range(len(rows))]


@pytest.mark.parametrize("name", METHODS)
@given(rows=FACTS)
@settings(max_examples=20, deadline=None)
def test_points_within_bounds(name: str, rows: list[tuple[Any, Any, Any]]) -> None:
    result = score(SCHEMES[name], facts_of(rows))
    for unit in result.units:
        one = unit.items[0]
        most = 9 if name == "addition" else one.item.points
        assert 0 <= one.raw <= most
        assert 0 <= unit.total <= max(result.scheme.total, 0) + (9 if name == "addition" else 0)
        assert unit.total == sum(score.points for score in unit.items)
        assert one.reason.endswith("。") and "None" not in one.reason
        if one.status in (Status.NOT_REPORTED, Status.GATED, Status.EXCLUDED):
            assert one.points == 0  # gates dominate


@pytest.mark.parametrize("name", METHODS)
@given(rows=FACTS, seed=st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_the_order_of_the_facts_is_irrelevant(name: str, rows: list[tuple[Any, Any, Any]], seed: Any) -> None:
    facts = facts_of(rows)
    mixed = list(facts)
    seed.shuffle(mixed)
    before, after = score(SCHEMES[name], facts), score(SCHEMES[name], mixed)
    assert before == after
    assert [one.reason for unit in before.units for one in unit.items] == [
        one.reason for unit in after.units for one in unit.items
    ]


@pytest.mark.parametrize("name", METHODS)
@given(rows=FACTS, which=st.integers(0, 7), more=st.integers(0, 30))
@settings(max_examples=30, deadline=None)
def test_a_better_value_never_lowers_ones_own(
    name: str, rows: list[tuple[Any, Any, Any]], which: int, more: int
) -> None:
    at = which % len(rows)
    value, target, previous = rows[at]
    if value is None:
        return
    raised = [*rows]
    raised[at] = (value + more, target, previous)
    before = score(SCHEMES[name], facts_of(rows)).by_unit[UNITS[at]]
    after = score(SCHEMES[name], facts_of(raised)).by_unit[UNITS[at]]
    assert after.items[0].points >= before.items[0].points
    if before.items[0].rank is not None and after.items[0].rank is not None and name != "dense":
        # without gaps after ties, others that part from a tie take a rank of their own before one
        assert after.items[0].rank <= before.items[0].rank
    assert after.total >= before.total


@pytest.mark.parametrize(
    "name", ["target", "addition", "gap", "year-on-year", "below the target", "share", "proportional"]
)
@given(rows=FACTS)
@settings(max_examples=20, deadline=None)
def test_another_unit_changes_only_what_the_method_says(name: str, rows: list[tuple[Any, Any, Any]]) -> None:
    """Points by one's own figures stay; by proportion to the best they stay while the newcomer is not the best."""
    newcomer = Fact("壬", "1", Decimal(-30), Decimal(10), Decimal(5))
    facts = [fact for fact in facts_of(rows) if fact.item == "1"]
    before = score(scheme(METHODS[name]), facts)
    after = score(scheme(METHODS[name]), [*facts, newcomer])
    for unit in before.units:
        assert after.by_unit[unit.unit].items[0].points == unit.items[0].points


@given(rows=FACTS)
@settings(max_examples=30, deadline=None)
def test_a_last_unit_moves_points_by_rank_as_the_formula_says(rows: list[tuple[Any, Any, Any]]) -> None:
    """A newcomer below all: ranks stay, and n grows by one."""
    facts = [fact for fact in facts_of(rows) if fact.item == "1"]
    before = score(scheme(item()), facts)
    after = score(scheme(item()), [*facts, Fact("壬", "1", Decimal(-30))])
    count = len(rows)
    for unit in before.units:
        old, new = unit.items[0], after.by_unit[unit.unit].items[0]
        assert old.rank == new.rank
        if old.rank is not None:
            assert old.points == Fraction(20 * (count - old.rank + 1), count)
            assert new.points == Fraction(20 * (count + 1 - old.rank + 1), count + 1)


@given(st.lists(NUMBERS, min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_places_that_are_shared_out_keep_their_sum(given_values: list[Decimal]) -> None:
    """However the ties fall, what the places are worth together is given: full × (n + 1) / 2."""
    facts = [Fact(UNITS[at], "1", value) for at, value in enumerate(given_values)]
    result = score(scheme(METHODS["average ties"]), facts)
    assert sum(unit.total for unit in result.units) == Fraction(20 * (len(facts) + 1), 2)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(1, 100))
@settings(max_examples=30, deadline=None)
def test_parts_that_are_scaled_keep_the_printed_sum(printed: list[int], points: int) -> None:
    parts = [item("target", one, f"p{at}") for at, one in enumerate(printed)]
    whole = {
        "key": "w",
        "title": "整项",
        "points": points,
        "spread": "scaled",
        "method": {"type": "target"},
        "parts": parts,
    }
    made = scheme(whole)
    assert made.total == points
    full = score(made, [Fact("甲", one["key"], Decimal(5), Decimal(5)) for one in parts])
    assert full.by_unit["甲"].total == points
    assert [one.points * sum(printed) for one in made.items] == [one * points for one in printed]


@given(st.lists(st.fractions(-50, 50, max_denominator=1000), max_size=12))
def test_ranks_are_those_of_the_numbers(numbers: list[Fraction]) -> None:
    keys = order_keys(numbers)
    for one, key in zip(numbers, keys, strict=True):
        for other, other_key in zip(numbers, keys, strict=True):
            assert (one < other) is (key < other_key) and (one == other) is (key == other_key)
    assert rank(numbers) == [1 + sum(other > one for other in numbers) for one in numbers]
    assert rank(numbers, higher=False) == [1 + sum(other < one for other in numbers) for one in numbers]
    assert rank(numbers, dense=True) == [1 + len({other for other in numbers if other > one}) for one in numbers]


@pytest.mark.parametrize("key", ["zhaoshang-2023-county-year", "zhaoshang-2023-group-year"])
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_annexes_stay_within_a_hundred(key: str, data: st.DataObject) -> None:
    made = shipped(key)
    count = data.draw(st.integers(1, 6))
    facts = [
        Fact(UNITS[at], one.key, data.draw(FIGURES), data.draw(TARGETS)) for at in range(count) for one in made.items
    ]
    for unit in score(made, facts).units:
        assert 0 <= unit.total <= 100
