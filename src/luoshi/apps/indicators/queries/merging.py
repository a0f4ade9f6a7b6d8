"""Which indicator stands for which: merged ones live on in the one that was kept, nothing of theirs is rewritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from luoshi.apps.indicators.models import Indicator


def survivors(as_of: dt.datetime | None = None) -> dict[int, int]:
    """The number of the indicator that was kept, by the number of each merged one, as things stood at a moment."""
    rows = Indicator.objects.order_by().filter(merged_into__isnull=False)
    if as_of is not None:
        rows = rows.filter(merged_at__lte=as_of)
    into = dict(rows.values_list("pk", "merged_into_id"))
    found: dict[int, int] = {}
    for pk in into:
        end = pk
        passed = {pk}
        while end in into and into[end] not in passed:
            end = into[end]
            passed.add(end)
        found[pk] = end
    return found


def with_merged(
    ids: Iterable[int], as_of: dt.datetime | None = None, kept: dict[int, int] | None = None
) -> tuple[set[int], dict[int, int]]:
    """The indicators and all that live on in them, and which stands for which (``kept``, where it is known already)."""
    kept = survivors(as_of) if kept is None else kept
    wanted = {kept.get(pk, pk) for pk in ids}
    return wanted | {pk for pk, end in kept.items() if end in wanted}, kept


def indicators_by_key(keys: Iterable[str]) -> dict[str, Indicator]:
    """The indicators that the keys mean today, for a merged one the one that was kept; unknown keys are left out."""
    asked = dict(Indicator.objects.filter(key__in=set(keys)).values_list("key", "pk"))
    kept = survivors()
    rows = Indicator.objects.in_bulk({kept.get(pk, pk) for pk in asked.values()})
    return {key: rows[kept.get(pk, pk)] for key, pk in asked.items()}
