"""How far the units are with one target, in the target's own tier, as known at a moment: for the target's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.measured import moment_at
from luoshi.apps.targets.queries.standing import Standing
from luoshi.apps.targets.queries.standings import Standings, Told, standings
from luoshi.periods import Period


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """A target's progress in its tier by the end of a period; ``whole`` is the unit that issued the plan.

    ``periods`` are those of which anything is known, the latest first; ``reported`` tells how many of the units with a
    share have a figure for ``period``. ``tiers`` holds how the whole stands with other targets of the same indicator.
    """

    target: Target
    indicator: Indicator | None
    period: Period | None
    tier: str
    whole: Standing | None
    units: tuple[Standing, ...]
    periods: tuple[Period, ...]
    reported: int
    standings: Standings
    tiers: dict[int, Standing]


def target_progress(
    target: Target,
    *,
    period: str | None = None,
    unit_ids: Told = None,
    as_of: dt.datetime | None = None,
    others: Sequence[Target] = (),
) -> TargetProgress:
    """Progress of the plan's owner and of every unit with a share (or of ``unit_ids``), by the end of ``period``.

    Without a period the one at which ``standings`` judges the target: one unit that reports early does not turn all
    others into 未报. ``others`` are other tiers of the same plan and indicator: they are judged by the same figure of
    the whole. Seven queries.
    """
    found = standings([target, *others], unit_ids=unit_ids, as_of=as_of)
    measured = found.measured[target.pk]
    asked = Period.parse(period) if period else found.period_of(target.pk)
    if measured.indicator is None or measured.year is None:
        asked = None
    counts = measured.known(pk for pk in measured.carriers if pk != measured.owner_id)
    whole = found.whole(target.pk, asked)
    return TargetProgress(
        target=target,
        indicator=measured.indicator,
        period=asked,
        tier=target.get_tier_display() or "未分档",
        whole=whole,
        units=tuple(found.of_target(target.pk, asked)),
        periods=found.known_periods(target.pk),
        reported=counts.get(str(asked), 0) if asked else 0,
        standings=found,
        tiers={other.pk: _in_tier(found, other, whole) for other in others} if whole is not None else {},
    )


def _in_tier(found: Standings, target: Target, whole: Standing) -> Standing:
    """The whole against another target by the same figure: a tier that was not shared out has no carriers to add up."""
    measured = found.measured[target.pk]
    carrier = measured.carriers[measured.owner_id]
    expected = measured.expected(carrier, moment_at(whole.period)) if whole.period is not None else None
    return Standing(
        whole.unit,
        whole.period,
        target.value,
        expected,
        whole.actual,
        whole.source,
        whole.observation_ids,
        measured.light(carrier, expected, whole.actual),
        measured=measured,
    )
