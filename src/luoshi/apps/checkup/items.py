"""The targets of a draft that stand at a finding's places: keeping one reading can correct the other's target.

Only targets are offered: a table's cell or a sentence without a target has nothing in the ledger that would be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from luoshi.apps.checkup.models import Finding
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, ItemState
from luoshi.apps.intake.values import parse_number, plain

_UNLIKE = re.compile(r"[\s,，]")
_READING = re.compile(r"([\d.]+[十百千]?[万亿]{0,2})(\D{0,6})")
_VALUE_FIELDS = ("value", "value_max", "comparator", "unit", "change")


def sides_of(finding: Finding) -> list[int]:
    """For each place the reading that it shows: 0 甲, 1 乙 …

    A place whose text holds one of the readings (or stands in it) belongs to that one. Where that decides nothing (a
    sum stands against its parts) the first place is 甲, all others are 乙.
    """
    sides = []
    for index, place in enumerate(finding.places):
        fits = [side for side, reading in enumerate(finding.readings) if _shows(place["text"], reading)]
        if len(fits) == 1:
            sides.append(fits[0])
        else:
            sides.append(min(index, 1) if len(finding.readings) >= 2 else 0)
    return sides


def _shows(text: str, reading: str) -> bool:
    text, reading = _UNLIKE.sub("", text), _UNLIKE.sub("", reading)
    return bool(text and reading) and (_inside(reading, text) or _inside(text, reading))


def _inside(part: str, whole: str) -> bool:
    """Whether the part stands in the whole, and no number is cut."""
    return re.search(rf"(?<![\d.]){re.escape(part)}(?![\d.])", whole) is not None


@dataclass(frozen=True, slots=True)
class Sides:
    """The targets at 甲 and 乙, and the values that would replace the other's (``None``: not to be told)."""

    items: tuple[list[DraftItem], list[DraftItem]] = field(default_factory=lambda: ([], []))
    values: tuple[dict[str, Any] | None, dict[str, Any] | None] = (None, None)

    def other(self, kept: int) -> list[DraftItem]:
        """The targets that stand only where the reading not kept is printed."""
        own = {item.pk for item in self.items[kept]}
        return [item for item in self.items[1 - kept] if item.pk not in own]


def targets_of(draft: Draft, findings: Iterable[Finding]) -> dict[int, Sides]:
    """For each finding (by row number) the unrejected targets at its two readings: one query."""
    findings = [finding for finding in findings if finding.may_keep]
    lines = {span[0] for finding in findings for place in finding.places for span in place["spans"]}
    if not lines:
        return {}
    # A target may begin on the line before; long lists of lines are asked for as a range.
    rows = draft.items.filter(kind=ItemKind.TARGET, line__gte=min(lines) - 2, line__lte=max(lines))
    by_line: dict[int, list[DraftItem]] = {}
    for item in rows.exclude(state=ItemState.REJECTED).order_by("position", "pk"):
        for line in {span[0] for span in item.spans} & lines:
            by_line.setdefault(line, []).append(item)
    return {finding.pk: _sides(finding, by_line) for finding in findings}


def _sides(finding: Finding, by_line: dict[int, list[DraftItem]]) -> Sides:
    found: tuple[dict[int, DraftItem], dict[int, DraftItem]] = ({}, {})
    for side, place in zip(sides_of(finding), finding.places, strict=True):
        if side > 1:
            continue
        for line, start, end in place["spans"]:
            for item in by_line.get(line, ()):
                if any(low < end and high > start for its, low, high in item.spans if its == line):
                    found[side][item.pk] = item
    items = (list(found[0].values()), list(found[1].values()))
    return Sides(items, (_values(items[0], finding.readings[0]), _values(items[1], finding.readings[1])))


def _values(items: list[DraftItem], reading: str) -> dict[str, Any] | None:
    """The value of a side: that of its one target, else the number that the reading is.

    A bare number has no unit: 20 in a table's cell may be 20万亩, so that it never becomes the value of a target in 亩.
    """
    if len(items) == 1:
        return {name: items[0].data.get(name) for name in _VALUE_FIELDS}
    match = _READING.fullmatch(_UNLIKE.sub("", reading))
    if items or not match:
        return None
    try:
        value = plain(parse_number(match[1]))
    except ValueError:
        return None
    return {"value": value, "value_max": None, "unit": match[2]}


def corrected(item: DraftItem, values: dict[str, Any]) -> dict[str, Any] | None:
    """The target's data with the kept value; ``None`` where it would not fit (another unit) or change nothing."""
    if values.get("unit", item.data["unit"]) != item.data["unit"]:
        return None
    if values.get("change", item.data["change"]) != item.data["change"]:
        return None
    data = {**item.data, **values}
    return None if data == item.data else data
