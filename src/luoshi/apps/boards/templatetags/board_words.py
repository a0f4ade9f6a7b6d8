"""Figures of boards in templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from luoshi.apps.targets.queries.standing import percent as cut

register = template.Library()


@register.filter
def percent(part: Decimal | None) -> str:
    """``89.9%``, cut off; a dash where there is no such ratio."""
    return "—" if part is None else cut(part)
