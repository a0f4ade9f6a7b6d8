"""Dates that say only a year or a month, and whether something was valid on a day."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def parse_partial_date(text: str, *, last: bool = False) -> dt.date | None:
    """``2019``, ``2018-02`` or ``2018-02-05`` as its first day, or with ``last`` its last; ``None`` for an empty text.

    Raises ``ValueError`` for anything else.
    """
    text = text.strip()
    if not text:
        return None
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year = int(match[1])
    month = int(match[2]) if match[2] else (12 if last else 1)
    if match[3]:
        return dt.date(year, month, int(match[3]))
    first = dt.date(year, month, 1)
    return first.replace(day=calendar.monthrange(year, month)[1]) if last else first


def is_valid_on(date: dt.date | None, valid_from: dt.date | None, valid_to: dt.date | None) -> bool:
    """Whether ``date`` lies between both days, both included; no date is always within."""
    if date is None:
        return True
    return (valid_from is None or valid_from <= date) and (valid_to is None or date <= valid_to)


def latest(*dates: dt.date | None) -> dt.date | None:
    """The latest of the dates that are known."""
    return max((date for date in dates if date is not None), default=None)


def earliest(*dates: dt.date | None) -> dt.date | None:
    """The earliest of the dates that are known."""
    return min((date for date in dates if date is not None), default=None)
