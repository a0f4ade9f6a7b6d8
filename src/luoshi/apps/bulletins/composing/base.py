"""What all kinds of bulletins share when a snapshot is put into words: figures with references, groups of units."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from luoshi.apps.bulletins.snapshot import Json, moment_of, number_of
from luoshi.apps.indicators.models import ObservationSource
from luoshi.periods import Period
from luoshi.publishing import Figure, Reference, Words, words
from luoshi.publishing.numbers import number, scaled
from luoshi.publishing.sentences import scope

_TENTH = Decimal("0.1")
_ZONE = dt.timezone(dt.timedelta(hours=8))
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SOURCES = dict(ObservationSource.choices)
#: On a black-and-white print they differ by their darkness, and the table says them in words.
LIGHT_COLOURS = {
    "blue": "1F4E79",
    "green": "4EA72E",
    "yellow": "F2B800",
    "red": "C00000",
    "grey": "A6A6A6",
    "": "D9D9D9",
}

#: Texts of a bulletin by key: the blocks that people may word otherwise.
Texts = dict[str, Sequence[Words]]


@dataclass(frozen=True, slots=True)
class Head:
    """What is decided on the way to the signature; empty while it is a draft."""

    title: str
    number: str = ""
    dated: dt.date | None = None
    signatory: str = ""
    main: Sequence[str] = ()
    copies: Sequence[str] = ()


class Scene:
    """A snapshot with what every sentence needs of it."""

    def __init__(self, snapshot: Json) -> None:
        self.snapshot = snapshot
        self.period = Period.parse(snapshot["period"])
        self.owner: str = snapshot["owner"]["short"]
        self.moment = moment_of(snapshot).astimezone(_ZONE)

    @property
    def when(self) -> str:
        """截至2026年9月底."""
        last = self.period.last_day
        return f"截至{last.year}年{last.month}月底"

    @property
    def last_time(self) -> str:
        """较上月, 较上季度."""
        return {"monthly": "较上月", "quarterly": "较上季度", "yearly": "较上年"}.get(self.period.cadence, "较上期")

    def count(self, value: int, what: str, rule: str, *, unit: str = "") -> Figure:
        """A number that was counted."""
        return Figure(str(value), Reference(what, unit, self.period.label, rule=rule), Decimal(value))

    def counting(self, what: str, rule: str) -> Reference:
        """The reference of a count."""
        return Reference(what, self.owner, self.period.label, rule=rule)


def reference(target: Json, row: Json, rule: str = "", period: str = "") -> Reference:
    """Of a figure in a row of a target."""
    numbers = "、".join(map(str, row.get("ids") or ()))
    return Reference(
        indicator=target["indicator"],
        unit=row["name"],
        period=period,
        measure=target["measure"],
        source=SOURCES.get(row.get("source") or "", ""),
        observation=numbers,
        rule=rule,
    )


def amount(scene: Scene, target: Json, row: Json, name: str, rule: str = "") -> Words:
    """A figure of a row with its unit, large ones in 万 or 亿: ``12.35亿元``; a dash where there is none."""
    value = number_of(row.get(name))
    if value is None:
        return words("—")
    shown, measure = scaled(value, target["measure"])
    places = target["decimals"] if shown == value else 2
    known = reference(target, row, rule, scene.period.label)
    return words(Figure(number(shown, places), known, value), measure)


def part(scene: Scene, target: Json, row: Json, name: str, rule: str) -> Figure | None:
    """A share of a row in per cent, cut off: what is just below its limit must not read as if it reached it."""
    value = number_of(row.get(name))
    if value is None:
        return None
    percent = (value * 100).quantize(_TENTH, ROUND_DOWN)
    return Figure(number(percent, 1), reference(target, row, rule, scene.period.label), percent)


def scope_of(rows: Iterable[Json]) -> str:
    """县市区 and the like, for the units of some rows."""
    return scope([row["kind"] for row in rows])


def names(rows: Iterable[Json]) -> str:
    """Short names with 、 between."""
    return "、".join(row["name"] for row in rows)


def reattached(text: str, block: Sequence[Words]) -> tuple[Words, ...]:
    """A text that somebody worded otherwise, its paragraphs' numbers joined again to the figures of the block that it
    was made from: in their order, where the number is printed alike. Other numbers stay plain text (and are pointed out
    by the checks)."""
    figures = [piece for line in block for piece in line if isinstance(piece, Figure)]
    found = list(_NUMBER.finditer(text))
    matcher = difflib.SequenceMatcher(
        None, [match[0] for match in found], [one.text for one in figures], autojunk=False
    )
    known = {}
    for mine, theirs, length in matcher.get_matching_blocks():
        for step in range(length):
            known[found[mine + step].start()] = figures[theirs + step]
    lines: list[Words] = []
    position = 0
    for line in text.split("\n"):
        pieces: list[str | Figure] = []
        at = position
        for match in found:
            if match.start() in known and position <= match.start() < position + len(line):
                pieces += [text[at : match.start()], known[match.start()]]
                at = match.end()
        pieces.append(text[at : position + len(line)])
        position += len(line) + 1
        if line.strip():
            lines.append(words(*pieces))
    return tuple(lines)


def plain_json(lines: Sequence[Words]) -> str:
    """A block as it is shown for rewording."""
    return "\n".join("".join(piece if isinstance(piece, str) else piece.text for piece in line) for line in lines)
