"""How many targets stand with many units over many periods: read at once, judged when asked for.

At most eight queries at any size. What boards, warnings and bulletins show of progress comes from here.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import F, QuerySet

from luoshi import progress
from luoshi.apps.indicators.models import IndicatorKind, TargetIndicator
from luoshi.apps.indicators.queries import survivors
from luoshi.apps.indicators.queries.observations import Figure, series_of
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.models import ProgressRule, Share
from luoshi.apps.targets.policies import told_units
from luoshi.apps.targets.queries.in_force import trajectories_in_force, unit_names, versions_in_force
from luoshi.apps.targets.queries.measured import (
    Carrier,
    Measured,
    Moment,
    ShareOf,
    latest_first,
    moment_at,
    moments_of,
    period_of,
)
from luoshi.apps.targets.queries.standing import Standing
from luoshi.apps.targets.years import plan_year
from luoshi.periods import Cadence, Period

#: Of whom figures may be told: of all, of some units, or of others for each target.
Told = Collection[int] | Mapping[int, Collection[int] | None] | None


class Standings:
    """The standing of every (target, unit) that has one, at any period of the target's year.

    A unit stands with a target if the plan's owner gave it a share (a blank one too), or if it is the owner itself,
    whose standing is that of the whole. ``units`` holds all of them by number, ``latest`` the period at which each
    target is judged where none is asked for: the last of ``periods`` that lies in its year, else the latest that most
    of its units have reported (``Measured.latest``); ``None`` where nothing measures it.
    """

    def __init__(
        self,
        measured: Mapping[int, Measured],
        units: Mapping[int, Unit],
        periods: Sequence[Period] | None = None,
        as_of: dt.datetime | None = None,
        kept: Mapping[int, int] | None = None,
    ) -> None:
        self.as_of = as_of
        self.kept = dict(kept or {})  # which indicator stands for a merged one
        self.measured = dict(measured)
        self.units = dict(units)
        self.asked = tuple(sorted(periods, key=lambda one: (one.last_day, one.days))) if periods is not None else None
        self._latest: dict[int, Period | None] = {}
        self._until_latest: dict[int, tuple[Moment, ...]] = {}
        self._standings: dict[tuple[int, int], Standing | None] = {}

    @cached_property
    def latest(self) -> dict[int, Period | None]:
        """At which period each target is judged."""
        return {target: self.period_of(target) for target in self.measured}

    def period_of(self, target_id: int) -> Period | None:
        """At which period a target is judged."""
        if target_id not in self._latest:
            measured = self.measured[target_id]
            if self.asked is None:
                found = measured.latest()
            else:
                within = [one for one in self.asked if one.last_day.year == measured.year]
                found = within[-1] if within and measured.indicator is not None else None
            self._latest[target_id] = found
        return self._latest[target_id]

    def get(self, target_id: int, unit_id: int, period: Period | None = None) -> Standing | None:
        """The standing of a unit with a target by the end of a period (the latest).

        ``None`` where the unit has nothing to do with the target or may not be told, where the period does not end in
        the target's year, and of the whole where nothing measures it.
        """
        measured = self.measured.get(target_id)
        if measured is None or (carrier := measured.carriers.get(unit_id)) is None or not measured.tells(unit_id):
            return None
        if period is None:
            key = (target_id, unit_id)
            if key not in self._standings:
                self._standings[key] = self._judge(measured, carrier, self.period_of(target_id))
            return self._standings[key]
        return self._judge(measured, carrier, period)

    def _judge(self, measured: Measured, carrier: Carrier, period: Period | None) -> Standing | None:
        unit = self.units[carrier.unit_id]
        partners = self._partners(carrier) if carrier.group else ""
        if measured.indicator is None or measured.year is None:
            if carrier.unit_id == measured.owner_id:
                return None
            bare = (unit, None, carrier.goal, None, None, "", (), None)
            return Standing(*bare, carrier.joint, False, partners, measured=measured)
        if period is None or period.last_day.year != measured.year:
            return None
        at = moment_at(period)
        hidden = measured.is_hidden(carrier)
        expected = measured.expected(carrier, at)
        value, source, ids = measured.own(carrier.unit_id, at) if hidden else measured.reached(carrier, at)
        light = None if hidden else measured.light(carrier, expected, value)
        found = (unit, period, carrier.goal, expected, value, source, ids, light)
        return Standing(*found, carrier.joint, hidden, partners, measured=measured)

    def _partners(self, carrier: Carrier) -> str:
        others = [self.units[pk] for pk in carrier.group if pk != carrier.unit_id]
        return "、".join(str(unit) for unit in sorted(others, key=lambda unit: unit.path))

    def whole(self, target_id: int, period: Period | None = None) -> Standing | None:
        """The standing of the unit that issued the plan."""
        return self.get(target_id, self.measured[target_id].owner_id, period)

    def of_target(self, target_id: int, period: Period | None = None) -> list[Standing]:
        """Of every unit that was given a share, in the order of the unit tree; without the whole."""
        measured = self.measured[target_id]
        carriers = (pk for pk in measured.carriers if pk != measured.owner_id)
        found = (self.get(target_id, pk, period) for pk in carriers)
        return sorted((one for one in found if one is not None), key=lambda one: self.units[one.unit_id].path)

    def of_unit(self, unit_id: int, period: Period | None = None) -> list[Standing]:
        """Of one unit with every target, in the order in which the targets were given."""
        found = (self.get(target, unit_id, period) for target in self.measured)
        return [one for one in found if one is not None]

    def headline(self, target_id: int, period: Period | None = None) -> Standing | None:
        """What stands for a target in a list: the whole, else (who is told of some units only) the worst of these."""
        whole = self.whole(target_id, period)
        if whole is not None or self.measured[target_id].units is None:
            return whole
        rows = self.of_target(target_id, period)
        return max(rows, key=lambda one: (severity_of(one), one.light is not None), default=None)

    def __iter__(self) -> Iterator[Standing]:
        """All standings at the latest period, wholes among them."""
        for target, measured in self.measured.items():
            for unit in measured.carriers:
                if (one := self.get(target, unit)) is not None:
                    yield one

    def periods(self, target_id: int, until: Period | None = None) -> tuple[Period, ...]:
        """The periods of the year up to the latest (or another), as the target is reported: month by month, say.

        None where nothing at all was reported.
        """
        return tuple(at.period for at in self._moments(target_id, until))

    def _moments(self, target_id: int, until: Period | None = None) -> tuple[Moment, ...]:
        if until is None and target_id in self._until_latest:
            return self._until_latest[target_id]
        measured, latest = self.measured[target_id], until or self.period_of(target_id)
        if measured.indicator is None or measured.year is None or latest is None or not measured.figures:
            return ()
        day = latest.last_day
        found = tuple(at for at in moments_of(measured.year, self._cadence(measured, latest)) if at.last_day <= day)
        if until is None:
            self._until_latest[target_id] = found
        return found

    def _cadence(self, measured: Measured, latest: Period) -> Cadence:
        """At which cadence a target is reported: its indicator's, else the one most often met, the shorter of two."""
        if measured.indicator is not None and measured.indicator.cadence:
            return Cadence(measured.indicator.cadence)
        counts: Counter[Cadence] = Counter()
        for text in measured.known(measured.figures):
            counts[period_of(text).cadence] += 1
        order = list(Cadence)
        return max(counts, key=lambda one: (counts[one], order.index(one)), default=latest.cadence)

    def lights(self, target_id: int, unit_id: int, until: Period | None = None) -> dict[Period, progress.Light | None]:
        """The light of every period of the year so far (or up to another), without the rest of the standings."""
        measured = self.measured.get(target_id)
        if measured is None or (carrier := measured.carriers.get(unit_id)) is None or not measured.tells(unit_id):
            return {}
        if measured.is_hidden(carrier):
            return {}
        return measured.lights(carrier, self._moments(target_id, until))

    def turned(self, target_id: int, unit_id: int, period: Period | None = None) -> Period | None:
        """The first period in which the light became what it is in the latest (or another) period."""
        return progress.first_turned(self.lights(target_id, unit_id, period))

    def before(self, standing: Standing) -> Standing | None:
        """The same a period earlier, within the year."""
        if standing.period is None:
            return None
        day = standing.period.last_day
        earlier = [at for at in self._moments(standing.target_id) if at.last_day < day]
        return self.get(standing.target_id, standing.unit_id, earlier[-1].period) if earlier else None

    def worse(self) -> list[tuple[Standing, Standing]]:
        """(before, now) of all whose light got worse in the latest period, the worst first."""
        found = []
        for now in self:
            before = self.before(now) if progress.severity(now.light) else None
            if before is not None and progress.is_worse(before.light, now.light):
                found.append((before, now))
        return sorted(found, key=lambda pair: worst_first(pair[1]))

    def ranks(self, target_id: int, period: Period | None = None) -> dict[int, int | None]:
        """The units' places by completion, 1 for the best; who has none has no place."""
        rows = self.of_target(target_id, period)
        return progress.rank({one.unit_id: one.completion for one in rows})

    def known_periods(self, target_id: int) -> tuple[Period, ...]:
        """The periods of which anything was read, the latest first."""
        measured = self.measured[target_id]
        return tuple(latest_first(period_of(text) for text in measured.known(measured.figures)))


