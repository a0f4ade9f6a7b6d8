"""When a form is due, in the database's fields, as a rule of ``luoshi.periods``, and in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from luoshi.periods import Cadence, Due, DueKind, DueRule, Period, Shift, due_date, next_due


class Scheduled(Protocol):
    """What has the fields of a schedule: a ``FormVersion``, or the content of a form file."""

    cadence: str
    due_kind: str
    due_day: int
    shift: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A period that falls due: ``opens_on`` is the day from which it can be filled in."""

    period: Period
    due: Due
    opens_on: dt.date


#: cadence → (each, its own period, the one before, each one's end)
_WORDS = {
    Cadence.YEARLY: ("每年", "本年", "上年", "每年年底"),
    Cadence.HALF_YEARLY: ("每半年", "本半年", "前一个半年", "每年6月底、12月底"),
    Cadence.QUARTERLY: ("每季度", "本季度", "上季度", "每季度末"),
    Cadence.MONTHLY: ("每月", "当月", "上月", "每月底"),
    Cadence.TEN_DAILY: ("每旬", "本旬", "上一旬", "每旬末"),
    Cadence.WEEKLY: ("每周", "本周", "上周", "每周日"),
}
#: In which month a day of the last month, and one of the month after, falls, where the cadence has months of its own.
_LAST_MONTHS = {Cadence.YEARLY: "每年12月", Cadence.HALF_YEARLY: "每年6月、12月的"}
_NEXT_MONTHS = {Cadence.YEARLY: "每年1月", Cadence.HALF_YEARLY: "每年7月、1月的"}
_SHIFTS = {
    Shift.NONE: "遇休息日不顺延",
    Shift.NEXT: "遇休息日顺延到下一工作日",
    Shift.PREVIOUS: "遇休息日提前到上一工作日",
}
_WEEKDAYS = "一二三四五六日"


def rule_of(version: Scheduled) -> DueRule:
    """The rule; ``ValueError`` with a Chinese message where the day does not fit the cadence."""
    return DueRule(Cadence(version.cadence), DueKind(version.due_kind), day=version.due_day, shift=Shift(version.shift))


def due_words(version: Scheduled) -> str:
    """The due rule as an official says it: ``每月3日前报上月；遇休息日不顺延``."""
    cadence, kind, day = Cadence(version.cadence), DueKind(version.due_kind), version.due_day
    each, own, before, end = _WORDS[cadence]
    weekly, month = cadence is Cadence.WEEKLY, cadence is Cadence.MONTHLY
    place = f"周{_WEEKDAYS[day - 1]}" if weekly and 1 <= day <= 7 else f"{day}日"
    match kind:
        case DueKind.LAST_DAY:
            text = f"{end}前报{own}"
        case DueKind.DAY_IN if weekly or month:
            text = f"每{place if weekly else '月' + place}前报{own}"
        case DueKind.DAY_IN if cadence is Cadence.TEN_DAILY:
            text = f"每旬第{day}日前报{own}"
        case DueKind.DAY_IN:
            text = f"{_LAST_MONTHS.get(cadence, f'{each}末月')}{place}前报{own}"
        case DueKind.DAY_AFTER if weekly or month:
            text = f"每{place if weekly else '月' + place}前报{before}"
        case DueKind.DAY_AFTER if cadence is Cadence.TEN_DAILY:
            text = f"次旬第{day}日前报{before}"
        case DueKind.DAY_AFTER:
            text = f"{_NEXT_MONTHS.get(cadence, f'{each}后首月')}{place}前报{before}"
        case DueKind.WORKING_DAYS_AFTER:
            text = f"{each}结束后{day}个工作日内报送"
        case _:
            text = f"{each}结束后{day}日内报送"
    # Working days never fall on a rest day.
    return text if kind is DueKind.WORKING_DAYS_AFTER else f"{text}；{_SHIFTS[Shift(version.shift)]}"


def coming(version: Any, today: dt.date, count: int = 6) -> list[Coming]:
    """The next periods that fall due on ``today`` or later, from the version's first one on; [] for a broken rule."""
    try:
        rule = rule_of(version)
        first = Period.parse(version.first_period) if getattr(version, "first_period", "") else None
        period, due = next_due(rule, today)
    except ValueError:
        return []
    if first is not None and first.cadence is rule.cadence and period < first:
        period, due = first, due_date(first, rule)
    found = []
    for _ in range(count):
        found.append(Coming(period, due, due.date - dt.timedelta(days=version.open_days)))
        period = period.next()
        due = due_date(period, rule)
    return found


def first_period_after(version: Scheduled, today: dt.date, taken_until: dt.date | None = None) -> Period:
    """The period from which a version can best take effect: the next due one that begins after what is open."""
    rule = rule_of(version)
    period, _ = next_due(rule, today)
    while taken_until is not None and period.first_day <= taken_until:
        period = period.next()
    return period
