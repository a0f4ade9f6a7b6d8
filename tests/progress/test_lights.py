"""Completion, schedule and lights."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.progress import Goal, Light, Thresholds, completion, light, schedule_ratio

D = Decimal
figures = st.decimals("0.01", 10**9, places=2)
ORDER = [Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE]


@given(figures, figures, st.lists(figures, min_size=2, max_size=2))
def test_more_never_makes_a_light_worse(goal: Decimal, part: Decimal, actual: list[Decimal]) -> None:
    less, more = sorted(actual)
    expected = min(part, goal)
    first, second = light(less, Goal(goal), expected), light(more, Goal(goal), expected)
    assert first is not None and second is not None
    assert ORDER.index(first) <= ORDER.index(second)


@given(figures, figures, st.lists(figures, min_size=2, max_size=2), st.booleans())
def test_of_a_cap_more_never_makes_it_better(goal: Decimal, part: Decimal, actual: list[Decimal], over: bool) -> None:
    less, more = sorted(actual)
    expected = goal if over else min(part, goal)
    first, second = light(less, Goal(goal, capped=True), expected), light(more, Goal(goal, capped=True), expected)
    assert first is not None and second is not None
    assert ORDER.index(first) >= ORDER.index(second)


@given(figures, figures)
def test_the_ratio_of_a_cap_is_that_of_a_target_turned_round(actual: Decimal, expected: Decimal) -> None:
    up = schedule_ratio(actual, expected)
    assert up is not None
    assert schedule_ratio(expected, actual, capped=True) == up
    assert completion(actual, Goal(expected)) == up


@given(st.none() | figures, st.none() | figures)
def test_without_a_target_there_is_no_light(actual: Decimal | None, expected: Decimal | None) -> None:
    assert light(actual, None, expected) is None
    assert completion(actual, None) is None


@given(figures, st.none() | figures, st.booleans())
def test_not_reported_is_grey_never_red(goal: Decimal, expected: Decimal | None, capped: bool) -> None:
    assert light(None, Goal(goal, capped=capped), expected) is Light.GREY
    assert completion(None, Goal(goal)) is None


@pytest.mark.parametrize(
    ("actual", "expected", "found"),
    [
        ("1000", "850", Light.BLUE),
        ("850", "850", Light.GREEN),
        ("849.99", "850", Light.YELLOW),
        ("765", "850", Light.YELLOW),
        ("764.99", "850", Light.RED),
        ("0", "850", Light.RED),
        ("0", "0", Light.GREEN),
        ("999", None, None),
        ("1000", None, Light.BLUE),
    ],
)
def test_lights_of_a_target(actual: str, expected: str | None, found: Light | None) -> None:
    assert light(D(actual), Goal(D(1000)), None if expected is None else D(expected)) is found


@pytest.mark.parametrize(
    ("actual", "expected", "found"),
    [
        ("90", "100", Light.BLUE),  # the year is over and the cap was kept
        ("100", "100", Light.BLUE),
        ("105", "100", Light.YELLOW),
        ("120", "100", Light.RED),
        ("40", "50", Light.GREEN),  # kept so far: not reached before the year is over
        ("55", "50", Light.YELLOW),
        ("56", "50", Light.RED),
        ("0", "50", Light.GREEN),
        ("90", None, Light.BLUE),
    ],
)
def test_lights_of_a_cap(actual: str, expected: str | None, found: Light) -> None:
    assert light(D(actual), Goal(D(100), capped=True), None if expected is None else D(expected)) is found


def test_a_growth_below_zero_is_compared() -> None:
    goal = Goal(D(-2))
    assert light(D(-3), goal, D(-2)) is Light.RED
    assert light(D(-2), goal, D(-2)) is Light.BLUE
    assert light(D("-2.5"), goal, D(-3)) is Light.GREEN
    assert completion(D(-3), goal) is None


def test_comparators() -> None:
    assert Goal.of(D(5), ">=") == Goal(D(5))
    assert Goal.of(D(5), "<") == Goal(D(5), capped=True, strict=True)
    assert Goal.of(D(5), "=", lower_is_better=True).capped
    assert not Goal.of(D(5), ">=", lower_is_better=True).capped
    assert not Goal.of(D(5), ">").is_met(D(5))
    assert Goal.of(D(5), "<=").is_met(D(5))
    assert Goal.of(D(5), "~").is_met(D(6))
    assert light(D(5), Goal.of(D(5), ">"), D(5)) is Light.GREEN


def test_thresholds_can_be_chosen() -> None:
    own = Thresholds(green=D("0.95"), yellow=D("0.8"))
    assert light(D(96), Goal(D(200)), D(100), own) is Light.GREEN
    assert light(D(80), Goal(D(200)), D(100), own) is Light.YELLOW
