"""Days and moments in Asia/Shanghai, where every date of a plan is meant."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def _shanghai() -> dt.tzinfo:
    try:
        return ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:  # a bare machine without time zone data; no summer time since 1991
        return dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


SHANGHAI = _shanghai()


def end_of_day(date: dt.date) -> dt.datetime:
    """The last moment of a day, aware."""
    return dt.datetime.combine(date, dt.time.max, tzinfo=SHANGHAI)


def local_date(moment: dt.datetime) -> dt.date:
    """The day on which a moment falls in Shanghai; ``ValueError`` for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("时刻缺少时区")
    return moment.astimezone(SHANGHAI).date()


def is_late(moment: dt.datetime, due: dt.date) -> bool:
    """Whether a moment lies after the end of the day ``due``; ``ValueError`` for a moment without a time zone."""
    return local_date(moment) > due
