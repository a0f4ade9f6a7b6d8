"""By when how much is expected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.periods import Cadence, Period
from luoshi.progress import Trajectory, TrajectoryError, from_last_year, from_printed, from_table, linear, year_periods

D = Decimal
CADENCES = [Cadence.QUARTERLY, Cadence.MONTHLY, Cadence.TEN_DAILY, Cadence.WEEKLY]


def quarters(*shares: str, year: int = 2026) -> Trajectory:
    """A printed trajectory by quarter."""
    return from_printed((Period(Cadence.QUARTERLY, year, n), D(share)) for n, share in enumerate(shares, 1))


@st.composite
def trajectories(draw: st.DrawFn) -> Trajectory:
    """Any trajectory of a year, of any cadence."""
    cadence = draw(st.sampled_from(CADENCES))
    periods = [p for p in year_periods(draw(st.integers(2015, 2035)), cadence) if p.last_day.year == p.year]
    chosen = sorted(draw(st.sets(st.sampled_from(periods), min_size=1, max_size=12)))
    parts = sorted(draw(st.lists(st.decimals(0, 1, places=4), min_size=len(chosen), max_size=len(chosen))))
    return from_printed(zip(chosen, [*parts[:-1], D(1)], strict=True))


@given(trajectories())
def test_what_is_expected_never_falls_and_meets_every_point(found: Trajectory) -> None:
    day, last = found.first_day - dt.timedelta(days=40), D(0)
    while day <= found.last_day + dt.timedelta(days=40):
        part = found.expected(day)
        assert last <= part <= 1
        last, day = part, day + dt.timedelta(days=9)
    for period, part in found.points:
        assert found.expected(period) == found.expected(period.last_day) == part
    assert found.expected(found.first_day - dt.timedelta(days=1)) == 0
    assert found.expected(found.last_day + dt.timedelta(days=400)) == 1


@given(trajectories(), st.sampled_from(CADENCES))
def test_every_cadence_can_be_asked(found: Trajectory, cadence: Cadence) -> None:
    year = found.first_day.year
    parts = [found.expected(period) for period in year_periods(year, cadence)]
    assert parts == sorted(parts)
    assert parts[-1] == 1


@pytest.mark.parametrize("cadence", CADENCES)
@pytest.mark.parametrize("year", range(2020, 2031))
def test_linear_grows_evenly(cadence: Cadence, year: int) -> None:
    points = linear(year, cadence).points
    assert points[-1][1] == 1
    steps = [later[1] - earlier[1] for earlier, later in pairwise(((None, D(0)), *points))]
    if cadence is Cadence.WEEKLY:
        assert all(step <= D("0.0192") for step in steps)  # seven days of 365
        assert points[0][0].contains(dt.date(year, 1, 1))
    else:
        assert max(steps) - min(steps) <= D("0.00000002")
        assert len(points) == {"quarterly": 4, "monthly": 12, "ten-daily": 36}[cadence]


def test_linear_by_month() -> None:
    found = linear(2026)
    assert found.expected(Period.parse("2026-03")) == D("0.25")
    assert found.expected(Period.parse("2026Q3")) == D("0.75")
    assert found.expected(dt.date(2026, 2, 14)) == D("0.125")  # half of February's 28 days
    two_years = linear(2026, Cadence.QUARTERLY, 2027)
    assert two_years.expected(Period.parse("2026")) == D("0.5")


def test_printed_quarters_between_their_ends() -> None:
    found = quarters("0.2", "0.6", "0.85", "1")
    assert found.expected(Period.parse("2026Q1")) == D("0.2")
    assert found.expected(Period.parse("2026-06")) == D("0.6")
    # 30 of the 91 days of the second quarter.
    assert found.expected(Period.parse("2026-04")) == D("0.33186813")
    assert found.expected(Period.parse("2026-04T3")) == found.expected(Period.parse("2026-04"))
    # Week 14 ends on 5 April.
    assert found.expected(Period.parse("2026-W14")) == D("0.22197802")
    assert found.expected(dt.date(2025, 12, 31)) == 0


def test_a_monthly_plan_table() -> None:
    names = ["2026-02", "2026-03", "2026-06", "2026-12"]
    values = dict(zip(map(Period.parse, names), map(D, ["13.28", "26.59", "62.31", "135"]), strict=True))
    found = from_table(values)
    assert found.expected(Period.parse("2026-02")) == D("0.09837037")
    assert found.expected(Period.parse("2026-12")) == 1
    assert found.first_day == dt.date(2026, 1, 1)
    with pytest.raises(TrajectoryError, match="与目标 140 不符"):
        from_table(values, D(140))
    with pytest.raises(TrajectoryError, match="没有数"):
        from_table({})


def test_last_years_shape() -> None:
    months = [Period(Cadence.MONTHLY, 2025, n) for n in range(1, 13)]
    values = {month: D(n * n) for n, month in enumerate(months, 1)}
    found = from_last_year(values, 2026)
    assert found.expected(Period.parse("2026-06")) == D("0.25")
    del values[months[-1]]
    with pytest.raises(TrajectoryError, match="只到2025年11月"):
        from_last_year(values, 2026)
    with pytest.raises(TrajectoryError, match="没有上年各期的数"):
        from_last_year({}, 2026)
    falling = {month: D(12 - n) for n, month in enumerate(months)}
    with pytest.raises(TrajectoryError, match="小于前一期"):
        from_last_year(falling, 2026)


def test_last_years_week_53() -> None:
    weeks = {Period(Cadence.WEEKLY, 2026, n): D(n) for n in (52, 53)}
    assert from_last_year(weeks, 2027).points[-1] == (Period(Cadence.WEEKLY, 2027, 52), D(1))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([], "至少要有一期"),
        ([("2026Q1", "0.5"), ("2026Q2", "0.4"), ("2026Q4", "1")], "小于前一期"),
        ([("2026Q1", "0.5")], "应为100%"),
        ([("2026Q1", "-0.1"), ("2026Q4", "1")], "不能是负数"),
        ([("2026Q4", "0.9"), ("2026-12", "1")], "不在"),
    ],
)
def test_what_is_no_trajectory_is_said(points: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(TrajectoryError, match=words):
        from_printed((Period.parse(period), D(share)) for period, share in points)
