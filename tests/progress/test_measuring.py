"""Gaps, places, needed speed, since when a light is what it is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.periods import Cadence, Period
from luoshi.progress import (
    Direction,
    Goal,
    Light,
    Thresholds,
    completion,
    first_turned,
    gap,
    is_worse,
    light,
    needed_speed,
    rank,
    remaining,
    schedule_ratio,
    severity,
)

D = Decimal
figures = st.integers(0, 10**9).map(lambda cents: D(cents) / 100)
scales = st.sampled_from([D("0.01"), D(100), D(10**4), D(10**8)])
LIGHTS = [None, *Light]


def month(number: int, year: int = 2026) -> Period:
    return Period(Cadence.MONTHLY, year, number)


@given(figures, figures, figures, st.booleans(), scales)
def test_the_unit_of_measure_changes_nothing_but_gap_and_speed(
    actual: Decimal, goal: Decimal, expected: Decimal, capped: bool, scale: Decimal
) -> None:
    small, large = Goal(goal, capped), Goal(goal * scale, capped)
    assert light(actual, small, expected) is light(actual * scale, large, expected * scale)
    for one, other in (
        (completion(actual, small), completion(actual * scale, large)),
        (
            schedule_ratio(actual, expected, capped=capped),
            schedule_ratio(actual * scale, expected * scale, capped=capped),
        ),
    ):
        assert one == other
    first, scaled = gap(actual, small), gap(actual * scale, large)
    assert first is not None and scaled == first * scale
    slow, fast = (needed_speed(a, g, month(3), month(12)) for a, g in ((actual, small), (actual * scale, large)))
    assert (slow is None) is (fast is None)
    assert slow is None or fast is None or abs(fast - slow * scale) <= abs(fast) * D("1e-20")


@given(figures, figures, figures, st.booleans())
def test_tiers_are_judged_apart(actual: Decimal, lower: Decimal, higher: Decimal, capped: bool) -> None:
    """A tier's figures are the same whatever other tiers there are, and a harder one never looks better."""
    easy, hard = sorted((lower, higher), reverse=capped)
    first, second = light(actual, Goal(easy, capped), easy), light(actual, Goal(hard, capped), hard)
    one, other = severity(first), severity(second)
    assert one is not None and other is not None and one <= other
    gaps = gap(actual, Goal(easy, capped)), gap(actual, Goal(hard, capped))
    assert gaps[0] is not None and gaps[1] is not None and gaps[0] <= gaps[1]


@given(figures, figures, figures, st.booleans())
def test_more_never_widens_a_gap(goal: Decimal, less: Decimal, more: Decimal, capped: bool) -> None:
    less, more = sorted((less, more))
    first, second = gap(less, goal, capped=capped), gap(more, goal, capped=capped)
    assert first is not None and second is not None
    assert (first <= second) if capped else (first >= second)
    assert (gap(less, goal, capped=capped) == 0) is (less == goal)


def test_a_gap_is_unknown_where_a_figure_is() -> None:
    assert gap(None, Goal(D(5))) is None
    assert gap(D(5), None) is None
    assert gap(D(5), Goal(D(8))) == 3
    assert gap(D(5), Goal(D(8), capped=True)) == -3


@given(st.dictionaries(st.text(max_size=3), st.none() | figures, max_size=12), st.sampled_from(["higher", "lower"]))
def test_places_share_the_better_one(values: dict[str, Decimal | None], direction: str) -> None:
    places = rank(values, direction)
    assert places.keys() == values.keys()
    for key, value in values.items():
        known = [other for other in values.values() if other is not None]
        if value is None:
            assert places[key] is None, "who has not reported has no place"
        else:
            better = [other for other in known if (other > value if direction == "higher" else other < value)]
            assert places[key] == 1 + len(better)


def test_two_share_the_second_place() -> None:
    values = {"甲": D(9), "乙": D(7), "丙": D(7), "丁": D(3), "戊": None}
    assert rank(values) == {"甲": 1, "乙": 2, "丙": 2, "丁": 4, "戊": None}
    assert rank(values, Direction.LOWER) == {"甲": 4, "乙": 2, "丙": 2, "丁": 1, "戊": None}
    assert set(rank(values, Direction.NONE).values()) == {None}


@given(figures, figures, st.integers(1, 11), st.sampled_from([Cadence.MONTHLY, Cadence.WEEKLY, Cadence.QUARTERLY]))
def test_the_needed_speed_brings_the_goal(actual: Decimal, goal: Decimal, number: int, cadence: Cadence) -> None:
    speed = needed_speed(actual, Goal(goal), month(number), month(12), cadence)
    if actual >= goal:
        assert speed is None
    else:
        left = remaining(month(number), month(12), cadence)
        assert speed is not None and abs(actual + speed * left - goal) <= max(goal, D(1)) * D("1e-20")


def test_needed_speed() -> None:
    goal = Goal(D(1200))
    assert needed_speed(D(300), goal, month(3), month(12)) == 100
    assert needed_speed(D(300), goal, Period.parse("2026Q1"), Period.parse("2026"), Cadence.QUARTERLY) == 300
    assert needed_speed(D(300), goal, dt.date(2026, 6, 10), dt.date(2026, 6, 30)) == 900 / (D(20) / 30)
    assert needed_speed(D(300), goal, month(12), month(12)) is None, "the time is over"
    assert needed_speed(None, goal, month(3), month(12)) is None
    assert needed_speed(D(300), None, month(3), month(12)) is None
    assert needed_speed(D(300), Goal(D(1200), capped=True), month(3), month(12)) == 100, "what each may bring"
    assert needed_speed(D(1300), Goal(D(1200), capped=True), month(3), month(12)) is None


@given(st.lists(st.sampled_from(LIGHTS), max_size=12))
def test_the_run_of_the_last_light_is_unbroken(lights: list[Light | None]) -> None:
    by_month = {month(number): one for number, one in enumerate(lights, 1)}
    found = first_turned(by_month)
    if not lights or lights[-1] is None:
        assert found is None
        return
    assert found is not None
    run = lights[found.number - 1 :]
    assert set(run) == {lights[-1]}
    assert found.number == 1 or lights[found.number - 2] is not lights[-1]


def test_worse_is_only_what_was_reported_both_times() -> None:
    assert is_worse(Light.GREEN, Light.RED) and is_worse(Light.BLUE, Light.GREEN)
    for before, now in ((Light.RED, Light.RED), (Light.RED, Light.BLUE), (Light.GREY, Light.RED), (None, Light.RED)):
        assert not is_worse(before, now)
    assert not is_worse(Light.GREEN, Light.GREY)


@pytest.mark.parametrize(("green", "yellow"), [("0.9", "0.9"), ("0.8", "0.9"), ("1", "0"), ("1", "-1")])
def test_thresholds_are_in_order(green: str, yellow: str) -> None:
    with pytest.raises(ValueError, match="黄灯"):
        Thresholds(D(green), D(yellow))
