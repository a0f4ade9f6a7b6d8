"""The places of a finding as they stand in the document: a stretch of the sentence, or the rows of a table with its
header, the finding's own characters marked.

Everything from the file is escaped here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from luoshi.apps.checkup.items import sides_of
from luoshi.apps.checkup.models import Finding

AROUND = 60  # characters of a sentence before and after what is marked
SHORT = 40  # a line with fewer is shown with its neighbours: many documents break every line
LABELS = 2  # columns at the left of a table that say what a row is
MOST_QUOTES = 8
NAMES = "甲乙丙丁戊己"


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table that takes up the lines ``first`` to ``last``."""

    first: int
    last: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line: ``html`` of its sentence, or ``cells`` of its row."""

    number: int
    url: str
    html: SafeString | str = ""
    cells: tuple[SafeString, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines of prose, or rows of one table with its header; ``title`` names the document where it is another one."""

    lines: tuple[QuotedLine, ...]
    header: tuple[str, ...] = ()
    title: str = ""
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """甲 or 乙 (empty where nothing is set against anything): the reading, and where it stands."""

    name: str
    reading: str
    quotes: tuple[Quote, ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Pages:
    """Where lines lead to: (title of another document or empty, address) of a line."""

    lines: Sequence[str]
    headers: Sequence[Header]
    first: int
    last: int
    lead: Callable[[int], tuple[str, str]]


def sides(finding: Finding, pages: Pages) -> list[Side]:
    """What stands against what."""
    by_side: dict[int, dict[int, list[tuple[int, int]]]] = {}
    for side, place in zip(sides_of(finding), finding.places, strict=True):
        for line, start, end in place["spans"]:
            by_side.setdefault(side, {}).setdefault(line, []).append((start, end))
    names = NAMES if finding.may_keep else ""
    shown = []
    for side in range(max([len(finding.readings) if names else 0, *(number + 1 for number in by_side)])):
        marks = by_side.get(side, {})
        numbers = sorted(marks)
        reading = finding.readings[side] if side < len(finding.readings) else ""
        quotes = _quotes({number: marks[number] for number in numbers[:MOST_QUOTES]}, pages)
        shown.append(Side(names[side : side + 1], reading, tuple(quotes), max(0, len(numbers) - MOST_QUOTES)))
    return [side for side in shown if side.name or side.quotes]


def _quotes(marks: dict[int, list[tuple[int, int]]], pages: Pages) -> Iterable[Quote]:
    """A quote a line, rows of one table together."""

    def key(number: int) -> tuple[str, int]:
        header = _header(number, pages.headers)
        if "\t" in _text(number, pages):
            return ("table", header.first if header else -1)
        return ("line", number)

    for (kind, _), group in itertools.groupby(sorted(marks), key):
        numbers = list(group)
        title, _url = pages.lead(numbers[0])
        if kind == "table":
            yield _table(numbers, marks, pages, title)
        else:
            yield Quote(tuple(_prose(numbers[0], marks[numbers[0]], pages)), title=title)


def _text(number: int, pages: Pages) -> str:
    return pages.lines[number - 1] if 0 < number <= len(pages.lines) else ""


def _header(number: int, headers: Sequence[Header]) -> Header | None:
    return next((header for header in headers if header.first <= number <= header.last), None)


def _prose(number: int, marks: list[tuple[int, int]], pages: Pages) -> Iterable[QuotedLine]:
    text = _text(number, pages)
    own = QuotedLine(number, pages.lead(number)[1], _stretch(text, marks))
    if len(text.strip()) >= SHORT:
        yield own
        return
    before, after = _text(number - 1, pages), _text(number + 1, pages)
    inside = pages.first <= number <= pages.last
    if before.strip() and "\t" not in before and not (inside and number - 1 < pages.first):
        yield QuotedLine(number - 1, "", _clipped(before, len(before), len(before)))
    yield own
    if after.strip() and "\t" not in after and not (inside and number + 1 > pages.last):
        yield QuotedLine(number + 1, "", _clipped(after, 0, 0))


def _clipped(text: str, start: int, end: int) -> SafeString:
    low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    return mark_safe(f"{'…' if low else ''}{escape(text[low:high])}{'…' if high < len(text) else ''}")


def _stretch(text: str, marks: list[tuple[int, int]]) -> SafeString:
    """The text around the marks; what lies between distant ones is left out."""
    wanted: list[list[int]] = []
    for start, end in sorted(marks):
        low, high = max(0, start - AROUND), min(len(text), end + AROUND)
        if wanted and low <= wanted[-1][1]:
            wanted[-1][1] = max(wanted[-1][1], high)
        else:
            wanted.append([low, high])
    parts = ["…" if wanted and wanted[0][0] else ""]
    for index, (low, high) in enumerate(wanted):
        if index:
            parts.append(" … ")
        parts.append(_marked(text, low, high, marks))
    parts.append("…" if wanted and wanted[-1][1] < len(text) else "")
    return mark_safe("".join(parts))


def _marked(text: str, low: int, high: int, marks: list[tuple[int, int]]) -> str:
    """``text[low:high]`` as HTML; marks that touch are one."""
    edges: list[list[int]] = []
    for start, end in sorted(marks):
        start, end = max(start, low), min(end, high)
        if start >= end:
            continue
        if edges and start <= edges[-1][1]:
            edges[-1][1] = max(edges[-1][1], end)
        else:
            edges.append([start, end])
    parts, at = [], low
    for start, end in edges:
        parts += [escape(text[at:start]), f"<mark class='found'>{escape(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, escape(text[at:high])])


def _table(numbers: list[int], marks: dict[int, list[tuple[int, int]]], pages: Pages, title: str) -> Quote:
    """The rows, of their columns the labels, the marked ones and their neighbours."""
    rows: list[tuple[int, list[str], set[int]]] = []
    marked: set[int] = set()
    width = 0
    for number in numbers:
        cells, own, start = [], set(), 0
        text = _text(number, pages)
        for column, part in enumerate(text.split("\t")):
            inside = [
                (low - start, high - start) for low, high in marks[number] if low < start + len(part) and high > start
            ]
            if inside:
                own.add(column)
            cells.append(_marked(part, 0, len(part), inside))
            start += len(part) + 1
        rows.append((number, cells, own))
        # A finding that marks a whole row says nothing of single columns.
        marked |= own if len(own) < len(cells) else set()
        width = max(width, len(cells))
    header = _header(numbers[0], pages.headers)
    names = header.cells if header else ()
    near = {column + step for column in marked for step in (-1, 0, 1)} | set(range(LABELS))
    columns = [column for column in range(width) if not marked or column in near]
    if width - len(columns) <= 2:
        columns = list(range(width))
    plan: list[int | None] = []
    for index, column in enumerate(columns):
        if column != (columns[index - 1] + 1 if index else 0):
            plan.append(None)
        plan.append(column)
    if columns and columns[-1] < width - 1:
        plan.append(None)

    def picked(cells: Sequence[str]) -> tuple[str, ...]:
        return tuple("…" if c is None else cells[c] if c < len(cells) else "" for c in plan)

    return Quote(
        tuple(
            QuotedLine(number, pages.lead(number)[1], cells=tuple(mark_safe(cell) for cell in picked(cells)))
            for number, cells, _ in rows
        ),
        header=picked(names) if names else (),
        title=title,
        is_table=True,
    )
