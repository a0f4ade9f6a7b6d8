"""One indicator over units and months: what was reached, with the light where a target is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from luoshi.apps.boards.asking import Asked, targets_asked
from luoshi.apps.boards.queries.read import Read, is_territory, read
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries import Standing
from luoshi.periods import Period


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A unit and its standing at the end of every period."""

    unit: Unit
    cells: list[Standing | None]
    place: int | None = None


@dataclass(frozen=True, slots=True)
class IndicatorBoard:
    """The units of one target of the indicator; ``targets`` are all that it measures this year, to choose from."""

    read: Read
    indicator: Indicator
    targets: list[Target]
    target: Target | None
    periods: tuple[Period, ...]
    whole: IndicatorRow | None
    rows: list[IndicatorRow]


def indicator_board(user: Any, ask: Asked, indicator: Indicator, chosen: int | None = None) -> IndicatorBoard:
    """The indicator's standings through the year, of the target ``chosen`` or the first one: one reading."""
    targets = list(targets_asked(user, ask).filter(measured_by__indicator=indicator))
    target = next((one for one in targets if one.pk == chosen), targets[0] if targets else None)
    got = read(user, ask, history=True, targets=[target] if target else [])
    if target is None:
        return IndicatorBoard(got, indicator, targets, None, (), None, [])
    found = got.found
    periods = found.periods(target.pk)
    places = found.ranks(target.pk) if found.measured[target.pk].units is None else {}
    rows = [
        IndicatorRow(
            one.unit, [found.get(target.pk, one.unit_id, period) for period in periods], places.get(one.unit_id)
        )
        for one in found.of_target(target.pk)
    ]
    rows.sort(key=lambda row: (not is_territory(row.unit), row.unit.path))
    whole = None
    if (head := found.whole(target.pk)) is not None:
        whole = IndicatorRow(head.unit, [found.whole(target.pk, period) for period in periods])
    return IndicatorBoard(got, indicator, targets, target, periods, whole, rows)
