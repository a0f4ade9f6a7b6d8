"""How far the units are with a target, in the target's own tier, as known at a moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from luoshi import progress
from luoshi.allocation.conservation import exact_sum
from luoshi.apps.indicators.models import Direction, Indicator, IndicatorKind, TargetIndicator, UnitAggregation
from luoshi.apps.indicators.queries import Value, effective
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.in_force import (
    GROWING,
    ShareRow,
    due_by,
    shares_in_force,
    trajectories_in_force,
    unit_names,
    year_value,
)
from luoshi.apps.targets.queries.totals import adds_up
from luoshi.apps.targets.years import plan_year
from luoshi.periods import Cadence, Period

LIGHT_WORDS = {
    progress.Light.BLUE: "已完成",
    progress.Light.GREEN: "达到进度",
    progress.Light.YELLOW: "略慢",
    progress.Light.RED: "滞后",
    progress.Light.GREY: "未报",
    None: "无目标",
}


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """A unit against its own share; ``light`` is ``None`` for a unit without a target.

    Of a number that units carry together every figure but ``unit`` is that of all of them; where the person does not
    see all of them, only what the unit itself reached is given, and no light.
    """

    unit: Unit
    goal: Decimal | None
    expected: Decimal | None
    actual: Decimal | None
    source: str
    completion: Decimal | None
    ratio: Decimal | None
    light: progress.Light | None
    joint: bool = False
    partners: str = ""

    @property
    def light_words(self) -> str:
        """The light in words."""
        return "合并计算" if self.joint and self.light is None and self.goal is not None else LIGHT_WORDS[self.light]


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """A target's progress in its tier by the end of a period; ``whole`` is the unit that issued the plan.

    ``periods`` are those of which anything is known, the latest first; ``reported`` tells how many of the units with a
    share have a figure for ``period``.
    """

    target: Target
    indicator: Indicator | None
    period: Period | None
    tier: str
    whole: UnitProgress | None
    units: tuple[UnitProgress, ...]
    periods: tuple[Period, ...] = ()
    reported: int = 0


def target_progress(
    target: Target,
    *,
    period: str | None = None,
    unit_ids: set[int] | None = None,
    as_of: dt.datetime | None = None,
) -> TargetProgress:
    """Progress of the plan's owner and of every unit with a share (or of ``unit_ids``), by the end of ``period``.

    Without a period the latest one that most units with a share have reported, else the latest of which anything is
    known in the target's year: one unit that reports early does not turn all others into 未报. Seven queries.
    """
    link = TargetIndicator.objects.filter(target=target).select_related("indicator").first()
    tier = target.get_tier_display() or "未分档"
    year = plan_year(target)
    rows = shares_in_force(target_ids=[target.pk], as_of=as_of)
    rows = [row for row in rows if row.giver_id == target.plan.owner_id]
    if link is None or year is None:
        bare = _shares_alone(target, rows, unit_ids)
        return TargetProgress(target, link.indicator if link else None, None, tier, None, bare)
    by_unit: dict[int, list[ShareRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit_id].append(row)
    owner = target.plan.owner_id
    groups = _groups(rows)
    ids = {*by_unit, owner} if unit_ids is None else {*by_unit, owner} & {*unit_ids, owner}
    whole_year = Period(Cadence.YEARLY, year)
    known = effective(
        indicators=[link.indicator_id],
        unit_ids=ids,
        first_day=whole_year.first_day,
        last_day=whole_year.last_day,
        as_of=as_of,
    )
    values: dict[int, dict[Period, Value]] = defaultdict(dict)
    for (_, unit, text), value in known.items():
        values[unit][Period.parse(text)] = value
    asked = Period.parse(period) if period else _usual(values, set(by_unit) - {owner})
    if asked is None:
        asked = whole_year
    shaped = trajectories_in_force([target.pk], as_of).get(target.pk)
    if shaped is None and link.indicator.kind in GROWING:
        shaped = progress.linear(year)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=ids)}
    actual = {pk: _actual(link.indicator.kind, values[pk], asked) for pk in units}
    if unit_ids is None and actual[owner][0] is None and adds_up(target):
        # Nobody reports the whole: it is what those who carry it reached, once all of them have reported. Other units
        # may report the same thing once more (a department what its counties count), so they are left out.
        carriers = [actual[pk] for pk in sorted(by_unit) if pk != owner]
        if link.indicator.unit_aggregation == UnitAggregation.SUM and carriers:
            actual[owner] = _together(carriers)
    names = {row.unit_id: row.unit_path for row in rows}
    partners = unit_names({pk for pk in units for pk in groups.get(pk, ())})
    found = {}
    for pk, unit in units.items():
        group = groups.get(pk, ())
        told = "、".join(str(partners[other]) for other in sorted(group, key=lambda other: names[other]) if other != pk)
        one = partial(_unit_progress, target, link.indicator, unit, asked=asked, shaped=shaped, owner=owner, told=told)
        if not group:
            found[pk] = one(by_unit.get(pk, []), actual[pk])
        elif not adds_up(target):
            # Every partner has to reach the rate that stands in the cell that they share.
            found[pk] = one(_filled(by_unit[pk], rows), actual[pk])
        else:
            together = [row for other in group for row in by_unit[other]]
            sees = all(other in units for other in group)
            found[pk] = one(_summed(together), _together([actual[other] for other in sorted(group)]) if sees else None)
            if not sees:
                found[pk] = replace(found[pk], actual=actual[pk][0], source=actual[pk][1], light=None)
    ordered = sorted((found[pk] for pk in by_unit if pk in found and pk != owner), key=lambda item: item.unit.path)
    whole = found.get(owner) if unit_ids is None or owner in unit_ids else None
    reported = sum(1 for pk in by_unit if pk != owner and asked in values.get(pk, ()))
    return TargetProgress(target, link.indicator, asked, tier, whole, tuple(ordered), _known(values), reported)


def _shares_alone(target: Target, rows: list[ShareRow], unit_ids: set[int] | None) -> tuple[UnitProgress, ...]:
    """What the units carry of a target that nothing measures: no figures, no lights. One query."""
    by_unit: dict[int, list[ShareRow]] = defaultdict(list)
    for row in rows:
        if (unit_ids is None or row.unit_id in unit_ids) and row.unit_id != row.giver_id:
            by_unit[row.unit_id].append(row)
    units = unit_names(by_unit)
    found = []
    for pk, own in by_unit.items():
        shares = [(Period.parse(row.period), row.value) for row in own]
        goal = year_value(shares, cumulative=own[0].cumulative or not adds_up(target))
        joint = any(row.joint for row in own)
        found.append(UnitProgress(units[pk], goal, None, None, "", None, None, None, joint))
    return tuple(sorted(found, key=lambda item: item.unit.path))


def _groups(rows: list[ShareRow]) -> dict[int, frozenset[int]]:
    """Of every unit that carries a number with others: all who do so, directly or through one of them."""
    cells: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        if row.joint:
            cells[row.joint, row.period].add(row.unit_id)
    found: dict[int, frozenset[int]] = {}
    for units in cells.values():
        group = frozenset(units).union(*(found[pk] for pk in units if pk in found))
        found |= dict.fromkeys(group, group)
    return found


def _summed(rows: list[ShareRow]) -> list[ShareRow]:
    """The rows of units that are judged together, one a period; each number counts once, as only one row holds it."""
    by_period: dict[str, list[ShareRow]] = defaultdict(list)
    for row in rows:
        by_period[row.period].append(row)
    found = []
    for own in by_period.values():
        known = [row.value for row in own if row.value is not None]
        found.append(replace(own[0], value=exact_sum(known) if known else None))
    return found


def _filled(own: list[ShareRow], rows: list[ShareRow]) -> list[ShareRow]:
    """A unit's rows with the numbers that a partner's row holds."""
    held = {(row.joint, row.period): row.value for row in rows if row.joint and row.value is not None}
    return [replace(row, value=held.get((row.joint, row.period))) if row.joint else row for row in own]


def _together(parts: list[tuple[Decimal | None, str]]) -> tuple[Decimal | None, str]:
    """What several units reached together: unknown while one of them has not reported."""
    known = [value for value, _ in parts if value is not None]
    if len(known) < len(parts):
        return None, ""
    sources = {source for _, source in parts}
    return exact_sum(known), sources.pop() if len(sources) == 1 else ""


def other_tiers(
    found: TargetProgress, targets: Sequence[Target], as_of: dt.datetime | None = None
) -> list[TargetProgress]:
    """The plan's owner against other tiers of the same indicator, from what is known already: one query."""
    shapes = trajectories_in_force([target.pk for target in targets], as_of)
    rows = []
    for target in targets:
        whole = None
        if found.whole is not None and found.indicator is not None and found.period is not None:
            shaped = shapes.get(target.pk)
            if shaped is None and found.indicator.kind in GROWING:
                shaped = progress.linear(found.period.last_day.year)
            part = Decimal(1) if shaped is None else shaped.expected(found.period)
            expected = progress.rounded(target.value * part)
            lower = found.indicator.direction == Direction.LOWER
            aim = progress.Goal.of(target.value, target.comparator, lower_is_better=lower)
            actual = found.whole.actual
            whole = replace(
                found.whole,
                goal=target.value,
                expected=expected,
                completion=progress.completion(actual, aim),
                ratio=progress.schedule_ratio(actual, expected, capped=aim.capped),
                light=progress.light(actual, aim, expected),
            )
        tier = target.get_tier_display() or "未分档"
        rows.append(TargetProgress(target, found.indicator, found.period, tier, whole, ()))
    return rows


