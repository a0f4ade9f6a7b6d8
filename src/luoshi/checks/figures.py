"""Numbers as tables and sentences print them, their units, and how finely they were rounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_FIGURE = re.compile(
    r"(?P<mark>[≥≤＞＜<>约])?\s*(?P<value>[-−+]?\d[\d,，]*(?:\.\d+)?)\s*"
    r"(?P<unit>[%％‰]|[\u4e00-\u9fff/]{0,6}?)\s*(?P<tail>以上|以下|以内|左右)?\s*(?:[(（].*[)）])?$"
)
_DASH = re.compile(r"[-—–－/]+$")

#: How many base units a printed unit stands for; the base unit that is left.
_MULTIPLES = (("万亿", 10**12), ("千亿", 10**11), ("百亿", 10**10), ("亿", 10**8), ("千万", 10**7), ("百万", 10**6),
              ("万", 10**4))  # fmt: skip
_COUNTERS = frozenset("户家个件项次座所名人张条只头宗处套种块")


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number; ``unit`` as printed beside it (may be empty), ``step`` is that of its last digit."""

    value: Decimal
    unit: str
    step: Decimal
    text: str
    mark: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether no decimals are printed."""
        return self.step == 1


def read_figure(text: str) -> Figure | None:
    """The number that a cell holds; ``None`` for words, dashes and blanks."""
    text = text.strip()
    match = _FIGURE.match(text)
    if match is None:
        return None
    digits = match["value"].replace(",", "").replace("，", "").replace("−", "-")
    places = len(digits.partition(".")[2])
    mark = (match["mark"] or "") + (match["tail"] or "")
    return Figure(Decimal(digits), match["unit"].replace("％", "%"), Decimal(1).scaleb(-places), text, mark)


def is_dash(text: str) -> bool:
    """Whether a cell says that there is nothing (—)."""
    return _DASH.match(text.strip()) is not None


def base_unit(unit: str) -> tuple[str, Decimal]:
    """``万元`` → (``元``, 10000); ``%`` → (``%``, 1); an empty unit stays empty."""
    for prefix, factor in _MULTIPLES:
        if unit.startswith(prefix):
            return unit[len(prefix) :], Decimal(factor)
    return unit, Decimal(1)


def same_unit(left: str, right: str) -> bool:
    """Whether two base units count the same: 户 and 家 and 个 do; an empty unit fits counters only."""
    if left == right:
        return True
    return (left in _COUNTERS or not left) and (right in _COUNTERS or not right)


def show(value: Decimal) -> str:
    """A number for a reader: thousands separators, no trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