def severity_of(standing: Standing) -> int:
    """0 (blue) to 3 (red); -1 for grey and for no light."""
    found = progress.severity(standing.light)
    return -1 if found is None else found


def worst_first(standing: Standing) -> tuple[int, Decimal]:
    """To put the worst first: by light, then by how far behind schedule."""
    ratio = standing.ratio
    return (-severity_of(standing), Decimal(10**9) if ratio is None else ratio)


def standings(
    targets: Sequence[Target] | QuerySet[Target],
    *,
    periods: Sequence[Period] | None = None,
    unit_ids: Told = None,
    as_of: dt.datetime | None = None,
    history: bool = False,
) -> Standings:
    """How the targets stand, as known at a moment: at most eight queries.

    ``periods`` are the only ones that will be asked for (any of the year, where none are given); with ``history`` the
    earlier ones of the year are read all the same. ``unit_ids`` are those of whom figures may be told: a set, or one
    for each target (``None`` for all); the whole is only told where its owner is among them. Select ``plan`` with the
    targets.
    """
    if isinstance(targets, QuerySet):
        targets = list(targets.select_related("plan"))
    by_id = {target.pk: target for target in targets}
    links = {
        link.target_id: link.indicator
        for link in TargetIndicator.objects.filter(target__in=by_id).select_related("indicator")
    }
    shares = _shares(by_id, as_of)
    shapes = trajectories_in_force(links, as_of)
    rules = thresholds_of({target.plan_id for target in targets}, as_of)
    measured = {}
    for pk, target in by_id.items():
        cumulative, rows = shares.get(pk, (True, []))
        measured[pk] = Measured.of(
            target,
            links.get(pk),
            plan_year(target),
            shares=rows,
            cumulative=cumulative,
            trajectory=shapes.get(pk),
            thresholds=rules[target.plan_id],
            units=unit_ids.get(pk, ()) if isinstance(unit_ids, Mapping) else unit_ids,
        )
    kept = _add_figures(measured, periods, as_of, history)
    units = unit_names({pk for one in measured.values() for pk in one.carriers})
    return Standings(measured, units, periods, as_of, kept)


