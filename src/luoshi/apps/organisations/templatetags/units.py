"""Units in templates: ``{% load units %} {{ unit|placed }} {% unit_picker "unit" asked.unit %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from luoshi.apps.organisations.choosing import ALL, label_of, places_of_request
from luoshi.apps.organisations.fields import UnitInput, UnitsInput
from luoshi.apps.organisations.models import Unit

register = template.Library()


@register.filter
def placed(unit: Unit | None) -> str:
    """A unit with its place before it (``云江市 · 农业农村局``); an ended one says so."""
    return "" if unit is None else label_of(unit)


@register.filter
def placed_key(key: str, name: str = "") -> str:
    """The same by the unit's key, for rows that hold no more; ``name`` where the key is unknown."""
    place = places_of_request().get(key)
    return place.shown(timezone.localdate()) if place else name or key


@register.simple_tag
def unit_picker(
    name: str,
    value: Any = "",
    *,
    scope: str = ALL,
    of: Any = "",
    ended: bool = False,
    many: bool = False,
    value_as: str = "key",
    label: str = "",
    **attrs: Any,
) -> SafeString:
    """The field of ``UnitField`` for a page without a Django form: a filter bar, a small form written by hand.

    ``value`` is a unit (a list of units where there may be several), a key, or the text typed. What is sent is read by
    ``choosing.find_unit``; ``value_as="id"`` sends row numbers in place of keys; ``label`` is what the unit is called,
    where the page knows. Further arguments become attributes, ``_`` stands for ``-``.
    """
    widget = UnitsInput() if many else UnitInput()
    widget.label = label
    widget.scope, widget.of, widget.ended, widget.value_as = scope, str(of), ended, value_as
    attributes = {key.replace("_", "-"): item for key, item in attrs.items() if item not in (None, False, "")}
    attributes["class"] = f"form-control {attributes.get('class', 'form-control-sm')}"
    return widget.render(name, value, attributes)
