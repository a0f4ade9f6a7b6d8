"""Periods: names, days, order; every property over all days of ten years."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.periods import Cadence, Period, PeriodError, periods_between

FIRST, LAST = dt.date(2017, 12, 25), dt.date(2028, 1, 10)
DAYS = [FIRST + dt.timedelta(days=number) for number in range((LAST - FIRST).days)]

periods = st.builds(Period.containing, st.dates(dt.date(1901, 1, 1), dt.date(2998, 12, 1)), st.sampled_from(Cadence))


@pytest.mark.parametrize(
    ("text", "label", "first", "last"),
    [
        ("2023", "2023年", "2023-01-01", "2023-12-31"),
        ("2023H1", "2023年上半年", "2023-01-01", "2023-06-30"),
        ("2023H2", "2023年下半年", "2023-07-01", "2023-12-31"),
        ("2023Q3", "2023年第三季度", "2023-07-01", "2023-09-30"),
        ("2023-09", "2023年9月", "2023-09-01", "2023-09-30"),
        ("2023-09T1", "2023年9月上旬", "2023-09-01", "2023-09-10"),
        ("2024-02T3", "2024年2月下旬", "2024-02-21", "2024-02-29"),
        ("2023-W36", "2023年第36周", "2023-09-04", "2023-09-10"),
        ("2020-W53", "2020年第53周", "2020-12-28", "2021-01-03"),
    ],
)
def test_names_and_days(text: str, label: str, first: str, last: str) -> None:
    period = Period.parse(text)
    assert str(period) == text
    assert period.label == label
    assert period.first_day == dt.date.fromisoformat(first)
    assert period.last_day == dt.date.fromisoformat(last)


@pytest.mark.parametrize(
    "text",
    ["", "23", "2023H3", "2023Q5", "2023-13", "2023-00", "2023-09T4", "2023-W54", "2023-W00", "2021-W53", "2023-9",
     "２０２３", "2023年", "0000", "1899", "3000", "2023-09-01"],
)  # fmt: skip
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        Period.parse(text)


@pytest.mark.parametrize("cadence", Cadence)
def test_every_day_lies_in_exactly_one_period_and_they_follow_without_gap(cadence: Cadence) -> None:
    before: Period | None = None
    for day in DAYS:
        period = Period.containing(day, cadence)
        assert period.contains(day)
        if before is not None and period != before:
            assert day == period.first_day == before.last_day + dt.timedelta(days=1)
            assert before.next() == period
            assert period.previous() == before
            assert before < period
        before = period


@pytest.mark.parametrize("cadence", [cadence for cadence in Cadence if cadence is not Cadence.WEEKLY])
def test_the_parts_of_a_year_make_up_the_year(cadence: Cadence) -> None:
    for year in range(2018, 2028):
        whole = Period(Cadence.YEARLY, year)
        parts = whole.parts(cadence)
        assert sum(part.days for part in parts) == whole.days
        assert list(parts) == sorted(parts)


def test_weeks_across_two_months_are_part_of_neither() -> None:
    assert [str(week) for week in Period.parse("2023-09").parts(Cadence.WEEKLY)] == ["2023-W36", "2023-W37", "2023-W38"]


@given(periods)
def test_text_leads_back_to_the_period(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert period.next().previous() == period
    assert Period.containing(period.first_day, period.cadence) == period
    assert Period.containing(period.last_day, period.cadence) == period


@given(periods, periods)
def test_order_is_total_and_by_first_day(one: Period, other: Period) -> None:
    assert (one < other) + (one == other) + (one > other) == 1
    if one <= other:
        assert one.first_day <= other.first_day
    if one.contains(other) and one != other:
        assert one < other or one.first_day < other.first_day


def test_a_longer_period_sorts_before_those_that_begin_with_it() -> None:
    ordered = [Period.parse(text) for text in ("2023", "2023H1", "2023Q1", "2023-01", "2023-01T1", "2023-W01")]
    assert sorted([*ordered[3:], *ordered[:3]]) == ordered


@given(st.dates(FIRST, LAST), st.dates(FIRST, LAST), st.sampled_from(Cadence))
def test_periods_between_cover_the_span(first: dt.date, last: dt.date, cadence: Cadence) -> None:
    found = list(periods_between(first, last, cadence))
    if first > last:
        assert found == []
    else:
        assert found[0].contains(first)
        assert found[-1].contains(last)
        assert all(one.next() == other for one, other in itertools.pairwise(found))


def test_the_ends_of_the_calendar() -> None:
    with pytest.raises(PeriodError):
        Period.parse("2999-12").next()
    with pytest.raises(PeriodError):
        Period.parse("1900").previous()
