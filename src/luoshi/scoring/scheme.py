"""A scheme (评分办法): what is scored, how, out of how much, and under which assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from luoshi.scoring.expressions import Formula
from luoshi.scoring.methods import Basis, Better, Method
from luoshi.scoring.numbers import ONE, ZERO

if TYPE_CHECKING:
    from luoshi.scoring.ladders import Ladder


class NoTarget(StrEnum):
    """A unit without a target on an item that is judged by one (also: without a figure to compare with)."""

    EXCLUDE = "exclude"  # the item leaves the unit's sheet and n; the other items are scaled up
    FULL = "full"
    ZERO = "zero"

    @property
    def label(self) -> str:
        """In Chinese."""
        return {
            "exclude": "本项不计入该单位，其余各项按比例折算",
            "full": "得满分",
            "zero": "得0分",
        }[self.value]


class NotReported(StrEnum):
    """A unit that gave no value."""

    ZERO = "zero"  # 0 points, no rank, counted in n
    EXCLUDE = "exclude"  # as for no target


class Spread(StrEnum):
    """What the parts of an item are worth where their printed points do not add up to the item's."""

    EXACT = "exact"  # they must
    SCALED = "scaled"  # each by the same factor, so that they do
    PRINTED = "printed"  # as printed


@dataclass(frozen=True, slots=True)
class Gate:
    """No points where the condition holds; the unit keeps its place in the ranking."""

    when: Formula
    because: str


@dataclass(frozen=True, slots=True)
class Item:
    """What is scored at once. ``points`` is what it counts, ``printed`` what its document says.

    ``key``: its number as printed. ``unit``: of values and targets. ``target``: one for all units, where a fact gives
    none; ``target_share``: only so much of a target is due in this period. ``when_blank``: the value of one that gave
    none (for counts, where no report means none). ``applies_to``: groups of units, empty for all. ``apart``: ranked
    within each group of units. ``takes``: the scheme whose total is its value. ``part_of``: the item that it is a part
    of.
    """

    key: str
    title: str
    points: Fraction
    printed: Fraction
    method: Method
    basis: Basis = Basis.VALUE
    better: Better = Better.HIGHER
    unit: str = ""
    gates: tuple[Gate, ...] = ()
    no_target: NoTarget = NoTarget.EXCLUDE
    zero_target: NoTarget = NoTarget.EXCLUDE
    not_reported: NotReported = NotReported.ZERO
    when_blank: Fraction | None = None
    target: Fraction | None = None
    target_share: Fraction = ONE
    source: str = ""
    evidence: str = ""
    note: str = ""
    applies_to: tuple[str, ...] = ()
    apart: bool = False
    takes: str = ""
    part_of: str = ""
    group: str = ""

    @property
    def rescaled(self) -> bool:
        """Whether it counts other points than printed."""
        return self.points is not self.printed

    @property
    def needs_target(self) -> bool:
        """Whether it is judged by a target."""
        return self.basis in (Basis.COMPLETION, Basis.GAP)


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading; ``most``: what they count together at most."""

    key: str
    title: str
    items: tuple[Item, ...]
    points: Fraction | None = None
    most: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of an assumption; ``changes`` are merged into the data of the items and ladders that it is about."""

    key: str
    title: str
    changes: Mapping[str, Any]


class When(StrEnum):
    """For whom an assumption matters, where it does not for all."""

    ALWAYS = ""
    SCORED = "scored"
    GATED = "gated"
    NO_TARGET = "no-target"
    NOT_REPORTED = "not-reported"


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the document leaves open. The choice ``default`` is how the scheme stands; one without choices is told.

    ``when``: only units that stand so to the item are told of it.
    """

    key: str
    text: str
    items: tuple[str, ...] = ()
    ladders: tuple[str, ...] = ()
    default: str = ""
    choices: tuple[Choice, ...] = ()
    when: When = When.ALWAYS

    def touches(self, item: Mapping[str, Any]) -> bool:
        """Whether it is about an item of the data, or a part of it."""
        return item["key"] in self.items or any(part["key"] in self.items for part in item.get("parts") or ())


@dataclass(frozen=True, slots=True)
class Part:
    """A score that a combination takes: the result of ``scheme``, named ``key`` in the formula."""

    key: str
    title: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Combination:
    """``全年 = (Q1 + Q2 + Q3) / 6 + 年度 / 2``."""

    title: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units that are compared with one another; others may join it by the facts."""

    key: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A whole scheme; ``data`` is what it was read from, for saving it again and for trying other choices."""

    key: str
    title: str
    version: str = "1"
    period: str = ""
    document: str = ""
    note: str = ""
    groups: tuple[Group, ...] = ()
    parts: tuple[Part, ...] = ()
    combination: Combination | None = None
    assumptions: tuple[Assumption, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    unit_groups: tuple[UnitGroup, ...] = ()
    units: tuple[str, ...] = ()
    apart: bool = False
    least: Fraction | None = None
    most: Fraction | None = None
    elsewhere: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict, compare=False)
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items that are scored, parts in the place of the item that they make up."""
        return tuple(item for group in self.groups for item in group.items)

    @cached_property
    def total(self) -> Fraction:
        """The points of all items together: what a unit to which all apply can reach without additions."""
        return sum((item.points for item in self.items), ZERO)

    def reading(self, assumption: Assumption) -> str:
        """How an assumption stands."""
        key = self.chosen.get(assumption.key, assumption.default)
        title = next((choice.title for choice in assumption.choices if choice.key == key), "")
        return title or assumption.text

    @cached_property
    def _in_force(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        return {
            item.key: tuple(
                (one.when.value, self.reading(one))
                for one in self.assumptions
                if item.key in one.items or (item.part_of and item.part_of in one.items)
            )
            for item in self.items
        }

    def assumptions_of(self, item: str) -> tuple[tuple[str, str], ...]:
        """The assumptions in force on an item: for whom each matters, and how it stands."""
        return self._in_force.get(item, ())
