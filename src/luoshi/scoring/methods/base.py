"""What all methods share: the sheet of an item that they score, and what they say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, NamedTuple, Self

from luoshi.scoring.node import Node
from luoshi.scoring.numbers import ONE, ZERO, amount, amount_up, equals, order_keys, part_up, show, times

HUNDRED = Fraction(100)


class Basis(StrEnum):
    """What of a unit's figures is judged. Completion and growth are in per cent."""

    VALUE = "value"
    COMPLETION = "completion"  # 100 × value / target
    GROWTH = "growth"  # 100 × (value - previous) / |previous|
    GAP = "gap"  # value - target

    @property
    def label(self) -> str:
        """In Chinese."""
        return {"value": "实际数", "completion": "完成率", "growth": "增幅", "gap": "与目标的差"}[self.value]


class Better(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Rounding(StrEnum):
    """What becomes of a step begun."""

    EXACT = "exact"  # counts in proportion
    DOWN = "down"  # does not count
    UP = "up"  # counts as a whole one

    @property
    def label(self) -> str:
        """In Chinese."""
        return {"exact": "不足一个单位的按比例计", "down": "不足一个单位的不计", "up": "不足一个单位的按一个计"}[
            self.value
        ]


class Entry(NamedTuple):
    """What one unit brings: its figures, and of them the ``measure`` that is judged; ``marks`` are those of judges."""

    unit: str
    value: Fraction
    target: Fraction | None
    previous: Fraction | None
    measure: Fraction
    marks: tuple[Fraction, ...]


@dataclass(frozen=True)
class Sheet:
    """One item for the units that are ranked together.

    ``full``: the item's points. ``count``: n, the units to which the item applies, with those that did not report.
    ``entries``: the units that have a measure, in the order of their names. ``unit_of_measure``: of values and targets.
    ``assumptions``: what they rest on, each with the status for which it matters (empty: for all).
    """

    full: Fraction
    count: int
    entries: Sequence[Entry]
    basis: Basis = Basis.VALUE
    better: Better = Better.HIGHER
    unit_of_measure: str = ""
    group: str = ""
    dense: bool = False
    assumptions: tuple[tuple[str, str], ...] = ()

    @cached_property
    def kept(self) -> dict[object, str]:
        """Words that many entries share, by whatever tells them apart."""
        return {}

    @cached_property
    def full_text(self) -> str:
        """The item's points for reading."""
        return show(self.full, 6)

    @cached_property
    def ranks(self) -> list[int]:
        """The rank of every entry by its measure; equal ones share the better rank."""
        return rank([entry.measure for entry in self.entries], higher=self.better is Better.HIGHER, dense=self.dense)

    @cached_property
    def by_rank(self) -> Mapping[int, list[int]]:
        """Entries by rank, best first."""
        places: dict[int, list[int]] = {}
        ranks = self.ranks
        for at in sorted(range(len(ranks)), key=ranks.__getitem__):
            places.setdefault(ranks[at], []).append(at)
        return places

    @cached_property
    def _better_rank(self) -> Mapping[int, int]:
        found = list(self.by_rank)
        return dict(zip(found[1:], found, strict=False))

    def next_rank(self, at: int) -> int | None:
        """The next better rank that somebody has; ``None`` for the first."""
        return self._better_rank.get(self.ranks[at])

    @cached_property
    def best(self) -> Fraction | None:
        """The best measure."""
        measures = [self.entries[at].measure for at in self.by_rank.get(1, ())]
        return measures[0] if measures else None

    @cached_property
    def average(self) -> Fraction | None:
        """The mean of all measures."""
        total = sum((entry.measure for entry in self.entries), ZERO)
        return total / len(self.entries) if self.entries else None

    @property
    def measure_unit(self) -> str:
        """The unit of measure of what is judged."""
        return "%" if self.basis in (Basis.COMPLETION, Basis.GROWTH) else self.unit_of_measure

    def measured(self, measure: Fraction) -> str:
        """A measure for reading."""
        if self.basis is Basis.COMPLETION or self.basis is Basis.GROWTH:
            return show(measure) + "%"
        return amount(measure) + self.unit_of_measure

    def names(self, places: Sequence[int], but: int = -1, most: int = 3) -> str:
        """Some entries by name."""
        shown = [self.entries[at].unit for at in places[: most + 1] if at != but][:most]
        left = len(places) - (1 if but >= 0 else 0) - len(shown)
        return "、".join(shown) + (f"等{len(shown) + left}个单位" if left > 0 else "")


def rank(numbers: Sequence[Fraction], *, higher: bool = True, dense: bool = False) -> list[int]:
    """1 for the best; equal numbers share the better rank (1, 2, 2, 4); with ``dense`` no rank is left out."""
    keys = order_keys(numbers)
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=higher)
    ranks = [0] * len(keys)
    current, last = 0, None
    for place, at in enumerate(order, 1):
        if keys[at] != last:
            current, last = (current + 1 if dense else place), keys[at]
        ranks[at] = current
    return ranks


