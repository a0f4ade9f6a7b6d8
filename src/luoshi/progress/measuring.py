"""How far a value lies from what is due, who stands where, how fast it must go on, since when a light is what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from luoshi.periods import Cadence, Period, periods_between
from luoshi.progress.lights import Goal, Light

K = TypeVar("K", bound=Hashable)


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


def gap(actual: Decimal | None, due: Goal | Decimal | None, *, capped: bool = False) -> Decimal | None:
    """How much is lacking, in the figure's own unit: above 0 is behind, 0 and below is met or ahead.

    Of a cap it is by how much it is exceeded (below 0: the room that is left). ``due`` is the goal, or the plain value
    expected by now with ``capped`` beside it. ``None`` where either is unknown.
    """
    if actual is None or due is None:
        return None
    value, capped = (due.value, due.capped) if isinstance(due, Goal) else (due, capped)
    return actual - value if capped else value - actual


def rank(values: Mapping[K, Decimal | None], direction: str = Direction.HIGHER) -> dict[K, int | None]:
    """The place of each, 1 for the best; equal values share the better place (1, 2, 2, 4).

    Who has no value has no place, and nobody has one where neither way is better (``semantics.md``, Scoring).
    """
    places: dict[Decimal, int] = {}
    known = [value for value in values.values() if value is not None]
    if direction != Direction.NONE:
        for place, value in enumerate(sorted(known, reverse=direction != Direction.LOWER), 1):
            places.setdefault(value, place)
    return {key: None if value is None else places.get(value) for key, value in values.items()}


def needed_speed(
    actual: Decimal | None,
    goal: Goal | None,
    when: Period | dt.date,
    end: Period | dt.date,
    cadence: Cadence = Cadence.MONTHLY,
) -> Decimal | None:
    """What each remaining period must bring so that a growing figure meets its goal; of a cap what each may bring.

    ``actual`` is what was reached by the end of ``when``; the goal is due by the end of ``end``. A period that has
    begun counts by the days that are left of it. ``None`` where the goal is met (the cap exceeded) already, where the
    time is over, or where one of the figures is unknown.
    """
    if actual is None or goal is None:
        return None
    lacking = goal.value - actual
    left = remaining(when, end, cadence)
    if left <= 0 or lacking <= 0:
        return None
    return lacking / left


def remaining(when: Period | dt.date, end: Period | dt.date, cadence: Cadence) -> Decimal:
    """How many periods of a cadence lie after one day up to another; one that has begun counts by its days."""
    first = (when.last_day if isinstance(when, Period) else when) + dt.timedelta(days=1)
    last = end.last_day if isinstance(end, Period) else end
    found = Decimal(0)
    for period in periods_between(first, last, cadence):
        days = (min(period.last_day, last) - max(period.first_day, first)).days + 1
        found += 1 if days == period.days else Decimal(days) / period.days
    return found


def first_turned(lights: Mapping[Period, Light | None]) -> Period | None:
    """The first period of the unbroken run in which the light is what it is in the last one.

    ``None`` where there is no period, or no light in the last one.
    """
    found: Period | None = None
    now: Light | None = None
    for period in sorted(lights, key=lambda one: (one.last_day, one.days), reverse=True):
        if found is None:
            now = lights[period]
            if now is None:
                return None
        elif lights[period] is not now:
            break
        found = period
    return found
