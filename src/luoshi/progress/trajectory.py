"""时序进度: which part of a target is expected by when (``semantics.md``, Targets)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from luoshi.periods import Cadence, Period, PeriodError, periods_between

ZERO, ONE = Decimal(0), Decimal(1)
PLACES = Decimal("0.00000001")  # parts that come from a division are kept to 8 places


class TrajectoryError(ValueError):
    """Figures that make no trajectory; the message is Chinese and says why."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The part of 1 that is expected by the end of each period: cumulative, not falling, the last one 1.

    ``first_day`` is the day on which the work begins, with nothing done. Raises ``TrajectoryError``.
    """

    points: tuple[tuple[Period, Decimal], ...]
    first_day: dt.date

    def __post_init__(self) -> None:
        if not self.points:
            raise TrajectoryError("时序进度至少要有一期。")
        for (before, less), (after, more) in pairwise(self.points):
            if after.last_day <= before.last_day:
                raise TrajectoryError(f"各期应按先后排列：“{after.label}”不在“{before.label}”之后。")
            if more < less:
                raise TrajectoryError(f"“{after.label}”的累计进度小于前一期。")
        if self.points[0][1] < 0:
            raise TrajectoryError("进度不能是负数。")
        if self.points[-1][1] != 1:
            raise TrajectoryError("最后一期的累计进度应为100%。")
        if self.first_day > self.points[0][0].last_day:
            raise TrajectoryError("开始的日期晚于第一期。")

    @property
    def last_day(self) -> dt.date:
        """The day by which all is expected: of a last week that reaches into the next year the end of its year."""
        last = self.points[-1][0]
        year_end = dt.date(last.first_day.year, 12, 31)
        return year_end if self.first_day <= year_end < last.last_day else last.last_day

    def expected(self, when: Period | dt.date) -> Decimal:
        """The part expected by the end of a period or day: 0 before the first day, 1 from the last on.

        Between two points it grows evenly by days (an assumption: the sources print none); so a month within a printed
        quarter, or a week, has a figure too.
        """
        day = when.last_day if isinstance(when, Period) else when
        if day >= self.last_day:
            return ONE
        if day < self.first_day:
            return ZERO
        ends = [*(period.last_day for period, _ in self.points[:-1]), self.last_day]
        place = bisect_left(ends, day)
        end, part = ends[place], self.points[place][1]
        if day == end:
            return part
        begin = ends[place - 1] if place else self.first_day - dt.timedelta(days=1)
        before = self.points[place - 1][1] if place else ZERO
        return rounded(before + (part - before) * (day - begin).days / (end - begin).days)


def rounded(part: Decimal) -> Decimal:
    """A part kept to 8 places, without trailing zeros."""
    return part.quantize(PLACES).normalize() + ZERO


def year_periods(year: int, cadence: Cadence, last_year: int | None = None) -> tuple[Period, ...]:
    """The periods of one or several years; weeks are those that have a day in them, so the last one may end after."""
    first, last = dt.date(year, 1, 1), dt.date(last_year or year, 12, 31)
    return tuple(periods_between(first, last, cadence))


def _beginning(first: Period) -> dt.date:
    """1 January of the year in which a trajectory's first period ends: 20 % by the end of the first quarter."""
    return dt.date(first.last_day.year, 1, 1)


def linear(year: int, cadence: Cadence = Cadence.MONTHLY, last_year: int | None = None) -> Trajectory:
    """Evenly: one twelfth a month, a quarter a quarter; by days for weeks, which do not fit the year."""
    periods = year_periods(year, cadence, last_year)
    begin, end = dt.date(year, 1, 1), dt.date(last_year or year, 12, 31)
    if cadence is Cadence.WEEKLY:
        days = (end - begin).days + 1
        parts = [rounded(Decimal((min(period.last_day, end) - begin).days + 1) / days) for period in periods]
    else:
        parts = [rounded(Decimal(number) / len(periods)) for number in range(1, len(periods) + 1)]
    return Trajectory(tuple(zip(periods, parts, strict=True)), begin)


def from_printed(points: Iterable[tuple[Period, Decimal]]) -> Trajectory:
    """As the plan prints it: 一季度20%、二季度60%、三季度85%、四季度100% as parts of 1."""
    listed = tuple(sorted(points, key=lambda point: point[0].last_day))
    if not listed:
        raise TrajectoryError("时序进度至少要有一期。")
    return Trajectory(listed, _beginning(listed[0][0]))


def from_table(values: Mapping[Period, Decimal], total: Decimal | None = None) -> Trajectory:
    """From a plan table's cumulative figures (1—2月13.28 … 1—12月135): each as a part of the total, by default the
    last figure. A total that the last figure does not reach is a contradiction of the plan: ``TrajectoryError``."""
    if not values:
        raise TrajectoryError("计划表里没有数。")
    listed = sorted(values.items(), key=lambda item: item[0].last_day)
    whole = listed[-1][1] if total is None else total
    if whole == 0:
        raise TrajectoryError("计划表的最后一期是0，算不出进度。")
    if listed[-1][1] != whole:
        raise TrajectoryError(f"计划表最后一期为 {listed[-1][1].normalize():f}，与目标 {whole.normalize():f} 不符。")
    return from_printed((period, rounded(value / whole)) for period, value in listed)


def from_last_year(values: Mapping[Period, Decimal], year: int) -> Trajectory:
    """The shape of the year before: its cumulative figures as parts of the last one, on the same periods of ``year``.

    Raises ``TrajectoryError`` where the figures fall or do not reach the end of their year.
    """
    if not values:
        raise TrajectoryError("没有上年各期的数，无法按上年进度。")
    last = max(values, key=lambda period: period.last_day)
    if (last.last_day + dt.timedelta(days=7)).year == last.year and last.cadence is not Cadence.WEEKLY:
        raise TrajectoryError(f"上年的数只到{last.label}，不足全年，无法按上年进度。")
    shifted: dict[Period, Decimal] = {}
    for period, value in values.items():
        try:
            shifted[Period(period.cadence, year, period.number)] = value
        except PeriodError:  # week 53 of a year that has 52
            shifted[Period(period.cadence, year, period.number - 1)] = value
    return from_table(shifted)
