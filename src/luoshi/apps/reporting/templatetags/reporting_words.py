"""Template filters of the pages of forms and returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at_key(values: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key; ``None`` where it holds nothing."""
    return values.get(key)
