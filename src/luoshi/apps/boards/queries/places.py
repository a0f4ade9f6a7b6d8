"""Where units stand: on a map of boundaries, else as tiles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from math import ceil, sqrt
from typing import Any

from django.db.models import Max

from luoshi.apps.boards.models import Boundaries
from luoshi.apps.organisations.models import Unit
from luoshi.apps.targets.policies import paths_above


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    """The boundaries that come with Luoshi, by the key of the unit whose parts they show."""
    folder = resources.files("luoshi.apps.boards") / "boundaries"
    return {
        file.name.removesuffix(".geojson"): json.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".geojson")
    }


def units_drawn(geojson: dict[str, Any]) -> set[str]:
    """The keys of the units that a collection draws."""
    return {feature["properties"]["unit"] for feature in geojson["features"]}


def boundaries_of(units: Sequence[Unit]) -> dict[str, Any] | None:
    """The boundaries that show the most of the units: those given for units above, and only where these show none the
    shipped ones; ``None`` where none do. At most one query.
    """
    if not units:
        return None
    paths = {path for unit in units for path in paths_above(unit.path)}
    above = Boundaries.objects.filter(unit__path__in=paths)
    last = above.order_by().values("unit").annotate(last=Max("pk")).values("last")  # earlier files may be large: unread
    given = Boundaries.objects.filter(pk__in=last).order_by("-unit__path").values_list("geojson", flat=True)
    offered: list[dict[str, Any]] = list(given)
    keys = {unit.key for unit in units}
    # A row whose features were taken out says: tiles, please.
    if any(not one["features"] for one in offered[:1]):
        return None
    for some in (offered, _shipped().values()):
        best = max(some, key=lambda one: len(keys & units_drawn(one)), default=None)
        if best is not None and keys & units_drawn(best):
            return best
    return None


def tiles(units: Sequence[Unit]) -> list[tuple[Unit, int, int]]:
    """(unit, column, row) of a compact grid of tiles, in the order of the units: as wide as high, a little wider."""
    width = max(1, ceil(sqrt(len(units) * 1.4)))
    return [(unit, number % width, number // width) for number, unit in enumerate(units)]
