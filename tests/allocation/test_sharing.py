"""Totals shared out: nothing lost, nobody off by a whole step, the order of the units without meaning."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.allocation import AllocationError, by_trajectory, conservation, equal, share_grid, share_out

PRINTED = [Decimal("0.2"), Decimal("0.6"), Decimal("0.85"), Decimal(1)]

decimals = st.integers(0, 6)
weights = st.lists(st.decimals(0, 10**9, places=2), min_size=1, max_size=40).filter(any)


@st.composite
def totals(draw: st.DrawFn) -> tuple[Decimal, int]:
    """(total, decimals) up to what the database keeps, of either sign."""
    places = draw(decimals)
    return Decimal(draw(st.integers(-(10**18), 10**18))).scaleb(-places), places


@st.composite
def trajectories(draw: st.DrawFn) -> list[Decimal]:
    """Cumulative parts that end with 1."""
    parts = sorted(draw(st.lists(st.decimals(0, 1, places=3), max_size=12)))
    return [*parts, Decimal(1)]


@given(totals(), weights)
def test_shares_add_up_and_none_is_off_by_a_step(total: tuple[Decimal, int], parts: list[Decimal]) -> None:
    value, places = total
    shares = share_out(value, parts, places)
    assert sum(map(Fraction, shares)) == Fraction(value)
    step, whole = Fraction(1, 10**places), sum(map(Fraction, parts))
    for share, part in zip(shares, parts, strict=True):
        assert abs(Fraction(share) - Fraction(value) * Fraction(part) / whole) < step
        assert part or not share
        assert -share.as_tuple().exponent == places


@given(totals(), weights, st.randoms(use_true_random=False))
def test_the_order_of_the_units_does_not_matter(
    total: tuple[Decimal, int], parts: list[Decimal], random: object
) -> None:
    order = list(range(len(parts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    before, after = share_out(total[0], parts, total[1]), share_out(total[0], [parts[i] for i in order], total[1])
    of_weight: dict[Decimal, list[Counter[Decimal]]] = defaultdict(lambda: [Counter(), Counter()])
    for index, share in enumerate(before):
        of_weight[parts[index]][0][share] += 1
    for place, share in enumerate(after):
        of_weight[parts[order[place]]][1][share] += 1
    assert all(first == second for first, second in of_weight.values())


@given(totals(), weights)
def test_a_larger_weight_never_gets_less(total: tuple[Decimal, int], parts: list[Decimal]) -> None:
    shares = share_out(abs(total[0]), parts, total[1])
    ranked = sorted(zip(parts, shares, strict=True))
    for (less, small), (more, large) in pairwise(ranked):
        assert large >= small or less == more


@given(totals(), weights)
def test_a_reduction_is_shared_out_like_a_growth(total: tuple[Decimal, int], parts: list[Decimal]) -> None:
    up, down = share_out(total[0], parts, total[1]), share_out(-total[0], parts, total[1])
    assert up == [-share for share in down]


@given(totals(), st.integers(1, 50))
def test_equal_shares_differ_by_a_step_at_most(total: tuple[Decimal, int], count: int) -> None:
    shares = equal(total[0], count, total[1])
    assert max(shares) - min(shares) <= Decimal(1).scaleb(-total[1])
    assert sum(map(Fraction, shares)) == Fraction(total[0])


@given(totals(), trajectories())
def test_a_trajectory_rises_to_the_total(total: tuple[Decimal, int], parts: list[Decimal]) -> None:
    value, places = total
    due = by_trajectory(value, parts, places)
    each = by_trajectory(value, parts, places, cumulative=False)
    assert due[-1] == value
    assert sum(map(Fraction, each)) == Fraction(value)
    sizes = [abs(step) for step in due]
    assert sizes == sorted(sizes)
    for step, part in zip(due, parts, strict=True):
        assert abs(Fraction(step) - Fraction(value) * Fraction(part)) <= Fraction(1, 2 * 10**places)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=20), trajectories())
def test_a_grid_keeps_every_row_and_its_columns(rows: list[int], parts: list[Decimal]) -> None:
    grid = share_grid([Decimal(row) for row in rows], parts)
    for row, line in zip(rows, grid, strict=True):
        assert line[-1] == row
        sizes = [abs(step) for step in line]
        assert sizes == sorted(sizes)
        for step, part in zip(line, parts, strict=True):
            assert abs(Fraction(step) - row * Fraction(part)) < 1
    # Rows of one direction: the columns add up to the trajectory of the whole, rounded half up, or a step more.
    gains = [index for index, row in enumerate(rows) if row > 0]
    whole = sum(rows[index] for index in gains)
    for number, part in enumerate(parts):
        exact = whole * Fraction(part)
        off = sum(int(grid[index][number]) for index in gains) - exact
        assert Fraction(-1, 2) <= off <= Fraction(3, 2)


def test_the_printed_trajectory_of_a_prefecture() -> None:
    assert by_trajectory(Decimal(15000), PRINTED) == [3000, 9000, 12750, 15000]
    assert by_trajectory(Decimal(15000), PRINTED, cumulative=False) == [3000, 6000, 3750, 2250]
    assert by_trajectory(Decimal("-7.5"), PRINTED, 1) == [
        Decimal("-1.5"),
        Decimal("-4.5"),
        Decimal("-6.4"),
        Decimal("-7.5"),
    ]


def test_a_grid_of_eleven_counties_keeps_the_columns() -> None:
    weights = [2695, 825, 825, 1240, 945, 1250, 755, 1255, 1495, 2210, 1505]
    grid = share_grid([Decimal(weight) for weight in weights], PRINTED)
    assert [sum(column) for column in zip(*grid, strict=True)] == [3000, 9000, 12750, 15000]
    assert [row[-1] for row in grid] == weights
    apart = share_grid([Decimal(weight) for weight in weights], PRINTED, cumulative=False)
    assert [sum(column) for column in zip(*apart, strict=True)] == [3000, 6000, 3750, 2250]


def test_ten_over_three() -> None:
    assert equal(Decimal(10), 3) == [4, 3, 3]
    assert equal(Decimal(10), 3, 2) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert share_out(Decimal(0), [Decimal(1), Decimal(2)]) == [0, 0]


@pytest.mark.parametrize(
    ("total", "parts", "places", "words"),
    [
        ("10", [], 0, "没有可分解的单位"),
        ("10", ["0", "0"], 0, "权数全部为0"),
        ("10", ["1", "-1"], 0, "权数不能是负数"),
        ("10", ["NaN"], 0, "权数不是数"),
        ("1.5", ["1", "1"], 0, "不能取整数分完"),
        ("0.125", ["1"], 2, "不能保留2位小数分完"),
        ("Infinity", ["1"], 0, "总数不是数"),
        ("10", ["1"], 9, "小数位数应在0至6之间"),
    ],
)
def test_what_cannot_be_shared_out_is_said(total: str, parts: list[str], places: int, words: str) -> None:
    with pytest.raises(AllocationError, match=words):
        share_out(Decimal(total), [Decimal(part) for part in parts], places)


@pytest.mark.parametrize(
    ("parts", "words"),
    [([], "没有时序"), (["0.5", "0.4", "1"], "不能小于前一期"), (["0.5"], "100%"), (["-0.1", "1"], "负数")],
)
def test_what_is_no_trajectory_is_said(parts: list[str], words: str) -> None:
    with pytest.raises(AllocationError, match=words):
        by_trajectory(Decimal(10), [Decimal(part) for part in parts])


amounts = st.decimals(-(10**17), 10**17, places=6)


@given(amounts, st.lists(st.none() | amounts, max_size=30))
def test_conservation_counts_every_digit(total: Decimal, shares: list[Decimal | None]) -> None:
    found = conservation(total, shares)
    given_out = sum(Fraction(share) for share in shares if share is not None)
    assert Fraction(found.given_out) == given_out
    assert Fraction(found.given_out) + Fraction(found.left_over) - Fraction(found.over) == Fraction(total)
    assert not (found.left_over and found.over)
    assert found.kept == (given_out == Fraction(total))
    if total > 0:
        assert found.left_over >= 0 and found.over >= 0


def test_a_blank_is_no_share_and_no_total_leaves_nothing_over() -> None:
    assert conservation(Decimal(5), [None, Decimal(2)]).left_over == 3
    assert conservation(Decimal(5), [Decimal(7)]).over == 2
    assert conservation(Decimal(-5), [Decimal(-7)]).over == -2
    open_ended = conservation(None, [Decimal(7)])
    assert (open_ended.given_out, open_ended.left_over, open_ended.over, open_ended.kept) == (7, 0, 0, False)
