"""认定: the unit that owns an indicator says which value counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from luoshi.apps.indicators.actions.observing import Recorded, lock_indicators, record_observations, withdraw_rows
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.facts import Fact
from luoshi.apps.indicators.models import Indicator, Observation, ObservationSource
from luoshi.apps.indicators.policies import may_verify
from luoshi.apps.indicators.queries.observations import effective
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require

ORIGIN = "verification"
OTHER = "other"
#: What a decision may go by, and how it reads.
BASES = {
    ObservationSource.STATISTICS.value: "以统计数为准",
    ObservationSource.SELF_REPORTED.value: "以自报数为准",
    OTHER: "另定",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Which value counts for a unit: that of a source as it was ``seen``, or another ``value`` with its ``reason``."""

    unit_id: int
    basis: str
    seen: Decimal | None = None
    value: Decimal | None = None
    reason: str = ""


def verify_values(
    *,
    acting_user: Any,
    indicator: Indicator,
    period: str,
    decisions: Sequence[Decision],
    now: dt.datetime | None = None,
) -> Recorded:
    """Record what was decided, all or none; a value that changed since it was seen is not decided on unseen."""
    require(may_verify(acting_user, indicator), "此指标由其主管单位认定，您不能办理。")
    if not decisions:
        raise IndicatorError("请至少选择一个单位。")
    units = Unit.objects.in_bulk({one.unit_id for one in decisions})
    if len(units) < len(decisions):
        raise IndicatorError("所选单位有重复，或不在单位库中。")
    with transaction.atomic():
        lock_indicators([indicator.pk])
        facts, told = [], {}
        for source in (ObservationSource.STATISTICS.value, ObservationSource.SELF_REPORTED.value):
            wanted = [one for one in decisions if one.basis == source]
            known = effective(
                indicators=[indicator.pk], unit_ids=[one.unit_id for one in wanted], periods=[period], sources=[source]
            )
            for one in wanted:
                value = known.get((indicator.pk, one.unit_id, period))
                name = units[one.unit_id]
                if value is None:
                    raise IndicatorError(f"{name}没有{ObservationSource(source).label}数，不能{BASES[source]}。")
                if one.seen is not None and one.seen != value.value:
                    raise IndicatorError(f"{name}的{ObservationSource(source).label}数刚有变化，请核对后重新认定。")
                note = BASES[source] + (f"：{one.reason.strip()}" if one.reason.strip() else "")
                facts.append(Fact(indicator.pk, one.unit_id, period, value.value, note=note))
        for one in decisions:
            if one.basis not in BASES:
                raise IndicatorError("请选择以哪个数为准。")
            if one.basis != OTHER:
                continue
            if one.value is None:
                raise IndicatorError(f"请填写{units[one.unit_id]}另定的数。")
            if not one.reason.strip():
                raise IndicatorError(f"请写明{units[one.unit_id]}另定的理由。")
            note = f"{BASES[OTHER]}：{one.reason.strip()}"
            facts.append(Fact(indicator.pk, one.unit_id, period, one.value, note=note))
        for fact in facts:
            told[str(units[fact.unit_id])] = f"{fact.value.normalize():f}，{fact.note}"
        done = record_observations(
            acting_user=acting_user, facts=facts, source=ObservationSource.VERIFIED, origin=ORIGIN, now=now
        )
        if done.added or done.changed:
            act = Act(action="认定数据", target=indicator, after={"期别": period} | told)
            record(acting_user=acting_user, acts=[act])
    return done


def withdraw_verified(
    *,
    acting_user: Any,
    indicator: Indicator,
    period: str,
    unit_ids: Collection[int],
    reason: str,
    now: dt.datetime | None = None,
) -> int:
    """Take back verified values, so that statistics or reported ones count again; gives how many."""
    require(may_verify(acting_user, indicator), "此指标由其主管单位认定，您不能办理。")
    if not reason.strip():
        raise IndicatorError("请写明撤销认定的理由。")
    rows = Observation.objects.order_by().filter(
        indicator=indicator,
        period=period,
        unit__in=list(unit_ids),
        source=ObservationSource.VERIFIED,
        superseded_at=None,
    )
    count = withdraw_rows(acting_user=acting_user, rows=rows, reason=reason, now=now)
    if not count:
        raise IndicatorError("所选单位没有认定数，无需撤销。")
    return count
