"""Form fields in the site's look: ``{% load fields %} {% field form.name %}``."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms import BoundField

register = template.Library()


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str | None = None, help: str | None = None, **attrs: Any) -> dict[str, Any]:
    """One labelled field with its help and errors; further arguments become attributes (``_`` stands for ``-``)."""
    widget = bound.field.widget
    attributes = {name.replace("_", "-"): value for name, value in attrs.items()}
    css = f"{_css_class(widget)} {widget.attrs.get('class', '')} {attributes.pop('class', '')}"
    if bound.errors:
        css += " is-invalid"
        attributes["aria-describedby"] = f"{bound.auto_id}_errors"
    attributes["class"] = " ".join(css.split())
    return {
        "field": bound,
        "label": bound.label if label is None else label,
        "help": bound.help_text if help is None else help,
        "control": bound.as_widget(attrs=attributes),
        "is_check": isinstance(widget, forms.CheckboxInput),
    }
