"""Which indicator, and of which unit, each cell of a return observes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Max, Value

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.definitions import Asked
from luoshi.apps.reporting.models import Return
from luoshi.site.prepared import Prepared


class Place(NamedTuple):
    """A cell that observes: its indicator and the unit that it is about, by row number."""

    indicator_id: int
    unit_id: int


#: What the catalogue's keys mean, as long as its token stays: asked for with every return, by every cell.
_known: tuple[tuple[Any, ...] | None, dict[str, int]] | None = None
_token = Prepared(
    lambda: (
        Indicator.objects.order_by()
        .annotate(everything=Value(1))
        .values("everything")
        .annotate(rows=Count("pk"), last=Max("pk"), made=Max("created_at"), merged=Max("merged_at"))
        .values_list("rows", "last", "made", "merged")
    )
)


def indicator_ids(keys: Iterable[str]) -> dict[str, int]:
    """Indicators by key, for a merged one the one that was kept; unknown keys are left out. One small query."""
    global _known
    token = _token.first()
    known = _known
    if known is None or known[0] != token:
        known = _known = (token, _all_ids())
    return {key: known[1][key] for key in keys if key in known[1]}


def _all_ids() -> dict[str, int]:
    rows = list(Indicator.objects.order_by().values_list("pk", "key", "merged_into_id"))
    into = {pk: kept for pk, _, kept in rows if kept is not None}
    found: dict[str, int] = {}
    for pk, key, _ in rows:
        passed = {pk}
        while pk in into and into[pk] not in passed:
            pk = into[pk]
            passed.add(pk)
        found[key] = pk
    return found


def places_of(answer: Return, asked: Asked) -> dict[str, Place]:
    """The observing cells, blank ones too."""
    if not asked.indicators:
        return {}
    ids = indicator_ids(asked.indicators)
    units = {"": answer.unit_id}
    if asked.row_units:
        units |= dict(Unit.objects.filter(key__in=asked.row_units).order_by().values_list("key", "pk"))
    return {
        address: Place(ids[key], units[unit]) for address, key, unit in asked.observing if key in ids and unit in units
    }
