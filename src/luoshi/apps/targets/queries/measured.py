"""What the judging of one target needs, gathered once: who carries how much, what is due when, what was observed."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from luoshi import progress
from luoshi.allocation.conservation import exact_sum
from luoshi.apps.indicators.models import Direction, Indicator, IndicatorKind, UnitAggregation
from luoshi.apps.indicators.queries.observations import Figure
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.in_force import GROWING, Running, adds_up, year_value
from luoshi.apps.targets.values import places
from luoshi.periods import Cadence, Period, PeriodError

#: What was reached: the value, its source (blank where several), the observations that say so.
Reached = tuple[Decimal | None, str, tuple[int, ...]]
UNKNOWN: Reached = (None, "", ())

#: A period of a text; the same few dozen texts come some ten thousand times.
period_of = lru_cache(maxsize=4096)(Period.parse)


@dataclass(frozen=True, slots=True)
class Moment:
    """A period that is asked for, with what is looked up for it again and again.

    ``ending`` are the texts of the periods that end with it, itself first, then by how far their length is off;
    ``adding`` are, for each cadence that fits, the texts of its periods from the year's beginning up to that end.
    """

    period: Period
    text: str
    last_day: dt.date
    ending: tuple[str, ...]
    adding: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=2048)
def moment_at(period: Period) -> Moment:
    """What is looked up for a period."""
    day, same = period.last_day, []
    for cadence in Cadence:
        try:
            other = Period.containing(day, cadence)
        except PeriodError:  # the week that begins in the year before the first of all
            continue
        if other.last_day == day:
            same.append(other)
    same.sort(key=lambda other: abs(other.days - period.days))
    adding = [
        tuple(str(Period(other.cadence, other.year, number)) for number in range(1, other.number + 1)) for other in same
    ]
    return Moment(period, str(period), day, tuple(str(other) for other in same), tuple(adding))


@lru_cache(maxsize=512)
def moments_of(year: int, cadence: Cadence) -> tuple[Moment, ...]:
    """The periods of a cadence that lie wholly in a year."""
    return tuple(moment_at(period) for period in Period(Cadence.YEARLY, year).parts(cadence))


@dataclass(slots=True)
class Carrier:
    """A unit against what it carries of a target; for the unit that issued the plan, against the target itself.

    ``group`` are all units that carry the number together, this one among them. ``together`` tells that they are judged
    together (a rate is asked of each partner). ``running`` is what is due by each period, where shares say so.
    """

    unit_id: int
    goal: Decimal | None
    aim: progress.Goal | None
    running: Running | None = None
    group: tuple[int, ...] = ()
    together: bool = False

    @property
    def joint(self) -> bool:
        """Whether the number is carried with others."""
        return bool(self.group)


#: A share as it is read: unit, period, value, name of the number carried together.
ShareOf = tuple[int, str, Decimal | None, str]


@dataclass(slots=True)
class Measured:
    """A target in its year: its indicator, trajectory and lights, its carriers and what is known of them.

    ``units`` are those that may be told (``None`` for all). ``figures`` holds the year's values by unit and period.
    """

    target: Target
    indicator: Indicator | None
    year: int | None
    owner_id: int
    thresholds: progress.Thresholds
    trajectory: progress.Trajectory | None = None
    assumed: bool = False  # nobody set the trajectory: evenly by month
    carriers: dict[int, Carrier] = field(default_factory=dict)
    units: Collection[int] | None = None
    figures: dict[int, dict[str, Figure]] = field(default_factory=dict)
    adds: bool = True
    growing: bool = False
    flows: bool = False
    lower: bool = False
    _parts: dict[str, Decimal] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        target: Target,
        indicator: Indicator | None,
        year: int | None,
        *,
        shares: Iterable[ShareOf],
        cumulative: bool,
        trajectory: progress.Trajectory | None,
        thresholds: progress.Thresholds,
        units: Collection[int] | None,
    ) -> Measured:
        """Put together what was read."""
        growing = indicator is not None and indicator.kind in GROWING
        assumed = trajectory is None
        if trajectory is None and growing and year is not None:
            trajectory = _linear(year)
        found = cls(
            target,
            indicator,
            year,
            target.plan.owner_id,
            thresholds,
            trajectory,
            assumed,
            units=units,
            adds=adds_up(target),
            growing=growing,
            flows=indicator is not None and indicator.kind == IndicatorKind.FLOW,
            lower=indicator is not None and indicator.direction == Direction.LOWER,
        )
        if assumed and year is not None:
            found._parts = _linear_parts(year)
        found._add_carriers(shares, cumulative)
        return found

    def _add_carriers(self, shares: Iterable[ShareOf], cumulative: bool) -> None:
        by_unit: dict[int, list[tuple[Period, Decimal | None]]] = defaultdict(list)
        cells: dict[tuple[str, str], set[int]] = defaultdict(set)
        held: dict[tuple[str, str], Decimal] = {}
        joints: dict[int, dict[Period, str]] = defaultdict(dict)
        for unit, text, value, joint in shares:
            period = period_of(text)
            by_unit[unit].append((period, value))
            if joint:
                cells[joint, text].add(unit)
                joints[unit][period] = joint
                if value is not None:
                    held[joint, text] = value
        running = cumulative or not self.adds or (self.indicator is not None and not self.growing)
        groups = _groups(cells.values())
        for unit, rows in by_unit.items():
            group = groups.get(unit, ())
            if group and self.adds:
                rows = _summed([row for other in group for row in by_unit[other]])
            elif group:
                # Every partner has to reach the rate that stands in the cell that they share.
                own = joints[unit]
                rows = [
                    (period, held.get((own[period], str(period))) if period in own else value) for period, value in rows
                ]
            goal = year_value(rows, cumulative=running)
            self.carriers[unit] = Carrier(
                unit,
                goal,
                None if goal is None else self.aim(goal),
                Running(rows, cumulative=running) if len(rows) > 1 else None,
                group,
                bool(group) and self.adds,
            )
        self.carriers[self.owner_id] = Carrier(self.owner_id, self.target.value, self.aim(self.target.value))

    @property
    def decimals(self) -> int:
        """With how many places its figures are shown."""
        return places(self.target.unit_of_measure, self.indicator.decimals if self.indicator else None)

    def tells(self, unit: int) -> bool:
        """Whether figures of the unit may be told."""
        return self.units is None or unit in self.units

    def aim(self, goal: Decimal) -> progress.Goal:
        """A goal of this target's kind."""
        return progress.Goal.of(goal, self.target.comparator, lower_is_better=self.lower)

    def expected(self, carrier: Carrier, at: Moment) -> Decimal | None:
        """What is due by the end of a period: by the unit's own shares, else its goal by the trajectory."""
        due = carrier.running.due(at.last_day, even=self.growing) if carrier.running is not None else None
        if due is not None or carrier.goal is None:
            return due
        if self.trajectory is None:
            return carrier.goal
        part = self._parts.get(at.text)
        if part is None:
            part = self._parts[at.text] = self.trajectory.expected(at.period)
        return progress.rounded(carrier.goal * part)

    def shape(self, carrier: Carrier) -> progress.Trajectory | None:
        """The trajectory of a unit: by its own shares, else the target's; ``None`` where nobody set one."""
        if carrier.running is not None and self.growing and (own := carrier.running.shape()) is not None:
            return own
        return None if self.assumed else self.trajectory

    def reached(self, carrier: Carrier, at: Moment) -> Reached:
        """What was reached by the end of a period, by all partners where a number is carried together.

        Of the whole, where nobody reports it and all units are told: what those who carry it reached, once all of them
        have reported. Other units may report the same thing once more (a department what its counties count), so they
        are left out.
        """
        if carrier.together:
            return _together([self.own(other, at) for other in carrier.group])
        found = self.own(carrier.unit_id, at)
        if found[0] is None and carrier.unit_id == self.owner_id and self.adds_carriers:
            return _together([self.own(pk, at) for pk in sorted(self.carriers) if pk != self.owner_id])
        return found

    @property
    def adds_carriers(self) -> bool:
        """Whether the whole can be told from what those who carry it reached."""
        return (
            self.units is None
            and self.adds
            and self.indicator is not None
            and self.indicator.unit_aggregation == UnitAggregation.SUM
            and len(self.carriers) > 1
        )

    def own(self, unit: int, at: Moment) -> Reached:
        """What one unit reached: the figure of that period's end, flows of the year added up; never across a gap."""
        return reached_by(self.figures.get(unit, {}), at, flows=self.flows)

    def known(self, units: Iterable[int]) -> dict[str, int]:
        """The periods of which anything is known, as texts, with how many of the units reported them."""
        found: Counter[str] = Counter()
        for unit in units:
            found.update(self.figures.get(unit, {}).keys())
        return found

    def light(self, carrier: Carrier, expected: Decimal | None, actual: Decimal | None) -> progress.Light | None:
        """The light of a unit by this plan's thresholds."""
        return progress.light(actual, carrier.aim, expected, self.thresholds)

    def lights(self, carrier: Carrier, moments: Iterable[Moment]) -> dict[Period, progress.Light | None]:
        """The light of a unit in many periods."""
        aim, limits, whole = carrier.aim, self.thresholds, carrier.unit_id == self.owner_id
        reached = self.reached if carrier.together or whole else lambda one, at: self.own(one.unit_id, at)
        return {
            at.period: progress.light(reached(carrier, at)[0], aim, self.expected(carrier, at), limits)
            for at in moments
        }

    def is_hidden(self, carrier: Carrier) -> bool:
        """Whether a number carried together cannot be judged, because not all partners may be told."""
        return carrier.together and not all(self.tells(other) for other in carrier.group)

    def latest(self) -> Period | None:
        """At which period it is judged: the latest that most of the units that report at all have reported, else the
        latest known; the whole year where nothing is. ``None`` where nothing measures it."""
        if self.indicator is None or self.year is None:
            return None
        return usual(self.figures, self.carriers.keys() - {self.owner_id}) or Period(Cadence.YEARLY, self.year)


