"""When the meetings of a series fall: 每月25日, 每季度首月10日, …, moved off rest days as the series says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Protocol

from luoshi.periods import Cadence, Period, Shift
from luoshi.periods.due import day_of, shifted

_WEEKDAYS = "一二三四五六日"
#: Months in a period of a cadence that has several.
MONTHS = {Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}
_EACH = {
    Cadence.QUARTERLY: "每季度",
    Cadence.HALF_YEARLY: "每半年",
    Cadence.YEARLY: "每年",
}


class Recurring(Protocol):
    """What has the fields of a schedule."""

    cadence: str
    month: int
    day: int
    shift: str


def problem_of(series: Recurring) -> str:
    """Why the fields name no day, in Chinese; empty where they do."""
    cadence = Cadence(series.cadence)
    most = {Cadence.WEEKLY: 7, Cadence.TEN_DAILY: 11}.get(cadence, 31)
    if not 1 <= series.day <= most:
        return f"日应在1至{most}之间。"
    if not 1 <= series.month <= MONTHS.get(cadence, 1):
        return f"第几月应在1至{MONTHS.get(cadence, 1)}之间。"
    return ""


def meeting_day(series: Recurring, period: Period) -> dt.date:
    """The day of a period's meeting; a day that a month does not have means its last one."""
    span = period
    if period.cadence in MONTHS:
        span = period.parts(Cadence.MONTHLY)[series.month - 1]
    return shifted(day_of(span, series.day), Shift(series.shift)).date


def coming(series: Recurring, today: dt.date) -> Iterator[tuple[Period, dt.date]]:
    """(period, day) of the meetings on ``today`` or later, without end."""
    # A meeting may be moved out of its own period, so the one before is asked, too.
    period = Period.containing(today, Cadence(series.cadence)).previous()
    while True:
        day = meeting_day(series, period)
        if day >= today:
            yield period, day
        period = period.next()


def in_words(series: Recurring) -> str:
    """The rhythm as an official says it: ``每月25日``, ``每季度第1个月10日``, ``每周三``."""
    cadence = Cadence(series.cadence)
    if cadence is Cadence.WEEKLY:
        return f"每周{_WEEKDAYS[series.day - 1]}" if 1 <= series.day <= 7 else "每周"
    if cadence is Cadence.TEN_DAILY:
        return f"每旬第{series.day}日"
    day = "最后一天" if series.day == 31 else f"{series.day}日"
    if cadence is Cadence.MONTHLY:
        return f"每月{day}"
    if cadence is Cadence.YEARLY:
        return f"每年{series.month}月{day}"
    return f"{_EACH[cadence]}第{series.month}个月{day}"
