"""Puts the pieces of a table's body into cells: the cheapest way to read them as rows of so many columns.

Dynamic programming over (pieces used, columns filled). A cell takes pieces that follow one another; a column of
figures takes nothing else; what the layout says (a line that is not full ends its cell, a row begins a line) and what
the text says (brackets, commas, values that come again) makes a reading dearer or cheaper. The costs are relative:
1 is about what one doubtful join is worth.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from luoshi.extraction.cell_lines import Piece, full_pieces, has_brackets, join, open_bracket

TEXT, FIGURE, COUNTER, EITHER, GROUP = "text", "figure", "counter", "either", "group"

_MOST_JOINED = 14
_BLANK = 3.0
_BLANK_KNOWN = 0.2
_HEADING = 0.9
_LONGEST_HEADING = 25
_MISFIT = 6.0
_NOT_FIRST = 4.0
_MOST = 0.75
#: How many times two lines must follow one another for the pair to be one broken value.
_RECURRING = 3
_BEAM = 7.0
_DEAREST_TEXT = 7.0
_TOTAL_LINE = -2.0
_HEADING_ROW, _TOTAL_ROW = -1, -2
_UNIT_WORD = re.compile(
    r"[%％‰]$|[万亿千百]?(?:元|户|亩|吨|人次?|头|米|公里|千瓦时?|平方米|立方米)$|[个张项家件所次座台套辆名只株]$"
)
_DATE = re.compile(r"(?:20\d\d年)?\d{1,2}月(?:底|末|初|[上中下]旬|\d{1,2}日)?(?:前|止)?$|20\d\d年(?:底|末)?$")
_LONGEST_GROUP = 16
_COMMA = re.compile(r"[，,；;。]")
_LEADING = re.compile(r"[（(）)、，。；：,;:”》]|[%％](?=.)")
_TOTAL = re.compile(r"(?:合|小|总|共)计(?:[(（].*[)）])?$")
_TRAILING = re.compile(r"(?:[、，,（(“《—-]|[和与及或的])$")


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of a column: the kind of its cells, values that come again, and what an empty cell costs."""

    kind: str
    values: frozenset[str] = frozenset()
    blank: float = _BLANK


@dataclass(frozen=True, slots=True)
class Row:
    """A row as ranges of pieces, one a column (empty ranges are empty cells); ``heading`` for a line across them."""

    cells: tuple[tuple[int, int], ...]
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """A reading of the body that begins at piece ``start``: its rows and what it costs, header included."""

    start: int
    rows: tuple[Row, ...]
    cost: float


def counters(pieces: Sequence[Piece]) -> frozenset[int]:
    """The pieces 1, 2, 3 … that begin a line (or follow a row's first word); a new 1 begins again."""
    found: list[int] = []
    expected = 1
    for i, piece in enumerate(pieces):
        if not piece.plain:
            continue
        placed = piece.first or (pieces[i - 1].first and not pieces[i - 1].value)
        if placed and piece.text == str(expected):
            found.append(i)
            expected += 1
        elif piece.first and piece.text == "1" and expected > 3:
            found.append(i)
            expected = 2
    return frozenset(found)


def recurring(pieces: Sequence[Piece]) -> frozenset[tuple[str, str]]:
    """Pairs of lines' texts that follow one another again and again: one value, broken each time at the same place."""
    pairs = Counter((a.text, b.text) for a, b in pairwise(pieces) if b.first and not a.value and not b.value)
    return frozenset(pair for pair, count in pairs.items() if count >= _RECURRING)


