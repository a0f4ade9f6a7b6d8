"""Numbers and days as people write them into addresses, within bounds that the database and the calendar can take."""

from __future__ import annotations

import datetime as dt

#: Longer than any number below 2**31; ``int`` refuses numbers of some thousand digits with an error of its own.
_MOST_DIGITS = 10
#: Periods are counted from 1900 to 2999, and with those that only touch a span: a year is kept free at both ends.
FIRST_DAY, LAST_DAY = dt.date(1901, 1, 1), dt.date(2998, 12, 31)


def number_of(value: str) -> int | None:
    """The whole number from 0 to 2**31 - 1 that the text writes; ``None`` for any other text."""
    if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
        return None
    number = int(value)
    return number if number < 2**31 else None


def day_of(value: str) -> dt.date | None:
    """The day from 1901 to 2998 that the text writes (``2026-12-31``); ``None`` for any other text."""
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
