"""Points, places and figures in words: ``{% load runs %} {{ row.total|points }} {{ row.change|places }}``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.apps.assessment.models import ItemSource, SourceKind
from luoshi.apps.assessment.queries.runs import links_of
from luoshi.apps.assessment.sources import figures_of
from luoshi.scoring import show

register = template.Library()
_TWO = Decimal("0.01")


@register.filter
def points(value: Any) -> str:
    """Points for reading: two places, rounded half up."""
    if value in (None, ""):
        return "—"
    if isinstance(value, Fraction):
        return f"{Decimal(show(value)).quantize(_TWO):,}"
    try:
        return f"{Decimal(str(value)).quantize(_TWO, ROUND_HALF_UP):,}"
    except InvalidOperation:
        return str(value)


@register.filter
def figure_title(source: ItemSource) -> str:
    """Which figure of a ledger an item takes, in words."""
    key = str(source.parameters.get("figure", ""))
    if source.kind in (SourceKind.HAND, SourceKind.INDICATOR, SourceKind.RUN):
        return ""
    found = figures_of(source.kind).get(key)
    return found.title if found is not None else ""


@register.filter
def figure(value: Any) -> str:
    """A value for reading: all its decimals, thousands separated."""
    if value in (None, ""):
        return ""
    number = Decimal(str(value)).normalize()
    exponent = number.as_tuple().exponent
    return f"{number:,f}" if isinstance(exponent, int) and exponent < 0 else f"{int(number):,}"


@register.filter
def typed(value: Any) -> str:
    """A value as a form field holds it."""
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


@register.filter
def places(change: int | None) -> SafeString | str:
    """Places won or lost: shape and number, said in words for those who do not see."""
    if change is None:
        return format_html('<span class="none">{}</span>', "—")
    if not change:
        return format_html('<span class="none" title="{}">{}</span>', "名次未变", "—")
    words, mark, style = ("上升", "▲", "up") if change > 0 else ("下降", "▼", "down")
    count = abs(change)
    title = f"比上期{words}{count}名"
    shape = format_html('<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>', mark, words)
    return format_html('<span class="moved moved-{}" title="{}">{}{}</span>', style, title, shape, count)


@register.filter
def signed(value: Any) -> str:
    """A difference in points: ``+2.50``."""
    if value is None:
        return "—"
    number = Decimal(show(value)) if isinstance(value, Fraction) else Decimal(str(value))
    number = number.quantize(_TWO, ROUND_HALF_UP)
    return f"{number:+,}" if number else "0.00"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a mapping by a key that stands in a variable."""
    return mapping.get(key) if mapping else None


@register.filter
def less(left: Any, right: Any) -> Any:
    """``left - right`` of two fractions, ``None`` where one is missing."""
    return None if left is None or right is None else left - right


@register.filter
def sources(reference: Any) -> list[tuple[str, str]]:
    """Where a figure came from: (words, address)."""
    return links_of(reference or {})