class Method:
    """How points are given for an item. Subclasses are frozen dataclasses of their parameters."""

    TYPE: ClassVar[str]
    TITLE: ClassVar[str]
    #: What may be judged; the first is the default.
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.VALUE, Basis.COMPLETION, Basis.GROWTH, Basis.GAP)
    #: Which way is better where the item does not say.
    BETTER: ClassVar[Better] = Better.HIGHER
    #: The rank that is told comes from the measure, else from the points.
    RANKS: ClassVar[bool] = False
    #: Whether its items have points of their own (``True``), none (``False``), or either (``None``).
    HAS_POINTS: ClassVar[bool | None] = True
    #: Whether each unit has several marks.
    JUDGED: ClassVar[bool] = False

    __slots__ = ()

    @classmethod
    def read(cls, node: Node) -> Self:
        """From the data of a scheme; what contradicts itself goes to ``node.problem``."""
        return cls()

    def check(self, node: Node, full: Fraction, better: Better) -> None:
        """Whether the parameters fit the item."""

    @property
    def dense(self) -> bool:
        """Ranks without gaps after ties."""
        return False

    def measure(self, marks: Sequence[Fraction]) -> Fraction:
        """What is judged of several marks."""
        return marks[0]

    def points(self, sheet: Sheet) -> list[Fraction]:
        """The points of every entry."""
        raise NotImplementedError

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        """How an entry came to its points, with the numbers put in."""
        raise NotImplementedError

    def improve(self, sheet: Sheet, at: int, points: Fraction) -> str:
        """What the next better place or more points would need; empty where there is nothing to say."""
        return ""

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        """The rule, for those who read the scheme."""
        raise NotImplementedError


def needed(sheet: Sheet, at: int, measure: Fraction) -> str:
    """That a measure must be reached, and what that means for the value: ``完成率达到80%（即实际达到120万美元）``."""
    entry = sheet.entries[at]
    least = "不高于" if sheet.better is Better.LOWER else "达到"
    if sheet.basis is Basis.VALUE:
        return f"实际{least}{amount(measure)}{sheet.unit_of_measure}"
    value: Fraction | None = None
    if sheet.basis is Basis.COMPLETION and entry.target:
        if sheet.better is Better.HIGHER:
            words = f"即实际达到{part_up(measure, entry.target)}{sheet.unit_of_measure}"
            return f"完成率达到{show(measure)}%，{words}"
        value = times(measure, entry.target, 100)
    elif sheet.basis is Basis.GAP and entry.target is not None:
        value = measure + entry.target
    elif sheet.basis is Basis.GROWTH and entry.previous:
        value = entry.previous + measure * abs(entry.previous) / HUNDRED
    text = f"{sheet.basis.label}{least}{sheet.measured(measure)}"
    if value is None:
        return text
    shown = amount(value) if sheet.better is Better.LOWER else amount_up(value)
    return f"{text}，即实际{least}{shown}{sheet.unit_of_measure}"


def share_words(full: Fraction, numerator: str, denominator: str, points: Fraction) -> str:
    """``9分×2÷4=4.5分``."""
    return f"{show(full, 6)}×{numerator}÷{denominator}{equals(points)}分"


def clamp(number: Fraction, least: Fraction = ZERO, most: Fraction | None = ONE) -> Fraction:
    """Between the bounds."""
    number = max(number, least)
    return number if most is None else min(number, most)
