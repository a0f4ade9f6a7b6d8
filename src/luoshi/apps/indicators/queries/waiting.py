"""What waits for 认定: imported statistics whose value nobody has verified yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from luoshi.apps.indicators.models import Indicator, Observation, ObservationSource, StatisticsImport
from luoshi.apps.indicators.queries.merging import with_merged
from luoshi.periods import Period

#: Files looked at, the newest first: what is older than those was left unverified on purpose.
RECENT_IMPORTS = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """One indicator in one period, and how many units have an official value that is not verified."""

    indicator: Indicator
    period: Period
    units: int


def waiting(indicators: Collection[Indicator]) -> list[Waiting]:
    """What waits among the indicators, the newest period first, then the most units: three queries."""
    by_id = {row.pk: row for row in indicators}
    wanted, kept = with_merged(by_id)
    recent = list(StatisticsImport.objects.order_by("-pk").values_list("pk", flat=True)[:RECENT_IMPORTS])
    verified = Observation.objects.order_by().filter(
        Q(indicator=OuterRef("indicator")) | Q(indicator=OuterRef("indicator__merged_into")),
        unit=OuterRef("unit"),
        period=OuterRef("period"),
        source=ObservationSource.VERIFIED,
        superseded_at=None,
    )
    rows = (
        Observation.objects.order_by()
        .filter(
            origin="import",
            origin_id__in=recent,
            source=ObservationSource.STATISTICS,
            superseded_at=None,
            indicator__in=wanted,
        )
        .exclude(Exists(verified))
        .values("indicator_id", "period")
        .annotate(units=Count("unit", distinct=True))
    )
    counts: dict[tuple[int, str], int] = {}
    for row in rows:
        key = kept.get(row["indicator_id"], row["indicator_id"]), row["period"]
        counts[key] = counts.get(key, 0) + row["units"]
    found = [
        Waiting(by_id[indicator], Period.parse(period), units)
        for (indicator, period), units in counts.items()
        if indicator in by_id
    ]
    return sorted(found, key=lambda one: (-one.period.last_day.toordinal(), -one.units, one.indicator.name))
