"""The days on which a plan's deadline falls: once, or again and again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from luoshi.periods.due import STATE_COUNCIL, Due, Shift, day_of, days_after, shifted
from luoshi.periods.period import Cadence, Period, periods_between
from luoshi.periods.workdays import LONGEST_SHIFT, WorkCalendar

#: The last day of the first half of a month.
MIDDLE = 15


class Recurrence(StrEnum):
    """The rules that deadlines of plans follow; the same words as in extracted deadlines."""

    DATE = "date"
    WEEKLY = "weekly"
    TEN_DAILY = "ten-daily"
    HALF_MONTHLY = "half-monthly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half-yearly"
    YEARLY = "yearly"
    DAYS_AFTER = "days-after"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as printed.

    ``date`` belongs to ``date`` (for ``yearly`` it gives month and day); ``day`` is the day of the month for
    ``monthly``; ``days`` and ``working`` belong to ``days-after``. A recurring deadline without a day falls on the
    last day of each of its periods; every half month (no cadence of reports) is due on the 15th and on the last day of
    each month. ``ValueError`` where what the rule needs is missing.
    """

    rule: Recurrence
    date: dt.date | None = None
    day: int | None = None
    days: int | None = None
    working: bool = False
    shift: Shift = Shift.NONE

    def __post_init__(self) -> None:
        if self.rule is Recurrence.DATE and self.date is None:
            raise ValueError("缺少日期")
        if self.rule is Recurrence.DAYS_AFTER and (self.days is None or self.days < 0):
            raise ValueError("缺少天数")
        if self.day is not None and not 1 <= self.day <= 31:
            raise ValueError("日应在1至31之间")


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One day on which something is due; ``period`` is the one whose turn it is, ``None`` for a single deadline."""

    due: Due
    period: Period | None = None


def occurrences(
    deadline: Deadline,
    first: dt.date,
    last: dt.date,
    *,
    event: dt.date | None = None,
    calendar: WorkCalendar = STATE_COUNCIL,
) -> tuple[Occurrence, ...]:
    """Every day from ``first`` to ``last`` (both included) on which a deadline falls, in order.

    ``days-after`` counts from ``event`` and never falls due while that is unknown.
    """
    found: list[Occurrence] = []
    if deadline.rule is Recurrence.DATE and deadline.date is not None:
        found = [Occurrence(shifted(deadline.date, deadline.shift, calendar))]
    elif deadline.rule is Recurrence.DAYS_AFTER:
        if event is not None and deadline.days is not None:
            due = days_after(event, deadline.days, working=deadline.working, shift=deadline.shift, calendar=calendar)
            found = [Occurrence(due)]
    elif first <= last:
        # A rest day moves a due date over the edge of the span; look a little beyond both.
        margin = dt.timedelta(days=0 if deadline.shift is Shift.NONE else LONGEST_SHIFT)
        halves = deadline.rule is Recurrence.HALF_MONTHLY
        cadence = Cadence.MONTHLY if halves else Cadence(deadline.rule.value)
        for period in periods_between(first - margin, last + margin, cadence):
            days = (day_of(period, MIDDLE), period.last_day) if halves else (_day_in(period, deadline),)
            found += [Occurrence(shifted(day, deadline.shift, calendar), period) for day in days]
    return tuple(occurrence for occurrence in found if first <= occurrence.due.date <= last)


def _day_in(period: Period, deadline: Deadline) -> dt.date:
    if period.cadence is Cadence.MONTHLY and deadline.day is not None:
        return day_of(period, deadline.day)
    if period.cadence is Cadence.YEARLY and deadline.date is not None:
        month = Period(Cadence.MONTHLY, period.year, deadline.date.month)
        return day_of(month, deadline.date.day)
    return period.last_day
