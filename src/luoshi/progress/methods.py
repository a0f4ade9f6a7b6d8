"""Plain ways to tell a year's end from what is known by some part of it, and how well each did in the past.

All of them can be told in one sentence, which is why there are no others: an office must be able to defend the figure.
Decimal arithmetic, no clock. What is known of past years comes as ``Years`` (``series.by_year``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from luoshi.progress.series import YEAR, Years

_LEAST_YEARS = 2  # full years before a season is believed


class Method(StrEnum):
    """How a figure was foretold."""

    FINAL = "final"  # the year is over
    SEASONAL = "seasonal"  # the part of the year that past years had reached by then
    TRAJECTORY = "trajectory"  # the part that the trajectory expects by then
    GROWTH = "growth"  # last year's figure, grown as this year has grown so far
    LAST = "last"  # stays as it is
    USUAL_CHANGE = "usual-change"  # changes until the year's end as in past years
    TREND = "trend"  # goes on changing as it did since the year's beginning


@dataclass(frozen=True, slots=True)
class Past:
    """What a method may look at: the other years; ``expected`` is the part that the trajectory expects by ``at``."""

    years: Years
    year: int
    at: int
    expected: Decimal | None = None

    def pairs(self) -> list[tuple[Decimal, Decimal]]:
        """(value by then, value of the whole year) of the other years that have both, in order."""
        return [
            (values[self.at], values[YEAR])
            for year, values in sorted(self.years.items())
            if year != self.year and self.at in values and YEAR in values
        ]


Way = Callable[[Decimal, Past], "Decimal | None"]


def seasonal_share(past: Past) -> Decimal | None:
    """The mean part of the year that past years had reached by then; ``None`` without two full years above 0."""
    parts = [by_then / whole for by_then, whole in past.pairs() if whole > 0 and by_then > 0]
    return sum(parts, Decimal(0)) / len(parts) if parts else None


def _seasonal(value: Decimal, past: Past) -> Decimal | None:
    share = seasonal_share(past)
    return None if share is None else value / share


def _trajectory(value: Decimal, past: Past) -> Decimal | None:
    return value / past.expected if past.expected is not None and past.expected > 0 else None


def _growth(value: Decimal, past: Past) -> Decimal | None:
    before = past.years.get(past.year - 1, {})
    by_then, whole = before.get(past.at), before.get(YEAR)
    return None if by_then is None or whole is None or by_then <= 0 else whole * value / by_then


def _last(value: Decimal, past: Past) -> Decimal | None:
    return value


def _usual_change(value: Decimal, past: Past) -> Decimal | None:
    changes = [whole - by_then for by_then, whole in past.pairs()]
    return value + sum(changes, Decimal(0)) / len(changes) if changes else None


def _trend(value: Decimal, past: Past) -> Decimal | None:
    begin = past.years.get(past.year - 1, {}).get(YEAR)
    if begin is None or not 0 < past.at <= YEAR:
        return None
    return value + (value - begin) * (YEAR - past.at) / past.at


#: Of figures that grow during the year, and of levels, the preferred first.
OF_GROWING: dict[Method, Way] = {
    Method.SEASONAL: _seasonal,
    Method.TRAJECTORY: _trajectory,
    Method.GROWTH: _growth,
}
OF_LEVELS: dict[Method, Way] = {Method.LAST: _last, Method.USUAL_CHANGE: _usual_change, Method.TREND: _trend}


@dataclass(frozen=True, slots=True)
class Trial:
    """One past year foretold from the others: how far the forecast was off.

    ``error`` is a part of the true figure for figures that grow, else in the figure's own unit; with its sign: above 0
    the year came out higher than foretold.
    """

    method: Method
    year: int
    at: int
    error: Decimal


def trials(
    years: Years, at: int, year: int, *, growing: bool, expected: Decimal | None = None
) -> dict[Method, list[Trial]]:
    """Every full year but ``year`` itself foretold from the others, by every method, from what was known at ``at``.

    “From the others” lets a year be foretold from a later one as well: of two or three years each counts.
    """
    others = {one: values for one, values in years.items() if one != year}
    ways = OF_GROWING if growing else OF_LEVELS
    found: dict[Method, list[Trial]] = {method: [] for method in ways}
    for one, values in sorted(others.items()):
        if at not in values or YEAR not in values or (growing and values[YEAR] <= 0):
            continue
        past = Past(others, one, at, expected)
        for method, way in ways.items():
            told = way(values[at], past)
            if told is None:
                continue
            error = values[YEAR] - told
            found[method].append(Trial(method, one, at, error / values[YEAR] if growing else error))
    return found


def mean_error(rows: list[Trial]) -> Decimal | None:
    """The mean of the errors without their signs; ``None`` of no trial."""
    return sum((abs(row.error) for row in rows), Decimal(0)) / len(rows) if rows else None


def best(found: dict[Method, list[Trial]]) -> Method | None:
    """The method with the smallest mean error among those tried at least twice; of equal ones the preferred.

    ``None`` where none was: one year may be luck.
    """
    errors = {
        method: error
        for method, rows in found.items()
        if len(rows) >= _LEAST_YEARS and (error := mean_error(rows)) is not None
    }
    return min(errors, key=lambda method: errors[method]) if errors else None
