"""By when how much of a target is expected: each setting is a new version with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from luoshi import progress
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import policies
from luoshi.apps.targets.actions.adopting import cleaned_reason
from luoshi.apps.targets.errors import Invalid, Stale
from luoshi.apps.targets.models import Trajectory, TrajectoryKind
from luoshi.apps.targets.values import plain
from luoshi.periods import Cadence, Period

MOST_POINTS = 400


@transaction.atomic
def set_trajectory(
    *,
    acting_user: Any,
    target: Target,
    kind: str,
    cadence: str,
    points: Sequence[tuple[Period, Decimal]],
    reason: str = "",
    seen: int | None = None,
    now: dt.datetime | None = None,
) -> Trajectory:
    """Set a target's trajectory: ``points`` are cumulative parts of 1 of periods of ``cadence``.

    ``seen`` is the ordinal that the person saw (0 for none); ``Stale`` where another was set since. A reason is asked
    for when one was set before. Raises ``Invalid``.
    """
    require(policies.may_allocate(acting_user, target, target.plan.owner), policies.NOT_ALLOWED)
    if kind not in TrajectoryKind.values or cadence not in CadenceChoice.values:
        raise Invalid({"kind": "没有这种时序进度。"})
    if len(points) > MOST_POINTS:
        raise Invalid({"points": f"最多{MOST_POINTS}期。"})
    if any(period.cadence is not Cadence(cadence) for period, _ in points):
        raise Invalid({"points": "期别与周期不一致。"})
    try:
        shaped = progress.from_printed(points)
    except progress.TrajectoryError as error:
        raise Invalid({"points": str(error)}) from error
    reason = cleaned_reason(reason)
    # The target's row serialises: two that set one at once must not get the same number.
    target = Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
    if target.retired_in_id is not None:
        raise Invalid({"": "方案的现行版本已没有这个目标。"})
    last = target.trajectories.aggregate(last=Max("ordinal"))["last"] or 0
    if seen is not None and seen != last:
        raise Stale(last)
    if last and not reason:
        raise Invalid({"reason": "调整已设定的时序进度，请写明原因。"})
    row = Trajectory.objects.create(
        target=target,
        ordinal=last + 1,
        kind=kind,
        cadence=cadence,
        points=[[str(period), plain(part) or "0"] for period, part in shaped.points],
        reason=reason,
        created_by=acting_user,
    )
    if now is not None:
        Trajectory.objects.filter(pk=row.pk).update(created_at=now)
        row.created_at = now
    after = {"ordinal": row.ordinal, "kind": kind, "cadence": cadence, "points": row.points, "reason": reason}
    record(acting_user=acting_user, acts=[Act(action="设定时序进度", target=row, after=after, label=str(target))])
    return row
