"""Lists of commitment letters, and how many were signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from luoshi.apps.targets.models import CommitmentLetter, LetterState
from luoshi.apps.targets.policies import visible_letters


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """What the address asks for; withdrawn ones are shown only when asked for."""

    plan: int = 0
    year: int = 0
    state: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class LetterCounts:
    """How many letters stand in each state."""

    drawn_up: int
    issued: int
    signed: int
    withdrawn: int

    @property
    def out(self) -> int:
        """Those that went out and stand."""
        return self.issued + self.signed

    @property
    def rate(self) -> int | None:
        """Signed of those that went out, in percent; ``None`` where none went out."""
        return round(100 * self.signed / self.out) if self.out else None


def _narrowed(user: Any, asked: LetterFilter) -> QuerySet[CommitmentLetter]:
    rows = visible_letters(user)
    if asked.plan:
        rows = rows.filter(plan_id=asked.plan)
    if asked.year:
        rows = rows.filter(year=asked.year)
    if asked.text:
        rows = rows.filter(unit__name__contains=asked.text)
    return rows


def letter_list(user: Any, asked: LetterFilter) -> QuerySet[CommitmentLetter]:
    """The letters, the newest plan first, units in the order of the tree."""
    rows = _narrowed(user, asked)
    rows = rows.filter(state=asked.state) if asked.state else rows.exclude(state=LetterState.WITHDRAWN)
    return rows.select_related("plan__owner", "unit", "drawn_up_by").order_by(
        "-year", "-plan_id", "unit__path", "-ordinal"
    )


def letter_counts(user: Any, asked: LetterFilter) -> LetterCounts:
    """How many stand in each state, whatever state is asked for: one query."""
    rows = _narrowed(user, asked).order_by().values("state").annotate(count=Count("pk"))
    found = {row["state"]: row["count"] for row in rows}
    return LetterCounts(*(found.get(state, 0) for state in ("drawn-up", "issued", "signed", "withdrawn")))
