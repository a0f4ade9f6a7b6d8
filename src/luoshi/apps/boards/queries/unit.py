"""One unit over all its targets: where it stands, since when, and what it still has to bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.apps.boards.asking import Asked
from luoshi.apps.boards.queries.read import Read, counts, read
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import OVERSEERS, authority
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.policies import told_units
from luoshi.apps.targets.queries import Standing
from luoshi.apps.targets.queries.forecasts import forecasts
from luoshi.apps.targets.queries.standings import worst_first
from luoshi.periods import Period
from luoshi.progress import Forecast, Light


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A target of the unit: its standing, lights through the year, since when it is so, place and the year's end."""

    standing: Standing
    lights: list[tuple[Period, Light | None]]
    since: Period | None
    place: int | None
    of: int
    forecast: Forecast | None

    @property
    def needed(self) -> str:
        """What each remaining month must bring, with its unit."""
        speed: Decimal | None = self.standing.needed_speed()
        return "" if speed is None else self.standing.amount(speed)

    @property
    def ahead_words(self) -> str:
        """What the year will end with: ``1,450户（1,390户—1,510户）``."""
        if self.forecast is None:
            return ""
        low, high = self.forecast.low, self.forecast.high
        span = "" if low is None or high is None else f"（{self.standing.amount(low)}—{self.standing.amount(high)}）"
        return f"{self.standing.amount(self.forecast.value)}{span}"


@dataclass(frozen=True, slots=True)
class UnitBoard:
    """The unit's targets, the worst first."""

    read: Read
    unit: Unit
    rows: list[UnitRow]
    lights: dict[Light, int]


def unit_board(user: Any, ask: Asked, unit: Unit) -> UnitBoard:
    """The unit against what every plan gave it: one reading, and one for forecasts."""
    held = authority(user)

    def told(targets: list[Target]) -> dict[int, set[int] | None]:
        """All units where the person oversees the plan, else this one alone: its place then stays unsaid."""
        if not held.covers(unit):
            return told_units(user, targets)
        return {one.pk: None if held.covers(one.plan.owner, *OVERSEERS) else {unit.pk} for one in targets}

    got = read(user, ask, history=True, told=told)
    found = got.found
    own = sorted(found.of_unit(unit.pk), key=lambda one: (*worst_first(one), one.target_id))
    ahead = forecasts(found, [(one.target_id, one.unit_id) for one in own])
    rows = [_row(found, one, ahead.get((one.target_id, one.unit_id))) for one in own]
    return UnitBoard(got, unit, rows, counts(own))


def _row(found: Any, one: Standing, ahead: Forecast | None) -> UnitRow:
    # A place among those few that the person sees would mislead.
    places: dict[int, int | None] = found.ranks(one.target_id) if one.measured.units is None else {}
    lights = found.lights(one.target_id, one.unit_id)
    ranked = [place for place in places.values() if place is not None]
    since = found.turned(one.target_id, one.unit_id)
    return UnitRow(one, _pairs(lights.items()), since, places.get(one.unit_id), len(ranked), ahead)


def _pairs(items: Iterable[tuple[Period, Light | None]]) -> list[tuple[Period, Light | None]]:
    return sorted(items, key=lambda pair: pair[0].last_day)
