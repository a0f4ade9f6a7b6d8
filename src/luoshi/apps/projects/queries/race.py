"""The start race (开工竞赛): a league table at a checkpoint, in the five things that the plan compares."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects.models import RaceMeeting
from luoshi.apps.projects.policies import COUNTIES
from luoshi.apps.projects.queries.counting import Counted
from luoshi.apps.projects.queries.figures import GroupFigures, territorial_figures
from luoshi.pipeline import StartMark, shipped_norms


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's place: by start rate, equal rates share the better place; without planned starts it has none.

    ``places`` are its places in the other four, in the order of ``DIMENSIONS``.
    """

    unit: Unit
    figures: GroupFigures
    rank: int | None
    reached: bool | None
    gap: Decimal | None
    places: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Race:
    """A checkpoint's league table."""

    year: int
    day: dt.date
    mark: StartMark | None
    rows: list[Standing]
    whole: GroupFigures


#: The five things compared: 开工率 gives the rank, for the sources name no weights (S4 L596–602).
DIMENSIONS: tuple[tuple[str, Callable[[GroupFigures], Decimal | None]], ...] = (
    ("储备质量", lambda one: one.reserve_number),
    ("前期成熟度", lambda one: one.ripeness),
    ("投资完成率", lambda one: one.investment_rate),
    ("转化率", lambda one: one.conversion_rate),
)


def checkpoint(year: int, month: int) -> dt.date:
    """The last day of a checkpoint's month."""
    return dt.date(year, month, monthrange(year, month)[1])


def race_standings(owner: Unit, *, year: int, day: dt.date, major: bool = False) -> Race:
    """The counties and zones of a prefecture as of a day: everybody's table, whoever looks. About eleven queries."""
    units = list(Unit.objects.filter(path__startswith=owner.path, kind__in=COUNTIES, valid_to=None).order_by("path"))
    counted = territorial_figures(units, year, day, major, counties=units)
    figures = [GroupFigures(unit.pk, str(unit), unit, counted[unit.pk]) for unit in units]
    whole = Counted()
    for one in counted.values():
        whole.add(one)
    norms = shipped_norms()
    mark = next((one for one in reversed(norms.marks) if checkpoint(year, one.month) <= day), None)
    ranks = places([one.start_rate for one in figures])
    others = [places([measure(one) for one in figures]) for _, measure in DIMENSIONS]
    rows = []
    for at, one in enumerate(figures):
        start = one.start_rate
        rows.append(
            Standing(
                unit=units[at],
                figures=one,
                rank=ranks[at],
                reached=None if start is None or mark is None else start >= mark.percent,
                gap=None if start is None or mark is None else start - mark.percent,
                places=tuple(other[at] for other in others),
            )
        )
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.unit.path))
    return Race(year, day, mark, rows, GroupFigures(None, "合计", None, whole))


def places(values: Sequence[Decimal | None]) -> list[int | None]:
    """The place of each value, the highest first; equal ones share the better place (1, 2, 2, 4)."""
    known = sorted((value for value in values if value is not None), reverse=True)
    return [None if value is None else known.index(value) + 1 for value in values]


def race_meetings(owner: Unit, year: int) -> dict[int, Any]:
    """The year's meetings by quarter."""
    rows = RaceMeeting.objects.filter(owner=owner, year=year).select_related("meeting")
    return {row.quarter: row for row in rows}
