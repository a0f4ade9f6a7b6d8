"""Results as plain data, for JSON: what the command prints and what an interface hands out."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from luoshi.scoring.combining import PartScore
from luoshi.scoring.numbers import ZERO, decimal_text
from luoshi.scoring.result import ItemScore, Result, UnitScore


def records(result: Result, *, details: bool = False) -> list[dict[str, Any]]:
    """Best first: ``unit``, ``total``, ``rank``, ``items`` (``item``, ``points``, ``value``, ``target``, ``reason``).

    Points and totals are decimal text of 6 places or more; values and targets are text without trailing zeros, or
    ``None`` for not reported and none. An item that does not apply has 0 points, and its reason says so. With
    ``details`` also what ``_item_details`` and ``_unit_details`` name.
    """
    return [_unit(unit, result, details) for unit in result.units]


def _unit(unit: UnitScore, result: Result, details: bool) -> dict[str, Any]:
    items = [_item(score, details) for score in unit.items]
    items += [_part(part) for part in unit.parts]
    record: dict[str, Any] = {
        "unit": unit.unit,
        "total": decimal_text(unit.total),
        "rank": unit.rank,
        "items": items,
    }
    return record | _unit_details(unit, result) if details else record


def _item(score: ItemScore, details: bool) -> dict[str, Any]:
    record = {
        "item": score.item.key,
        "points": decimal_text(score.points),
        "value": _plain(score.value),
        "target": _plain(score.target),
        "reason": score.reason,
    }
    return record | _item_details(score) if details else record


def _part(one: PartScore) -> dict[str, Any]:
    return {
        "item": one.part.key,
        "points": decimal_text(one.total or ZERO),
        "value": _plain(one.total),
        "target": None,
        "reason": one.reason,
    }


def _item_details(score: ItemScore) -> dict[str, Any]:
    fact = score.fact
    return {
        "title": score.item.title,
        "full": decimal_text(score.item.points),
        "status": score.status.value,
        "rank": score.rank,
        "units": score.sheet.count,
        "points_before_scaling": decimal_text(score.raw),
        "formula": score.formula,
        "next_rank": score.next_rank,
        "assumptions": list(score.assumptions),
        "source": (fact.source if fact else "") or score.item.source,
        "date": fact.date.isoformat() if fact and fact.date else None,
        "evidence": fact.evidence if fact else "",
    }


def _unit_details(unit: UnitScore, result: Result) -> dict[str, Any]:
    return {
        "group": unit.ranking,
        "reason": result.explain(unit.unit),
        "consequences": [
            {
                "title": one.title,
                "effect": one.effect,
                "percent": None if one.percent is None else decimal_text(one.percent),
                "open": one.open,
                "reason": one.reason,
            }
            for one in unit.consequences
        ],
    }


def _plain(number: Fraction | None) -> str | None:
    """A value as it was given: no trailing zeros."""
    if number is None:
        return None
    text = decimal_text(number)
    return text.rstrip("0").rstrip(".")
