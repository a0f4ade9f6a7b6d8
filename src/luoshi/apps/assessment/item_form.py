"""One item of a scheme as a form, and the form's answers back into the data: what was typed stays, right or wrong.

The data are those of the YAML text (``luoshi.scoring``), sound or not; what the form does not know stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luoshi.apps.assessment.item_fields import ABOUT, FIGURES, METHODS, RULES, Input
from luoshi.scoring.numbers import read_decimal

_RATIO = re.compile(r"-?\d{1,30}/\d{1,30}")
#: What stands before an item's reason for no points in the form: ``实际 < 0：负增长不得分``.
_GATE = re.compile(r"\s*(.+?)\s*[：:]\s*(.+?)\s*")


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with its value as a text."""

    input: Input
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in the data: its group, its place there, and which part of it."""

    group: int
    item: int
    part: int | None = None


@dataclass(slots=True)
class Outline:
    """Items of the data by key, as far as they can be told; ``places`` are in the order of the text."""

    places: dict[str, Place] = field(default_factory=dict)
    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)
    groups: list[tuple[int, str]] = field(default_factory=list)


def outline(data: Any) -> Outline:
    """Groups and items of data that may be wrong in any way."""
    found = Outline()
    for at, group in enumerate(_list(data, "groups")):
        if not isinstance(group, dict):
            continue
        found.groups.append((at, str(group.get("title", ""))))
        for number, item in enumerate(_list(group, "items")):
            _note(found, item, Place(at, number))
            for inner, part in enumerate(_list(item, "parts")):
                _note(found, part, Place(at, number, inner))
    return found


def _note(found: Outline, item: Any, place: Place) -> None:
    if isinstance(item, dict):
        key = str(item.get("key", ""))
        if key and key not in found.places:
            found.places[key] = place
            found.rows.append((key, str(item.get("title", "")), str(item.get("points", "")), place.part is not None))


def _list(data: Any, key: str) -> list[Any]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def item_at(data: Any, place: Place) -> dict[str, Any]:
    """The item's own data."""
    item: dict[str, Any] = data["groups"][place.group]["items"][place.item]
    return item if place.part is None else item["parts"][place.part]


def type_of(item: Mapping[str, Any]) -> str:
    """The type of an item's method; empty where a part has none of its own."""
    method = item.get("method")
    return str(method.get("type", "")) if isinstance(method, dict) else ""


def shown(item: Mapping[str, Any], inputs: tuple[Input, ...], *, own: bool = True) -> list[Shown]:
    """Fields with the values that stand in the data; empty ones for a method that is not the item's (``own``)."""
    return [Shown(one, _text(one, _at(item, one.path)) if own or one.path[0] != "method" else "") for one in inputs]


def _at(item: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        item = item.get(step) if isinstance(item, dict) else None
    return item


def _text(one: Input, value: Any) -> str:
    if one.kind == "gates" and isinstance(value, list):
        return "\n".join(
            f"{gate.get('when', '')}：{gate.get('because', '')}" for gate in value if isinstance(gate, dict)
        )
    if one.kind == "bands" and isinstance(value, list):
        return "\n".join(f"{band.get('to', '')} {band.get('points', '')}" for band in value if isinstance(band, dict))
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def taken(item: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """The item's data with the form's answers put in; an empty answer takes its key away."""
    found: dict[str, Any] = {key: value for key, value in item.items() if key != "method"}
    for one in (*ABOUT, *FIGURES, *RULES):
        if one.name in answers:
            _put(found, one, answers[one.name])
    wanted = answers.get("method", type_of(item))
    kept = item.get("method")
    method = dict(kept) if isinstance(kept, dict) and kept.get("type") == wanted else {"type": wanted}
    if wanted:
        found["method"] = method
        for one in next((known.inputs for known in METHODS if known.type == wanted), ()):
            name = f"{wanted}.{one.name}"
            if name in answers:
                _put(found, one, answers[name])
    order = ("key", "title", "points", "unit", "method", "basis", "better", "gates")
    return {key: found[key] for key in (*order, *(key for key in found if key not in order)) if key in found}


def _put(data: dict[str, Any], one: Input, answer: str) -> None:
    value = _value(one, answer.strip())
    *ways, last = one.path
    inner = data
    for step in ways:
        if not isinstance(inner.get(step), dict):
            if value is None:
                return
            inner[step] = {}
        inner = inner[step]
    if value is _UNLIMITED:
        inner[last] = None
    elif value is None:
        inner.pop(last, None)
        if ways[1:] and not inner:
            data[ways[0]].pop(ways[1], None)
    else:
        inner[last] = value


_UNLIMITED = object()


def _value(one: Input, answer: str) -> Any:
    """What an answer means; what cannot be meant stays as it was typed, and the scheme's own check tells."""
    if not answer:
        return None
    match one.kind:
        case "number":
            if answer in ("不限", "不封顶"):
                return _UNLIMITED
            return _number(answer)
        case "gates":
            return list(_gates(answer))
        case "bands":
            return [_band(line) for line in answer.splitlines() if line.strip()]
    return answer


def _number(text: str) -> Any:
    if _RATIO.fullmatch(text):
        return text
    number = read_decimal(text)
    if number is None:
        return text
    return number if "." in text else int(number)


def _gates(text: str) -> Iterator[dict[str, str]]:
    for line in text.splitlines():
        if line.strip():
            found = _GATE.fullmatch(line)
            yield {"when": found[1], "because": found[2]} if found else {"when": line.strip(), "because": line.strip()}


def _band(line: str) -> dict[str, Any]:
    parts = re.split(r"[\s,，:：]+", line.strip())
    band: dict[str, Any] = {"to": _number(parts[0])}
    if len(parts) > 1:
        band["points"] = _number(parts[1])
    return band


def new_item(data: Any) -> dict[str, Any]:
    """An item to begin with, under the next free number."""
    numbers = [int(key) for key in outline(data).places if key.isdigit() and len(key) < 6]
    return {"key": str(max(numbers, default=0) + 1), "title": "新的项目", "points": 10, "method": {"type": "target"}}
