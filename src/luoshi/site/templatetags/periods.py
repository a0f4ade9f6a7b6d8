"""Periods and moments in words: ``{% load periods %} {{ round.period|period }} {{ round.due_at|moment }}``."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone

from luoshi.apps.reporting.telling import moment_in_words
from luoshi.periods import Period, PeriodError

register = template.Library()


@register.filter
def period(text: str) -> str:
    """``2026-03`` → ``2026年3月``; what is no period stays as it is."""
    try:
        return Period.parse(text).label
    except PeriodError:
        return text


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment: ``12月3日24时``, ``11月20日 10:20``; with the year where it is not this one."""
    if not value:
        return ""
    year = timezone.localtime(value).year
    return f"{'' if year == timezone.localdate().year else f'{year}年'}{moment_in_words(value)}"
