"""Which indicator, and of which unit, each cell of a return observes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.definitions import Asked
from luoshi.apps.reporting.models import Return
from luoshi.forms import cells as cells_of
from luoshi.forms.model import NUMERIC, Values


class Place(NamedTuple):
    """A cell that observes: its indicator and the unit that it is about, by row number."""

    indicator_id: int
    unit_id: int


def indicator_ids(keys: Iterable[str]) -> dict[str, int]:
    """Indicators by key, for a merged one the one that was kept: one query."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = Indicator.objects.filter(Q(key__in=wanted) | Q(merged_into__isnull=False)).order_by()
    found: dict[str, int] = {}
    into: dict[int, int] = {}
    for pk, key, kept in rows.values_list("pk", "key", "merged_into_id"):
        if key in wanted:
            found[key] = pk
        if kept is not None:
            into[pk] = kept
    for key, pk in found.items():
        passed = {pk}
        while pk in into and into[pk] not in passed:
            pk = into[pk]
            passed.add(pk)
        found[key] = pk
    return found


def places_of(answer: Return, asked: Asked, values: Values) -> dict[str, Place]:
    """The observing cells, blank ones too."""
    if not asked.indicators:
        return {}
    ids = indicator_ids(asked.indicators)
    units = {"": answer.unit_id}
    if asked.row_units:
        units |= dict(Unit.objects.filter(key__in=asked.row_units).order_by().values_list("key", "pk"))
    found: dict[str, Place] = {}
    for cell in cells_of(asked.definition, values):
        row, column = cell.row, cell.field
        key = column.indicator or (row.indicator if row and column.observed else "")
        unit = units.get(row.unit if row else "")
        if key in ids and unit is not None and column.type in NUMERIC and not cell.blocked:
            found[cell.address] = Place(ids[key], unit)
    return found
