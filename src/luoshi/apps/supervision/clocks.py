"""How long an order may take: the stages of a clock counted from the day of assignment, and in words what was assumed.

A stage is ``{"title": "办理方案", "days": 15}``; ``"months": 3`` in place of days; ``"working": true`` for working days
as the State Council arranges them; ``"shift": "next-working-day"`` moves a due date off a rest day. Without ``shift`` a
due date stays where the count puts it (``docs/periods.md``), and the page says that it is a rest day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from luoshi.periods import Shift, WorkCalendar, end_of_day

CALENDAR = WorkCalendar()
MOST_STAGES, MOST_DAYS, MOST_MONTHS, TITLE_LENGTH = 6, 400, 24, 60
#: The one stage of an order whose due day is chosen by hand.
SINGLE = "办理结果"
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class ClockStage:
    """One stage: ``days`` (calendar, or ``working``) or ``months`` after the day of assignment, itself not counted."""

    title: str
    days: int = 0
    months: int = 0
    working: bool = False
    shift: Shift = Shift.NONE

    @property
    def words(self) -> str:
        """``15日内``, ``10个工作日内``, ``3个月内``."""
        if self.months:
            return f"{self.months}个月内"
        return f"{self.days}个工作日内" if self.working else f"{self.days}日内"


@dataclass(frozen=True, slots=True)
class DueStage:
    """A stage with its due day; ``note`` says in Chinese how it was counted, moved or assumed."""

    title: str
    day: dt.date
    note: str = ""

    @property
    def moment(self) -> dt.datetime:
        """The end of that day in Shanghai."""
        return end_of_day(self.day)


def read_stages(raw: Any) -> tuple[ClockStage, ...]:
    """The stages of a clock as stored; ``ValidationError`` in Chinese for what is none."""
    if not isinstance(raw, list) or not raw or len(raw) > MOST_STAGES:
        raise ValidationError(f"办理时限须有1至{MOST_STAGES}个环节。")
    return tuple(_read(item) for item in raw)


def _read(item: Any) -> ClockStage:
    title = str(item.get("title", "")).strip() if isinstance(item, dict) else ""
    if not title or len(title) > TITLE_LENGTH:
        raise ValidationError(f"每个环节须有名称，不超过{TITLE_LENGTH}字。")
    days, months = item.get("days", 0), item.get("months", 0)
    for value, most, what in ((days, MOST_DAYS, "天数"), (months, MOST_MONTHS, "月数")):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise ValidationError(f"“{title}”的{what}须为0至{most}的整数。")
    if (days > 0) == (months > 0):
        raise ValidationError(f"“{title}”须写明几日内或几个月内，二者取一。")
    try:
        shift = Shift(item.get("shift", Shift.NONE))
    except ValueError as error:
        raise ValidationError(f"“{title}”遇休息日的办法有误。") from error
    return ClockStage(title, days, months, bool(item.get("working")), shift)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, the last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def due_stages(stages: Sequence[ClockStage], start: dt.date, calendar: WorkCalendar = CALENDAR) -> tuple[DueStage, ...]:
    """Every stage with its due day, counted from ``start``, which is not counted itself."""
    return tuple(_due(stage, start, calendar) for stage in stages)


def _due(stage: ClockStage, start: dt.date, calendar: WorkCalendar) -> DueStage:
    if stage.working:
        day = calendar.add(start, stage.days)
        assumed = calendar.assumption(start + dt.timedelta(days=1), day)
        return DueStage(stage.title, day, _joined(f"自{_day(start)}起{stage.words}", assumed))
    counted = months_after(start, stage.months) if stage.months else start + dt.timedelta(days=stage.days)
    said = f"自{_day(start)}起{stage.words}"
    if stage.shift is Shift.NONE:
        return DueStage(stage.title, counted, _joined(said, rest_note(counted, calendar)))
    day = calendar.shift(counted, 1 if stage.shift is Shift.NEXT else -1)
    moved = ""
    if day != counted:
        way = "顺延" if day > counted else "提前"
        moved = f"{_day(counted)}（{_weekday(counted)}）遇休息日，{way}至{_day(day)}"
    assumed = calendar.assumption(min(counted, day), max(counted, day))
    return DueStage(stage.title, day, _joined(said, moved, assumed))


def chosen_stage(day: dt.date, calendar: WorkCalendar = CALENDAR) -> DueStage:
    """The single stage of an order whose due day is chosen by hand."""
    return DueStage(SINGLE, day, rest_note(day, calendar))


def rest_note(day: dt.date, calendar: WorkCalendar = CALENDAR) -> str:
    """That a due day is a rest day and stays, or that nobody knows yet; empty for a working day."""
    rests = "" if calendar.is_working_day(day) else f"{_day(day)}（{_weekday(day)}）是休息日，不顺延"
    return _joined(rests, calendar.assumption(day, day))


def accept_by(start: dt.date, days: int, calendar: WorkCalendar = CALENDAR) -> dt.datetime:
    """Until when an order must be accepted: ``days`` working days after the day of assignment."""
    return end_of_day(calendar.add(start, days))


def _joined(*parts: str) -> str:
    return "；".join(filter(None, parts))


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _weekday(day: dt.date) -> str:
    return f"星期{_WEEKDAYS[day.weekday()]}"


def words_of(stages: Iterable[ClockStage]) -> str:
    """``办理方案15日内，办理结果3个月内``."""
    return "，".join(f"{stage.title}{stage.words}" for stage in stages)
