"""Figures that an app counts from its own records (projects, investment), for apps above it: assessment takes them.

An app offers a mapping key → ``Figure`` (for example ``luoshi.apps.projects.queries.assessment_figures``); the key
is stored by whoever takes the figure, so it never changes its meaning.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luoshi.periods import Period


@dataclass(frozen=True)
class FigureFact:
    """One unit's figure of one period.

    ``value``: None = not reported (未报). ``target``: None = none. ``previous``: the same period of the year before.
    ``source``: where it comes from, in words (``项目台账：新开工12个``), at most 200 characters. ``date``: of the
    newest record that counts. ``reference``: ids that lead back, as plain JSON; ``{"url": …}`` for the page of the
    records.
    """

    value: Decimal | None
    target: Decimal | None = None
    source: str = ""
    date: datetime.date | None = None
    reference: Mapping[str, Any] = field(default_factory=dict)
    previous: Decimal | None = None


#: ``(period, unit_ids, as_of)`` → facts by unit id. Every unit asked for that has no records is left out (未报), unless
#: having none is itself the figure (0 projects started). Constant number of queries, whatever the number of units.
FigureReader = Callable[[Period, Collection[int], datetime.datetime], Mapping[int, FigureFact]]
#: The same with what one reading of several figures shares: a dict, empty at first, in which readers keep what the next
#: ones need too, under keys that begin with their app's name.
SharingReader = Callable[[Period, Collection[int], datetime.datetime, dict[Any, Any]], Mapping[int, FigureFact]]


@dataclass(frozen=True)
class Figure:
    """A figure that may be taken: its title (短, ``开工率``), unit of measure and reader.

    ``sharing`` is there where several figures come from the same sums; ``read`` uses it.
    """

    title: str
    reader: FigureReader
    unit: str = ""
    sharing: SharingReader | None = None

    def read(
        self, period: Period, unit_ids: Collection[int], as_of: datetime.datetime, shared: dict[Any, Any]
    ) -> Mapping[int, FigureFact]:
        """The facts; ``shared`` is handed to each figure of one reading."""
        if self.sharing is not None:
            return self.sharing(period, unit_ids, as_of, shared)
        return self.reader(period, unit_ids, as_of)
