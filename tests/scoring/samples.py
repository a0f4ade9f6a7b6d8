"""Small schemes and facts for the tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from luoshi.scoring import Fact, ItemScore, Options, Result, Scheme, from_data, score

Given = str | int | None


def scheme(*items: dict[str, Any], **more: Any) -> Scheme:
    """A scheme of one group."""
    return from_data(
        {"key": "sample", "title": "样例", "groups": [{"key": "g", "title": "项目", "items": list(items)}], **more}
    )


def item(kind: str = "ranking", points: int | str = 20, key: str = "1", **more: Any) -> dict[str, Any]:
    """An item; what belongs to the method is told by ``method``."""
    method = {"type": kind, **more.pop("method", {})}
    return {"key": key, "title": f"指标{key}", "points": points, "method": method, **more}


def fact(unit: str, value: Given, target: Given = None, key: str = "1", previous: Given = None) -> Fact:
    """A fact from short figures."""
    return Fact(unit, key, *(None if one is None else Decimal(str(one)) for one in (value, target, previous)))


def values(*given: Given, target: Given = None) -> list[Fact]:
    """One fact a unit: 甲, 乙, 丙 …"""
    return [fact("甲乙丙丁戊己庚辛壬癸"[at], value, target) for at, value in enumerate(given)]


def run(one: dict[str, Any], facts: list[Fact], options: Options | None = None, **more: Any) -> dict[str, ItemScore]:
    """The scores on the only item, by unit."""
    result = score(scheme(one, **more), facts, options)
    return {unit.unit: unit.items[0] for unit in result.units}


def points(one: dict[str, Any], facts: list[Fact], **more: Any) -> list[Any]:
    """The points on the only item, in the order of the facts."""
    scores = run(one, facts, **more)
    return [scores[name].points for name in dict.fromkeys(fact.unit for fact in facts)]


def totals(result: Result) -> dict[str, Any]:
    """Total and rank by unit."""
    return {unit.unit: (unit.total, unit.rank) for unit in result.units}
