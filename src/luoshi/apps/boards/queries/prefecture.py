"""作战图: how every county stands with all its targets, and where it is burning."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.apps.boards.asking import Asked
from luoshi.apps.boards.queries.read import GOOD, Read, counts, is_territory, read
from luoshi.apps.organisations.models import Unit
from luoshi.apps.targets.queries import Standing
from luoshi.apps.targets.queries.standings import worst_first
from luoshi.progress import Light, rank

WORST = 8


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A unit with the lights of its targets; ``good`` of ``judged`` (those with a light but grey) are on schedule.

    ``place`` is its rank by that share among the units shown, ``None`` where nothing of it is judged.
    """

    unit: Unit
    lights: dict[Light, int]
    worst: Standing | None
    place: int | None = None

    @property
    def judged(self) -> int:
        """How many targets were reported and judged."""
        return sum(number for light, number in self.lights.items() if light is not Light.GREY)

    @property
    def good(self) -> int:
        """How many of them are on schedule or reached."""
        return sum(self.lights[light] for light in GOOD)

    @property
    def share(self) -> int | None:
        """``good`` of ``judged`` in per cent, cut off; ``None`` where nothing was reported."""
        return 100 * self.good // self.judged if self.judged else None

    @property
    def lights_in_order(self) -> list[int]:
        """The numbers by light, the worst first, 未报 last."""
        return list(self.lights.values())

    @property
    def light(self) -> Light | None:
        """The unit's colour on the map: of its worst target; grey where nothing was reported, none without a target."""
        for one in (Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY):
            if self.lights[one]:
                return one
        return None

    @property
    def sentence(self) -> str:
        """Why the unit's colour is what it is."""
        if self.light is None:
            return "没有下达目标。"
        parts = [f"{words}{self.lights[one]}项" for one, words in _WORDS if self.lights[one]]
        return f"{self.unit}：{'，'.join(parts)}。"


_WORDS = (
    (Light.RED, "滞后"),
    (Light.YELLOW, "略慢"),
    (Light.GREEN, "达到进度"),
    (Light.BLUE, "已完成"),
    (Light.GREY, "未报"),
)


@dataclass(frozen=True, slots=True)
class PrefectureBoard:
    """The whole (each plan's own total) and every unit; ``offices`` are the units that stand on no map."""

    read: Read
    wholes: dict[Light, int]
    places: list[PlaceRow]
    offices: list[PlaceRow]
    worst: list[Standing]
    targets: int


def prefecture_board(user: Any, ask: Asked) -> PrefectureBoard:
    """How all units stand, from one reading."""
    got = read(user, ask)
    by_unit: dict[int, list[Standing]] = defaultdict(list)
    wholes: list[Standing] = []
    for one in got.found:
        if one.unit_id == one.target.plan.owner_id:
            wholes.append(one)
        else:
            by_unit[one.unit_id].append(one)
    rows = [_row(got.found.units[pk], found) for pk, found in by_unit.items()]
    rows.sort(key=lambda row: row.unit.path)
    if all(one.units is None for one in got.found.measured.values()):
        ranked = _ranked
    else:  # a place among those few that the person sees would mislead
        ranked = list
    places = ranked([row for row in rows if is_territory(row.unit)])
    offices = ranked([row for row in rows if not is_territory(row.unit)])
    behind = [one for found in by_unit.values() for one in found if one.light in (Light.RED, Light.YELLOW)]
    worst = sorted(behind, key=lambda one: (*worst_first(one), one.unit.path))[:WORST]
    return PrefectureBoard(got, counts(wholes), places, offices, worst, len(got.found.measured))


def _row(unit: Unit, found: list[Standing]) -> PlaceRow:
    judged = [one for one in found if one.light not in (None, Light.GREY)]
    return PlaceRow(unit, counts(found), min(judged, key=worst_first, default=None))


def _ranked(rows: list[PlaceRow]) -> list[PlaceRow]:
    places = rank({row.unit.pk: None if row.share is None else _exact(row) for row in rows})
    return [PlaceRow(row.unit, row.lights, row.worst, places[row.unit.pk]) for row in rows]


def _exact(row: PlaceRow) -> Decimal:
    return Decimal(row.good) / Decimal(row.judged)
