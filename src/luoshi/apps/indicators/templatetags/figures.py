"""How values read: ``{% load figures %} {{ value|places:indicator.decimals }}``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.apps.indicators.models import ObservationSource
from luoshi.periods import Period
from luoshi.site import moments

register = template.Library()

_MARKS = {
    source.value: format_html(
        '<span class="source-mark source-{}" title="{}数">{}</span>', source.value, source.label, source.label[0]
    )
    for source in ObservationSource
}

#: What brought a value, in words.
ORIGINS = {"return": "报表", "import": "统计文件", "verification": "认定", "demo": "示例"}


@register.filter
def places(value: Decimal | None, decimals: int = 2) -> str:
    """``1,234.50``: with thousands separators, as many decimals as the indicator has, more where they are not 0."""
    if value is None:
        return ""
    bare = value.normalize()
    own = -bare.as_tuple().exponent if isinstance(bare.as_tuple().exponent, int) else 0
    return f"{value:,.{max(int(decimals), own, 0)}f}"


@register.filter
def rounded(value: Decimal | None, decimals: int = 2) -> str:
    """``1,234.50``, rounded for show: for what was computed."""
    return "" if value is None else f"{value:,.{int(decimals)}f}"


@register.filter
def signed(value: Decimal | None, decimals: int = 2) -> str:
    """``+1.5``, ``-2``: a difference."""
    if value is None:
        return ""
    if not value:
        return "0"
    return f"{value.normalize():+,f}" if value == value.quantize(Decimal(1)) else f"{value:+,.{int(decimals)}f}"


@register.filter
def source_label(source: str) -> str:
    """自报, 统计, 认定."""
    return ObservationSource(source).label


@register.filter
def mark(source: str) -> SafeString:
    """The mark behind a figure: where it comes from. A page has thousands, so no template is drawn for each."""
    return _MARKS[source]


@register.filter
def origin_label(origin: str) -> str:
    """报表, 统计文件, …"""
    return ORIGINS.get(origin, origin)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment as addresses write it."""
    return moments.written(value)


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """The entry of a mapping; nothing where there is none."""
    return mapping.get(key)


@register.filter
def short(period: Period, year: int) -> str:
    """A period's label without the year that stands above the grid: ``3月``, ``第一季度``."""
    label = period.label
    return label.removeprefix(f"{year}年") or label
