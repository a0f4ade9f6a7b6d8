"""Changes of units in words."""

from __future__ import annotations

from django import template

from luoshi.apps.administration import words
from luoshi.apps.organisations.actions import FieldChange

register = template.Library()


@register.filter
def changed_fields(change: FieldChange) -> list[words.ChangeRow]:
    """The fields of a changed unit with both values."""
    return words.rows_of(
        "organisations.unit",
        {field: _plain(pair[0]) for field, pair in change.fields.items()},
        {field: _plain(pair[1]) for field, pair in change.fields.items()},
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
