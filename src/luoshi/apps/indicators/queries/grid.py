"""Values as a grid of units × periods, page by page; what no unit reported is told apart from a zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.utils import timezone

from luoshi.apps.indicators.links import blanks_of
from luoshi.apps.indicators.models import CadenceChoice, Indicator, ObservationSource
from luoshi.apps.indicators.policies import units_seen
from luoshi.apps.indicators.queries.merging import survivors, with_merged
from luoshi.apps.indicators.queries.observations import Key, Value, effective, observations
from luoshi.apps.indicators.queries.rolling import TERRITORIES, computed, formula_parts, with_inputs
from luoshi.apps.indicators.series import last_year
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Cadence, Period
from luoshi.site.moments import written

PAGE = 100
#: Which values are asked for: those that count, or those of one source.
SOURCES = {"": "采用数", **{source.value: f"{source.label}数" for source in ObservationSource}}
#: So many years of yearly figures are shown beside each other.
_YEARS = 6
#: The most columns of weeks or ten-day periods.
_MOST = 54


@dataclass(frozen=True, slots=True)
class GridFilter:
    """What the address of a grid asks for."""

    indicator: str = ""
    source: str = ""
    year: int | None = None
    cadence: str = ""
    as_of: dt.datetime | None = None

    def address(self, **others: Any) -> str:
        """The part of an address that asks for the same."""
        parts = {
            "indicator": self.indicator,
            "source": self.source,
            "year": self.year,
            "cadence": self.cadence,
            "as_of": written(self.as_of),
        } | others
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the grid, observed or ``computed`` by the formula (``words`` tell how).

    ``blank`` tells why there is none: ``missing`` (未报), ``future``; where forms ask for the indicator also
    ``waiting`` (not due yet), ``exempt`` (免报), ``not-asked`` (no form asks this unit for this period).
    """

    period: Period
    value: Value | None
    blank: str = ""
    computed: Decimal | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit and its values."""

    unit: Unit
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A page of units, all periods."""

    indicator: Indicator
    periods: tuple[Period, ...]
    rows: tuple[Row, ...]
    total: int
    number: int
    cadence: str
    year: int
    years: tuple[int, ...]
    kept: dict[int, int]
    cadences: tuple[tuple[str, str], ...]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))

    @property
    def hidden(self) -> int:
        """How many units stand on other pages."""
        return self.total - len(self.rows)


def _known_spans(ids: set[int], as_of: dt.datetime | None, kept: dict[int, int]) -> tuple[list[str], list[int]]:
    """The periods of which anything is known, as texts, and their years."""
    rows = observations(indicators=ids, as_of=as_of, kept=kept).order_by()
    texts = sorted(rows.values_list("period", flat=True).distinct()[:2000])
    return texts, sorted({int(text[:4]) for text in texts})


def _span(cadence: Cadence, year: int) -> tuple[Period, ...]:
    if cadence is Cadence.YEARLY:
        return tuple(Period(cadence, one) for one in range(year - _YEARS + 1, year + 1))
    found = []
    period = Period(cadence, year, 1)
    while period.year == year and len(found) < _MOST:
        found.append(period)
        period = period.next()
    return tuple(found)


def _chosen_cadence(asked: str, indicator: Indicator, texts: list[str], year: int) -> Cadence:
    counts: dict[Cadence, int] = {}
    for text in texts:
        period = Period.parse(text)
        if period.year == year or period.cadence is Cadence.YEARLY:
            counts[period.cadence] = counts.get(period.cadence, 0) + 1
    if asked in CadenceChoice.values:
        return Cadence(asked)
    if indicator.cadence:
        return Cadence(indicator.cadence)
    return max(counts, key=lambda cadence: counts[cadence]) if counts else Cadence.MONTHLY


def grid_units(
    user: Any,
    indicator: Indicator,
    as_of: dt.datetime | None,
    today: dt.date,
    wanted_ids: set[int],
    kept: dict[int, int],
) -> QuerySet[Unit]:
    """The units of an indicator's grid that the person sees: all that ever gave a value, and with one county or zone
    all of them, in the order of the register."""
    ids, _ = with_merged(wanted_ids, as_of, kept)
    mine = observations(as_of=as_of).filter(indicator__in=ids, unit=OuterRef("pk")).order_by()
    territorial = observations(as_of=as_of).filter(indicator__in=ids, unit__kind__in=TERRITORIES).order_by()
    valid = Q(valid_to=None) | Q(valid_to__gte=today)
    wanted = Q(Exists(mine)) | (Q(kind__in=TERRITORIES) & valid & Q(Exists(territorial)))
    return units_seen(user, indicator).filter(wanted).order_by("path")