def _known(values: dict[int, dict[Period, Value]]) -> tuple[Period, ...]:
    """The periods of which anything is known, the latest first; of those that end together the shortest first."""
    periods = {period for figures in values.values() for period in figures}
    return tuple(sorted(periods, key=lambda period: (period.last_day, -period.days), reverse=True))


def _usual(values: dict[int, dict[Period, Value]], units: set[int]) -> Period | None:
    """The latest period that most of the units that report at all have reported, else the latest known."""
    known = _known(values)
    seen = [pk for pk in units if pk in values]
    for period in known:
        if seen and 2 * sum(1 for pk in seen if period in values[pk]) > len(seen):
            return period
    return known[0] if known else None


def _actual(kind: str, figures: dict[Period, Value], asked: Period) -> tuple[Decimal | None, str]:
    """What was reached by the end of a period: the figure of that period's end, flows of the year added up."""
    if kind == IndicatorKind.FLOW:
        if asked.cadence is Cadence.YEARLY and asked in figures:
            return figures[asked].value, figures[asked].source
        same = [period for period in figures if period.cadence is asked.cadence and period <= asked]
        if len(same) != asked.number:  # a month is missing: what was reached is not known
            return None, ""
        return sum((figures[period].value for period in same), Decimal(0)), figures[max(same)].source
    ended = [period for period in figures if period.last_day == asked.last_day]
    if not ended:
        return None, ""
    value = figures[min(ended, key=lambda period: abs(period.days - asked.days))]
    return value.value, value.source


