"""What scoring gives: points, ranks, and everything that is needed to say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from luoshi.scoring.facts import Fact
from luoshi.scoring.ladders import Consequence
from luoshi.scoring.methods import Sheet
from luoshi.scoring.numbers import ONE
from luoshi.scoring.scheme import Gate, Item, Scheme, When

if TYPE_CHECKING:
    from luoshi.scoring.combining import PartScore


class Status(StrEnum):
    """How a unit stands to an item."""

    SCORED = "得分"
    GATED = "按规定不得分"
    NOT_REPORTED = "未报"
    FULL = "无目标，得满分"
    NONE = "无目标，得0分"
    EXCLUDED = "不适用"  # no target, or not reported where the item says so: left out of sheet and n
    OTHERS = "不属于本项范围"  # the item applies to other groups of units


#: The item does not count for the unit at all.
OUT = frozenset({Status.EXCLUDED, Status.OTHERS})

#: Why a unit that gave no value is left out, where the item says that it is.
NOTHING_GIVEN = "没有上报"

_MATTERS = {
    Status.SCORED: {When.SCORED},
    Status.GATED: {When.GATED},
    Status.NOT_REPORTED: {When.NOT_REPORTED},
    Status.FULL: {When.NO_TARGET},
    Status.NONE: {When.NO_TARGET},
    Status.EXCLUDED: {When.NO_TARGET},
    Status.OTHERS: set(),
}


class Scaling(NamedTuple):
    """Items left a unit's sheet: its points on the others are multiplied by ``factor``, total / (total - excluded).

    ``factor`` is 1 where nothing is left to multiply.
    """

    total: Fraction
    excluded: Fraction
    factor: Fraction

    @classmethod
    def of(cls, total: Fraction, excluded: Fraction) -> Scaling:
        """With the factor worked out."""
        rest = total - excluded
        return cls(total, excluded, total / rest if rest else ONE)


class ItemScore(NamedTuple):
    """One unit's points on one item.

    ``points`` count towards the total; ``raw`` are those that the method gave, before ``scaling``. ``rank``: ``None``
    for who is not ranked. ``sheet`` and ``at``: among whom, and where in it (-1: nowhere). ``target`` is the one judged
    by. ``why``: what is missing, where the status comes from that.
    """

    item: Item
    unit: str
    status: Status
    points: Fraction
    raw: Fraction
    rank: int | None
    sheet: Sheet
    at: int
    fact: Fact | None
    target: Fraction | None = None
    gate: Gate | None = None
    why: str = ""
    scaling: Scaling | None = None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions behind the points, as they stand."""
        matters = _MATTERS[self.status]
        if self.status is Status.EXCLUDED and self.why == NOTHING_GIVEN:
            matters = {When.NOT_REPORTED}
        if self.scaling is not None and self.raw:
            matters = matters | {When.NO_TARGET}
        return tuple(text for when, text in self.sheet.assumptions if not when or when in matters)

    @property
    def applies(self) -> bool:
        """Whether the item counts for the unit."""
        return self.status not in OUT

    @property
    def value(self) -> Fraction | None:
        """The value used; ``None`` where none was reported."""
        if self.at >= 0:
            return self.sheet.entries[self.at].value
        return Fraction(self.fact.value) if self.fact is not None and self.fact.value is not None else None

    @property
    def measure(self) -> Fraction | None:
        """What was judged of the value: itself, the completion or growth in per cent, the gap."""
        return self.sheet.entries[self.at].measure if self.at >= 0 else None

    @property
    def formula(self) -> str:
        """How the points came about, with the numbers put in."""
        from luoshi.scoring.reasons import formula

        return formula(self)

    @property
    def next_rank(self) -> str:
        """What the next better place (or more points) would need; empty for the first."""
        from luoshi.scoring.reasons import improvement

        return improvement(self)

    @property
    def reason(self) -> str:
        """A Chinese sentence that says all of it."""
        from luoshi.scoring.reasons import reason

        return reason(self)


class Vetoed(NamedTuple):
    """A veto that holds, and what it does."""

    item: Item
    effect: str


@dataclass(frozen=True, slots=True)
class UnitScore:
    """One unit's total. ``ranking``: the group in which it is ranked, empty for all. ``limits``: bounds of the sum."""

    unit: str
    ranking: str
    total: Fraction
    rank: int | None
    items: tuple[ItemScore, ...]
    parts: tuple[PartScore, ...] = ()
    vetoes: tuple[Vetoed, ...] = ()
    limits: tuple[str, ...] = ()
    consequences: tuple[Consequence, ...] = ()

    def item(self, key: str) -> ItemScore:
        """Its score on an item; raises ``KeyError``."""
        for score in self.items:
            if score.item.key == key:
                return score
        raise KeyError(key)


@dataclass(frozen=True)
class Result:
    """A whole ranking, best first; equal totals in the order of the names."""

    scheme: Scheme
    units: tuple[UnitScore, ...]

    @cached_property
    def by_unit(self) -> Mapping[str, UnitScore]:
        """Units by name."""
        return {unit.unit: unit for unit in self.units}

    @cached_property
    def by_rank(self) -> Mapping[tuple[str, int], tuple[UnitScore, ...]]:
        """Units by ranking and rank."""
        places: dict[tuple[str, int], list[UnitScore]] = {}
        for unit in self.units:
            if unit.rank is not None:
                places.setdefault((unit.ranking, unit.rank), []).append(unit)
        return {place: tuple(units) for place, units in places.items()}

    def ranked(self, ranking: str) -> int:
        """How many units have a rank."""
        return self._ranked.get(ranking, 0)

    @cached_property
    def _ranked(self) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for (ranking, _), units in self.by_rank.items():
            counts[ranking] = counts.get(ranking, 0) + len(units)
        return counts

    def better(self, unit: UnitScore) -> tuple[UnitScore, ...]:
        """Those on the next better rank that somebody has."""
        if unit.rank is None:
            return ()
        before = self._before.get((unit.ranking, unit.rank))
        return self.by_rank[unit.ranking, before] if before is not None else ()

    @cached_property
    def _before(self) -> Mapping[tuple[str, int], int]:
        """The next better rank of every rank."""
        ranks: dict[str, list[int]] = {}
        for ranking, rank in sorted(self.by_rank):
            ranks.setdefault(ranking, []).append(rank)
        return {(ranking, later): before for ranking, found in ranks.items() for before, later in pairwise(found)}

    def explain(self, unit: str) -> str:
        """In words, how a unit came to its total and rank; raises ``KeyError``."""
        from luoshi.scoring.reasons import total_reason

        return total_reason(self, self.by_unit[unit])
