"""Values of units as the value of the unit above them: by the indicator's own way, and never a blank as a zero.

* The value of a unit is what was observed of it; where nothing was, what the units below it make together.
* Expected to report are the units that reported this indicator for some period within the year before, and, as soon as
  one county or zone does, all counties and zones beside it. (An assumption: a form knows its own reporters and may name
  them by ``expected``.)
* Who is expected and has no value is named; the sum says of how many it is made.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, NamedTuple

from django.db.models import Q

from luoshi.apps.indicators.fields import formula_inputs
from luoshi.apps.indicators.models import Indicator, Observation, UnitAggregation
from luoshi.apps.indicators.queries.merging import survivors, with_merged
from luoshi.apps.indicators.queries.observations import Value, figures
from luoshi.apps.indicators.series import in_time, last_year
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.periods import Period

TERRITORIES = frozenset({UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE})
_YEAR = dt.timedelta(days=366)
#: Digits to which quotients are carried; they are rounded for show only.
_DIGITS = 28


@dataclass(frozen=True, slots=True)
class RolledUp:
    """The value of an indicator for a unit and all below it.

    ``value`` is absent where nothing can be said; ``words`` then tell why, else how it was computed, with the numbers
    put in. ``own`` is what was observed of the unit itself. ``reported`` of ``expected`` units went in; ``missing`` are
    the others by number. ``gaps`` are the periods that an aggregation over time lacked.
    """

    indicator_id: int
    unit_id: int
    period: str
    way: str
    value: Decimal | None = None
    own: Value | None = None
    reported: int = 0
    expected: int = 0
    missing: tuple[int, ...] = ()
    gaps: tuple[str, ...] = ()
    words: str = ""

    @property
    def coverage(self) -> str:
        """``10/11 个单位已报``; blank where no units below go in."""
        return f"{self.reported}/{self.expected} 个单位已报" if self.expected else ""


@dataclass(slots=True)
class _Sum:
    """The sum of what the units below make, and who went in."""

    value: Decimal | None = None
    reported: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)


class _Node(NamedTuple):
    """A unit of the tree; looked at some hundred thousand times, for which a model's attributes are too slow."""

    pk: int
    path: str
    kind: str


#: Numbers by indicator, period and unit.
_Numbers = Mapping[int, Mapping[Period, Mapping[int, Decimal]]]
_NONE: Mapping[Any, Any] = {}


def shown(value: Decimal, decimals: int) -> str:
    """A number for people: ``1,234.50``."""
    return f"{value:,.{decimals}f}"


