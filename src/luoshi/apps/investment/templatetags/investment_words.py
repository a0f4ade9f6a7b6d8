"""Amounts and colours: ``{% load investment_words %} {{ lead.amount|yi }}``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django import template

from luoshi.apps.investment.models import LeadState
from luoshi.apps.investment.states import COLOURS

register = template.Library()
_YI = Decimal(100_000_000)


@register.filter
def yi(value: Decimal | None) -> str:
    """元 in 亿元, at most four decimals, empty for nothing: ``12.5``."""
    if value is None:
        return ""
    return f"{(Decimal(value) / _YI).quantize(Decimal('0.0001'), ROUND_HALF_UP).normalize():,f}"


@register.filter
def wan(value: Decimal | None) -> str:
    """元 in 万元 (or 美元 in 万美元), at most two decimals."""
    if value is None:
        return ""
    return f"{(Decimal(value) / 10_000).quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():,f}"


@register.filter
def share(value: Decimal | None) -> str:
    """A share of 1 as ``63.5%``, empty for nothing."""
    if value is None:
        return ""
    return f"{(Decimal(value) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP).normalize():f}%"


@register.filter
def state_colour(state: str) -> str:
    """The colour of a state."""
    return COLOURS.get(LeadState(state), "secondary")


@register.filter
def places(value: list[dict[str, str]]) -> str:
    """The cities of an activity."""
    return "、".join(place["name"] for place in value)


@register.filter
def is_outbound(value: list[dict[str, str]]) -> bool:
    """Whether an activity went outside the prefecture."""
    return any(place["where"] != "prefecture" for place in value)


@register.filter
def part(value: Decimal) -> str:
    """A part of a project: ``1``, ``0.5``."""
    return f"{value.normalize():f}"
