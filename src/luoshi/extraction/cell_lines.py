"""The pieces of a table that was printed one cell, or part of one, a line.

A piece is a run of characters without blanks; where it stands in its line, whether a blank line parts it from the one
before, and whether it is a figure, is all that the fitting of cells needs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.documents.model import Line
from luoshi.extraction.grids import is_numeric
from luoshi.extraction.marks import PAGE_NUMBER, RULE, width

#: A figure with the little that cells print behind it: 20分, 15%, 3户; amounts of money are often part of names.
_VALUE = re.compile(
    r"[≥≤＞＜<>约]?[-—–+]?\d[\d,，.]*(?:[%％‰分次户个家项人]|[件座所头亩吨])?(?:以[上下内])?$|[-—–]+$|[/／]$"
)
_MOST_PIECES = 20_000
_REPEATED_PIECES = 2
_BRACKETS = re.compile(r"[()（）《》“”]")
_NARROWEST = 6
_FEWEST_BREAKS = 4
#: A unit in brackets ends the name of a column, hardly ever a cell.
UNIT_NAME = re.compile(r"[(（](?:%|％|‰|[万亿千百]?(?:元|美元|吨|户|人次?|亩)|个|次|项|家|件|户|分|名|所|座)[)）]$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters without blanks.

    ``first`` where it begins its line, ``apart`` where a blank line stands above; ``width`` in full-width characters;
    ``value`` for a figure with or without a unit, ``plain`` for one without; ``naming`` for what ends a column's name.
    """

    text: str
    line: int
    first: bool
    apart: bool
    width: float
    value: bool
    plain: bool
    naming: bool = False


def read_pieces(lines: Sequence[Line]) -> list[Piece]:
    """The pieces of these lines, without page numbers, drawn lines and what pages repeat of the table's header."""
    kept: list[tuple[Line, list[str], bool]] = []
    blank = True
    for line in lines:
        words = line.text.split()
        if not words or PAGE_NUMBER.match(line.text) or RULE.match(line.text):
            blank = blank or not words
            continue
        kept.append((line, words, blank))
        blank = False
    pieces: list[Piece] = []
    for line, words, apart in kept:
        for k, text in enumerate(words):
            plain = is_numeric(text)
            value = plain or _VALUE.match(text) is not None
            pieces.append(
                Piece(
                    text,
                    line.number,
                    k == 0,
                    apart and k == 0,
                    width(text),
                    value,
                    plain,
                    UNIT_NAME.search(text) is not None,
                )
            )
        if len(pieces) > _MOST_PIECES:
            return []
    return pieces


def without_repeats(pieces: Sequence[Piece], first: int, body: int) -> list[Piece]:
    """The pieces without later repetitions of the header that stands at ``first`` to ``body`` (a new page's head)."""
    header = [piece.text for piece in pieces[first:body]]
    if len(header) < _REPEATED_PIECES:
        return list(pieces)
    kept = list(pieces[:body])
    i = body
    while i < len(pieces):
        if pieces[i].text == header[0] and [piece.text for piece in pieces[i : i + len(header)]] == header:
            i += len(header)
            continue
        kept.append(pieces[i])
        i += 1
    return kept


def full_pieces(pieces: Sequence[Piece]) -> frozenset[int]:
    """The pieces that end a line and fill their column: many different texts break at the same width, few are wider.

    What fills its column most likely goes on below.
    """
    ends = [i for i, piece in enumerate(pieces) if not piece.value and (i + 1 == len(pieces) or pieces[i + 1].first)]
    widths = Counter(round(w) for w in {pieces[i].text: pieces[i].width for i in ends}.values() if w >= _NARROWEST)
    edges = []
    for w in widths:
        near = widths[w] + widths[w - 1]
        if near >= _FEWEST_BREAKS and sum(widths[w + d] for d in (1, 2, 3)) <= 0.15 * near:
            edges.append(w)
    halves = {half for w in edges for half in range(2 * w - 3, 2 * w + 2)}
    return frozenset(i for i in ends if round(2 * pieces[i].width) in halves)


def line_starts(pieces: Sequence[Piece]) -> list[int]:
    """The indices of the pieces that begin a line."""
    return [i for i, piece in enumerate(pieces) if piece.first]


def join(pieces: Sequence[Piece]) -> str:
    """The text of a cell: blanks stay as printed within a line, line ends go, as do blanks that only spread a word."""
    parts: list[str] = []
    for piece in pieces:
        if parts and not piece.first and not (len(parts[-1]) == 1 == len(piece.text)):
            parts.append(" ")
        parts.append(piece.text)
    return "".join(parts)


def has_brackets(text: str) -> bool:
    """Whether a text holds any bracket, quotation or title mark."""
    return _BRACKETS.search(text) is not None


def open_bracket(text: str) -> bool:
    """Whether a text holds an opening bracket, quotation or title mark that it does not close, or the reverse."""
    return has_brackets(text) and (
        text.count("(") + text.count("（") != text.count(")") + text.count("）")
        or text.count("《") != text.count("》")
        or text.count("“") != text.count("”")
    )
