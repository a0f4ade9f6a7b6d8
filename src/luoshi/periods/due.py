"""When a period's form falls due: ``每月3日前报上月`` and its kin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from luoshi.periods.moments import end_of_day
from luoshi.periods.period import Cadence, Period
from luoshi.periods.workdays import WorkCalendar

STATE_COUNCIL = WorkCalendar()


class DueKind(StrEnum):
    """From where ``DueRule.day`` counts."""

    DAY_AFTER = "day-after"  # day N of the month after the period (of the next week or ten days for those cadences)
    DAY_IN = "day-in"  # day N of the period's last month (of the week or ten days itself)
    LAST_DAY = "last-day"  # the period's last day
    DAYS_AFTER = "days-after"  # N calendar days after the period's end
    WORKING_DAYS_AFTER = "working-days-after"  # N working days after the period's end


class Shift(StrEnum):
    """What becomes of a due date on a rest day; by default it stays where the text put it."""

    NONE = "none"
    NEXT = "next-working-day"
    PREVIOUS = "previous-working-day"


@dataclass(frozen=True, slots=True)
class DueRule:
    """When the periods of ``cadence`` fall due. A ``day`` that a month does not have means its last one."""

    cadence: Cadence
    kind: DueKind = DueKind.LAST_DAY
    day: int = 0
    shift: Shift = Shift.NONE

    def __post_init__(self) -> None:
        least = {DueKind.DAY_AFTER: 1, DueKind.DAY_IN: 1}.get(self.kind, 0)
        most = 366
        if self.kind in (DueKind.DAY_AFTER, DueKind.DAY_IN):
            most = {Cadence.WEEKLY: 7, Cadence.TEN_DAILY: 11}.get(self.cadence, 31)
        if self.kind is not DueKind.LAST_DAY and not least <= self.day <= most:
            raise ValueError(f"天数应在{least}至{most}之间")


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A due date; ``assumption`` says in Chinese what it rests on beyond published working days (else empty)."""

    date: dt.date
    assumption: str = ""

    @property
    def moment(self) -> dt.datetime:
        """The end of that day in Shanghai."""
        return end_of_day(self.date)


def shifted(date: dt.date, shift: Shift, calendar: WorkCalendar = STATE_COUNCIL) -> Due:
    """A due date moved off a rest day as ``shift`` says."""
    if shift is Shift.NONE:
        return Due(date)
    moved = calendar.shift(date, 1 if shift is Shift.NEXT else -1)
    return Due(moved, calendar.assumption(min(date, moved), max(date, moved)))


def days_after(
    event: dt.date, days: int, *, working: bool, shift: Shift = Shift.NONE, calendar: WorkCalendar = STATE_COUNCIL
) -> Due:
    """``days`` calendar or working days after an event, whose own day is not counted."""
    if not working:
        return shifted(event + dt.timedelta(days=days), shift, calendar)
    date = calendar.add(event, days)
    return Due(date, calendar.assumption(event + dt.timedelta(days=1), date))


def due_date(period: Period, rule: DueRule, calendar: WorkCalendar = STATE_COUNCIL) -> Due:
    """When a period falls due; ``ValueError`` for a period of another cadence than the rule's."""
    if period.cadence is not rule.cadence:
        raise ValueError(f"规则的周期与期别 {period} 不一致")
    match rule.kind:
        case DueKind.LAST_DAY:
            return shifted(period.last_day, rule.shift, calendar)
        case DueKind.DAYS_AFTER | DueKind.WORKING_DAYS_AFTER:
            working = rule.kind is DueKind.WORKING_DAYS_AFTER
            return days_after(period.last_day, rule.day, working=working, shift=rule.shift, calendar=calendar)
        case DueKind.DAY_IN | DueKind.DAY_AFTER:
            short = rule.cadence in (Cadence.WEEKLY, Cadence.TEN_DAILY)
            span = period if short else Period.containing(period.last_day, Cadence.MONTHLY)
            if rule.kind is DueKind.DAY_AFTER:
                span = span.next()
            return shifted(day_of(span, rule.day), rule.shift, calendar)


def day_of(period: Period, day: int) -> dt.date:
    """The ``day``-th day of a period, at most its last."""
    return min(period.first_day + dt.timedelta(days=day - 1), period.last_day)


def next_due(rule: DueRule, on: dt.date, calendar: WorkCalendar = STATE_COUNCIL) -> tuple[Period, Due]:
    """The earliest period that falls due on the day ``on`` or later, and when."""
    period = Period.containing(on, rule.cadence)
    while due_date(period, rule, calendar).date >= on:
        period = period.previous()
    while (due := due_date(period, rule, calendar)).date < on:
        period = period.next()
    return period, due
