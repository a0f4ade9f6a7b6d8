"""The values of one unit along the years, by how far into its year each of them lies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from luoshi.periods import Cadence, Period

#: A year in steps of ten days, the shortest part of which months are made; weeks lie beside this scale.
YEAR = 36
_WEEKS = 100
_STEPS = {
    Cadence.YEARLY: 36,
    Cadence.HALF_YEARLY: 18,
    Cadence.QUARTERLY: 9,
    Cadence.MONTHLY: 3,
    Cadence.TEN_DAILY: 1,
}
#: Values by year and mark.
Years = dict[int, dict[int, Decimal]]


class Kind(StrEnum):
    """What a value measures."""

    STOCK = "stock"  # how much there is at the end of the period
    FLOW = "flow"  # what the period alone brought
    CUMULATIVE = "cumulative"  # what was brought since the beginning of the year
    RATE = "rate"
    RANK = "rank"


GROWING = (Kind.FLOW, Kind.CUMULATIVE)


def mark(period: Period) -> int:
    """How far into its year a period ends: June, the second quarter and the first half all at 18 of 36 steps.

    Weeks do not fit: week n is 100 + n, the last one of its year is the year's end.
    """
    if period.cadence is Cadence.WEEKLY:
        return _WEEKS + period.number if period.next().year == period.year else YEAR
    return period.number * _STEPS[period.cadence]


def months_left(at: int) -> int:
    """How many months lie between a mark and the year's end, a month that has begun among them."""
    if at > _WEEKS:
        return -(-(52 - (at - _WEEKS)) * 12 // 52)
    return -(-(YEAR - at) // 3)


def cumulated(flow: Mapping[Period, Decimal]) -> dict[Period, Decimal]:
    """Figures since the beginning of the year, from those of each period; absent from the first gap of a year on.

    Each cadence is added up on its own.
    """
    found: dict[Period, Decimal] = {}
    for period in sorted(flow):
        if period.number == 1:
            found[period] = flow[period]
        elif (before := found.get(period.previous())) is not None:
            found[period] = before + flow[period]
    return found


def by_year(series: Mapping[Period, Decimal], kind: Kind) -> Years:
    """The values by year and mark, flows added up since the beginning of their year.

    Where periods of several lengths end together the shorter one counts; of flows they should say the same. A year of a
    growing figure that ends below what had been reached was counted anew in between: its end is left out.
    """
    values = cumulated(series) if kind is Kind.FLOW else series
    found: Years = defaultdict(dict)
    for period in sorted(values, key=lambda one: one.days, reverse=True):
        found[period.year][mark(period)] = values[period]
    if kind in GROWING:
        for year in found.values():
            if YEAR in year and max(year.values()) > year[YEAR]:
                del year[YEAR]
    return dict(found)
