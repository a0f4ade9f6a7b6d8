"""Spans of the calendar for which figures are reported: ``2023``, ``2023H1``, ``2023Q3``, ``2023-09``, ``2023-09T1``,
``2023-W36``."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 1900, 2999


class PeriodError(ValueError):
    """A text or number is no period; the message is Chinese."""


class Cadence(StrEnum):
    """How often something recurs, from the longest period to the shortest."""

    YEARLY = "yearly"
    HALF_YEARLY = "half-yearly"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"
    TEN_DAILY = "ten-daily"
    WEEKLY = "weekly"


# How many periods a year has; an ISO year has 52 or 53 weeks.
_COUNT = {Cadence.YEARLY: 1, Cadence.HALF_YEARLY: 2, Cadence.QUARTERLY: 4, Cadence.MONTHLY: 12, Cadence.TEN_DAILY: 36}
_TEXT = re.compile(
    r"(?P<year>\d{4})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|-W(?P<week>\d{2})|-(?P<month>\d{2})(?:T(?P<third>[123]))?)?"
)
_ORDINALS = "一二三四"
_THIRDS = "上中下"


def _count(cadence: Cadence, year: int) -> int:
    return dt.date(year, 12, 28).isocalendar().week if cadence is Cadence.WEEKLY else _COUNT[cadence]


def _month_start(year: int, months: int) -> dt.date:
    """The first day of the month that lies ``months`` after January of ``year``."""
    return dt.date(year + months // 12, months % 12 + 1, 1)


@functools.lru_cache(maxsize=16384)
def _days(cadence: Cadence, year: int, number: int) -> tuple[dt.date, dt.date]:
    """The first and last day of a period; kept, as boards ask some ten thousand times for the same few hundred."""
    if cadence is Cadence.WEEKLY:
        return dt.date.fromisocalendar(year, number, 1), dt.date.fromisocalendar(year, number, 7)
    if cadence is Cadence.TEN_DAILY:
        month, third = divmod(number - 1, 3)
        first = dt.date(year, month + 1, 10 * third + 1)
        last = _month_start(year, month + 1) - dt.timedelta(days=1) if third == 2 else first + dt.timedelta(days=9)
        return first, last
    count = _COUNT[cadence]
    return _month_start(year, (number - 1) * 12 // count), _month_start(year, number * 12 // count) - dt.timedelta(
        days=1
    )


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """The ``number``-th (from 1) period of a cadence in a year; for weeks the year and week of ISO 8601.

    Periods sort by their first day, a longer one before the shorter ones that begin with it. Years run from 1900 to
    2999; ``PeriodError`` for anything that does not exist.
    """

    cadence: Cadence
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise PeriodError(f"年份 {self.year} 超出范围（{FIRST_YEAR}—{LAST_YEAR}）")
        if not 1 <= self.number <= _count(self.cadence, self.year):
            raise PeriodError(f"{self.year}年没有这一期（第{self.number}期）")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period of a text as ``str(period)`` writes it; raises ``PeriodError``."""
        match = _TEXT.fullmatch(text.strip()) if text.isascii() else None
        if match is None:
            raise PeriodError(f"“{text}”不是期别，应写作 2023、2023H1、2023Q3、2023-09、2023-09T1 或 2023-W36")
        year = int(match["year"])
        if match["half"]:
            return cls(Cadence.HALF_YEARLY, year, int(match["half"]))
        if match["quarter"]:
            return cls(Cadence.QUARTERLY, year, int(match["quarter"]))
        if match["week"]:
            return cls(Cadence.WEEKLY, year, int(match["week"]))
        if match["third"]:
            month = cls(Cadence.MONTHLY, year, int(match["month"]))
            return cls(Cadence.TEN_DAILY, year, 3 * (month.number - 1) + int(match["third"]))
        if match["month"]:
            return cls(Cadence.MONTHLY, year, int(match["month"]))
        return cls(Cadence.YEARLY, year)

    @classmethod
    def containing(cls, date: dt.date, cadence: Cadence) -> Period:
        """The period of a cadence in which a day lies."""
        if cadence is Cadence.WEEKLY:
            year, week, _ = date.isocalendar()
            return cls(cadence, year, week)
        if cadence is Cadence.TEN_DAILY:
            return cls(cadence, date.year, 3 * (date.month - 1) + min((date.day - 1) // 10, 2) + 1)
        return cls(cadence, date.year, (date.month - 1) * _COUNT[cadence] // 12 + 1)

    def __str__(self) -> str:
        match self.cadence:
            case Cadence.YEARLY:
                return f"{self.year}"
            case Cadence.HALF_YEARLY:
                return f"{self.year}H{self.number}"
            case Cadence.QUARTERLY:
                return f"{self.year}Q{self.number}"
            case Cadence.MONTHLY:
                return f"{self.year}-{self.number:02}"
            case Cadence.TEN_DAILY:
                month, third = divmod(self.number - 1, 3)
                return f"{self.year}-{month + 1:02}T{third + 1}"
            case Cadence.WEEKLY:
                return f"{self.year}-W{self.number:02}"

    @property
    def label(self) -> str:
        """The period in Chinese: ``2023年9月上旬``."""
        match self.cadence:
            case Cadence.YEARLY:
                return f"{self.year}年"
            case Cadence.HALF_YEARLY:
                return f"{self.year}年{'上下'[self.number - 1]}半年"
            case Cadence.QUARTERLY:
                return f"{self.year}年第{_ORDINALS[self.number - 1]}季度"
            case Cadence.MONTHLY:
                return f"{self.year}年{self.number}月"
            case Cadence.TEN_DAILY:
                month, third = divmod(self.number - 1, 3)
                return f"{self.year}年{month + 1}月{_THIRDS[third]}旬"
            case Cadence.WEEKLY:
                return f"{self.year}年第{self.number}周"

    @property
    def first_day(self) -> dt.date:
        """The first day."""
        return _days(self.cadence, self.year, self.number)[0]

    @property
    def last_day(self) -> dt.date:
        """The last day, included."""
        return _days(self.cadence, self.year, self.number)[1]

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_day - self.first_day).days + 1

    def next(self) -> Period:
        """The period after; ``PeriodError`` past the last year."""
        if self.number < _count(self.cadence, self.year):
            return Period(self.cadence, self.year, self.number + 1)
        return Period(self.cadence, self.year + 1)

    def previous(self) -> Period:
        """The period before; ``PeriodError`` before the first year."""
        if self.number > 1:
            return Period(self.cadence, self.year, self.number - 1)
        if self.year == FIRST_YEAR:
            raise PeriodError(f"年份 {self.year - 1} 超出范围（{FIRST_YEAR}—{LAST_YEAR}）")
        return Period(self.cadence, self.year - 1, _count(self.cadence, self.year - 1))

    def contains(self, other: dt.date | Period) -> bool:
        """Whether a day, or a whole other period, lies within."""
        if isinstance(other, Period):
            return self.first_day <= other.first_day and other.last_day <= self.last_day
        return self.first_day <= other <= self.last_day

    def parts(self, cadence: Cadence) -> tuple[Period, ...]:
        """The periods of another cadence that lie wholly within, in order (a week across two months is in neither)."""
        return tuple(part for part in periods_between(self.first_day, self.last_day, cadence) if self.contains(part))

    def __lt__(self, other: Period) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return (self.first_day, -self.days) < (other.first_day, -other.days)


def periods_between(first: dt.date, last: dt.date, cadence: Cadence) -> Iterator[Period]:
    """Every period of a cadence that has a day from ``first`` to ``last`` (both included), in order."""
    if first > last:
        return
    period, end = Period.containing(first, cadence), Period.containing(last, cadence)
    yield period
    while period != end:
        period = period.next()
        yield period
