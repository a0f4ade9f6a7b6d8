"""Series whose truth is known: past years, and a year of which only the beginning is shown. Seeded: always the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from luoshi.periods import Cadence, Period

YEAR = 2026
#: Monthly parts of a year: much at its end (projects), a harvest in autumn, even.
SHAPES = {
    "年底集中": (3, 3, 6, 7, 7, 10, 7, 7, 9, 9, 11, 21),
    "秋季集中": (2, 2, 4, 5, 6, 8, 10, 14, 18, 16, 9, 6),
    "大体均匀": (8, 7, 9, 8, 8, 9, 8, 8, 9, 8, 9, 9),
}


@dataclass(frozen=True)
class Sample:
    """Monthly cumulative figures of past years and of this one, and what this one ended with."""

    shape: str
    past: dict[Period, Decimal]
    this_year: dict[Period, Decimal]

    @property
    def truth(self) -> Decimal:
        """The year's end."""
        return self.this_year[Period(Cadence.MONTHLY, YEAR, 12)]

    def known_by(self, month: int) -> dict[Period, Decimal]:
        """All that was known after a month of this year."""
        return self.past | {period: value for period, value in self.this_year.items() if period.number <= month}


def samples(count: int, years: int, seed: int = 20260101) -> list[Sample]:
    """So many series with so many past years: growth −5 to 20 % a year, each month 15 % off its season, rounded."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        shape = list(SHAPES)[number % len(SHAPES)]
        level = chance.uniform(200, 50_000)
        made: dict[int, dict[Period, Decimal]] = {}
        for year in range(YEAR - years, YEAR + 1):
            parts = [part * max(chance.gauss(1, 0.15), 0.1) for part in SHAPES[shape]]
            total, values = 0.0, {}
            for month, part in enumerate(parts, 1):
                total += level * part / 100
                values[Period(Cadence.MONTHLY, year, month)] = Decimal(f"{total:.1f}")
            made[year] = values
            level *= 1 + chance.uniform(-0.05, 0.2)
        past = {period: value for year in made if year < YEAR for period, value in made[year].items()}
        found.append(Sample(shape, past, made[YEAR]))
    return found
