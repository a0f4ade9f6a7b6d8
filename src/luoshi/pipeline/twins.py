"""Projects that may be one: alike in name, place and money."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz

#: A name as like another as this is worth a look whatever the money says (assumption, from the 100-project list).
ALIKE = 90.0
#: With the same money in the same place, a name of which one part is like the other's is enough.
ALIKE_WITH_FIGURES = 85.0
#: A shorter name says too little for one name within another to mean anything.
LEAST = 8
_MARKS = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+")
_PHASE = re.compile(r"([一二三四五六七八九十\d]+)期|第?([一二三四五六七八九十\d]+)(?:标段|片区|号楼)")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a project is compared: total in any one unit of money, ``unit`` the key of its place."""

    name: str
    total: Decimal
    unit: str


def folded(name: str) -> str:
    """A name without width, blanks and marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name).casefold())


def _phases(name: str) -> frozenset[str]:
    return frozenset("".join(found) for found in _PHASE.findall(name))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two projects are (0–100) and why, in words."""

    score: Decimal
    reason: str


def likeness(one: Sketch, other: Sketch) -> Likeness | None:
    """Whether two projects may be one; ``None`` where nothing says so.

    Phases of one project (一期, 二期) are two projects, unless they name the same phase; so are plants of 20 and of 24
    万吨, unless they cost the same.
    """
    first, second = folded(one.name), folded(other.name)
    if not first or not second:
        return None
    whole = fuzz.ratio(first, second)
    part = fuzz.partial_ratio(first, second) if min(len(first), len(second)) >= LEAST else 0.0
    same_money = one.total == other.total and one.total > 0
    same_place = one.unit == other.unit
    score = Decimal(str(round(max(whole, part if same_money else 0.0), 2)))
    figures = "、".join(word for word, holds in (("总投资相同", same_money), ("建设地点相同", same_place)) if holds)
    if whole == 100.0:
        return Likeness(score, "、".join(filter(None, ("名称相同", figures))))
    if _phases(first) != _phases(second):
        return None
    if whole >= ALIKE and same_place and (same_money or _NUMBERS.findall(first) == _NUMBERS.findall(second)):
        return Likeness(score, f"名称相近、{figures}")
    if same_money and same_place and max(whole, part) >= ALIKE_WITH_FIGURES:
        words = "一个名称包含另一个" if part > whole else "名称相近"
        return Likeness(score, f"{words}、{figures}")
    return None
