"""Boundaries to draw projects on, offered by an app above that has them (``offer_boundaries`` in its ``ready``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from luoshi.apps.organisations.models import Unit

Source = Callable[[Sequence[Unit]], dict[str, Any] | None]
_sources: list[Source] = []


def offer_boundaries(source: Source) -> None:
    """Say who draws units: a function from units to a GeoJSON collection, or nothing."""
    if source not in _sources:
        _sources.append(source)


def boundaries(units: Sequence[Unit]) -> dict[str, Any] | None:
    """The boundaries that show the units, from the first source that has them."""
    return next((found for source in _sources if (found := source(units))), None)
