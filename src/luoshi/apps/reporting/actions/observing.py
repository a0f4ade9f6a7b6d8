"""What an accepted return says becomes known: observations, written in the transaction of the acceptance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from luoshi.apps.indicators.actions import Fact, record_observations, withdraw_observations
from luoshi.apps.indicators.actions.observing import lock_indicators
from luoshi.apps.indicators.errors import FactsRefused
from luoshi.apps.indicators.models import Observation, ObservationSource
from luoshi.apps.organisations.queries import unit_ids
from luoshi.apps.reporting.actions.restoring import Cell, still_stated
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.errors import NotNow
from luoshi.apps.reporting.models import Return, Submission
from luoshi.apps.reporting.queries.places import indicator_ids

ORIGIN = "return"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A return (with round and version) and its accepted submission; ``again``: it was accepted before."""

    answer: Return
    submission: Submission
    again: bool = False


def record_accepted(*, acting_user: Any, accepted: Sequence[Acceptance], now: dt.datetime) -> None:
    """Write the observations of accepted returns; those of cells emptied since an earlier acceptance are withdrawn.

    Where another accepted return states a withdrawn number too, or stated it before, that one counts from now on.
    Raises ``NotNow`` where the catalogue does not take a value. Inside the caller's transaction, before its journal
    entry.
    """
    forms = [(item, asked) for item in accepted if (asked := asked_by(item.answer.round.version)).indicators]
    ids = indicator_ids(frozenset[str]().union(*(asked.indicators for _, asked in forms)))
    units = unit_ids(frozenset[str]().union(*(asked.row_units for _, asked in forms)))
    said = [(item, asked.stated(item.submission.cells)) for item, asked in forms]
    facts: list[Fact] = []
    for item, cells in said:
        origin, period, own = item.answer.pk, item.answer.round.period, item.answer.unit_id
        for address, indicator, about, value in cells:
            if indicator not in ids:
                raise NotNow(f"{item.answer.unit}：指标目录中没有“{indicator}”，请先补上指标再审核。")
            unit = units.get(about) if about else own
            if unit is None:
                raise NotNow(f"{item.answer.unit}：单位库中没有“{about}”，请先补上单位再审核。")
            facts.append(Fact(ids[indicator], unit, period, value, address, "", origin))
    withdrawn = _withdraw(acting_user, said, ids, now)
    if withdrawn:
        facts += still_stated(withdrawn, {(fact.indicator_id, fact.unit_id, fact.period) for fact in facts})
    try:
        record_observations(
            acting_user=acting_user, facts=facts, source=ObservationSource.SELF_REPORTED, origin=ORIGIN, now=now
        )
    except FactsRefused as error:
        raise NotNow(f"有数据不能记入：{error}") from error


def _withdraw(
    acting_user: Any, said: Sequence[tuple[Acceptance, Any]], ids: dict[str, int], now: dt.datetime
) -> set[Cell]:
    """End what corrected returns no longer say; gives the cells that have no value from them now."""
    again = {item.answer.pk: {cell[0] for cell in cells} for item, cells in said if item.again}
    if not again:
        return set()
    rows = Observation.objects.filter(origin=ORIGIN, origin_id__in=again, superseded_at=None).order_by()
    touched = set(ids.values()) | set(rows.values_list("indicator_id", flat=True).distinct())
    for item, _ in said:
        if item.again:
            touched |= set(indicator_ids(asked_by(item.answer.round.version).indicators).values())
    # All at once and in order, before the first journal entry: whoever writes values takes their locks so. What the
    # forms ask is locked, not only what they brought: another correction may be leaving a number to this one.
    lock_indicators(touched)
    gone: dict[int, list[str]] = {}
    cells: set[Cell] = set()
    for answer, address, *cell in rows.values_list("origin_id", "origin_cell", "indicator_id", "unit_id", "period"):
        if address not in again[answer]:
            gone.setdefault(answer, []).append(address)
            cells.add((cell[0], cell[1], cell[2]))
    for answer, addresses in gone.items():
        withdraw_observations(
            acting_user=acting_user,
            origin=ORIGIN,
            origin_id=answer,
            cells=addresses,
            reason="更正报送时清空了这一格",
            now=now,
        )
    return cells
