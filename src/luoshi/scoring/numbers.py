"""Exact numbers: fractions inside, decimals as text outside.

A third of 20 points has no last decimal; ranks and sums are made of fractions, so that no tie is made or broken by
rounding.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

#: Digits of a number that is read, before and after the point together.
MOST_DIGITS = 30
#: Places of points and totals handed out: at least, and at most where the decimals never end.
LEAST_PLACES = 6
MOST_PLACES = 20
ZERO = Fraction(0)
ONE = Fraction(1)

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_RATIO = re.compile(r"([+-]?[0-9]{1,30})/([0-9]{1,30})")


def read_decimal(text: str) -> Decimal | None:
    """A plain decimal of at most 30 digits; ``None`` for anything else (exponents, units, too many digits)."""
    if len(text) > MOST_DIGITS + 2 or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if len(number.as_tuple().digits) <= MOST_DIGITS else None


def read_fraction(text: str) -> Fraction | None:
    """A plain decimal, or a ratio such as ``275/3``; ``None`` for anything else."""
    ratio = _RATIO.fullmatch(text)
    if ratio:
        return Fraction(int(ratio[1]), int(ratio[2])) if int(ratio[2]) else None
    number = read_decimal(text)
    return Fraction(number) if number is not None else None


def number_text(number: Decimal) -> str:
    """A finite number without exponent, trailing zeros, or a minus before zero."""
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def _ending_places(denominator: int, most: int) -> int | None:
    """After how many decimals a fraction with this denominator ends; ``None``: not within ``most``."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    places = max(twos, fives)
    return places if denominator == 1 and places <= most else None


# Figures repeat: counts, targets, points of a rank. Texts are kept by numerator and denominator: quick to hash.
_KEPT = 1 << 16


def _rounded(numerator: int, denominator: int, places: int) -> str:
    if denominator == 1:
        return f"{numerator}.{'0' * places}" if places else str(numerator)
    scaled = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    sign = "-" if numerator < 0 and scaled else ""
    if not places:
        return f"{sign}{scaled}"
    digits = str(scaled).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _hundredths(count: int) -> str:
    """So many hundredths, without trailing zeros."""
    if count < 0:
        return f"-{_hundredths(-count)}"
    whole, rest = divmod(count, 100)
    if not rest:
        return str(whole)
    return f"{whole}.{rest:02d}" if rest % 10 else f"{whole}.{rest // 10}"


@lru_cache(maxsize=_KEPT)
def _show(numerator: int, denominator: int, places: int) -> str:
    if denominator == 1:
        return str(numerator)
    if places == 2:  # nearly always
        scaled = (200 * abs(numerator) + denominator) // (2 * denominator)
        return _hundredths(-scaled if numerator < 0 else scaled)
    text = _rounded(numerator, denominator, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=_KEPT)
def _equals(numerator: int, denominator: int, places: int) -> str:
    scale: int = 10**places
    return ("=" if scale % denominator == 0 else "≈") + _show(numerator, denominator, places)


@lru_cache(maxsize=_KEPT)
def _amount(numerator: int, denominator: int) -> str:
    places = _ending_places(denominator, 8)
    return _show(numerator, denominator, 4 if places is None else places)


def rounded_text(number: Fraction, places: int) -> str:
    """Exactly ``places`` decimals, rounded half up (away from zero)."""
    return _rounded(*number.as_integer_ratio(), places)


def decimal_text(number: Fraction) -> str:
    """Points as they are handed out: exact where the decimals end within 20 places, else 20 places; at least 6."""
    places = _ending_places(number.denominator, MOST_PLACES)
    return rounded_text(number, MOST_PLACES if places is None else max(places, LEAST_PLACES))


def show(number: Fraction, places: int = 2) -> str:
    """For reading: rounded half up, without trailing zeros."""
    return _show(*number.as_integer_ratio(), places)


def equals(number: Fraction, places: int = 2) -> str:
    """``=16.5`` where that is exact, ``≈16.36`` where it is rounded."""
    return _equals(*number.as_integer_ratio(), places)


def amount(number: Fraction) -> str:
    """A value for reading: exact where it ends within 8 decimals, else 4 decimals."""
    return _amount(*number.as_integer_ratio())


def amount_up(number: Fraction) -> str:
    """The least number of two decimals that is not below: what must be reached at least."""
    numerator, denominator = number.as_integer_ratio()
    return _hundredths(-(-100 * numerator // denominator))


def part_up(completion: Fraction, whole: Fraction) -> str:
    """``amount_up`` of so many per cent of a whole."""
    a, b = completion.as_integer_ratio()
    c, d = whole.as_integer_ratio()
    return _hundredths(-(-a * c // (b * d)))


@lru_cache(maxsize=_KEPT)
def exact(number: Decimal) -> Fraction | None:
    """A decimal as a fraction; ``None`` for infinity, no number, and more than 30 digits before or after the point."""
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS or len(number.as_tuple().digits) > MOST_DIGITS:
        return None
    return Fraction(number)


def part_of(whole: Fraction, part: int, parts: int) -> Fraction:
    """``whole × part / parts``."""
    numerator, denominator = whole.as_integer_ratio()
    return Fraction(numerator * part, denominator * parts)


def times(left: Fraction, right: Fraction, divisor: int = 1) -> Fraction:
    """``left × right / divisor``, brought to its lowest terms once only."""
    a, b = left.as_integer_ratio()
    c, d = right.as_integer_ratio()
    return Fraction(a * c, b * d * divisor)


def percent(part: Fraction, whole: Fraction) -> Fraction:
    """``100 × part / whole``."""
    a, b = part.as_integer_ratio()
    c, d = whole.as_integer_ratio()
    return Fraction(100 * a * d, b * c)


def exact_sum(numbers: Sequence[Fraction]) -> Fraction:
    """The sum, over the common denominator at once: much quicker than one fraction after the other."""
    by_denominator: dict[int, int] = {}
    for number in numbers:
        numerator, denominator = number.as_integer_ratio()
        by_denominator[denominator] = by_denominator.get(denominator, 0) + numerator
    common = math.lcm(*by_denominator)
    return Fraction(sum(numerator * (common // one) for one, numerator in by_denominator.items()), common)


def order_keys(numbers: Sequence[Fraction]) -> list[int]:
    """Integers in the order of the numbers, equal exactly where the numbers are: much quicker to compare.

    Two fractions with denominators ``b`` and ``d`` differ by ``1/(b·d)`` or more, or not at all. So scaled by more than
    the square of the largest denominator they have different whole parts, or none.
    """
    ratios = [number.as_integer_ratio() for number in numbers]
    largest = max((denominator for _, denominator in ratios), default=1)
    if largest == 1:
        return [numerator for numerator, _ in ratios]
    scale = 2 * largest * largest
    return [numerator * scale // denominator for numerator, denominator in ratios]
