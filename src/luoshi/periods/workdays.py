"""Working days as the State Council sets them (chinesecalendar), with local days that an administrator adds.

The State Council announces a year's days off in the autumn before. For years that the library does not know, Monday to
Friday are taken as working days, and every result that rests on this says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import chinese_calendar

WEEKEND = 5  # Saturday, by date.weekday()
LONGEST_SHIFT = 60  # days; longer breaks than this are a fault of the administrator's own days


@lru_cache(maxsize=16384)
def _official(date: dt.date) -> bool | None:
    """Whether the State Council made it a working day; ``None`` for a year that is not known."""
    try:
        return bool(chinese_calendar.is_workday(date))
    except NotImplementedError:
        return None


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days; ``rest_days`` and ``working_days`` are local (a prefecture's festival) and come first."""

    rest_days: frozenset[dt.date] = frozenset()
    working_days: frozenset[dt.date] = frozenset()

    def is_known(self, date: dt.date) -> bool:
        """Whether the day's kind is published (or set by hand), not taken from its weekday."""
        return date in self.rest_days or date in self.working_days or _official(date) is not None

    def is_working_day(self, date: dt.date) -> bool:
        """Whether people work on that day; by its weekday where nothing is published."""
        if date in self.rest_days:
            return False
        if date in self.working_days:
            return True
        official = _official(date)
        return date.weekday() < WEEKEND if official is None else official

    def shift(self, date: dt.date, step: int) -> dt.date:
        """The day itself if it is a working day, else the next (``step`` 1) or previous (-1) working day."""
        for _ in range(LONGEST_SHIFT):
            if self.is_working_day(date):
                return date
            date += dt.timedelta(days=step)
        raise ValueError("连续休息日过多，请检查自定义的休息日")

    def add(self, date: dt.date, days: int) -> dt.date:
        """The ``days``-th working day after a day that is not counted itself; 0 gives the day as it is."""
        if days < 0:
            raise ValueError("工作日数不能为负")
        for _ in range(days):
            date = self.shift(date + dt.timedelta(days=1), 1)
        return date

    def count(self, first: dt.date, last: dt.date) -> int:
        """How many working days lie from ``first`` to ``last``, both included."""
        return sum(map(self.is_working_day, _days(first, last)))

    def assumption(self, first: dt.date, last: dt.date) -> str:
        """What was assumed of the days from ``first`` to ``last``, in Chinese; empty where all is published."""
        years = sorted({date.year for date in _days(first, last) if not self.is_known(date)})
        if not years:
            return ""
        return f"{'、'.join(map(str, years))}年放假安排未收录，按周一至周五为工作日推算"


def _days(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    return (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