class _Tree:
    """Units below a top, what is known of them, and sums over them."""

    def __init__(
        self,
        units: Collection[_Node],
        values: _Numbers,
        usual: Mapping[int, set[int]],
        expected: Collection[int] | None,
    ) -> None:
        self.units = {unit.pk: unit for unit in units}
        self.below: dict[str, list[_Node]] = defaultdict(list)
        for unit in units:
            self.below[unit.path[: -Unit.steplen]].append(unit)
        self.values = values
        self.usual = usual
        self.given = None if expected is None else frozenset(expected)
        self._paths: dict[frozenset[int], frozenset[str]] = {}
        self._expected: dict[tuple[str, frozenset[str]], list[_Node]] = {}

    def reporting(self, indicator: int) -> frozenset[str]:
        """The tree paths of units that are expected to report, and of those above them."""
        ids = frozenset(self.usual.get(indicator, ())) if self.given is None else self.given
        if ids not in self._paths:  # mostly the same units report all indicators
            paths: set[str] = set()
            for pk in ids:
                if (unit := self.units.get(pk)) is not None:
                    paths.update(unit.path[:end] for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen))
            self._paths[ids] = frozenset(paths)
        return self._paths[ids]

    def expected_below(self, path: str, paths: frozenset[str]) -> list[_Node]:
        """The units directly below a path that are expected to have a value, of those that report."""
        if (path, paths) not in self._expected:
            children = self.below[path]
            found = [child for child in children if child.path in paths]
            if self.given is None and any(child.kind in TERRITORIES for child in found):
                found = [child for child in children if child.path in paths or child.kind in TERRITORIES]
            self._expected[path, paths] = found
        return self._expected[path, paths]

    def at(self, indicator: Indicator, unit_id: int, period: Period) -> tuple[Decimal | None, tuple[Period, ...]]:
        """The value of one unit, from shorter periods where need be, and the periods that it lacks."""
        by_period = self.values.get(indicator.pk, _NONE)
        if (given := by_period.get(period, _NONE).get(unit_id)) is not None:
            return given, ()
        series = {known: numbers[unit_id] for known, numbers in by_period.items() if unit_id in numbers}
        if not series:
            return None, ()
        found = in_time(indicator.time_aggregation, series, period)
        return found.value, found.missing

    def sum(self, indicator: Indicator, unit: Unit | _Node, period: Period) -> _Sum:
        """The sum over the units below, each with what was observed of it, else with its own sum."""
        numbers = self.values.get(indicator.pk, _NONE).get(period, _NONE)
        return self._sum(indicator, unit.path, period, numbers, self.reporting(indicator.pk))

    def _sum(
        self, indicator: Indicator, path: str, period: Period, numbers: Mapping[int, Decimal], paths: frozenset[str]
    ) -> _Sum:
        result = _Sum()
        for child in self.expected_below(path, paths):
            value = numbers.get(child.pk)
            if value is None:
                value, _ = self.at(indicator, child.pk, period)
            if value is not None:
                result.reported.append(child.pk)
            else:
                inner = self._sum(indicator, child.path, period, numbers, paths)
                if inner.value is None:
                    result.missing.append(child.pk)
                    continue
                value = inner.value
                result.reported += inner.reported
                result.missing += inner.missing
            result.value = value if result.value is None else result.value + value
        return result

    def value_or_sum(self, indicator: Indicator, unit: _Node, period: Period) -> Decimal | None:
        """What was observed of the unit, else the sum of those below."""
        value, _ = self.at(indicator, unit.pk, period)
        return self.sum(indicator, unit, period).value if value is None else value


def _units_below(unit: Unit, period: Period) -> list[_Node]:
    valid = Q(valid_from=None) | Q(valid_from__lte=period.last_day)
    valid &= Q(valid_to=None) | Q(valid_to__gte=period.first_day)
    rows = Unit.objects.filter(Q(path__startswith=unit.path) & (valid | Q(pk=unit.pk))).order_by("path")
    return [_Node(*row) for row in rows.values_list("pk", "path", "kind")]


def _usual(
    indicators: set[int], unit: Unit, last_day: dt.date, as_of: dt.datetime | None, kept: dict[int, int]
) -> dict[int, set[int]]:
    """Which units below reported which indicator for a period within the year before."""
    wanted, _ = with_merged(indicators, as_of, kept)
    rows = Observation.objects.order_by().filter(
        indicator__in=wanted, unit__path__startswith=unit.path, first_day__gt=last_day - _YEAR, last_day__lte=last_day
    )
    if as_of is not None:
        rows = rows.filter(recorded_at__lte=as_of)
    found: dict[int, set[int]] = defaultdict(set)
    for indicator, unit_id in rows.values_list("indicator_id", "unit_id").distinct():
        found[kept.get(indicator, indicator)].add(unit_id)
    return found


def with_inputs(indicators: Collection[Indicator], ends: Mapping[int, int]) -> dict[str, Indicator]:
    """The indicators, those from which they are computed, and their weights, by key; merged ones as the kept."""
    found = {row.key: row for row in indicators}
    keys = {key for row in indicators for key in formula_inputs(row.formula)}
    weights = {row.weight_id for row in indicators if row.weight_id}
    if keys or weights:
        more = list(Indicator.objects.filter(Q(key__in=keys) | Q(pk__in=weights)))
        merged = [ends[row.pk] for row in more if row.pk in ends]
        kept = Indicator.objects.in_bulk(merged) if merged else {}
        found |= {row.key: kept.get(ends.get(row.pk, 0), row) for row in more}
    return found