def grid(
    user: Any, indicator: Indicator, asked: GridFilter, today: dt.date, number: int = 1, *, everything: bool = False
) -> Grid:
    """A page (or with ``everything`` all) of the values of an indicator, as known at the moment asked for."""
    kept = survivors(asked.as_of)
    parts = with_inputs([indicator], kept) if indicator.formula else {indicator.key: indicator}
    ids = {row.pk for row in parts.values()}
    texts, years = _known_spans(ids, asked.as_of, kept)
    year = asked.year or (years[-1] if years else today.year)
    cadence = _chosen_cadence(asked.cadence, indicator, texts, year)
    periods = _span(cadence, year)
    units = grid_units(user, indicator, asked.as_of, today, ids, kept)
    counted, number = units.annotate(all_of_them=Window(Count("*"))), max(1, number)
    page = list(counted if everything else counted[(number - 1) * PAGE : number * PAGE])
    total = page[0].all_of_them if page else 0
    if not page and number > 1:  # behind the last page
        total = units.count()
        number = max(1, -(-total // PAGE))
        page = list(units[(number - 1) * PAGE : number * PAGE])
    growth = bool(indicator.formula) and indicator.formula["kind"] == "growth"
    wanted = [*periods, *(last_year(period) for period in periods)] if growth else periods
    known = effective(
        indicators=ids,
        unit_ids=None if everything else [unit.pk for unit in page],
        periods=[str(period) for period in wanted],
        sources=[asked.source] if asked.source else None,
        as_of=asked.as_of,
        kept=kept,
    )
    asked_of: Mapping[tuple[int, str], str] = {}
    if not indicator.formula:
        merged = [one for one, end in kept.items() if end == indicator.pk]
        keys = Indicator.objects.filter(pk__in=merged).values_list("key", flat=True) if merged else ()
        over = [str(period) for period in periods if period.last_day < today]
        moment = asked.as_of or timezone.now()
        asked_of = blanks_of({indicator.key, *keys}, [unit.pk for unit in page], over, moment)
    rows = []
    for unit in page:
        cells = []
        for period in periods:
            value = known.get((indicator.pk, unit.pk, str(period)))
            blank = "" if value else "future" if period.last_day >= today else "missing"
            if blank == "missing" and asked_of:
                blank = asked_of.get((unit.pk, str(period)), "not-asked")
            own, words = (
                (None, "") if value or not indicator.formula else _computed(indicator, unit, period, parts, known)
            )
            cells.append(Cell(period, value, blank, own, words))
        rows.append(Row(unit, tuple(cells)))
    have = {Period.parse(text).cadence for text in texts} | {cadence}
    return Grid(
        indicator=indicator,
        periods=periods,
        rows=tuple(rows),
        total=total,
        number=number,
        cadence=cadence.value,
        year=year,
        years=tuple(sorted({*years, year}, reverse=True)),
        kept=kept,
        cadences=tuple((one.value, one.label) for one in CadenceChoice if Cadence(one.value) in have),
    )


def _computed(
    indicator: Indicator, unit: Unit, period: Period, parts: Mapping[str, Indicator], known: Mapping[Key, Value]
) -> tuple[Decimal | None, str]:
    """A unit's own value by the formula, and how; or what is lacking."""
    pair = formula_parts(indicator, period, parts)
    if pair is None:
        return None, "公式里的指标已不在目录中"
    (one, span, first), (other, other_span, second) = pair
    left, right = known.get((one.pk, unit.pk, str(span))), known.get((other.pk, unit.pk, str(other_span)))
    if left is None or right is None:
        return None, "缺少" + "、".join(name for name, value in ((first, left), (second, right)) if value is None)
    return computed(indicator, (left.value, right.value), (first, second), (one.decimals, other.decimals))


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of one unit."""

    unit: Unit
    period: Period
    value: Value


def latest_values(
    user: Any, indicator: Indicator, as_of: dt.datetime | None, most: int = 30
) -> tuple[list[Latest], int]:
    """The newest value that counts of each unit that the person sees (the first ``most``), and how many there are."""
    ids, kept = with_merged([indicator.pk], as_of)
    any_known = observations(as_of=as_of).filter(indicator__in=ids, unit=OuterRef("pk")).order_by()
    units = units_seen(user, indicator).filter(Exists(any_known)).order_by("path")
    total = units.count()
    page = {unit.pk: unit for unit in units[:most]}
    rows = observations(indicators=[indicator.pk], unit_ids=list(page), as_of=as_of, kept=kept).order_by()
    newest: dict[int, tuple[dt.date, str]] = {}
    for unit_id, last_day, period in rows.values_list("unit_id", "last_day", "period").distinct():
        newest[unit_id] = max(newest.get(unit_id, (last_day, period)), (last_day, period))
    values = effective(
        indicators=[indicator.pk],
        unit_ids=list(page),
        periods={text for _, text in newest.values()},
        as_of=as_of,
        kept=kept,
    )
    found = []
    for pk, unit in page.items():
        text = newest[pk][1]
        if (value := values.get((indicator.pk, pk, text))) is not None:
            found.append(Latest(unit, Period.parse(text), value))
    return found, total


def spread(query: Mapping[str, str], year: int | None, as_of: dt.datetime | None) -> GridFilter:
    """The filter of an address; what no choice knows is left out."""
    source, cadence = query.get("source", ""), query.get("cadence", "")
    return GridFilter(
        indicator=query.get("indicator", "")[:64],
        source=source if source in SOURCES else "",
        year=year,
        cadence=cadence if cadence in CadenceChoice.values else "",
        as_of=as_of,
    )
