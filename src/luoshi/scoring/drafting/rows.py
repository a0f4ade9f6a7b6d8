"""Rows of a scoring table put together: merged cells filled, headings and totals told apart from items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from luoshi.scoring.drafting.columns import Columns
from luoshi.scoring.drafting.texts import narrow, one_line, points_cell, points_in

_TOTAL = re.compile(r"(?:合|总|共)\s*计|总\s*分|小\s*计|得分合计|分值合计")
_NOTE = re.compile(r"(?:备?注|说明)[:：\d]|[※*]")
_COUNTED = re.compile(
    r"^(?:第?[一二三四五六七八九十]{1,3}[、.是)）]|[(（][一二三四五六七八九十]{1,3}[)）]|[IVX]{1,4}[.、]|\d{1,2}[、.])\s*(?=\D)"
)


@dataclass(slots=True)
class Printed:
    """An item as printed: ``rows`` (from 0) are those that it takes up; ``own`` rows' points and words, one a row."""

    title: str
    rows: list[int]
    number: str = ""
    points: Decimal | None = None
    own: list[tuple[int, Decimal | None, str]] = field(default_factory=list)
    evidence: str = ""
    source: str = ""
    unit: str = ""
    target: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        """All that is said on how it is scored."""
        return "\n".join(dict.fromkeys(text for _, _, text in self.own if text))


@dataclass(slots=True)
class Section:
    """Items under one heading; ``points`` are printed with it, ``total`` in a row below."""

    title: str
    row: int
    points: Decimal | None = None
    total: Decimal | None = None
    items: list[Printed] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """The whole table; ``total``: of a last row that counts all sections; ``notes``: rows of remarks."""

    sections: list[Section]
    total: Decimal | None = None
    notes: list[str] = field(default_factory=list)
    as_weights: bool = False


def read_rows(columns: Columns, rows: Sequence[Sequence[str]]) -> Sheet:
    """The items of a table in their sections; rows that say nothing are let pass."""
    return _Reader(columns).read(rows)


class _Reader:
    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.sheet = Sheet([])
        self.middle: list[str] = []
        self.totals = 0

    def read(self, rows: Sequence[Sequence[str]]) -> Sheet:
        for number, row in enumerate(rows):
            if number < self.columns.first_row or not any(cell.strip() for cell in row):
                continue
            cells = [one_line(cell) for cell in row]
            self._row(number, cells)
        self.sheet.sections = [section for section in self.sheet.sections if section.items]
        self._settle_totals()
        texts = [row[self.columns.own_points] for row in rows if 0 <= self.columns.own_points < len(row)]
        shares = [text for text in map(narrow, texts) if text]
        self.sheet.as_weights = bool(shares) and sum(text.endswith("%") for text in shares) > len(shares) / 2
        return self.sheet

    def _row(self, number: int, cells: list[str]) -> None:
        columns = self.columns
        labels = [cells[at] for at in (*columns.levels, columns.number) if 0 <= at < len(cells) and cells[at]]
        if any(_TOTAL.match(narrow(label)) for label in labels):
            self._total(cells)
            return
        filled = list(dict.fromkeys(cell for cell in cells if cell))
        if len(filled) == 1 or (len(filled) == 2 and self._is_heading(cells)):
            text = filled[0]
            if _NOTE.match(narrow(text)):
                self.sheet.notes.append(text)
                return
            told = [cells[at] for at in columns.method if at < len(cells)]
            if (cells[columns.item] != text or self._is_heading(cells)) and text not in told:
                self._open(text, number, self._cell(cells, columns.own_points))
                return
        if columns.grouped:
            group = self._cell(cells, columns.levels[0])
            if group and (not self.sheet.sections or _bare(group) != _bare(self.sheet.sections[-1].title)):
                own = next((at for level, at in columns.points[:-1] if level == columns.levels[0]), -1)
                self._open(group, number, self._cell(cells, own))
            self._levels(cells)
        self._item(number, cells)

    def _is_heading(self, cells: list[str]) -> bool:
        """``一、经济发展  40``: words in the first columns, perhaps points, and nothing on how."""
        columns = self.columns
        told = [cells[at] for at in columns.method if at < len(cells) and cells[at]]
        names = [cells[at] for at in columns.levels if at < len(cells) and cells[at]]
        name = names[0] if names else self._cell(cells, columns.number)
        counted = _COUNTED.match(narrow(name)) is not None and not narrow(name)[:1].isdigit()
        others = [cell for cell in cells if cell and cell != name and points_cell(cell) is None]
        return bool(name) and counted and not told and not others and bool(columns.method)

    @staticmethod
    def _cell(cells: list[str], at: int) -> str:
        return cells[at] if 0 <= at < len(cells) else ""

    def _open(self, text: str, row: int, points: str = "") -> None:
        printed, title = points_in(text)
        title = _COUNTED.sub("", title, count=1) or title
        own = points_cell(points) if points else None
        self.sheet.sections.append(Section(title, row, own if own is not None else printed))
        self.middle = []

    def _levels(self, cells: list[str]) -> None:
        """Names between the group and the item; a new one ends those below it."""
        between = self.columns.levels[1:-1]
        self.middle = (self.middle + [""] * len(between))[: len(between)]
        for depth, at in enumerate(between):
            if text := self._cell(cells, at):
                self.middle[depth:] = [points_in(text)[1]] + [""] * (len(between) - depth - 1)

    def _total(self, cells: list[str]) -> None:
        points = points_cell(self._cell(cells, self.columns.own_points))
        if points is None:
            found = [points_cell(cell) for cell in cells]
            points = next((one for one in found if one is not None), None)
        self.totals += 1
        if self.sheet.sections and self.sheet.sections[-1].total is None:
            self.sheet.sections[-1].total = points
        self.sheet.total = points

    def _settle_totals(self) -> None:
        """One total below several sections is the table's, not the last section's."""
        if self.totals == 1:
            for section in self.sheet.sections[1:]:
                section.total = None

    def _item(self, number: int, cells: list[str]) -> None:
        columns = self.columns
        if not self.sheet.sections:
            self._open("", number)
        section = self.sheet.sections[-1]
        last = section.items[-1] if section.items else None
        printed, title = points_in(self._cell(cells, columns.item))
        title = "—".join(filter(None, (*self.middle, title)))
        index = narrow(self._cell(cells, columns.number)).strip(".、()")
        points = points_cell(self._cell(cells, columns.own_points))
        points = printed if points is None else points
        words = "\n".join(filter(None, (self._cell(cells, at) for at in columns.method)))
        same_number = not index or (last is not None and index == last.number)
        blank = not self._cell(cells, columns.item)
        if last is not None and same_number and (blank or title == last.title):
            last.rows.append(number)
            # a merged cell that the file repeats is no second amount of points
            repeated = bool(self._cell(cells, columns.item)) or not words
            last.own.append((number, None if repeated and points == last.points else points, words))
            self._more(last, cells)
            return
        if not title and not words:
            return
        item = Printed(title or narrow(words)[:40], [number], index, points, [(number, points, words)])
        section.items.append(item)
        self._more(item, cells)

    def _more(self, item: Printed, cells: list[str]) -> None:
        for name in ("evidence", "source", "unit", "target", "note"):
            text = self._cell(cells, getattr(self.columns, name)).replace("\n", "")
            before = getattr(item, name)
            if text and text not in before:
                setattr(item, name, f"{before}；{text}" if before else text)


def _bare(title: str) -> str:
    return _COUNTED.sub("", narrow(points_in(title)[1]), count=1)
