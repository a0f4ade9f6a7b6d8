"""Finding each object of a plan in force again in a later reading of the plan. Knows no database.

Matching goes from the surest sign to the weakest: the same characters of the same document, the same words, the same
number in the outline with like words, like words anywhere. What is left over was added or is gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

#: Likeness (0–100) from which a measure with the same number is the same measure, reworded.
SAME_NUMBER = 50.0
#: Likeness from which a measure is the same measure though its number is another.
SAME_WORDS = 70.0
#: Likeness from which two names of an indicator, under the same measure and in the same unit, mean the same.
SAME_INDICATOR = 65.0

_SHINGLE = 4
_COMMON = 40  # a run of characters that more texts share says nothing
_LONGEST = 240


@dataclass(slots=True, eq=False)
class Record:
    """One object on either side: a row in force, or a published object.

    ``values`` maps the kind's fields to their values; ``place`` says under which measure it stands, in terms that both
    sides share (``None`` outside of any). ``units`` are the keys of the units meant (responsibilities only).
    """

    text: str
    line: int
    spans: tuple[tuple[int, int, int], ...]
    values: dict[str, Any]
    by_hand: bool
    source: Any
    place: Hashable = None
    units: tuple[int, ...] = ()
    frozen: Hashable = field(default=None)

    def __post_init__(self) -> None:
        self.frozen = tuple((name, _hashable(value)) for name, value in sorted(self.values.items()))


Pair = tuple[Record, Record]
Key = Callable[[Record], Hashable | None]


def _hashable(value: Any) -> Hashable:
    return tuple(_hashable(part) for part in value) if isinstance(value, list | tuple) else value


class Matching:
    """The pairs found so far and what is left on both sides, in document order."""

    def __init__(self, old: Iterable[Record], new: Iterable[Record]) -> None:
        self.old = sorted(old, key=lambda record: record.line)
        self.new = sorted(new, key=lambda record: record.line)
        self.pairs: list[Pair] = []

    def by(self, key: Key) -> None:
        """Pair what has the same key, in order where several have it; a key of ``None`` never matches."""
        waiting: dict[Hashable, list[Record]] = defaultdict(list)
        for record in reversed(self.old):
            if (found := key(record)) is not None:
                waiting[found].append(record)
        pairs = []
        for record in self.new:
            found = key(record)
            if found is not None and waiting.get(found):
                pairs.append((waiting[found].pop(), record))
        self._take(pairs)

    def by_likeness(
        self, group: Key, likeness: Callable[[Record, Record], float], least: float, most_in_group: int = 60
    ) -> None:
        """Within each group pair the most alike first, down to ``least``."""
        waiting: dict[Hashable, list[Record]] = defaultdict(list)
        for record in self.old:
            if (found := group(record)) is not None:
                waiting[found].append(record)
        scored = []
        for position, record in enumerate(self.new):
            for rank, other in enumerate(waiting.get(group(record), ())[:most_in_group]):
                if (score := likeness(other, record)) >= least:
                    scored.append((-score, position, rank, other, record))
        self._take_best(scored)

    def by_words(self, words: Callable[[Record], str], least: float) -> None:
        """Pair texts that are alike wherever they stand; only texts that share rare runs of characters are compared."""
        if not self.old or not self.new:
            return
        holders: dict[str, list[int]] = defaultdict(list)
        texts = [words(record) for record in self.old]
        for index, text in enumerate(texts):
            for shingle in _shingles(text):
                holders[shingle].append(index)
        scored = []
        for position, record in enumerate(self.new):
            text = words(record)
            votes: Counter[int] = Counter()
            for shingle in _shingles(text):
                found = holders.get(shingle, ())
                if len(found) <= _COMMON:
                    votes.update(found)
            for index, _ in votes.most_common(5):
                if (score := fuzz.ratio(texts[index], text)) >= least:
                    scored.append((-score, position, index, self.old[index], record))
        self._take_best(scored)

    def _take_best(self, scored: list[tuple[float, int, int, Record, Record]]) -> None:
        used: set[int] = set()
        pairs = []
        for _, _, _, old, new in sorted(scored, key=lambda row: row[:3]):
            if id(old) not in used and id(new) not in used:
                used |= {id(old), id(new)}
                pairs.append((old, new))
        self._take(pairs)

    def _take(self, pairs: Sequence[Pair]) -> None:
        if pairs:
            self.pairs.extend(pairs)
            taken = {id(record) for pair in pairs for record in pair}
            self.old = [record for record in self.old if id(record) not in taken]
            self.new = [record for record in self.new if id(record) not in taken]


def _shingles(text: str) -> set[str]:
    text = text[:_LONGEST]
    return {text[start : start + _SHINGLE] for start in range(max(len(text) - _SHINGLE + 1, 1))} if text else set()


def _body(record: Record) -> str:
    """A measure's words without its printed number: the longest tail of its label with which the text begins."""
    label, text = record.values["label"], record.text
    for start in range(len(label)):
        if text.startswith(label[start:]):
            return text[len(label) - start :].strip()
    return text.strip()