def reached_by(known: Mapping[str, Figure], at: Moment, *, flows: bool) -> Reached:
    """What a series of one unit says by a period's end: the figure that ends with it; flows of the year added up."""
    if not known:
        return UNKNOWN
    if flows:
        return _added(known, at)
    for text in at.ending:
        if text in known:
            value, source, pk = known[text]
            return value, source, (pk,)
    return UNKNOWN


def usual(known: Mapping[int, Collection[str]], units: Collection[int]) -> Period | None:
    """The latest period that most of those of some units that report at all have reported, else the latest known.

    ``known`` are the periods' texts by unit.
    """
    counts: Counter[str] = Counter()
    reporting = 0
    for unit, texts in known.items():
        if unit in units:
            reporting += 1
            counts.update(iter(texts))
    ordered = latest_first(period_of(text) for text in set().union(*known.values()))
    return next((one for one in ordered if 2 * counts[str(one)] > reporting), ordered[0] if ordered else None)


def latest_first(periods: Iterable[Period]) -> list[Period]:
    """The latest first; of those that end together the shortest first."""
    return sorted(periods, key=lambda period: (period.last_day, -period.days), reverse=True)


@lru_cache(maxsize=64)
def _linear(year: int) -> progress.Trajectory:
    return progress.linear(year)