def rolled_up(
    *,
    indicators: Collection[Indicator],
    unit: Unit,
    periods: Collection[str],
    expected: Collection[int] | None = None,
    sources: Collection[str] | None = None,
    as_of: dt.datetime | None = None,
    kept: dict[int, int] | None = None,
) -> dict[tuple[int, str], RolledUp]:
    """The indicators for a unit and all below it, by (indicator, period), as known at a moment.

    A constant number of queries, however many units and indicators. ``expected`` are the numbers of the units that
    should report, where the caller knows them.
    """
    spans = {text: Period.parse(text) for text in periods}
    if not indicators or not spans:
        return {}
    kept = survivors(as_of) if kept is None else kept
    known = with_inputs(indicators, kept)
    ids = {row.pk for row in known.values()}
    growing = any(row.formula and row.formula["kind"] == "growth" for row in indicators)
    first = min(period.first_day for period in spans.values())
    last = max(period.last_day for period in spans.values())
    if growing:
        first = min(last_year(period).first_day for period in spans.values())
    units = _units_below(unit, max(spans.values()))
    there = {row.pk for row in units}
    values: dict[int, dict[Period, dict[int, Decimal]]] = defaultdict(dict)
    parsed: dict[tuple[int, str], dict[int, Decimal]] = {}
    below = Q(unit__path__startswith=unit.path)
    numbers, owns = figures(
        unit.pk, indicators=ids, first_day=first, last_day=last, sources=sources, as_of=as_of, only=below, kept=kept
    )
    for (indicator, unit_id, text), number in numbers.items():
        if unit_id not in there:
            continue
        by_unit = parsed.get((indicator, text))
        if by_unit is None:
            by_unit = parsed[indicator, text] = values[indicator].setdefault(Period.parse(text), {})
        by_unit[unit_id] = number
    usual = {} if expected is not None else _usual(ids, unit, last, as_of, kept)
    tree = _Tree(units, values, usual, expected)
    found = {}
    for row in indicators:
        for text, period in spans.items():
            blank = RolledUp(row.pk, unit.pk, text, row.unit_aggregation, own=owns.get((row.pk, unit.pk, text)))
            found[row.pk, text] = _rolled(row, unit, period, tree, known, blank)
    return found


def _rolled(
    row: Indicator, unit: Unit, period: Period, tree: _Tree, known: Mapping[str, Indicator], blank: RolledUp
) -> RolledUp:
    own, gaps = tree.at(row, unit.pk, period)
    if gaps:
        blank = replace(blank, gaps=tuple(str(gap) for gap in gaps))
    match row.unit_aggregation:
        case UnitAggregation.SUM:
            total = tree.sum(row, unit, period)
            if not total.reported and not total.missing:
                return replace(blank, value=own, words="" if own is not None else "没有单位报过此指标")
            return _told(blank, total.value, total, "各单位合计")
        case UnitAggregation.LAST:
            if own is None and row.formula is not None:
                return _derived_own(row, unit, period, tree, known, blank)
            return replace(blank, value=own, words="本单位填报数" if own is not None else "本单位未报")
        case UnitAggregation.WEIGHTED_MEAN:
            return _weighted(row, unit, period, tree, known, blank)
        case UnitAggregation.RATIO_OF_SUMS:
            return _ratio_of_sums(row, unit, period, tree, known, blank)
    if own is None and row.formula is not None:
        return _derived_own(row, unit, period, tree, known, blank)
    return replace(blank, value=own, words="" if own is not None else "此指标不在单位间汇总，本单位未报")


def _told(blank: RolledUp, value: Decimal | None, total: _Sum, words: str) -> RolledUp:
    return replace(
        blank,
        value=value,
        reported=len(total.reported),
        expected=len(total.reported) + len(total.missing),
        missing=tuple(total.missing),
        words=words if value is not None else "各单位均未报",
    )


def _weighted(
    row: Indicator, unit: Unit, period: Period, tree: _Tree, known: Mapping[str, Indicator], blank: RolledUp
) -> RolledUp:
    weight = next((one for one in known.values() if one.pk == row.weight_id), row.weight)
    assert weight is not None  # the database refuses a weighted mean without
    total, weights, result = Decimal(0), Decimal(0), _Sum()
    for child in tree.expected_below(unit.path, tree.reporting(row.pk)):
        value, _ = tree.at(row, child.pk, period)
        by = tree.value_or_sum(weight, child, period)
        if value is None or by is None:
            result.missing.append(child.pk)
            continue
        result.reported.append(child.pk)
        total += value * by
        weights += by
    value = _quotient(total, weights)
    return _told(blank, value, result, f"以“{weight}”为权数的加权平均")


