"""Money, rates and libraries in words: ``{% load projects %} {{ project.total|wan }}``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

_STATE_COLOURS = {
    "reserve": "azure",
    "preparation": "blue",
    "started": "orange",
    "construction": "purple",
    "completed": "green",
    "left": "secondary",
}


@register.filter
def wan(amount: Decimal | None) -> str:
    """Yuan as 万元, with thousands separators and no zeros behind; 未报 where nothing was said."""
    if amount is None:
        return "未报"
    return f"{Decimal(amount) / 10_000:,.6f}".rstrip("0").rstrip(".")


@register.filter
def yi(amount: Decimal | None) -> str:
    """Yuan as 亿元, two decimals."""
    if amount is None:
        return "未报"
    return f"{(Decimal(amount) / 100_000_000).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


@register.filter
def percent(value: Decimal | None) -> str:
    """A rate with one decimal; 不适用 where there was nothing to divide by."""
    return "不适用" if value is None else f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP):,}%"


@register.filter
def times(value: Decimal | None) -> str:
    """A ratio: 2.31倍."""
    return "不适用" if value is None else f"{Decimal(value).quantize(Decimal('0.01'), ROUND_HALF_UP):,}倍"


@register.filter
def points(value: Decimal | None) -> str:
    """A difference in percentage points, with its sign."""
    return "不适用" if value is None else f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP):+,}个百分点"


@register.filter
def library(project: Any) -> SafeString:
    """The library of a project as a mark."""
    colour = _STATE_COLOURS.get(project.state, "secondary")
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, project.get_state_display())


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """The value of a mapping."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def meets(value: Decimal | None, norm: Decimal) -> str:
    """A css class: below the norm or not."""
    return "" if value is None else ("" if value >= norm else "late")


@register.filter
def unlocalize_number(value: float) -> str:
    """A number as SVG reads it, whatever the language of the page."""
    return f"{value:g}" if abs(value) < 1_000_000 else f"{value:f}"
