"""Due dates, deadlines, working days, lateness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.periods import (
    SHANGHAI,
    Cadence,
    Deadline,
    Due,
    DueKind,
    DueRule,
    Period,
    Recurrence,
    Shift,
    WorkCalendar,
    due_date,
    end_of_day,
    is_late,
    next_due,
    occurrences,
    periods_between,
)
from luoshi.periods.due import days_after

D = dt.date
DECADE = [D(2018, 1, 1) + dt.timedelta(days=number) for number in range(3652)]
CALENDAR = WorkCalendar()


@pytest.mark.parametrize(
    ("period", "rule", "due"),
    [
        ("2023-08", DueRule(Cadence.MONTHLY, DueKind.DAY_AFTER, 3), D(2023, 9, 3)),  # a Sunday: it stays
        ("2023-08", DueRule(Cadence.MONTHLY, DueKind.DAY_AFTER, 3, Shift.NEXT), D(2023, 9, 4)),
        ("2023-08", DueRule(Cadence.MONTHLY, DueKind.DAY_AFTER, 3, Shift.PREVIOUS), D(2023, 9, 1)),
        ("2023-12", DueRule(Cadence.MONTHLY, DueKind.DAY_AFTER, 5), D(2024, 1, 5)),
        ("2023-01", DueRule(Cadence.MONTHLY, DueKind.DAY_AFTER, 31), D(2023, 2, 28)),
        ("2023-08", DueRule(Cadence.MONTHLY, DueKind.DAY_IN, 25), D(2023, 8, 25)),
        ("2023Q3", DueRule(Cadence.QUARTERLY, DueKind.DAY_IN, 25), D(2023, 9, 25)),
        ("2023Q3", DueRule(Cadence.QUARTERLY, DueKind.DAY_AFTER, 10), D(2023, 10, 10)),
        ("2023H1", DueRule(Cadence.HALF_YEARLY), D(2023, 6, 30)),
        ("2023", DueRule(Cadence.YEARLY, DueKind.DAYS_AFTER, 15), D(2024, 1, 15)),
        ("2023-09T1", DueRule(Cadence.TEN_DAILY, DueKind.DAY_AFTER, 2), D(2023, 9, 12)),
        ("2023-W36", DueRule(Cadence.WEEKLY, DueKind.DAY_IN, 5), D(2023, 9, 8)),
        ("2023-W36", DueRule(Cadence.WEEKLY, DueKind.DAY_AFTER, 1), D(2023, 9, 11)),
        # The eight days off from 29 September to 6 October 2023; 7 and 8 October are worked.
        ("2023Q3", DueRule(Cadence.QUARTERLY, DueKind.WORKING_DAYS_AFTER, 3), D(2023, 10, 9)),
    ],
)
def test_due_dates(period: str, rule: DueRule, due: dt.date) -> None:
    assert due_date(Period.parse(period), rule) == Due(due)


def test_rules_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="天数"):
        DueRule(Cadence.MONTHLY, DueKind.DAY_AFTER, 0)
    with pytest.raises(ValueError, match="天数"):
        DueRule(Cadence.WEEKLY, DueKind.DAY_IN, 8)
    with pytest.raises(ValueError, match="不一致"):
        due_date(Period.parse("2023"), DueRule(Cadence.MONTHLY))


def test_years_without_an_announcement_are_told() -> None:
    due = days_after(D(2031, 9, 30), 1, working=True)
    assert due.date == D(2031, 10, 1)  # a national holiday, but nothing is published: a Wednesday
    assert "2031年放假安排未收录" in due.assumption
    assert days_after(D(2023, 1, 3), 1, working=True).assumption == ""
    assert days_after(D(2031, 1, 1), 5, working=False).assumption == ""


def test_local_rest_days_come_first() -> None:
    festival = WorkCalendar(
        rest_days=frozenset({D(2023, 8, 10), D(2023, 8, 11)}), working_days=frozenset({D(2023, 8, 12)})
    )
    rule = DueRule(Cadence.MONTHLY, DueKind.DAY_AFTER, 10, Shift.NEXT)
    assert due_date(Period.parse("2023-07"), rule, festival).date == D(2023, 8, 12)
    assert due_date(Period.parse("2023-07"), rule).date == D(2023, 8, 10)


def test_endless_rest_days_are_refused() -> None:
    resting = WorkCalendar(rest_days=frozenset(DECADE))
    with pytest.raises(ValueError, match="休息日"):
        resting.shift(D(2020, 1, 1), 1)


def test_working_days_over_ten_years() -> None:
    for day in DECADE:
        ahead, back = CALENDAR.shift(day, 1), CALENDAR.shift(day, -1)
        assert back <= day <= ahead
        assert CALENDAR.is_working_day(ahead)
        assert CALENDAR.is_working_day(back)
        assert (back == day == ahead) == CALENDAR.is_working_day(day)
        assert (CALENDAR.assumption(day, day) == "") == (day.year <= 2026)
    for year in range(2018, 2027):
        assert 245 <= CALENDAR.count(D(year, 1, 1), D(year, 12, 31)) <= 253


@given(st.dates(D(2018, 1, 1), D(2027, 12, 31)), st.integers(0, 60), st.integers(0, 60))
def test_adding_working_days_adds_up(day: dt.date, one: int, other: int) -> None:
    there = CALENDAR.add(day, one)
    assert CALENDAR.add(there, other) == CALENDAR.add(day, one + other)
    assert CALENDAR.count(day + dt.timedelta(days=1), there) == one


RULES = st.one_of(
    st.builds(
        DueRule, st.sampled_from(Cadence), st.sampled_from([DueKind.DAY_AFTER, DueKind.DAY_IN]), st.integers(1, 7),
        st.sampled_from(Shift),
    ),
    st.builds(DueRule, st.sampled_from(Cadence), st.just(DueKind.LAST_DAY), st.just(0), st.sampled_from(Shift)),
    st.builds(
        DueRule, st.sampled_from(Cadence), st.sampled_from([DueKind.DAYS_AFTER, DueKind.WORKING_DAYS_AFTER]),
        st.integers(0, 45), st.sampled_from(Shift),
    ),
)  # fmt: skip


@given(RULES, st.dates(D(2018, 1, 1), D(2027, 12, 31)))
def test_the_next_due_date_is_the_next(rule: DueRule, on: dt.date) -> None:
    period, due = next_due(rule, on)
    assert due == due_date(period, rule)
    assert due.date >= on
    assert due_date(period.previous(), rule).date < on


@pytest.mark.parametrize("cadence", Cadence)
def test_due_dates_never_go_back_over_ten_years(cadence: Cadence) -> None:
    for shift in Shift:
        rule = DueRule(cadence, DueKind.DAY_AFTER, 3, shift)
        dates = [due_date(period, rule).date for period in periods_between(DECADE[0], DECADE[-1], cadence)]
        assert dates == sorted(dates)


def test_the_day_ends_in_shanghai() -> None:
    due = D(2023, 9, 3)
    assert end_of_day(due).utcoffset() == dt.timedelta(hours=8)
    assert not is_late(dt.datetime(2023, 9, 3, 23, 59, 59, tzinfo=SHANGHAI), due)
    assert is_late(dt.datetime(2023, 9, 4, 0, 0, tzinfo=SHANGHAI), due)
    assert not is_late(dt.datetime(2023, 9, 3, 15, 59, tzinfo=dt.UTC), due)
    assert is_late(dt.datetime(2023, 9, 3, 16, 0, tzinfo=dt.UTC), due)
    assert not is_late(Due(due).moment, due)
    with pytest.raises(ValueError, match="时区"):
        is_late(dt.datetime(2023, 9, 3, 12), due)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("deadline", "dates"),
    [
        (Deadline(Recurrence.DATE, date=D(2023, 2, 10)), ["02-10"]),
        (Deadline(Recurrence.DATE, date=D(2024, 2, 10)), []),
        (Deadline(Recurrence.MONTHLY, day=3), ["01-03", "02-03", "03-03"]),
        (Deadline(Recurrence.MONTHLY, day=31), ["01-31", "02-28", "03-31"]),
        (Deadline(Recurrence.MONTHLY), ["01-31", "02-28", "03-31"]),
        (Deadline(Recurrence.QUARTERLY), ["03-31"]),
        (Deadline(Recurrence.HALF_YEARLY), []),
        (Deadline(Recurrence.YEARLY, date=D(2020, 3, 15)), ["03-15"]),
        (Deadline(Recurrence.TEN_DAILY),
         ["01-10", "01-20", "01-31", "02-10", "02-20", "02-28", "03-10", "03-20", "03-31"]),
        (Deadline(Recurrence.HALF_MONTHLY), ["01-15", "01-31", "02-15", "02-28", "03-15", "03-31"]),
        (Deadline(Recurrence.DAYS_AFTER, days=10), ["01-30"]),
        (Deadline(Recurrence.DAYS_AFTER, days=5, working=True), ["02-01"]),  # 23–27 January is the Spring Festival
    ],
)  # fmt: skip
def test_occurrences_of_a_quarter(deadline: Deadline, dates: list[str]) -> None:
    found = occurrences(deadline, D(2023, 1, 1), D(2023, 3, 31), event=D(2023, 1, 20))
    assert [f"{occurrence.due.date:%m-%d}" for occurrence in found] == dates


def test_weeks_end_on_sunday() -> None:
    found = occurrences(Deadline(Recurrence.WEEKLY), D(2023, 9, 1), D(2023, 9, 20))
    assert [(str(o.period), o.due.date) for o in found] == [
        ("2023-W35", D(2023, 9, 3)), ("2023-W36", D(2023, 9, 10)), ("2023-W37", D(2023, 9, 17)),
    ]  # fmt: skip


def test_without_its_event_nothing_falls_due() -> None:
    assert occurrences(Deadline(Recurrence.DAYS_AFTER, days=10), D(2000, 1, 1), D(2100, 1, 1)) == ()


def test_a_shift_over_the_edge_of_the_span_is_found() -> None:
    monthly = Deadline(Recurrence.MONTHLY, shift=Shift.NEXT)
    found = occurrences(monthly, D(2023, 10, 1), D(2023, 10, 31))
    assert [(str(o.period), o.due.date) for o in found] == [("2023-09", D(2023, 10, 7)), ("2023-10", D(2023, 10, 31))]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Deadline(Recurrence.DATE),
        lambda: Deadline(Recurrence.DAYS_AFTER),
        lambda: Deadline(Recurrence.MONTHLY, day=0),
    ],
)
def test_deadlines_that_lack_something_are_refused(make: Callable[[], Deadline]) -> None:
    with pytest.raises(ValueError):
        make()


@given(
    st.sampled_from([r for r in Recurrence if r not in (Recurrence.DATE, Recurrence.DAYS_AFTER)]),
    st.sampled_from(Shift), st.dates(DECADE[0], DECADE[-1]), st.integers(0, 500), st.integers(0, 500),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_spans_side_by_side_have_the_occurrences_of_the_whole(
    rule: Recurrence, shift: Shift, first: dt.date, one: int, other: int
) -> None:
    deadline = Deadline(rule, shift=shift)
    middle = first + dt.timedelta(days=one)
    last = middle + dt.timedelta(days=other)
    left = occurrences(deadline, first, middle)
    right = occurrences(deadline, middle + dt.timedelta(days=1), last)
    assert left + right == occurrences(deadline, first, last)
