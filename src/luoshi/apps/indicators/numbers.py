"""What numbers are stored as, so that both databases give back what was recorded.

SQLite keeps a number that has decimals as a binary float, which holds 15 significant digits and no more; so does
Excel. Values are therefore brought to at most 6 decimal places and 15 significant digits before they are stored.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

PLACES = 6
DIGITS = 15
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
_QUANTA = [Decimal(1).scaleb(-places) for places in range(PLACES + 1)]


def storable(value: Decimal) -> Decimal:
    """The value as it will be stored, rounded half up; ``ValueError`` (Chinese) where its whole part is too long."""
    if not value.is_finite():
        raise ValueError("数值不是有限的数")
    whole = max(value.adjusted() + 1, 0) if value else 0
    if whole > DIGITS:
        raise ValueError(f"数值超过 {DIGITS} 位整数")
    stored = value.quantize(_QUANTA[min(PLACES, DIGITS - whole)], context=_CONTEXT)
    if stored.adjusted() + 1 > DIGITS:  # 999…9.9 rounds up to one digit more
        raise ValueError(f"数值超过 {DIGITS} 位整数")
    return stored if stored else _QUANTA[0] * 0  # no negative zero