def standings_seen(user: Any, targets: Sequence[Target] | QuerySet[Target], **more: Any) -> Standings:
    """The standings as far as the person sees the units' figures (``policies.told_units``): at most ten queries."""
    if isinstance(targets, QuerySet):
        targets = list(targets.select_related("plan__owner"))
    return standings(targets, unit_ids=told_units(user, targets), **more)


def _shares(target_ids: Collection[int], as_of: dt.datetime | None) -> dict[int, tuple[bool, list[ShareOf]]]:
    """What the plans' owners gave, with whether a later period contains those before: one query."""
    owner = F("allocation__target__plan__owner")
    versions = versions_in_force(as_of).filter(allocation__target__in=list(target_ids), allocation__unit=owner)
    rows = Share.objects.filter(version__in=versions.values("pk")).order_by()
    found: dict[int, tuple[bool, list[ShareOf]]] = {}
    columns = ("version__allocation__target_id", "version__cumulative", "unit_id", "period", "value", "joint")
    for target, cumulative, *share in rows.values_list(*columns).iterator(chunk_size=5000):
        if target not in found:
            found[target] = (cumulative, [])
        found[target][1].append(tuple(share))
    return found


def thresholds_of(plan_ids: Collection[int], as_of: dt.datetime | None = None) -> dict[int, progress.Thresholds]:
    """From which ratio on lights are green and yellow, by plan: what was set, else what is assumed; one query."""
    found = dict.fromkeys(plan_ids, progress.Thresholds())
    for rule in ProgressRule.objects.filter(plan__in=plan_ids):
        states = [*rule.earlier, [rule.set_at.isoformat(), rule.green, rule.yellow]]
        for since, green, yellow in states:
            if as_of is None or dt.datetime.fromisoformat(since) <= as_of:
                found[rule.plan_id] = progress.Thresholds(Decimal(green), Decimal(yellow))
    return found


def _add_figures(
    measured: Mapping[int, Measured],
    periods: Sequence[Period] | None,
    as_of: dt.datetime | None,
    history: bool,
) -> dict[int, int]:
    """What was observed in the targets' years: two queries, of which the first finds merged indicators (given back)."""
    judged = [one for one in measured.values() if one.indicator is not None and one.year is not None]
    if not judged:
        return {}
    kept = survivors(as_of)
    units = {pk for one in judged for pk in one.carriers if pk == one.owner_id or one.tells(pk)}
    years = {one.year for one in judged if one.year is not None}
    last_day = dt.date(max(years), 12, 31)
    ends: set[dt.date] | None = None
    if periods is not None:
        last_day = min(last_day, max((one.last_day for one in periods), default=dt.date.min))
        if not history and not any(one.indicator.kind == IndicatorKind.FLOW for one in judged if one.indicator):
            ends = {one.last_day for one in periods}
    found = series_of(
        indicators={one.indicator.pk for one in judged if one.indicator is not None},
        unit_ids=units,
        first_day=dt.date(min(years), 1, 1),
        last_day=last_day,
        ends=ends,
        as_of=as_of,
        kept=kept,
    )
    for one in judged:
        assert one.indicator is not None and one.year is not None
        key = kept.get(one.indicator.pk, one.indicator.pk)
        for unit in one.carriers:
            if (unit == one.owner_id or one.tells(unit)) and (series := found.get((key, unit))) is not None:
                one.figures[unit] = _of_year(series, one.year) if len(years) > 1 else series
    return kept


def _of_year(series: Mapping[str, Figure], year: int) -> dict[str, Figure]:
    return {text: figure for text, figure in series.items() if _within(text, year)}


@lru_cache(maxsize=4096)
def _within(text: str, year: int) -> bool:
    """Whether a period lies wholly in a year."""
    period = period_of(text)
    return period.first_day.year == year == period.last_day.year