class Fitter:
    """Fits columns to the pieces of one table; what the pieces alone tell is looked up once."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.counters = counters(pieces)
        self._grouped = False
        self._totals: dict[tuple[int, int], Row] = {}
        self._lines = {i for i, piece in enumerate(pieces) if piece.first} | {len(pieces)}
        self._extents: dict[int, list[tuple[int, float, str]]] = {}
        self._headings: dict[int, tuple[int, float] | None] = {}
        self._joints: dict[int, float] = {}
        self._total_places = frozenset(i for i, piece in enumerate(pieces) if _TOTAL.match(piece.text))
        self.recurring = recurring(pieces)
        self.full = full_pieces(pieces)
        gaps = [piece.apart for piece in pieces if piece.first]
        #: where blank lines stand between some lines only, they most often part rows
        self.not_apart = 0.8 if 0.05 * len(gaps) < sum(gaps) < 0.7 * len(gaps) else 0.2

    def fit(self, columns: Sequence[Column], starts: Mapping[int, float], end: int) -> Fit | None:
        """The cheapest rows from one of ``starts`` (piece → cost of the header before it) to the piece ``end``."""
        width, low = len(columns), min(starts)
        self._grouped = columns[0].kind == GROUP
        blanks = [(filled, column.blank) for filled, column in enumerate(columns)]
        best: list[dict[int, tuple[float, int, int]]] = [{} for _ in range(end - low + 1)]
        for start, cost in starts.items():
            best[start - low][0] = (cost, -1, 0)
        for at in range(low, end + 1):
            states = best[at - low]
            if not states:
                continue
            for filled, blank in blanks[1:]:
                if filled in states:
                    _reach(states, filled + 1, states[filled][0] + blank, at, filled)
            if width in states:
                _reach(states, 0, states[width][0], at, width)
            if at == end:
                break
            limit = min(states.values())[0] + _BEAM
            fee = self._row_start(at)
            if 0 in states and states[0][0] <= limit:
                cost = states[0][0]
                heading = self._heading(at)
                if heading is not None and heading[0] <= end:
                    _reach(best[heading[0] - low], 0, cost + heading[1], at, _HEADING_ROW)
                cost += fee
                if at in self._total_places:
                    self._take_total(best, columns, at, cost, low, end)
                for filled, blank in blanks[:-1]:
                    cost += blank
                    _reach(states, filled + 1, cost, at, filled)
            for filled, (cost, _, _) in sorted(states.items()):
                if filled < width and cost <= limit:
                    self._take(best, columns[filled], at, filled, cost if filled else cost + fee, low, end)
        final = best[end - low].get(0)
        if final is None:
            return None
        return self._trace(best, width, low, end, final[0])

    def _row_start(self, at: int) -> float:
        piece = self.pieces[at]
        return (0.0 if piece.apart else self.not_apart) if piece.first else _NOT_FIRST

    def _heading(self, at: int) -> tuple[int, float] | None:
        """Where the whole line ends that may be a heading across the columns, and what it costs to read it so."""
        if at not in self._headings:
            self._headings[at] = self._read_heading(at)
        return self._headings[at]

    def _read_heading(self, at: int) -> tuple[int, float] | None:
        piece = self.pieces[at]
        if not piece.first or piece.value or _LEADING.match(piece.text):
            return None
        after = at + 1
        while after < len(self.pieces) and not self.pieces[after].first:
            if self.pieces[after].value:
                return None
            after += 1
        text = join(self.pieces[at:after])
        if len(text) > _LONGEST_HEADING or open_bracket(text) or _TRAILING.search(text):
            return None
        return after, _HEADING if self._alone(at, after) else _HEADING + 0.7

    def _take_total(
        self,
        best: list[dict[int, tuple[float, int, int]]],
        columns: Sequence[Column],
        at: int,
        cost: float,
        low: int,
        end: int,
    ) -> None:
        """Reads a line 合计 with its figures: they stand below figures, all else is merged or empty."""
        after = at + 1
        while after < end and self.pieces[after].value and not self.pieces[after].first:
            after += 1
        if after not in self._lines or after == at + 1:
            return
        place = next((c for c, column in enumerate(columns) if column.kind not in (GROUP, COUNTER)), 0)
        figures = [c for c, column in enumerate(columns) if c > place and column.kind == FIGURE]
        if len(figures) < after - at - 1:
            return
        cells = [(at, at)] * len(columns)
        cells[place] = (at, at + 1)
        for k, c in enumerate(figures[: after - at - 1]):
            cells[c] = (at + 1 + k, at + 2 + k)
        self._totals[at, len(columns)] = Row(tuple(cells))
        missing = len(figures) - (after - at - 1)
        _reach(best[after - low], 0, cost + _TOTAL_LINE + 1.0 * missing, at, _TOTAL_ROW)

    def _take(
        self,
        best: list[dict[int, tuple[float, int, int]]],
        column: Column,
        at: int,
        filled: int,
        cost: float,
        low: int,
        end: int,
    ) -> None:
        """Fills one cell with one piece or more."""
        if at == end:
            return
        piece = self.pieces[at]
        if column.kind == COUNTER:
            if at in self.counters:
                _reach(best[at + 1 - low], filled + 1, cost - 2.0, at, filled)
            elif piece.plain:
                _reach(best[at + 1 - low], filled + 1, cost + 2.0, at, filled)
            return
        known = column.values
        if column.kind == FIGURE or (column.kind == EITHER and piece.value):
            fee = (-0.5 if piece.text in known else 0.0) if piece.value else _MISFIT
            if piece.value and known and piece.text not in known:
                fee = 0.5
            _reach(best[at + 1 - low], filled + 1, cost + fee, at, filled)
            if column.kind == EITHER or piece.value:
                return
        if filled and at in self._total_places:
            cost += 2.0
        if filled and self._grouped and piece.apart and at + 1 in self._lines and self._alone(at, at + 1):
            cost += 2.5  # what stands alone names a group of rows
        grouping, following = column.kind == GROUP, filled + 1
        if not grouping and not known:
            for after, fee, _ in self._texts(at):
                if after > end:
                    break
                _reach(best[after - low], following, cost + fee, at, filled)
            return
        for after, fee, text in self._texts(at):
            if after > end:
                break
            if grouping:
                # what holds for several rows is short and stands alone, or begins the line of its first row
                fee += 0.6 * (after - at - 1) + (0.0 if self._alone(at, after) else 1.2)
                fee += 1.5 if len(text) > _LONGEST_GROUP or _COMMA.search(text) else 0.0
            if known:
                fee += -1.0 if text in known else 0.7
            _reach(best[after - low], following, cost + fee, at, filled)

    def _alone(self, at: int, after: int) -> bool:
        """Whether blank lines part these pieces from all others."""
        return self.pieces[at].apart and (after == len(self.pieces) or self.pieces[after].apart)

    def _texts(self, at: int) -> list[tuple[int, float, str]]:
        """The texts that a cell may hold from the piece ``at`` on: where each ends and how unlike a cell it is."""
        if at in self._extents:
            return self._extents[at]
        piece = self.pieces[at]
        running = 2.0 if _LEADING.match(piece.text) else 0.0
        if at and piece.first and (self.pieces[at - 1].text, piece.text) in self.recurring:
            running += 1.0
        if at and piece.first and at - 1 in self.full:
            running += 0.7 if piece.apart else 1.0
        if not piece.first and piece.text[0].isascii() and not (piece.value or _apart(piece.text)):
            running += 1.5  # a blank between Chinese and Latin characters is the typesetter's
        if len(piece.text) == 1 and piece.first and not piece.value and not _apart(piece.text):
            running += 1.2  # the end of a broken word
        if piece.naming:
            running += 2.0
        if piece.value:
            running += _MISFIT if piece.plain else 2.0
        if at in self.counters:
            running += 2.0
        lines: list[float] = [piece.width]
        text = piece.text
        marked = has_brackets(text)
        found: list[tuple[int, float, str]] = []
        for after in range(at + 1, min(len(self.pieces), at + _MOST_JOINED) + 1):
            fee = running + _raggedness(lines)
            if marked and open_bracket(text):
                fee += 2.0
            elif _TRAILING.search(text):
                fee += 1.5
            found.append((after, fee, text))
            if after == len(self.pieces):
                break
            if after not in self._joints:
                self._joints[after] = self._joint(after)
            running += self._joints[after]
            if running > _DEAREST_TEXT:
                break
            following = self.pieces[after]
            if following.first:
                lines.append(following.width)
            else:
                lines[-1] += following.width + 0.5
            text += following.text
            marked = marked or has_brackets(following.text)
        self._extents[at] = found
        return found

    def _joint(self, at: int) -> float:
        """What it costs that the piece ``at`` goes on with the cell of the piece before."""
        before, piece = self.pieces[at - 1], self.pieces[at]
        fee = 0.0
        if piece.value:
            fee += 1.0 if piece.plain and not piece.first else 2.5
        if at in self.counters:
            fee += 2.0
        if piece.naming:
            fee += 1.0
        if _TOTAL.match(piece.text) or _TOTAL.match(before.text):
            fee += 3.0
        if _LEADING.match(piece.text):
            return fee
        if (not piece.first and _apart(piece.text)) or (_apart(before.text) and len(piece.text) > 1):
            return fee + 2.0
        if not piece.first:
            latin = piece.text[0].isascii() or before.text[-1].isascii()
            return fee + (0.2 if latin else 1.6)
        if (before.text, piece.text) in self.recurring or at - 1 in self.full:
            return fee
        if piece.apart and len(piece.text) > 2 and at + 1 in self._lines and self._alone(at, at + 1):
            return fee + 1.0
        return fee + (0.5 if piece.apart else 0.3)

    def _trace(self, best: list[dict[int, tuple[float, int, int]]], width: int, low: int, end: int, cost: float) -> Fit:
        rows: list[Row] = []
        cells: list[tuple[int, int]] = []
        at, filled = end, 0
        while True:
            _, before, origin = best[at - low][filled]
            if before < 0:
                break
            if origin == _HEADING_ROW:
                rows.append(Row(((before, at), *((at, at) for _ in range(width - 1))), heading=True))
                at, filled = before, 0
                continue
            if origin == _TOTAL_ROW:
                rows.append(self._totals[before, width])
                at = before
                continue
            if filled == 0:
                filled = width
                cells = []
                continue
            cells.append((before, at))
            at, filled = before, origin
            if filled == 0:
                rows.append(Row(tuple(cells[::-1])))
        return Fit(at, tuple(rows[::-1]), cost)


def _apart(text: str) -> bool:
    """Whether a text is a cell of its own: a unit of measurement or a date."""
    return _UNIT_WORD.match(text) is not None or _DATE.match(text) is not None


def _reach(states: dict[int, tuple[float, int, int]], filled: int, cost: float, before: int, origin: int) -> None:
    """Keeps the cheaper way to a state: what it costs, the piece it comes from, the columns that were filled there."""
    known = states.get(filled)
    if known is None or cost < known[0]:
        states[filled] = (cost, before, origin)


def _raggedness(lines: Sequence[float]) -> float:
    """How unlike a broken cell these lines are: all but the last one fill the column."""
    if len(lines) < 2:
        return 0.0
    widest = max(lines)
    return sum(min(1.5, 0.4 * max(0.0, widest - line - 2.5)) for line in lines[:-1])


def learn(pieces: Sequence[Piece], rows: Sequence[Row], columns: Sequence[Column]) -> list[Column]:
    """The columns as the rows of a first reading show them."""
    body = [row for row in rows if not row.heading]
    result = []
    for c, column in enumerate(columns):
        cells = [pieces[a:b] for a, b in (row.cells[c] for row in body) if a < b]
        blank = 1 - len(cells) / len(body) if body else 0.0
        fee = max(_BLANK_KNOWN, _BLANK - 4.5 * blank)
        if column.kind in (COUNTER, GROUP):
            result.append(Column(column.kind, blank=fee))
            continue
        texts = ["".join(piece.text for piece in cell) for cell in cells]
        figures = sum(len(cell) == 1 and cell[0].value for cell in cells)
        kind = FIGURE if figures >= _MOST * len(cells) else TEXT if figures <= 0.1 * len(cells) else EITHER
        if not cells:
            kind = column.kind
        counts = Counter(texts)
        few = 2 * len(counts) <= len(texts)
        values = frozenset(text for text, count in counts.items() if count > 1) if few else frozenset()
        result.append(Column(kind, values, fee))
    return result
