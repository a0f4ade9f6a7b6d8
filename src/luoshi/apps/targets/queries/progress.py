"""How far the units are with a target, in the target's own tier, as known at a moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from luoshi import progress
from luoshi.apps.indicators.models import Direction, Indicator, IndicatorKind, TargetIndicator
from luoshi.apps.indicators.queries import Value, effective
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.in_force import (
    GROWING,
    ShareRow,
    due_by,
    shares_in_force,
    trajectories_in_force,
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
    """A unit against its own share; ``light`` is ``None`` for a unit without a target."""

    unit: Unit
    goal: Decimal | None
    expected: Decimal | None
    actual: Decimal | None
    source: str
    completion: Decimal | None
    ratio: Decimal | None
    light: progress.Light | None
    joint: bool = False

    @property
    def light_words(self) -> str:
        """The light in words."""
        return LIGHT_WORDS[self.light]


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """A target's progress in its tier by the end of a period; ``whole`` is the unit that issued the plan."""

    target: Target
    indicator: Indicator | None
    period: Period | None
    tier: str
    whole: UnitProgress | None
    units: tuple[UnitProgress, ...]


def target_progress(
    target: Target,
    *,
    period: str | None = None,
    unit_ids: set[int] | None = None,
    as_of: dt.datetime | None = None,
) -> TargetProgress:
    """Progress of the plan's owner and of every unit with a share (or of ``unit_ids``), by the end of ``period``.

    Without a period the latest one for which anything is known in the target's year. Seven queries.
    """
    link = TargetIndicator.objects.filter(target=target).select_related("indicator").first()
    tier = target.get_tier_display() or "未分档"
    year = plan_year(target)
    rows = shares_in_force(target_ids=[target.pk], unit_ids=unit_ids, as_of=as_of)
    rows = [row for row in rows if row.giver_id == target.plan.owner_id]
    if link is None or year is None:
        return TargetProgress(target, link.indicator if link else None, None, tier, None, ())
    by_unit: dict[int, list[ShareRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit_id].append(row)
    owner = target.plan.owner_id
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
    asked = Period.parse(period) if period else _latest(values)
    if asked is None:
        asked = whole_year
    shaped = trajectories_in_force([target.pk], as_of).get(target.pk)
    if shaped is None and link.indicator.kind in GROWING:
        shaped = progress.linear(year)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=ids)}
    found = {
        pk: _unit_progress(target, link.indicator, unit, by_unit.get(pk, []), values[pk], asked, shaped, owner)
        for pk, unit in units.items()
    }
    ordered = sorted((found[pk] for pk in by_unit if pk in found and pk != owner), key=lambda item: item.unit.path)
    whole = found.get(owner) if unit_ids is None or owner in unit_ids else None
    return TargetProgress(target, link.indicator, asked, tier, whole, tuple(ordered))


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


def _latest(values: dict[int, dict[Period, Value]]) -> Period | None:
    periods = [period for figures in values.values() for period in figures]
    return max(periods, key=lambda period: (period.last_day, -period.days), default=None)


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
    figures: dict[Period, Value],
    asked: Period,
    shaped: progress.Trajectory | None,
    owner: int,
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
    actual, source = _actual(indicator.kind, figures, asked)
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
        joint=any(row.joint for row in rows),
    )
