"""When meetings fall; how a rule's parameters are read; properties over all of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.apps.dispatch import rules
from luoshi.apps.dispatch.agenda import ORDER, place_for
from luoshi.apps.dispatch.models import WarningRule
from luoshi.apps.dispatch.schedule import MONTHS, coming, in_words, meeting_day, problem_of
from luoshi.periods import Cadence, Period, WorkCalendar


@dataclass
class Rhythm:
    cadence: str = "monthly"
    month: int = 1
    day: int = 25
    shift: str = "next-working-day"


@pytest.mark.parametrize(
    ("rhythm", "words", "days"),
    [
        (Rhythm(), "每月25日", ["2026-04-27", "2026-05-25", "2026-06-25"]),
        (Rhythm(shift="previous-working-day"), "每月25日", ["2026-04-24", "2026-05-25", "2026-06-25"]),
        (Rhythm(shift="none"), "每月25日", ["2026-04-25", "2026-05-25", "2026-06-25"]),
        (Rhythm(day=31, shift="none"), "每月最后一天", ["2026-04-30", "2026-05-31", "2026-06-30"]),
        (Rhythm("quarterly", 1, 10), "每季度第1个月10日", ["2026-04-10", "2026-07-10", "2026-10-10"]),
        (Rhythm("yearly", 12, 20, "none"), "每年12月20日", ["2026-12-20", "2027-12-20", "2028-12-20"]),
        (Rhythm("weekly", 1, 3, "none"), "每周三", ["2026-04-01", "2026-04-08", "2026-04-15"]),
        (Rhythm("ten-daily", 1, 5, "none"), "每旬第5日", ["2026-04-05", "2026-04-15", "2026-04-25"]),
    ],
)
def test_days_and_words(rhythm: Rhythm, words: str, days: list[str]) -> None:
    found = [day.isoformat() for _, day in islice(coming(rhythm, dt.date(2026, 4, 1)), 3)]
    assert (in_words(rhythm), found) == (words, days)


rhythms = st.builds(
    Rhythm,
    cadence=st.sampled_from([str(one) for one in Cadence]),
    month=st.integers(1, 12),
    day=st.integers(1, 31),
    shift=st.sampled_from(["none", "next-working-day", "previous-working-day"]),
).filter(lambda one: not problem_of(one))
days = st.dates(dt.date(2005, 1, 1), dt.date(2030, 12, 31))


#: The first draw reads the calendar, which takes a moment on a busy machine.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(rhythm=rhythms, today=days)
def test_meetings_come_in_order_once_a_period_and_never_in_the_past(rhythm: Rhythm, today: dt.date) -> None:
    found = list(islice(coming(rhythm, today), 4))
    periods = [period for period, _ in found]
    assert all(day >= today for _, day in found)
    assert all(after == before.next() for before, after in pairwise(periods))
    for period, day in found:
        assert day == meeting_day(rhythm, period)
        if rhythm.shift != "none":
            assert WorkCalendar().is_working_day(day)
    earlier = periods[0].previous()
    assert meeting_day(rhythm, earlier) < today, "none is passed over"


@UNHURRIED
@given(rhythm=rhythms)
def test_a_day_that_fits_lies_in_its_month(rhythm: Rhythm) -> None:
    period = Period.containing(dt.date(2026, 5, 15), Cadence(rhythm.cadence))
    plain = Rhythm(rhythm.cadence, rhythm.month, rhythm.day, "none")
    day = meeting_day(plain, period)
    assert period.first_day <= day <= period.last_day
    if period.cadence in MONTHS:
        assert day.month == period.parts(Cadence.MONTHLY)[rhythm.month - 1].first_day.month


kinds = st.lists(st.sampled_from([kind.value for kind in ORDER]))


@UNHURRIED
@given(before=kinds, kind=st.sampled_from([kind.value for kind in ORDER]))
def test_a_new_item_stands_after_its_own_kind_and_moves_no_other(before: list[str], kind: str) -> None:
    place = place_for(before, kind)
    after = [*before[:place], kind, *before[place:]]
    rank = {one.value: number for number, one in enumerate(ORDER)}
    assert all(rank[other] > rank[kind] for other in after[place + 1 :])
    if before == sorted(before, key=rank.__getitem__):
        assert after == sorted(after, key=rank.__getitem__), "an agenda in order stays in order"


marks = st.dictionaries(st.integers(1, 12), st.decimals(-1000, 1000, places=2), min_size=1)


@UNHURRIED
@given(marks=marks, month=st.integers(1, 12))
def test_marks_are_stored_and_read_alike(marks: dict[int, object], month: int) -> None:
    data = {"indicator": "start-rate", "marks": {f"{key:02}": str(value) for key, value in marks.items()}}
    found = rules.read_parameters("below-mark", data)
    assert rules.read_parameters("below-mark", rules.stored("below-mark", found)) == found
    mark = found.mark_at(month)
    passed = [key for key in marks if key <= month]
    assert mark == ((max(passed), marks[max(passed)]) if passed else None)


def test_a_rule_in_words() -> None:
    for kind, parameters, words in (
        ("red-again", {"periods": 3}, "连续3期亮红灯"),
        ("red-again", {"periods": 1}, "亮红灯"),
        ("missing-again", {}, "连续2期未报"),
        ("forecast", {"below": "0.9"}, "预测全年低于目标的90%"),
        ("below-mark", {"indicator": "x", "marks": {"04": "40", "06": "60"}}, "低于节点要求（4月底40%、6月底60%）"),
    ):
        assert rules.in_words(WarningRule(kind=kind, parameters=parameters), "%") == words
