"""The heat table: targets down, units across, a light in every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from luoshi.apps.boards.asking import Asked
from luoshi.apps.boards.queries.read import Read, is_territory, read
from luoshi.apps.organisations.models import Unit
from luoshi.apps.targets.queries import Standing


@dataclass(frozen=True, slots=True)
class GridRow:
    """A target: how its plan's owner stands with the whole, and each unit across (``None``: it carries nothing)."""

    head: Standing | None
    target: Any
    cells: list[Standing | None]


@dataclass(frozen=True, slots=True)
class Grid:
    """``units`` across; ``left_out`` counts units of the other sort (offices beside counties)."""

    read: Read
    units: list[Unit]
    rows: list[GridRow]
    left_out: int
    offices: bool


def plan_grid(user: Any, ask: Asked, *, offices: bool = False) -> Grid:
    """All targets asked for against all counties (or against all offices): one reading."""
    got = read(user, ask)
    found = got.found
    carrying: dict[int, set[int]] = {}
    for one in found:
        if one.unit_id != one.target.plan.owner_id:
            carrying.setdefault(one.target_id, set()).add(one.unit_id)
    numbers = set().union(*carrying.values()) if carrying else set()
    every = sorted((found.units[pk] for pk in numbers), key=lambda unit: unit.path)
    units = [unit for unit in every if is_territory(unit) is not offices]
    if not units:  # only the other sort there is
        offices = not offices
        units = every
    keys = {unit.pk for unit in units}
    rows = []
    for target, measured in found.measured.items():
        head = found.whole(target)
        if not (carrying.get(target, set()) & keys) and head is None:
            continue
        rows.append(GridRow(head, measured.target, [found.get(target, unit.pk) for unit in units]))
    return Grid(got, units, rows, len(every) - len(units), offices)
