"""Computed shares: equal, by weights, by last year's share; over the periods by a trajectory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from luoshi.allocation import AllocationError, share_grid, share_out
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.indicators.policies import observed
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.actions.drafting import Draft, Saved, finish, open_draft, relayout
from luoshi.apps.targets.errors import Invalid
from luoshi.apps.targets.models import AllocationMethod
from luoshi.apps.targets.queries.totals import adds_up, given_total, row_totals
from luoshi.apps.targets.queries.weights import indicator_weights, last_year_weights
from luoshi.apps.targets.values import plain
from luoshi.apps.targets.years import periods_of, plan_year
from luoshi.periods import Period
from luoshi.progress import Trajectory, linear

KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Computation:
    """How to compute.

    ``units_by`` is a value of ``AllocationMethod`` (equal, last-year, weights) or ``keep`` (what the rows carry now);
    ``weights`` by unit, or those of ``weight_indicator`` in ``weight_period``. ``periods_by`` are cumulative parts of 1
    for the periods of ``cadence``; none leaves one figure for the year.
    """

    units_by: str
    decimals: int = 0
    cadence: str = CadenceChoice.YEARLY
    cumulative: bool = True
    periods_by: Sequence[Decimal] = ()
    weights: Mapping[int, Decimal] = field(default_factory=dict)
    weight_indicator: int | None = None
    weight_period: str = ""


def preview_shares(*, acting_user: Any, target: Target, unit: Unit, how: Computation) -> dict[tuple[int, str], Decimal]:
    """What ``compute_shares`` would put into the draft; nothing is stored."""
    with transaction.atomic():
        found = _computed(acting_user, open_draft(acting_user, target, unit, None), unit, how)
        transaction.set_rollback(True)
    return found


@transaction.atomic
def compute_shares(*, acting_user: Any, target: Target, unit: Unit, revision: int, how: Computation) -> Saved:
    """Fill the whole draft with computed figures. Raises ``Invalid`` with what is missing, ``Stale``."""
    draft = open_draft(acting_user, target, unit, revision)
    found = _computed(acting_user, draft, unit, how)
    before = {"cells": {f"{key[0]} {key[1]}": plain(share.value) for key, share in draft.shares.items()}}
    for share in draft.shares.values():
        share.joint = ""
    relayout(draft, how.cadence, how.cumulative)
    for key, value in found.items():
        draft.shares[key].value, draft.shares[key].cell = value, None
    draft.version.method = AllocationMethod.TRAJECTORY if how.units_by == KEEP else how.units_by
    draft.version.printed_total, draft.version.table = None, None
    return finish(acting_user, draft, "计算目标分解", before)


def _computed(acting_user: Any, draft: Draft, unit: Unit, how: Computation) -> dict[tuple[int, str], Decimal]:
    units = _ordered(draft.unit_ids)
    if not units:
        raise Invalid({"units": "请先选择分解到哪些单位。"})
    if how.cadence not in CadenceChoice.values:
        raise Invalid({"cadence": "没有这种周期。"})
    total = given_total(draft.target, unit)
    periods = [str(period) for period in periods_of(draft.target, how.cadence)]
    try:
        totals = _unit_totals(draft, how, units, total, observed(acting_user))
        if len(periods) == 1:
            return {(pk, periods[0]): value for pk, value in zip(units, totals, strict=True)}
        if not adds_up(draft.target):
            return {(pk, period): value for pk, value in zip(units, totals, strict=True) for period in periods}
        parts = _parts(draft.target, how, periods)
        grid = share_grid(totals, parts, how.decimals, cumulative=how.cumulative)
    except AllocationError as error:
        raise Invalid({"": str(error)}) from error
    return {
        (pk, period): value
        for pk, line in zip(units, grid, strict=True)
        for period, value in zip(periods, line, strict=True)
    }


def _ordered(unit_ids: set[int]) -> list[int]:
    return list(Unit.objects.filter(pk__in=unit_ids).order_by("path").values_list("pk", flat=True))


def _parts(target: Target, how: Computation, periods: Sequence[str]) -> list[Decimal]:
    if how.periods_by:
        if len(how.periods_by) != len(periods):
            raise Invalid({"periods_by": f"时序进度应有{len(periods)}期，现有{len(how.periods_by)}期。"})
        return list(how.periods_by)
    year = plan_year(target)
    shaped: Trajectory = linear(year or Period.parse(periods[0]).year)
    return [shaped.expected(Period.parse(period)) for period in periods]


def _unit_totals(draft: Draft, how: Computation, units: list[int], total: Decimal | None, only: Q) -> list[Decimal]:
    """What each unit carries in the year; ``only`` the figures that the person sees, as weights could be told from
    the shares."""
    if how.units_by == KEEP:
        known = row_totals(draft.shares.values(), draft.version.cumulative or not adds_up(draft.target))
        if blank := [pk for pk in units if known.get(pk) is None]:
            raise Invalid({"units_by": f"还有{len(blank)}个单位没有填全年数，请先填写，或选择别的办法。"})
        return [known[pk] or Decimal(0) for pk in units]
    if total is None:
        raise Invalid({"": "没有可分解的总数。"})
    if not adds_up(draft.target):
        if how.units_by != AllocationMethod.EQUAL:
            raise Invalid({"units_by": "比率不能按份额分解，只能各单位相同，或逐一填写。"})
        return [total] * len(units)
    match how.units_by:
        case AllocationMethod.EQUAL:
            weights = [Decimal(1)] * len(units)
        case AllocationMethod.LAST_YEAR:
            weights = _known(last_year_weights(draft.target, units, only), units, "上年")
        case AllocationMethod.WEIGHTS if how.weight_indicator is not None:
            found = indicator_weights(how.weight_indicator, units, how.weight_period, only)
            weights = _known(found, units, "所选指标")
        case AllocationMethod.WEIGHTS:
            weights = _known(dict(how.weights), units, "权数列")
        case _:
            raise Invalid({"units_by": "请选择分解的办法。"})
    return share_out(total, weights, how.decimals)


def _known(found: Mapping[int, Decimal], units: list[int], what: str) -> list[Decimal]:
    missing = [pk for pk in units if pk not in found]
    if len(missing) == len(units):
        raise Invalid({"units_by": f"{what}没有这些单位的数，或您无权查看，无法按此分解。请改用平均，或填写权数。"})
    if missing:
        names = "、".join(map(str, Unit.objects.filter(pk__in=missing).order_by("path")[:5]))
        more = f"等{len(missing)}个单位" if len(missing) > 5 else ""
        raise Invalid({"units_by": f"{what}缺{names}{more}的数，或您无权查看，请补齐，或改用别的办法。"})
    return [found[pk] for pk in units]