def _quotient(one: Decimal, other: Decimal) -> Decimal | None:
    if not other:
        return None
    try:
        with localcontext() as context:
            context.prec = _DIGITS
            return one / other
    except InvalidOperation:
        return None


def computed(
    row: Indicator, numbers: tuple[Decimal, Decimal], names: tuple[str, str], decimals: tuple[int, int]
) -> tuple[Decimal | None, str]:
    """A derived indicator from its two numbers, and how: formula in words, numbers put in.

    Growth is of the present on last year's figure; from a figure that is not positive no growth is computed.
    """
    formula = row.formula
    assert formula is not None
    scale = Decimal(formula["scale"])
    times = "" if scale == 1 else f"×{scale.normalize():f}"
    one, other = (shown(number, places) for number, places in zip(numbers, decimals, strict=True))
    if formula["kind"] == "growth":
        if numbers[1] <= 0:
            return None, f"{names[1]} {other} 不为正数，不计算增长"
        part = _quotient(numbers[0], numbers[1])
        value = None if part is None else (part - 1) * scale
        words = f"（{names[0]} {one}÷{names[1]} {other}－1）{times}"
    else:
        part = _quotient(numbers[0], numbers[1])
        if part is None:
            return None, f"{names[1]}为 0，无法相除"
        value = part * scale
        words = f"{names[0]} {one}÷{names[1]} {other}{times}"
    return value, "" if value is None else f"{words}＝{shown(value, row.decimals)}{row.unit_of_measure}"


def formula_parts(
    row: Indicator, period: Period, known: Mapping[str, Indicator]
) -> tuple[tuple[Indicator, Period, str], tuple[Indicator, Period, str]] | None:
    """The two numbers that a formula needs: of which indicator and period, and how to call them."""
    assert row.formula is not None
    found = [known[key] for key in formula_inputs(row.formula) if key in known]
    if row.formula["kind"] == "growth":
        if len(found) < 1:
            return None
        before = last_year(period)
        return (found[0], period, f"{found[0]}"), (found[0], before, f"上年同期（{before.label}）")
    if len(found) < 2:
        return None
    return (found[0], period, f"{found[0]}"), (found[1], period, f"{found[1]}")


def _derived_own(
    row: Indicator, unit: Unit, period: Period, tree: _Tree, known: Mapping[str, Indicator], blank: RolledUp
) -> RolledUp:
    pair = formula_parts(row, period, known)
    if pair is None:
        return replace(blank, words="公式里的指标已不在目录中")
    numbers = [tree.at(indicator, unit.pk, span)[0] for indicator, span, _ in pair]
    lacking = [name for number, (_, _, name) in zip(numbers, pair, strict=True) if number is None]
    if lacking:
        return replace(blank, words=f"缺少{'、'.join(lacking)}")
    assert numbers[0] is not None and numbers[1] is not None
    (one, _, first), (other, _, second) = pair
    value, words = computed(row, (numbers[0], numbers[1]), (first, second), (one.decimals, other.decimals))
    return replace(blank, value=value, words=words)


def _ratio_of_sums(
    row: Indicator, unit: Unit, period: Period, tree: _Tree, known: Mapping[str, Indicator], blank: RolledUp
) -> RolledUp:
    """Both numbers summed over the units that have both; a unit with one of them only would tilt the ratio."""
    pair = formula_parts(row, period, known) if row.formula else None
    if pair is None:
        return replace(blank, words="公式里的指标已不在目录中")
    sums, result = [Decimal(0), Decimal(0)], _Sum()
    paths = frozenset().union(*(tree.reporting(indicator.pk) for indicator, _, _ in pair))
    for child in tree.expected_below(unit.path, paths):
        numbers = [tree.value_or_sum(indicator, child, span) for indicator, span, _ in pair]
        if numbers[0] is None or numbers[1] is None:
            result.missing.append(child.pk)
            continue
        result.reported.append(child.pk)
        sums = [sums[0] + numbers[0], sums[1] + numbers[1]]
    if not result.reported:
        own = _derived_own(row, unit, period, tree, known, blank)
        return own if own.value is not None else _told(blank, None, result, "")
    (one, _, first), (other, _, second) = pair
    value, words = computed(row, (sums[0], sums[1]), (f"{first}合计", f"{second}合计"), (one.decimals, other.decimals))
    return replace(_told(blank, value, result, words), words=words)
