"""What a check-up looks at: the families that are on, and the limits of the optional rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from luoshi.checks.kinds import Family

#: Off unless asked for: the sources limit some documents' length, others are long by nature.
OPTIONAL = frozenset({Family.LIMITS})


@dataclass(frozen=True, slots=True)
class Options:
    """``families`` are run; ``characters`` and ``pages`` are the most that a plan may have (``None``: no limit).

    6,000 characters and 10 pages are what the conduct plan of source 004 (lines 2080–2084) sets for documents that
    order the whole work of a government.
    """

    families: frozenset[Family] = frozenset(Family) - OPTIONAL
    characters: int | None = 6000
    pages: int | None = 10

    @classmethod
    def chosen(cls, *, without: Iterable[str] = (), with_limits: bool = False) -> Options:
        """Everything but ``without`` (names of families); the optional rules where asked for.

        Raises ``ValueError`` for a name that is no family.
        """
        off = {Family(name) for name in without}
        families = (frozenset(Family) if with_limits else frozenset(Family) - OPTIONAL) - off
        return cls(families)
