"""Numbered tables that were printed one cell, or half a row, a line (PDFs turned into text).

The printed numbers 1, 2, 3 … part the rows. Rows that stand whole on one line teach how many columns there are, which
of them hold figures, and which values some of them repeat; every other row is put together so that its pieces fit that
best. A table that teaches too little is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from luoshi.documents.model import Document
from luoshi.extraction.grids import is_caption, is_numeric
from luoshi.extraction.marks import PAGE_NUMBER, RULE
from luoshi.extraction.model import Span, TableDraft

_FEWEST_ROWS = 5
_FEWEST_TEACHERS = 3
_MOST = 0.75
_MOST_COLUMNS = 12
_MOST_PIECES = 24
_LONGEST_HEADING = 25


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of characters without blanks; ``first`` where it begins its line."""

    text: str
    line: int
    first: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """What whole rows teach about a column: figures only, or a few values that come again."""

    numeric: bool
    values: frozenset[str]


def read_cells(document: Document, first: int, last: int) -> TableDraft | None:
    """The numbered table that stands on the lines ``first`` to ``last``; ``None`` where there is none to be sure of."""
    lines = [
        line
        for line in document.lines[first - 1 : last]
        if line.text.strip() and not PAGE_NUMBER.match(line.text) and not RULE.match(line.text)
    ]
    pieces = [_Piece(text, line.number, k == 0) for line in lines for k, text in enumerate(line.text.split())]
    starts = _numbered(pieces)
    if len(starts) < _FEWEST_ROWS:
        return None
    rows = [pieces[a:b] for a, b in pairwise((*starts, len(pieces)))]
    width = _width(rows)
    if width is None:
        return None
    title, header, groups = _head(pieces[: starts[0]], width)
    fitted = _fit_all(rows, width)
    if fitted is None:
        return None
    body = [(text, *[""] * (width - 1)) for text in groups]
    for row, (cells, headings) in zip(rows, fitted, strict=True):
        body.append((row[0].text, *cells))
        body += [(text, *[""] * (width - 1)) for text in headings]
    spans = tuple(
        Span(line.number, len(line.text) - len(line.text.lstrip()), len(line.text.rstrip())) for line in lines
    )
    return TableDraft(
        text=title or "、".join(header),
        spans=spans,
        rule="table.numbered-lines",
        certainty=0.85,
        reason="逐行打印的表格，按序号和列的内容还原",
        title=title,
        header=header,
        rows=tuple(body),
        line_end=lines[-1].number,
    )


def _numbered(pieces: Sequence[_Piece]) -> list[int]:
    """The indices of the pieces 1, 2, 3 … that begin a line, in order."""
    found: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.first and piece.text == str(len(found) + 1):
            found.append(index)
    return found


def _width(rows: Sequence[Sequence[_Piece]]) -> int | None:
    """The number of columns: the commonest number of pieces of rows on a single line."""
    counts = Counter(sum(piece.line == row[0].line for piece in row) for row in rows)
    counts.pop(1, None)
    if not counts:
        return None
    width, teachers = max(counts.items(), key=lambda item: (item[1], item[0]))
    return width if teachers >= _FEWEST_TEACHERS and 3 <= width <= _MOST_COLUMNS else None


def _fit_all(rows: Sequence[Sequence[_Piece]], width: int) -> list[tuple[list[str], list[str]]] | None:
    """Cells and following group headings of all rows.

    Done twice: the rows that stand whole on their first line teach the first time, all rows the second time, since a
    value may never stand whole on one line.
    """
    on_first_line = ([piece.text for piece in row if piece.line == row[0].line] for row in rows)
    teachers = [line[1:] for line in on_first_line if len(line) == width]
    result: list[tuple[list[str], list[str]]] = []
    for _ in range(2):
        columns = [_learn(texts) for texts in zip(*teachers, strict=True)]
        result = []
        for row in rows:
            fitted = _fit(row[1:], columns)
            if fitted is None:
                return None
            result.append(fitted)
        teachers = [cells for cells, _ in result]
    return result


def _learn(texts: Sequence[str]) -> _Column:
    """What the texts of a column teach. A broken row may hold as many pieces by chance: most decide, not all."""
    if sum(map(is_numeric, texts)) >= _MOST * len(texts):
        return _Column(True, frozenset())
    counts = Counter(texts)
    few = 2 * len(counts) <= len(texts)
    return _Column(False, frozenset(text for text, count in counts.items() if count > 1) if few else frozenset())


def _fit(pieces: Sequence[_Piece], columns: Sequence[_Column]) -> tuple[list[str], list[str]] | None:
    """The cells of one row and the group headings below it, so that the pieces fit the columns best.

    Dynamic programming over (columns filled, pieces used). Joining pieces over a line end is cheap, on one line dear;
    a column of figures takes nothing else, and a value that comes again in its column is welcome.
    """
    size = len(pieces)
    if size > _MOST_PIECES:
        return None
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for column in columns:
        reached: dict[int, tuple[float, int]] = {}
        for used, (cost, _) in best[-1].items():
            text, joining = "", 0.0
            for end in range(used, size + 1):
                if end > used:
                    piece = pieces[end - 1]
                    joining += 0.0 if end == used + 1 else (0.2 if piece.first else 0.6)
                    text += piece.text
                total = cost + joining + _misfit(text, column)
                if end not in reached or total < reached[end][0]:
                    reached[end] = (total, used)
        best.append(reached)
    ends = [
        (cost + _left_over(pieces[used:]), used)
        for used, (cost, _) in best[-1].items()
        if used == size or pieces[used].first
    ]
    if not ends:
        return None
    _, used = min(ends)
    headings = _lines(pieces[used:])
    cells: list[str] = []
    for filled in range(len(columns), 0, -1):
        start = best[filled][used][1]
        cells.append("".join(piece.text for piece in pieces[start:used]))
        used = start
    return cells[::-1], headings


def _misfit(text: str, column: _Column) -> float:
    """How badly a text fits a column."""
    if not text:
        return 3.0
    if column.numeric != is_numeric(text):
        return 8.0
    if column.values:
        return -1.0 if text in column.values else 1.0
    return 0.0


def _left_over(pieces: Sequence[_Piece]) -> float:
    """What it costs to read the rest of a row as group headings, a line each."""
    return sum(
        1.2 if len(text) <= _LONGEST_HEADING and not is_numeric(text) and text[0] not in "（(）)" else 9.0
        for text in _lines(pieces)
    )


def _lines(pieces: Sequence[_Piece]) -> list[str]:
    lines: list[str] = []
    for piece in pieces:
        if piece.first or not lines:
            lines.append(piece.text)
        else:
            lines[-1] += piece.text
    return lines


def _head(pieces: Sequence[_Piece], width: int) -> tuple[str, tuple[str, ...], list[str]]:
    """Title, column names and the group headings before the first row.

    The names are as many as there are columns once what begins with a bracket is joined to what it explains.
    """
    lines = _lines(pieces)
    title = lines.pop(0) if lines and len(lines[0]) >= 6 else ""
    rest = [piece for piece in pieces if not title or piece.line != pieces[0].line]
    rest = [piece for piece in rest if not is_caption(piece.text) or piece.text[0] in "（("]
    names: list[str] = []
    used = 0
    for piece in rest:
        if names and piece.text[0] in "（(":
            names[-1] += piece.text
        elif len(names) == width:
            break
        else:
            names.append(piece.text)
        used += 1
    if len(names) < width:
        return title, ("",) * width, []
    return title, tuple(names), _lines(rest[used:])
