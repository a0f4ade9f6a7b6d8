"""The one way in which items of drafts are counted, on every page and for the API.

* 待确认 nobody has decided yet; 已确认 accepted, corrected or added; 已剔除 rejected, which is not confirmed.
* 单位不明 counts printed names, each once a draft however often it stands there, in items that are not rejected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.intake import values
from luoshi.apps.intake.models import Draft, DraftItem, DraftState, ItemKind, ItemState
from luoshi.units import fold

CONFIRMED = (ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.ADDED)


def unknown_names(drafts: Collection[int]) -> dict[int, list[str]]:
    """The printed names that mean no known unit, each once a draft, in the order of the text: one query."""
    rows = DraftItem.objects.filter(draft__in=drafts, kind=ItemKind.RESPONSIBILITY, unknown_names__gt=0)
    rows = rows.exclude(state=ItemState.REJECTED).order_by("draft", "position", "pk")
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for draft, data in rows.values_list("draft_id", "data"):
        found[draft].append(data)
    return {draft: unknown_in(clauses) for draft, clauses in found.items()}


def unknown_in(clauses: Iterable[Mapping[str, Any]]) -> list[str]:
    """The unknown names in the values of responsibilities, each once."""
    names: dict[str, str] = {}
    for data in clauses:
        for role in values.ROLES:
            for entry in data.get(role, ()):
                if values.is_unknown(entry):
                    names.setdefault(fold(entry["name"]), entry["name"])
    return list(names.values())


class CountedDrafts(QuerySet[Draft]):
    """Drafts that come with ``unknown``: how many printed names in them mean no known unit. One more query a list:
    the names stand in JSON, in which the databases count differently."""

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh:
            rows = [row for row in self._result_cache or () if isinstance(row, Draft)]
            names = unknown_names([row.pk for row in rows]) if rows else {}
            for row in rows:
                row.unknown = len(names.get(row.pk, ()))  # type: ignore[attr-defined]


def with_counts(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Drafts with ``total``, ``pending``, ``confirmed``, ``rejected``, ``measure_count``, ``unknown``: two queries."""

    def items(**conditions: Any) -> Count:
        return Count("items", filter=Q(**{f"items__{name}": value for name, value in conditions.items()}))

    counted = CountedDrafts(Draft, using=drafts._db)
    counted.query = drafts.query.chain()
    counted._prefetch_related_lookups = drafts._prefetch_related_lookups
    return counted.annotate(
        total=Count("items"),
        pending=items(state=ItemState.PENDING),
        confirmed=items(state__in=CONFIRMED),
        # The workbench still calls it so.
        rejected=items(state=ItemState.REJECTED),
        measure_count=items(kind=ItemKind.MEASURE),
    )


def waiting(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """The drafts that are work to do: open, and something was found in them (a cover notice holds nothing)."""
    items = DraftItem.objects.order_by().values("draft")
    return drafts.filter(state=DraftState.OPEN, pk__in=items)
