"""What a deadline's reader gives, and the year of dates that print none."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from luoshi.extraction.clauses import Clauses
from luoshi.extraction.model import Context, DeadlineRule


@dataclass(frozen=True, slots=True)
class Read:
    """A deadline as read: what it is, where its period word stands, and why it was read so."""

    rule: str
    deadline: DeadlineRule
    core: int
    reason: str
    date: dt.date | None = None
    day: int | None = None
    days: int | None = None
    working: bool = False


class Year:
    """The year of a date that prints none: the last one printed in the same sentence's deadlines, else the plan's."""

    def __init__(self, context: Context, clauses: Clauses) -> None:
        self.plan = context.year or (context.issued_on.year if context.issued_on else None)
        self.last = context.last_year
        self.issued = context.issued_on
        self._clauses = clauses
        self._seen: tuple[int, int] | None = None

    def of(self, position: int, printed: str | None) -> int | None:
        """The year meant at ``position``; ``printed`` is ``2026年``, 今年, 次年… or nothing."""
        sentence, _ = self._clauses.sentence(position)
        if printed and printed[:2] == "20":
            year = int(printed[:4])
            self._seen = (sentence, year)
            return year
        if printed and printed[0] in "次明":
            return None if self.plan is None else self.plan + 1
        if not printed and self._seen and self._seen[0] == sentence:
            return self._seen[1]
        return self.plan

    def gone(self, year: int | None) -> bool:
        """Whether a year lies before the plan's."""
        return year is not None and self.plan is not None and year < self.plan
