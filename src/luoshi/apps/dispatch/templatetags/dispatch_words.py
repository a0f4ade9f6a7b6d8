"""Kept figures, lights and days in words: ``{% load dispatch_words %} {{ figures|kept:"goal" }}``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.apps.dispatch.figures import amount, percent
from luoshi.apps.targets.queries.standing import LIGHT_WORDS
from luoshi.progress import Light

register = template.Library()


@register.filter
def kept(figures: dict[str, Any] | None, name: str) -> str:
    """A figure as it stood: ``1,050``; 未报 and — look different."""
    if not figures:
        return "—"
    value = figures.get(name)
    if value is None:
        return "未报" if name == "actual" else "—"
    return amount(value, figures)


@register.filter
def kept_percent(figures: dict[str, Any] | None, name: str) -> str:
    """A part as it stood: ``89.9%``."""
    return percent((figures or {}).get(name))


@register.simple_tag
def kept_light(light: str, reason: str = "", words: bool = True) -> SafeString:
    """A light as it was: colour, shape and why."""
    try:
        told = LIGHT_WORDS[Light(light)] if light else "无目标"
    except ValueError:
        told = ""
    why = reason or told
    mark = format_html(
        '<span class="light light-{}" role="img" title="{}" aria-label="{}：{}"></span>',
        light or "none",
        why,
        told,
        why,
    )
    return format_html('<span class="text-nowrap">{}{}</span>', mark, told) if words else mark


@register.filter
def day(text: str | dt.date | None) -> str:
    """``2026-11-25`` → ``11月25日``, with the year where it is not this one."""
    if not text:
        return ""
    try:
        found = text if isinstance(text, dt.date) else dt.date.fromisoformat(text[:10])
    except ValueError:
        return str(text)
    this = timezone.localdate().year
    return f"{'' if found.year == this else f'{found.year}年'}{found.month}月{found.day}日"


@register.filter
def at_key(values: dict[Any, Any], key: Any) -> Any:
    """The value of a key, nothing where there is none."""
    return values.get(key, "")
