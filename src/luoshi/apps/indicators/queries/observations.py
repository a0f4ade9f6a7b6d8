"""What is known of a value, as of any moment: ``as_of`` is one parameter of every function here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, Q, QuerySet, When

from luoshi.apps.indicators.models import Indicator, Observation, ObservationSource
from luoshi.apps.indicators.queries.merging import survivors, with_merged

#: The most trusted first.
PRECEDENCE = (ObservationSource.VERIFIED, ObservationSource.STATISTICS, ObservationSource.SELF_REPORTED)
_RANK = {source.value: rank for rank, source in enumerate(PRECEDENCE)}

Key = tuple[int, int, str]  # indicator, unit, period


@dataclass(frozen=True, slots=True)
class Value:
    """The value that counts, where it comes from, and the observation and cell that it leads back to."""

    value: Decimal
    source: str
    observation_id: int
    recorded_at: dt.datetime
    origin: str
    origin_id: int | None
    origin_cell: str


def known_at(as_of: dt.datetime | None) -> Q:
    """A condition: the observation was current at the moment (is current, for ``None``)."""
    if as_of is None:
        return Q(superseded_at=None)
    return Q(recorded_at__lte=as_of) & (Q(superseded_at=None) | Q(superseded_at__gt=as_of))


def _ids(indicators: Collection[Indicator] | Collection[int]) -> set[int]:
    return {item.pk if isinstance(item, Indicator) else item for item in indicators}


def observations(
    *,
    indicators: Collection[Indicator] | Collection[int] | None = None,
    unit_ids: Collection[int] | None = None,
    periods: Collection[str] | None = None,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    sources: Collection[str] | None = None,
    as_of: dt.datetime | None = None,
    only: Q | None = None,
    kept: dict[int, int] | None = None,
) -> QuerySet[Observation]:
    """Observations as known at a moment (now, without ``as_of``), of every source, those of merged indicators too.

    ``first_day`` and ``last_day`` keep the periods that lie wholly between both days. A row keeps the indicator under
    which it was recorded; ``survivors`` tells which stands for it. ``only`` is a further condition, such as
    ``policies.observed(user)``; ``kept`` is ``survivors(as_of)`` where the caller has it.
    """
    rows = Observation.objects.filter(known_at(as_of))
    if indicators is not None:
        rows = rows.filter(indicator__in=with_merged(_ids(indicators), as_of, kept)[0])
    if unit_ids is not None:
        rows = rows.filter(unit__in=list(unit_ids))
    if periods is not None:
        rows = rows.filter(period__in=list(periods))
    if first_day is not None:
        rows = rows.filter(first_day__gte=first_day)
    if last_day is not None:
        rows = rows.filter(last_day__lte=last_day)
    if sources is not None:
        rows = rows.filter(source__in=list(sources))
    return rows if only is None else rows.filter(only)


def effective(
    *,
    indicators: Collection[Indicator] | Collection[int] | None = None,
    unit_ids: Collection[int] | None = None,
    periods: Collection[str] | None = None,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    sources: Collection[str] | None = None,
    as_of: dt.datetime | None = None,
    only: Q | None = None,
    kept: dict[int, int] | None = None,
) -> dict[Key, Value]:
    """The value that counts, by (indicator, unit, period): verified before statistics before self-reported.

    A merged indicator's value stands under the one that was kept; where both have one of the same source, that of the
    kept one counts, and among merged ones the later recorded.
    """
    kept = survivors(as_of) if kept is None else kept
    rows = observations(
        indicators=indicators,
        unit_ids=unit_ids,
        periods=periods,
        first_day=first_day,
        last_day=last_day,
        sources=sources,
        as_of=as_of,
        only=only,
        kept=kept,
    ).order_by()
    best: dict[Key, tuple[int, bool, float, int]] = {}
    found: dict[Key, Value] = {}
    for indicator, unit, period, value, source, pk, recorded_at, origin, origin_id, cell in rows.values_list(
        "indicator_id",
        "unit_id",
        "period",
        "value",
        "source",
        "pk",
        "recorded_at",
        "origin",
        "origin_id",
        "origin_cell",
    ).iterator(chunk_size=5000):
        key = (kept.get(indicator, indicator), unit, period)
        rank = (_RANK[source], indicator in kept, -recorded_at.timestamp(), -pk)
        if key not in best or rank < best[key]:
            best[key] = rank
            found[key] = Value(value, source, pk, recorded_at, origin, origin_id, cell)
    return found


def figures(
    unit: int,
    *,
    indicators: Collection[int],
    first_day: dt.date,
    last_day: dt.date,
    sources: Collection[str] | None,
    as_of: dt.datetime | None,
    only: Q,
    kept: dict[int, int],
) -> tuple[dict[Key, Decimal], dict[Key, Value]]:
    """The numbers that count, as ``effective`` finds them, and those of one unit with where they come from.

    One query. For adding up many units: where the hundred thousand other numbers come from is not read.
    """
    rows = observations(
        indicators=indicators,
        first_day=first_day,
        last_day=last_day,
        sources=sources,
        as_of=as_of,
        only=only,
        kept=kept,
    )
    # One source has one value at a moment; only merged indicators bring several, of which the later recorded counts.
    rows = rows.order_by("recorded_at", "pk") if kept else rows.order_by()
    told = Case(When(unit=unit, then=F("recorded_at")))
    best: dict[Key, tuple[int, bool]] = {}
    numbers: dict[Key, Decimal] = {}
    owns: dict[Key, Value] = {}
    names = ("indicator_id", "unit_id", "period", "source", "value", "pk", "told", "origin", "origin_id", "origin_cell")
    found = rows.annotate(told=told).values_list(*names)
    for indicator, at, period, source, value, pk, recorded_at, origin, origin_id, cell in found.iterator(5000):
        key = (kept.get(indicator, indicator), at, period)
        rank = (_RANK[source], indicator in kept)
        if key in best and best[key] < rank:
            continue
        best[key] = rank
        numbers[key] = value
        if at == unit:
            owns[key] = Value(value, source, pk, recorded_at, origin, origin_id, cell)
    return numbers, owns


#: A value, its source, and the observation that says so.
Figure = tuple[Decimal, str, int]


def series_of(
    *,
    indicators: Collection[int],
    unit_ids: Collection[int],
    first_day: dt.date,
    last_day: dt.date,
    ends: Collection[dt.date] | None = None,
    as_of: dt.datetime | None = None,
    kept: dict[int, int] | None = None,
    only: Q | None = None,
) -> dict[tuple[int, int], dict[str, Figure]]:
    """The values that count, as ``effective`` finds them, by (indicator, unit) and period: one query, with ``kept``.

    ``ends`` keeps the periods that end on one of some days. For reading tens of thousands at once: when and where each
    was typed is not read; its number leads there.
    """
    kept = survivors(as_of) if kept is None else kept
    rows = observations(
        indicators=indicators,
        unit_ids=unit_ids,
        first_day=first_day,
        last_day=last_day,
        as_of=as_of,
        only=only,
        kept=kept,
    )
    if ends is not None:
        rows = rows.filter(last_day__in=list(ends))
    # One source has one value at a moment; only merged indicators bring several, of which the later recorded counts.
    rows = rows.order_by("recorded_at", "pk") if kept else rows.order_by()
    found: dict[tuple[int, int], dict[str, Figure]] = {}
    merged: set[tuple[int, int, str]] = set()
    names = ("indicator_id", "unit_id", "period", "value", "source", "pk")
    for indicator, unit, period, value, source, pk in rows.values_list(*names).iterator(chunk_size=5000):
        end = kept.get(indicator, indicator) if kept else indicator
        own = found.get((end, unit))
        if own is None:
            own = found[end, unit] = {}
        if period in own:
            before = (_RANK[own[period][1]], (end, unit, period) in merged)
            if before < (_RANK[source], end != indicator):
                continue
        if kept:
            (merged.add if end != indicator else merged.discard)((end, unit, period))
        own[period] = (value, source, pk)
    return found
