"""What the year will end with: past years read in bulk, foretold by ``luoshi.progress``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from luoshi import progress
from luoshi.apps.indicators.models import IndicatorKind
from luoshi.apps.indicators.queries.observations import Figure, series_of
from luoshi.apps.targets.queries.measured import Carrier, Measured, period_of
from luoshi.apps.targets.queries.standings import Standings
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.progress.forecasting import MOST_YEARS

#: (target, unit).
Pair = tuple[int, int]
_Series = Mapping[str, Figure]


def forecasts(
    found: Standings, pairs: Iterable[Pair] | None = None, *, until: Period | None = None
) -> dict[Pair, progress.Forecast]:
    """The forecast of every pair of ``found`` (or of some) of whose year anything is known: one query.

    ``until`` leaves out what was reported for later periods; where ``found`` was asked for certain periods, the last of
    them does. Of a number carried together it is that of all partners. Pairs of which nothing can be said are absent.
    """
    if until is None and found.asked:
        until = found.asked[-1]
    wanted = _wanted(found, pairs)
    members = {pair: _members(measured, carrier) for pair, (measured, carrier) in wanted.items()}
    own: dict[Pair, dict[Period, Decimal]] = {}
    for pair, (measured, _) in wanted.items():
        figures = _combined(_this_year(measured), members[pair], pair[1])
        if until is not None:
            figures = {period: value for period, value in figures.items() if period.last_day <= until.last_day}
        if figures:
            own[pair] = figures
    past = _past(found, wanted, members, own)
    result = {}
    for pair, this_year in own.items():
        measured, carrier = wanted[pair]
        assert measured.indicator is not None and measured.year is not None
        indicator = found.kept.get(measured.indicator.pk, measured.indicator.pk)
        before = _combined(_of_past(past, indicator), members[pair], pair[1])
        kind = progress.Kind(measured.indicator.kind) if measured.adds else progress.Kind.RATE
        told = progress.forecast(
            before | this_year, carrier.aim, measured.shape(carrier), kind=kind, year=measured.year
        )
        if told is not None:
            result[pair] = told
    return result


def _this_year(measured: Measured) -> Callable[[int], _Series]:
    return lambda unit: measured.figures.get(unit, {})


def _of_past(past: Mapping[tuple[int, int], _Series], indicator: int) -> Callable[[int], _Series]:
    return lambda unit: past.get((indicator, unit), {})


def _wanted(found: Standings, pairs: Iterable[Pair] | None) -> dict[Pair, tuple[Measured, Carrier]]:
    """The pairs that can be judged at all."""
    if pairs is None:
        pairs = [(target, unit) for target, measured in found.measured.items() for unit in measured.carriers]
    wanted = {}
    for target, unit in pairs:
        measured = found.measured.get(target)
        if measured is None or measured.indicator is None or measured.year is None:
            continue
        carrier = measured.carriers.get(unit)
        if carrier is not None and measured.tells(unit) and not measured.is_hidden(carrier):
            wanted[target, unit] = (measured, carrier)
    return wanted


def _members(measured: Measured, carrier: Carrier) -> tuple[int, ...]:
    """The units whose figures together are the pair's; of the whole those who carry it, where nobody reports it."""
    if carrier.together:
        return carrier.group
    if carrier.unit_id == measured.owner_id and measured.adds_carriers:
        return tuple(sorted(pk for pk in measured.carriers if pk != measured.owner_id))
    return (carrier.unit_id,)


def _combined(known: Callable[[int], _Series], members: Collection[int], unit: int) -> dict[Period, Decimal]:
    """What the members reached together in every period that all of them reported. Where they stand for a unit that is
    none of them (the whole), its own figures go before."""
    parts = [known(member) for member in members]
    found: dict[Period, Decimal] = {}
    if len(parts) == 1:
        found = {period_of(text): figure[0] for text, figure in parts[0].items()}
    else:
        texts = set(parts[0]).intersection(*parts[1:])
        found = {period_of(text): sum((part[text][0] for part in parts), Decimal(0)) for text in texts}
    if unit not in members:
        found |= {period_of(text): figure[0] for text, figure in known(unit).items()}
    return found


def _past(
    found: Standings,
    wanted: Mapping[Pair, tuple[Measured, Carrier]],
    members: Mapping[Pair, Collection[int]],
    own: Mapping[Pair, Mapping[Period, Decimal]],
) -> dict[tuple[int, int], dict[str, Figure]]:
    """The same point of past years and their ends, by (kept indicator, unit); of flows all periods, to be added up."""
    if not own:
        return {}
    ends: set[dt.date] | None = set()
    indicators, units, years = set(), set(), set()
    for pair, this_year in own.items():
        measured = wanted[pair][0]
        assert measured.indicator is not None and measured.year is not None
        indicators.add(measured.indicator.pk)
        units.update((*members[pair], pair[1]))
        years.add(measured.year)
        if measured.indicator.kind == IndicatorKind.FLOW:
            ends = None
        elif ends is not None:
            since = max(this_year, key=lambda period: (period.last_day, -period.days))
            ends |= _ends(since)
    return series_of(
        indicators=indicators,
        unit_ids=units,
        first_day=dt.date(min(years) - MOST_YEARS - 1, 1, 1),
        last_day=dt.date(max(years), 1, 6),  # the last week of a year may end in the next
        ends=ends,
        as_of=found.as_of,
        kept=found.kept,
    )


@lru_cache(maxsize=1024)
def _ends(since: Period) -> frozenset[dt.date]:
    """The last days of the same period of past years, and of these years."""
    found = set()
    for year in range(since.year - MOST_YEARS - 1, since.year):
        found.add(dt.date(year, 12, 31))
        if since.cadence is Cadence.WEEKLY:
            found.add(Period.containing(dt.date(year, 12, 28), Cadence.WEEKLY).last_day)
        try:
            found.add(Period(since.cadence, year, since.number).last_day)
        except PeriodError:  # week 53 of a year that has 52
            continue
    return frozenset(found)
