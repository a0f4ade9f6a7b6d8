"""Whether what was given out adds up to what there was to give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Conservation:
    """What became of a total; always ``given_out + left_over - over == total``.

    At most one of ``left_over`` and ``over`` is not zero. Both have the sign of the total: of -10 with -4 given out, -6
    are left over. Without a total (``None``) only ``given_out`` is known.
    """

    total: Decimal | None
    given_out: Decimal
    left_over: Decimal
    over: Decimal

    @property
    def kept(self) -> bool:
        """Whether exactly the total was given out."""
        return self.total is not None and not self.left_over and not self.over


def conservation(total: Decimal | None, shares: Iterable[Decimal | None]) -> Conservation:
    """Compare shares (blanks, ``None``, are none) with the total; exact, whatever the number of digits."""
    given = exact_sum(shares)
    if total is None:
        return Conservation(None, given, ZERO, ZERO)
    rest = exact_sum((total, -given))
    if rest == 0:
        return Conservation(total, given, ZERO, ZERO)
    short = (rest > 0) == (total >= 0)
    return Conservation(total, given, rest if short else ZERO, ZERO if short else -rest)


def exact_sum(values: Iterable[Decimal | None]) -> Decimal:
    """The sum without the rounding of the decimal context: 28 digits are not enough for 亿 with six decimals of many
    units, and a sum that is rounded conserves nothing."""
    known = [value for value in values if value is not None]
    if not known:
        return ZERO
    exponents = [value.as_tuple().exponent for value in known]
    places = -min([0, *(exponent for exponent in exponents if isinstance(exponent, int))])
    return from_steps(sum(to_steps(value, places) for value in known), places)


def to_steps(value: Decimal, decimals: int) -> int:
    """How many steps of ``10 ** -decimals`` the value has; ``ValueError`` if it is no whole number of them."""
    numerator, denominator = value.as_integer_ratio()
    scale: int = 10**decimals
    steps, rest = divmod(numerator * scale, denominator)
    if rest:
        raise ValueError("not a whole number of steps")
    return steps


def from_steps(steps: int, decimals: int) -> Decimal:
    """The value of so many steps of ``10 ** -decimals``."""
    sign, digits = (1 if steps < 0 else 0), tuple(int(digit) for digit in str(abs(steps)))
    return Decimal((sign, digits, -decimals))
