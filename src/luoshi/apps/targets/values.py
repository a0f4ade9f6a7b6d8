"""Figures as people type them into a grid or paste them from Excel."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from luoshi.apps.indicators.guessing import counted

MOST_DIGITS, MOST_DECIMALS = 18, 6  # what the database keeps
_SCALES = {"万": Decimal(10**4), "亿": Decimal(10**8)}
_BLANKS = frozenset(("", "-", "--", "—", "——", "–", "/", "\\", "无"))
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")


class ValueProblem(ValueError):
    """A text that is no figure; the message is Chinese."""


def parse_value(text: str | None, unit: str = "") -> Decimal | None:
    """``1，200`` → 1200; ``1.5万户`` → 15000 where the unit is 户; blanks and dashes → ``None`` (a blank is no zero).

    Raises ``ValueProblem``.
    """
    folded = unicodedata.normalize("NFKC", text or "").strip()
    if folded in _BLANKS:
        return None
    bare = folded.removesuffix(unicodedata.normalize("NFKC", unit)).replace(",", "").replace(" ", "").replace("、", "")
    scale = Decimal(1)
    while bare and bare[-1] in _SCALES:
        scale *= _SCALES[bare[-1]]
        bare = bare[:-1]
    bare = bare.replace("−", "-")
    if not bare.isascii() or not _NUMBER.fullmatch(bare):
        raise ValueProblem(f"“{(text or '').strip()[:30]}”不是数")
    try:
        value = Decimal(bare) * scale
    except InvalidOperation as error:
        raise ValueProblem(f"“{(text or '').strip()[:30]}”不是数") from error
    value = value.normalize()
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        raise ValueProblem(f"小数最多{MOST_DECIMALS}位")
    if value and value.adjusted() >= MOST_DIGITS:
        raise ValueProblem("数值过大")
    return value + 0


def oddity(value: Decimal | None, unit_of_measure: str, total: Decimal | None = None) -> str:
    """What is odd about a share, in Chinese; empty where nothing is.

    A part of a total of 0 or more is hardly below 0, and of what is counted (户, 个, 家) there are no fractions. Both
    can be right (a correction, an average), so they are asked about, not refused. ``grid.js`` says the same.
    """
    if value is None:
        return ""
    if value < 0 and (total is None or total >= 0):
        return "是负数"
    if counted(unit_of_measure) and value != value.to_integral_value():
        return f"“{unit_of_measure}”没有小数"
    return ""


def plain(value: Decimal | None) -> str:
    """A figure as the grid keeps it: no exponent, no trailing zeros; empty for a blank."""
    return "" if value is None else f"{value.normalize():f}"


def shown(value: Decimal | None) -> str:
    """A figure for people: ``15,000``; empty for a blank."""
    return "" if value is None else f"{value.normalize():,f}"


def needed_decimals(values: list[Decimal]) -> int:
    """How many places are needed to write all the values."""
    exponents = [value.normalize().as_tuple().exponent for value in values if value]
    return max([0, *(-exponent for exponent in exponents if isinstance(exponent, int))])


def places(unit_of_measure: str, decimals: int | None = None) -> int:
    """How many places a figure is shown with: the indicator's, none for what is counted (户, 个), else at most 2."""
    if decimals is not None:
        return decimals
    return 0 if counted(unit_of_measure) else 2


def kept_to(value: Decimal, decimals: int) -> Decimal:
    """A figure with so many places at most, half up."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
