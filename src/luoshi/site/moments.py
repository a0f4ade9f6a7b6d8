"""Moments in addresses and calls: ``as_of=2026-03-04T12:00``. One reading for all pages and the API: a bare day means
its end, a moment without a zone is local time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from luoshi.periods import end_of_day

FIRST_YEAR, LAST_YEAR = 1902, 2998


def moment_of(text: str) -> dt.datetime | None:
    """The moment that a text writes; a bare day means its end. ``None`` for any other text."""
    text = text.strip()
    if not text or len(text) > 40:
        return None
    try:
        if "T" not in text and ":" not in text:
            day = dt.date.fromisoformat(text)
            return end_of_day(day) if FIRST_YEAR <= day.year <= LAST_YEAR else None
        # A plus sign in an address arrives as a blank.
        moment = dt.datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def as_of_in(query: Mapping[str, str]) -> tuple[dt.datetime | None, str]:
    """The moment of an address and, where it is none, what to say."""
    text = query.get("as_of", "")
    if not text:
        return None, ""
    moment = moment_of(text)
    if moment is None:
        return None, f"“{text[:30]}”不是时点，应写作 2026-03-04T12:00；以下是现在的数。"
    return moment, ""


def written(moment: dt.datetime | None) -> str:
    """The moment as an address writes it: local, to the minute where it has no seconds."""
    if moment is None:
        return ""
    local = timezone.localtime(moment).replace(tzinfo=None)
    return local.isoformat(timespec="auto" if local.second or local.microsecond else "minutes")


def told(moment: dt.datetime) -> str:
    """``2026年3月4日12:00``."""
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"
