"""Values of one unit along time: shorter periods into longer ones, cumulative figures into those of each period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from luoshi.apps.indicators.models import TimeAggregation
from luoshi.periods import Cadence, Period
from luoshi.progress import cumulated as cumulated

#: From the longest to the shortest: a year is made of quarters rather than of months where both are known.
_ORDER = tuple(Cadence)


@dataclass(frozen=True, slots=True)
class InTime:
    """The value of a longer period, from which shorter ones, and which of them are missing. ``value`` may be absent."""

    value: Decimal | None
    parts: tuple[Period, ...] = ()
    missing: tuple[Period, ...] = ()


def in_time(way: str, series: Mapping[Period, Decimal], wanted: Period) -> InTime:
    """The value of ``wanted``: as given, else from the values of shorter periods of one length.

    * ``sum`` adds up what is known and names what is missing; ``mean`` likewise.
    * ``last`` takes the last of the shorter periods, and no earlier one in its place.

    Of several lengths the longest counts that has all it needs, else the one of which most is known.
    """
    if wanted in series:
        return InTime(series[wanted], (wanted,))
    if way == TimeAggregation.NONE:
        return InTime(None)
    best: InTime | None = None
    for cadence in _ORDER[_ORDER.index(wanted.cadence) + 1 :]:
        parts = wanted.parts(cadence)
        known = tuple(part for part in parts if part in series)
        if not known:
            continue
        missing = tuple(part for part in parts if part not in series)
        found: InTime
        if way == TimeAggregation.LAST:
            end = parts[-1]
            found = InTime(series[end], (end,)) if end in series else InTime(None, (), (end,))
        else:
            total = sum((series[part] for part in known), Decimal(0))
            found = InTime(total / len(known) if way == TimeAggregation.MEAN else total, known, missing)
        if not found.missing:
            return found
        if best is None or (found.value is not None and len(found.missing) < len(best.missing)):
            best = found
    return best or InTime(None)


def _starts_year(period: Period) -> bool:
    return period.number == 1


def flows(cumulative: Mapping[Period, Decimal]) -> dict[Period, Decimal]:
    """What was added in each period, from figures since the beginning of the year; absent where the one before is."""
    found = {}
    for period, value in cumulative.items():
        if _starts_year(period):
            found[period] = value
        elif (before := cumulative.get(period.previous())) is not None:
            found[period] = value - before
    return found


def last_year(period: Period) -> Period:
    """The same period of the year before; of week 53 the last week."""
    if period.cadence is Cadence.WEEKLY and period.number == 53:
        return Period(period.cadence, period.year, 1).previous()
    return Period(period.cadence, period.year - 1, period.number)


def cadence_of(periods: Iterable[Period]) -> Cadence | None:
    """The shortest cadence that occurs."""
    found = {period.cadence for period in periods}
    return next((cadence for cadence in reversed(_ORDER) if cadence in found), None)