@lru_cache(maxsize=64)
def _linear_parts(year: int) -> dict[str, Decimal]:
    """What is expected evenly by period, filled as it is asked for: the same of all targets of a year."""
    return {}


def _groups(cells: Iterable[set[int]]) -> dict[int, tuple[int, ...]]:
    """Of every unit that carries a number with others: all who do so, directly or through one of them."""
    found: dict[int, frozenset[int]] = {}
    for units in cells:
        group = frozenset(units).union(*(found[pk] for pk in units if pk in found))
        found |= dict.fromkeys(group, group)
    return {pk: tuple(sorted(group)) for pk, group in found.items()}


def _summed(rows: list[tuple[Period, Decimal | None]]) -> list[tuple[Period, Decimal | None]]:
    """The shares of units that are judged together, one a period; each number counts once: only one row holds it."""
    by_period: dict[Period, list[Decimal]] = {}
    for period, value in rows:
        known = by_period.setdefault(period, [])
        if value is not None:
            known.append(value)
    return [(period, exact_sum(known) if known else None) for period, known in by_period.items()]


def _together(parts: list[Reached]) -> Reached:
    """What several units reached together: unknown while one of them has not reported."""
    values = [value for value, _, _ in parts if value is not None]
    if len(values) < len(parts):
        return UNKNOWN
    sources = {source for _, source, _ in parts}
    ids = tuple(pk for _, _, own in parts for pk in own)
    # Stored values have at most 15 digits, so that the sum of some thousands is exact.
    return sum(values, Decimal(0)), sources.pop() if len(sources) == 1 else "", ids


def _added(known: Mapping[str, Figure], at: Moment) -> Reached:
    """Flows since the year's beginning: the year's own figure, else the sum of all periods of one length."""
    if at.period.cadence is Cadence.YEARLY and (whole := known.get(str(at.period))) is not None:
        return whole[0], whole[1], (whole[2],)
    for texts in at.adding:
        rows = [known[text] for text in texts if text in known]
        if len(rows) == len(texts):  # else a period is missing: what was reached is not known
            return sum((row[0] for row in rows), Decimal(0)), rows[-1][1], tuple(row[2] for row in rows)
    return UNKNOWN
