"""A count that explains itself: one line for everything that was looked at, counted or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one activity or project for one unit. ``part``: 1 where it counts, 0 not, else a split share."""

    key: str
    unit: str
    part: Decimal
    reason: str

    @property
    def counted(self) -> bool:
        """Whether anything of it counts."""
        return self.part > 0


@dataclass(frozen=True)
class Count:
    """The lines of one rule, in the order of what was counted."""

    rule: str
    lines: tuple[Line, ...]

    @cached_property
    def _grouped(self) -> Mapping[str, tuple[Line, ...]]:
        found: defaultdict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            found[line.unit].append(line)
        return {unit: tuple(lines) for unit, lines in found.items()}

    def of(self, unit: str) -> Decimal:
        """How many count for a unit; 0 where nothing does."""
        return sum((line.part for line in self.lines_of(unit)), Decimal(0))

    def lines_of(self, unit: str) -> tuple[Line, ...]:
        """What was looked at for a unit."""
        return self._grouped.get(unit, ())
