"""Due days of orders: calendar and working days, months, rest days, years that nobody knows yet."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from luoshi.apps.supervision.clocks import (
    CALENDAR,
    ClockStage,
    accept_by,
    chosen_stage,
    due_stages,
    months_after,
    read_stages,
    words_of,
)
from luoshi.apps.supervision.shipping import shipped
from luoshi.periods import Shift

DAYS = st.dates(dt.date(2005, 1, 1), dt.date(2026, 9, 30))


def test_congress_opinions_15_days_and_3_months():
    stages = read_stages(next(row for row in shipped("clocks") if row["key"] == "congress")["stages"])
    scheme, result = due_stages(stages, dt.date(2026, 2, 13))
    assert (scheme.day, result.day) == (dt.date(2026, 2, 28), dt.date(2026, 5, 13))
    # 28 February 2026 is a Saturday on which people work, to make up for the Spring Festival.
    assert scheme.note == "自2026年2月13日起15日内"
    assert words_of(stages) == "研究处理方案15日内，办理结果3个月内"


def test_working_days_leave_out_the_national_holiday():
    (stage,) = due_stages([ClockStage("办理结果", days=3, working=True)], dt.date(2026, 9, 30))
    assert CALENDAR.is_working_day(stage.day)
    assert CALENDAR.count(dt.date(2026, 10, 1), stage.day) == 3
    assert stage.day > dt.date(2026, 10, 7)


def test_a_rest_day_is_told_and_moved_only_where_the_clock_says_so():
    stays, moves, earlier = due_stages(
        [
            ClockStage("甲", days=4),
            ClockStage("乙", days=4, shift=Shift.NEXT),
            ClockStage("丙", days=4, shift=Shift.PREVIOUS),
        ],
        dt.date(2026, 9, 1),
    )
    assert stays.day == dt.date(2026, 9, 5)
    assert "2026年9月5日（星期六）是休息日，不顺延" in stays.note
    assert moves.day == dt.date(2026, 9, 7)
    assert "2026年9月5日（星期六）遇休息日，顺延至2026年9月7日" in moves.note
    assert earlier.day == dt.date(2026, 9, 4)
    assert "提前至2026年9月4日" in earlier.note


def test_a_year_whose_days_off_are_not_known_is_said():
    (stage,) = due_stages([ClockStage("办理结果", days=10, working=True)], dt.date(2031, 6, 2))
    assert "2031年放假安排未收录，按周一至周五为工作日推算" in stage.note
    assert "2031年放假安排未收录" in chosen_stage(dt.date(2031, 6, 2)).note
    assert chosen_stage(dt.date(2026, 9, 2)).note == ""


@given(DAYS, st.integers(1, 60), st.booleans())
def test_the_day_of_assignment_is_not_counted(start, days, working):
    (stage,) = due_stages([ClockStage("办", days=days, working=working)], start)
    counted = CALENDAR.count(start + dt.timedelta(days=1), stage.day) if working else (stage.day - start).days
    assert counted == days
    assert not working or CALENDAR.is_working_day(stage.day)


@given(DAYS, st.integers(1, 24))
def test_months_end_where_a_month_is_short(start, months):
    end = months_after(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + dt.timedelta(days=1)).day == 1)


@given(DAYS, st.integers(0, 5))
def test_accepting_takes_working_days(start, days):
    moment = accept_by(start, days)
    assert moment.date() >= start
    assert CALENDAR.count(start + dt.timedelta(days=1), moment.date()) == days


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        [{}],
        [{"title": "办"}],
        [{"title": "办", "days": 0}],
        [{"title": "办", "days": 3, "months": 1}],
        [{"title": "办", "days": -3}],
        [{"title": "办", "days": True}],
        [{"title": "办", "days": 3, "shift": "sometimes"}],
        [{"title": "办" * 61, "days": 3}],
        [{"title": "办", "days": 3}] * 7,
        ["办"],
    ],
)
def test_what_is_no_clock_is_refused(raw):
    with pytest.raises(ValidationError, match="。"):
        read_stages(raw)


def test_everything_that_ships_can_be_read():
    for row in shipped("clocks"):
        assert read_stages(row["stages"])