def _title(record: Record) -> str | None:
    title: str = record.values["title"]
    return title if len(title) >= _SHINGLE else None


def match_measures(old: Iterable[Record], new: Iterable[Record], *, same_document: bool) -> Matching:
    """Pair the measures of two readings."""
    matching = Matching(old, new)
    bodies = {id(record): _body(record) for record in (*matching.old, *matching.new)}

    def body(record: Record) -> str:
        return bodies[id(record)]

    if same_document:
        matching.by(lambda record: (record.spans, record.frozen))
        matching.by(lambda record: record.spans or None)
    matching.by(lambda record: (record.values["label"], body(record), record.frozen))
    matching.by(lambda record: (record.values["label"], body(record)))
    matching.by(lambda record: body(record) or None)
    matching.by(lambda record: _title(record) and (record.values["label"], _title(record)))
    matching.by(_title)

    def likeness(one: Record, other: Record) -> float:
        whole = fuzz.ratio(body(one)[:_LONGEST], body(other)[:_LONGEST])
        titles = one.values["title"], other.values["title"]
        return max(whole, fuzz.ratio(*titles)) if all(titles) else whole

    matching.by_likeness(lambda record: record.values["label"] or None, likeness, SAME_NUMBER)
    matching.by_words(body, SAME_WORDS)
    return matching


def _keys(name: str) -> tuple[Callable[[Record], Hashable], ...]:
    """Signs of identity below one measure, from the surest to the weakest, by kind."""

    def value(*names: str) -> Callable[[Record], Hashable]:
        return lambda record: tuple(_hashable(record.values[field_name]) for field_name in names)

    def text_and(*names: str) -> Callable[[Record], Hashable]:
        return lambda record: (record.text, *(_hashable(record.values[field_name]) for field_name in names))

    return {
        "target": (
            text_and("indicator", "unit_of_measure", "tier", "year"),
            value("indicator", "unit_of_measure", "tier", "year", "change", "falling"),
            value("indicator", "unit_of_measure", "tier"),
            value("indicator", "unit_of_measure"),
            text_and("value", "unit_of_measure"),
            text_and("unit_of_measure"),
        ),
        "responsibility": (value("role", "name"), value("name")),
        "deadline": (text_and("rule_kind"), value("rule_kind", "date", "day", "days"), value("rule_kind")),
        "table": (value("title", "header"), value("title"), value("header", "rows")),
    }[name]


def match_parts(name: str, old: Iterable[Record], new: Iterable[Record], *, same_document: bool) -> Matching:
    """Pair the objects of the kind ``name`` of two readings, whose measures are paired already (``place``)."""
    matching = Matching(old, new)
    if same_document:
        matching.by(lambda record: (record.spans, record.text, record.frozen, record.units))
        matching.by(lambda record: (record.spans, record.text, record.frozen))
        if name != "responsibility":  # all names of a clause share its characters
            matching.by(lambda record: (record.spans, record.text, record.place))
    matching.by(lambda record: (record.place, record.text, record.frozen))
    for key in _keys(name):
        matching.by(lambda record, key=key: (record.place, key(record)))  # type: ignore[misc]
    if name == "target":
        matching.by_likeness(
            lambda record: (record.place, record.values["unit_of_measure"]),
            lambda one, other: fuzz.ratio(one.values["indicator"], other.values["indicator"]),
            SAME_INDICATOR,
        )
    if name == "responsibility":
        # A name corrected by hand no longer reads as printed: found by its clause. Other names of a clause do not.
        matching.by(lambda record: (record.place, record.units, record.values["role"]) if record.units else None)
        corrected = {(record.place, record.text) for record in matching.old if record.by_hand}
        matching.by(lambda record: (record.place, record.text) if (record.place, record.text) in corrected else None)
    # Moved under another measure, word for word.
    matching.by(lambda record: (record.text, record.frozen) if name != "responsibility" else None)
    return matching