def _unit_progress(
    target: Target,
    indicator: Indicator,
    unit: Unit,
    rows: list[ShareRow],
    reached: tuple[Decimal | None, str] | None,
    *,
    asked: Period,
    shaped: progress.Trajectory | None,
    owner: int,
    told: str = "",
) -> UnitProgress:
    growing = indicator.kind in GROWING
    goal: Decimal | None = None
    expected: Decimal | None = None
    if unit.pk == owner:
        goal = target.value
    elif rows:
        shares = [(Period.parse(row.period), row.value) for row in rows]
        cumulative = rows[0].cumulative or not growing or not adds_up(target)
        goal = year_value(shares, cumulative=cumulative)
        if len(shares) > 1:
            expected = due_by(shares, asked.last_day, cumulative=cumulative, even=growing)
    if goal is not None and expected is None:
        expected = goal if shaped is None else progress.rounded(goal * shaped.expected(asked))
    actual, source = reached or (None, "")
    lower = indicator.direction == Direction.LOWER
    aim = None if goal is None else progress.Goal.of(goal, target.comparator, lower_is_better=lower)
    return UnitProgress(
        unit=unit,
        goal=goal,
        expected=expected,
        actual=actual,
        source=source,
        completion=progress.completion(actual, aim),
        ratio=progress.schedule_ratio(actual, expected, capped=aim.capped) if aim else None,
        light=progress.light(actual, aim, expected),
        joint=bool(told),
        partners=told,
    )
