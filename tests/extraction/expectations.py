"""What a careful reader finds in the sample plans beside this file, and how far the program agrees.

``plans/NAME.txt`` is a plan, ``plans/NAME.expected`` what a person wrote down before the program was run on it. A line
is ``kind ; place ; …``: ``place`` is a piece of the plan's text (``#2`` behind it: its second occurrence), which gives
the line.

    T ; place ; indicator ; [+|-] comparator value[-value] unit ; year        a target; + a rise, - a fall
    R ; place ; lead、lead ; co、co                                            a responsibility clause
    D ; place ; date 2026-06-30 | monthly 5 | days-after 5 working | weekly…  a deadline
    B ; place ; title ; column|column ; number of rows                        a table

``?`` behind the kind: readers may differ, neither answer is wrong. ``!``: the program is known not to read it so.
``X ; place`` (always with ``!``): the program is known to read something there that is not.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
KINDS = {"T": "target", "R": "responsibility", "D": "deadline", "B": "table"}
FOLDER = Path(__file__).parent / "plans"


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of an expectation: its record, whether it is optional, and whether it is a known miss."""

    line: int
    kind: str
    record: Record
    optional: bool
    known: bool
    printed: str


def load(name: str) -> tuple[str, list[Expected]]:
    """A plan's text and its expectations."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    rows = (FOLDER / f"{name}.expected").read_text("utf-8").splitlines()
    return text, [_read(row, text) for row in rows if row.strip() and not row.startswith("#")]


def _read(row: str, text: str) -> Expected:
    kind, place, *fields = (part.strip() for part in row.split(";"))
    flags = kind[1:]
    place, _, nth = place.partition("#")
    at = -1
    for _ in range(int(nth or 1)):
        at = text.find(place.strip(), at + 1)
        if at < 0:
            raise ValueError(f"not in the plan: {row}")
    line = text.count("\n", 0, at) + 1
    record = _RECORDS[kind[0]](fields) if kind[0] in _RECORDS else {}
    return Expected(line, KINDS.get(kind[0], ""), record, "?" in flags, "!" in flags, row)


def _target(fields: list[str]) -> Record:
    indicator, value, year = fields
    sign, _, rest = value.partition(" ") if value[0] in "+-" else ("", "", value)
    comparator, number, unit = rest.split(" ", 2)
    low, _, high = number.partition("-")
    return {
        "indicator": indicator,
        "comparator": comparator,
        "value": float(low),
        "value_max": float(high) if high else None,
        "unit": unit,
        "change": bool(sign),
        "direction": "down" if sign == "-" else "up",
        "year": int(year),
    }


def _names(field: str) -> list[str]:
    return [folded(name) for name in field.split("、") if name.strip()]


def _responsibility(fields: list[str]) -> Record:
    lead, co = fields
    return {"lead": _names(lead), "co": _names(co)}


def _deadline(fields: list[str]) -> Record:
    rule, *rest = fields[0].split(" ")
    record: Record = {"rule": rule}
    if rule == "date":
        record["date"] = rest[0]
    elif rule == "monthly" and rest:
        record["day"] = int(rest[0])
    elif rule == "days-after":
        record |= {"days": int(rest[0])} | ({"working": True} if rest[1:] else {})
    return record


def _table(fields: list[str]) -> Record:
    title, header, rows = fields
    return {"title": folded(title), "header": [folded(name) for name in header.split("|")], "rows": int(rows)}


_RECORDS = {"T": _target, "R": _responsibility, "D": _deadline, "B": _table}


def folded(text: str) -> str:
    """Without blanks, full-width forms made half-width, quotation marks left out."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return "".join(character for character in plain if character not in '“”"')


def differences(expected: list[Expected], found: list[Record]) -> list[str]:
    """Where the program and the reader differ, in words; empty where only optional or known lines do."""
    rest = [record for record in found if record["kind"] in KINDS.values()]
    problems = []
    for item in sorted(expected, key=lambda item: (item.optional, not item.kind)):
        match = next((record for record in rest if _agrees(item, record)), None)
        if match is not None:
            rest.remove(match)
        if match is None and not (item.optional or item.known):
            problems.append(f"missed: {item.printed}")
        if match is not None and item.known and item.kind:
            problems.append(f"found after all: {item.printed}")
    return problems + [f"not expected, line {record['line']}: {_short(record)}" for record in rest]


def _agrees(item: Expected, record: Record) -> bool:
    if abs(record["line"] - item.line) > 1:
        return False
    if not item.kind:
        return record["kind"] != "table" and record["text"][:60] in item.printed
    if record["kind"] != item.kind:
        return False
    mine = item.record
    if item.kind == "target":
        same = all(record[key] == mine[key] for key in ("comparator", "unit", "change", "direction", "year"))
        numbers = all(_close(record.get(key), mine[key]) for key in ("value", "value_max"))
        return same and numbers and similar(record["indicator"], mine["indicator"])
    if item.kind == "responsibility":
        # 各县（市、区）党委、政府 is one name; how it is parted does not matter here
        return all(sorted(_names("、".join(record[role]))) == sorted(mine[role]) for role in ("lead", "co"))
    if item.kind == "deadline":
        return all(record.get(key) == mine.get(key) for key in ("rule", "date", "day", "days", "working"))
    header = [folded(name) for name in record["header"]]
    return folded(record["title"]) == mine["title"] and header == mine["header"] and len(record["rows"]) == mine["rows"]


def _close(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def similar(a: str, b: str) -> bool:
    """Whether two names are the same indicator: one within the other, or half of their pairs of characters shared."""
    a, b = folded(a), folded(b)
    if not a or not b:
        return False
    if a in b or b in a:
        return True
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} or {text} for text in (a, b)]
    return 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1])) >= 0.5


def _short(record: Record) -> str:
    keys = (
        "indicator",
        "comparator",
        "value",
        "value_max",
        "unit",
        "change",
        "year",
        "lead",
        "co",
        "rule",
        "date",
        "day",
    )
    told = {key: record[key] for key in keys if record.get(key) not in (None, [], "")}
    return f"{record['kind']} {record['text'][:50]} {told}"
