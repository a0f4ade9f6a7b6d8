"""Self-reported beside official values, and what was decided: for 认定."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, Exists, F, Max, OuterRef, Q, QuerySet, When
from django.db.models import Value as Constant
from django.db.models.functions import Abs

from luoshi.apps.indicators.models import Indicator, Observation, ObservationSource
from luoshi.apps.indicators.queries.merging import with_merged
from luoshi.apps.indicators.queries.observations import known_at
from luoshi.apps.organisations.models import Unit

PAGE = 100
_SHARE = DecimalField(max_digits=24, decimal_places=10)
#: Which rows are asked for.
SHOWN = {"": "全部", "off": "超出容差", "open": "未认定", "one": "只有一方有数"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator of one unit. ``difference`` is reported less official, ``percent`` of the official figure."""

    indicator: Indicator
    unit: Unit
    reported: Decimal | None
    official: Decimal | None
    verified: Decimal | None
    note: str
    off: bool

    @property
    def difference(self) -> Decimal | None:
        """Reported less official."""
        return None if self.reported is None or self.official is None else self.reported - self.official

    @property
    def percent(self) -> Decimal | None:
        """The difference as a share of the official figure in %; ``None`` where that is 0."""
        if self.difference is None or not self.official:
            return None
        return self.difference / abs(self.official) * 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """A page of what is compared, with counts over all pages."""

    rows: tuple[Compared, ...]
    total: int
    number: int
    units: int
    off: int
    verified: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def _pairs(indicators: Collection[Indicator], period: str, as_of: dt.datetime | None) -> QuerySet[Observation]:
    """A row an (indicator, unit): the values of the three sources. A source has one current value in a cell."""
    ids = {row.pk for row in indicators}
    wanted, kept = with_merged(ids, as_of)
    rows = Observation.objects.filter(known_at(as_of), indicator__in=wanted, period=period).order_by()
    merged = {pk: end for pk, end in kept.items() if end in ids}
    stands_for: object = F("indicator_id")
    if merged:
        stands_for = Case(
            *(When(indicator_id=pk, then=Constant(end)) for pk, end in merged.items()), default=stands_for
        )
        own = Observation.objects.filter(
            known_at(as_of), indicator__in=ids, unit=OuterRef("unit"), period=period, source=OuterRef("source")
        )
        rows = rows.filter(~Q(indicator__in=merged) | ~Exists(own))
    values = {
        name: Max("value", filter=Q(source=source.value))
        for name, source in (
            ("reported", ObservationSource.SELF_REPORTED),
            ("official", ObservationSource.STATISTICS),
            ("verified", ObservationSource.VERIFIED),
        )
    }
    notes = Max("note", filter=Q(source=ObservationSource.VERIFIED.value))
    return rows.values(of=stands_for, at=F("unit_id")).annotate(**values, said=notes)


def comparison(
    *,
    indicators: Collection[Indicator],
    period: str,
    tolerance: Decimal = Decimal(0),
    shown: str = "",
    as_of: dt.datetime | None = None,
    number: int = 1,
) -> Comparison:
    """A page of the units' values by source. ``tolerance`` (%) is how far a reported figure may lie off."""
    by_id = {row.pk: row for row in indicators}
    pairs = _pairs(indicators, period, as_of)
    gap = Abs(F("reported") - F("official"))
    off = Q(gap__gt=F("allowed"))
    measured = pairs.annotate(gap=gap, allowed=Abs(F("official")) * Constant(tolerance / 100, output_field=_SHARE))
    conditions = {
        "": Q(),
        "off": off,
        "open": Q(verified=None),
        "one": Q(reported=None) ^ Q(official=None),
    }
    shown = shown if shown in conditions else ""
    chosen = measured.filter(conditions[shown])
    # One walk over all rows for all counts: a department's month has a hundred thousand.
    counts = measured.aggregate(
        all_rows=Count("at"), off_rows=Count("at", filter=off), done=Count("at", filter=Q(verified__isnull=False))
    )
    total = {"": counts["all_rows"], "off": counts["off_rows"], "open": counts["all_rows"] - counts["done"]}.get(shown)
    if total is None:
        total = chosen.count()
    number = min(max(1, number), max(1, -(-total // PAGE)))
    ordered = chosen.order_by("of", "unit__path") if len(by_id) > 1 else chosen.order_by("unit__path")
    found = list(ordered[(number - 1) * PAGE : number * PAGE])
    units = Unit.objects.in_bulk([row["at"] for row in found])
    rows = []
    for row in found:
        reported, official = row["reported"], row["official"]
        far = (
            reported is not None and official is not None and abs(reported - official) > abs(official) * tolerance / 100
        )
        rows.append(
            Compared(by_id[row["of"]], units[row["at"]], reported, official, row["verified"], row["said"] or "", far)
        )
    return Comparison(
        rows=tuple(rows),
        total=total,
        number=number,
        units=counts["all_rows"],
        off=counts["off_rows"],
        verified=counts["done"],
    )
