"""Shares of a total that add up to it exactly.

The largest remainder: each unit first gets its exact part rounded down to the step, then the steps that are left go one
by one to those from whom most was cut off. So no share is off by a whole step, and the order of the units decides only
between units of the same weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from luoshi.allocation.conservation import from_steps, to_steps

MOST_DECIMALS = 6  # what the database keeps


class AllocationError(ValueError):
    """A total that cannot be shared out so; the message is Chinese and says why."""


def share_out(total: Decimal, weights: Sequence[Decimal], decimals: int = 0) -> list[Decimal]:
    """Share ``total`` out by weights; each share has ``decimals`` places, their sum is ``total``.

    A weight of 0 gets 0. Negative totals are shared out like positive ones. Raises ``AllocationError`` for no unit, a
    negative weight, no weight above 0, or a total with more places than the shares may have.
    """
    return [from_steps(part, decimals) for part in _shared(_steps(total, decimals), _checked(weights))]


def equal(total: Decimal, count: int, decimals: int = 0) -> list[Decimal]:
    """The same for all of ``count`` units; what cannot be halved goes to the first ones."""
    return share_out(total, [Decimal(1)] * count, decimals)


def by_trajectory(
    total: Decimal, shares: Sequence[Decimal], decimals: int = 0, *, cumulative: bool = True
) -> list[Decimal]:
    """What is due by the end of each period (``cumulative``), or in each: 15000 by 0.2、0.6、0.85、1 is 3000、9000、
    12750、15000, or 3000、6000、3750、2250.

    ``shares`` are cumulative parts of 1, not falling, the last one 1; ``AllocationError`` otherwise.
    """
    return share_grid([total], shares, decimals, cumulative=cumulative)[0]


def share_grid(
    totals: Sequence[Decimal], shares: Sequence[Decimal], decimals: int = 0, *, cumulative: bool = True
) -> list[list[Decimal]]:
    """The totals of units over periods by one trajectory: a row a unit, as ``by_trajectory``.

    A row ends with (or adds up to) the unit's total, never goes back, and is nowhere off by a whole step. The columns
    add up to what the trajectory makes of all units together, rounded half up; very seldom, where a row that was
    rounded up before cannot go back, to one step more.
    """
    parts = _checked_shares(shares)
    rows = [_steps(total, decimals) for total in totals]
    if not rows:
        raise AllocationError("没有可分解的单位。")
    # Units with negative totals are treated on their own: rounding down means another direction for them.
    columns: list[list[int]] = [[0] * len(rows) for _ in parts]
    for sign in (1, -1):
        chosen = [index for index, steps in enumerate(rows) if steps * sign > 0]
        before = [0] * len(chosen)
        for number, part in enumerate(parts):
            before = _column([abs(rows[index]) for index in chosen], part, before)
            for index, steps in zip(chosen, before, strict=True):
                columns[number][index] = steps * sign
    grid = []
    for index in range(len(rows)):
        line = [column[index] for column in columns]
        if not cumulative:
            line = [steps - (line[place - 1] if place else 0) for place, steps in enumerate(line)]
        grid.append([from_steps(steps, decimals) for steps in line])
    return grid


def _steps(total: Decimal, decimals: int) -> int:
    if not 0 <= decimals <= MOST_DECIMALS:
        raise AllocationError(f"小数位数应在0至{MOST_DECIMALS}之间。")
    if not total.is_finite():
        raise AllocationError("总数不是数。")
    try:
        return to_steps(total, decimals)
    except ValueError:
        places = "取整数" if decimals == 0 else f"保留{decimals}位小数"
        raise AllocationError(f"总数 {total.normalize():f} 不能{places}分完，请增加小数位数。") from None


def _checked(weights: Sequence[Decimal]) -> list[Fraction]:
    if not weights:
        raise AllocationError("没有可分解的单位。")
    if not all(weight.is_finite() for weight in weights):
        raise AllocationError("权数不是数。")
    if any(weight < 0 for weight in weights):
        raise AllocationError("权数不能是负数。")
    if not any(weights):
        raise AllocationError("权数全部为0，无法按权数分解。")
    return [Fraction(weight) for weight in weights]


def _checked_shares(shares: Sequence[Decimal]) -> list[Fraction]:
    if not shares:
        raise AllocationError("没有时序进度。")
    parts = [Fraction(share) for share in shares]
    if parts[0] < 0 or any(later < earlier for earlier, later in pairwise(parts)):
        raise AllocationError("时序进度是累计数，后一期不能小于前一期，也不能是负数。")
    if parts[-1] != 1:
        raise AllocationError("时序进度的最后一期应为100%。")
    return parts


def _shared(steps: int, weights: Sequence[Fraction]) -> list[int]:
    """Whole steps by weights."""
    sign, steps, whole = (-1, -steps, sum(weights)) if steps < 0 else (1, steps, sum(weights))
    exact = [steps * weight / whole for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    # Of equal remainders the larger weight comes first, then the one that stands first.
    order = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], -weights[i], i))
    for index in order[: steps - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def _column(totals: Sequence[int], part: Fraction, before: Sequence[int]) -> list[int]:
    """What is due of each (positive) total by the end of one period, not less than ``before``."""
    exact = [total * part for total in totals]
    floors = [value.numerator // value.denominator for value in exact]
    found = [max(floor, earlier) for floor, earlier in zip(floors, before, strict=True)]
    wanted = sum(totals) * part
    due = (2 * wanted.numerator + wanted.denominator) // (2 * wanted.denominator)
    order = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], -totals[i], i))
    for index in order:
        if sum(found) >= due:
            break
        if found[index] == floors[index] and exact[index] > floors[index]:
            found[index] += 1
    return found
