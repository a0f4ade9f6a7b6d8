"""What there is to share out, and what the shares make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from luoshi.allocation.conservation import exact_sum
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.in_force import ShareRow, adds_up, given_shares, year_value
from luoshi.periods import Period


class AnyShare(Protocol):
    """A share, stored or not."""

    unit_id: int
    period: str
    value: Decimal | None


def row_totals(shares: Iterable[AnyShare], cumulative: bool) -> dict[int, Decimal | None]:
    """What each unit carries over all periods; a number carried together counts for its first unit alone."""
    rows: dict[int, list[tuple[Period, Decimal | None]]] = {}
    for share in shares:
        rows.setdefault(share.unit_id, []).append((Period.parse(share.period), share.value))
    return {unit: year_value(values, cumulative=cumulative) for unit, values in rows.items()}


def column_totals(shares: Iterable[AnyShare]) -> dict[str, Decimal]:
    """What all units together carry, by period."""
    columns: dict[str, list[Decimal | None]] = {}
    for share in shares:
        columns.setdefault(share.period, []).append(share.value)
    return {period: exact_sum(values) for period, values in columns.items()}


def given_rows(target: Target, unit: Unit, as_of: dt.datetime | None = None) -> list[ShareRow]:
    """What a unit was given from above, a row a period; empty for the plan's owner."""
    if unit.pk == target.plan.owner_id:
        return []
    found = given_shares(target_ids=[target.pk], unit_ids=[unit.pk], as_of=as_of)
    return found.get((target.pk, unit.pk), [])


def given_total(target: Target, unit: Unit, as_of: dt.datetime | None = None) -> Decimal | None:
    """What there is to share out: the target itself at the top, else the unit's own share in force."""
    if unit.pk == target.plan.owner_id:
        return target.value
    rows = given_rows(target, unit, as_of)
    if not rows:
        return None
    return row_totals(rows, rows[0].cumulative or not adds_up(target))[unit.pk]
