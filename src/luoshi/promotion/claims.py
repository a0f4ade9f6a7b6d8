"""Who is credited with a project: one claimant in each table, or what was decided between several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from luoshi.promotion.model import SCOPES, Scope

_ONE = Decimal(1)


class DecisionError(ValueError):
    """A decision that cannot be; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit says that a project is its own."""

    unit: str
    scope: Scope
    on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the coordinating office decided between the claimants of a table: parts that make 1 together."""

    scope: Scope
    parts: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        """Parts must be whole."""
        if not self.parts or any(part < 0 for part in self.parts.values()):
            raise DecisionError("请写明各家各占多少，不能是负数。")
        if sum(self.parts.values(), Decimal(0)) != _ONE:
            raise DecisionError("各家的份额加起来应为100%。")


@dataclass(frozen=True, slots=True)
class Credits:
    """``parts``: what each unit is credited with; ``contested``: the claimants between whom nothing is decided."""

    parts: Mapping[str, Decimal] = field(default_factory=dict)
    contested: frozenset[str] = frozenset()


def credits_of(claims: Iterable[Claim], decisions: Iterable[Decision] = ()) -> Credits:
    """A single claimant of a table has it all. Of several each has what the last decision that knows them all gives;
    until then nobody has anything. What was decided for one that gave its claim up goes to nobody. A county and a group
    do not contest each other: they stand in different tables."""
    claims, decisions = list(claims), list(decisions)
    parts: dict[str, Decimal] = {}
    contested: set[str] = set()
    for scope in SCOPES:
        units = list(dict.fromkeys(claim.unit for claim in claims if claim.scope is scope))
        if len(units) == 1:
            parts[units[0]] = _ONE
        elif units:
            last = next((one for one in reversed(decisions) if one.scope is scope), None)
            if last is not None and set(units) <= set(last.parts):
                parts |= {unit: last.parts[unit] for unit in units}
            else:
                contested |= set(units)
    return Credits(parts, frozenset(contested))
