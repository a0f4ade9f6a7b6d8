"""How far the units are with one target, in the target's own tier, as known at a moment: for the target's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.in_force import trajectories_in_force
from luoshi.apps.targets.queries.measured import Measured, moment_at
from luoshi.apps.targets.queries.standing import Standing
from luoshi.apps.targets.queries.standings import Standings, standings
from luoshi.periods import Period


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
    whole: Standing | None
    units: tuple[Standing, ...]
    periods: tuple[Period, ...] = ()
    reported: int = 0
    standings: Standings | None = None


def target_progress(
    target: Target,
    *,
    period: str | None = None,
    unit_ids: set[int] | None = None,
    as_of: dt.datetime | None = None,
) -> TargetProgress:
    """Progress of the plan's owner and of every unit with a share (or of ``unit_ids``), by the end of ``period``.

    Without a period the one at which ``standings`` judges the target: one unit that reports early does not turn all
    others into 未报. Seven queries.
    """
    found = standings([target], unit_ids=unit_ids, as_of=as_of)
    measured = found.measured[target.pk]
    asked = Period.parse(period) if period else found.period_of(target.pk)
    if measured.indicator is None or measured.year is None:
        asked = None
    counts = measured.known(pk for pk in measured.carriers if pk != measured.owner_id)
    return TargetProgress(
        target,
        measured.indicator,
        asked,
        target.get_tier_display() or "未分档",
        found.whole(target.pk, asked),
        tuple(found.of_target(target.pk, asked)),
        found.known_periods(target.pk),
        counts.get(asked, 0) if asked else 0,
        found,
    )


def other_tiers(
    found: TargetProgress, targets: Sequence[Target], as_of: dt.datetime | None = None
) -> list[TargetProgress]:
    """The plan's owner against other tiers of the same plan and indicator, from what is known already: one query."""
    shapes = trajectories_in_force([target.pk for target in targets], as_of)
    rows = []
    for target in targets:
        whole = None
        if found.whole is not None and found.indicator is not None and found.period is not None:
            measured = Measured.of(
                target,
                found.indicator,
                found.period.last_day.year,
                shares=(),
                cumulative=True,
                trajectory=shapes.get(target.pk),
                thresholds=found.whole.measured.thresholds,
                units=None,
            )
            carrier = measured.carriers[measured.owner_id]
            expected = measured.expected(carrier, moment_at(found.period))
            actual = found.whole.actual
            whole = Standing(
                found.whole.unit,
                found.period,
                target.value,
                expected,
                actual,
                found.whole.source,
                found.whole.observation_ids,
                measured.light(carrier, expected, actual),
                measured=measured,
            )
        tier = target.get_tier_display() or "未分档"
        rows.append(TargetProgress(target, found.indicator, found.period, tier, whole, ()))
    return rows
