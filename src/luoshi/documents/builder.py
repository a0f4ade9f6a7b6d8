"""Puts lines and tables in reading order together, numbering the lines and keeping to the limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from luoshi.documents.errors import DocumentTooLarge, EmptyDocument
from luoshi.documents.limits import Limits
from luoshi.documents.model import Cell, Document, Format, Line, LineKind, Table

_BREAKS = re.compile(r"[\t\r\n]+")
_CLOSING = "、，；：。！？,;:（("


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell before it has a line: 0-based grid position, text, and how far it spans."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


def one_line(text: str, *, wrapped: bool = False) -> str:
    """``text`` without tabs and line breaks, so that it can stand as one cell in a tab-joined line.

    ``wrapped`` says that breaks are where the print ran out of room (PDF): they vanish between Chinese characters.
    Otherwise someone set them: they become a blank that keeps two names apart, but not after punctuation nor in a
    narrow heading broken into bits of up to three characters (序/号, 牵头/单位).
    """
    if not _BREAKS.search(text):
        return text.strip()
    pieces = [piece for piece in (piece.strip() for piece in _BREAKS.split(text)) if piece]
    narrow = all(len(piece) <= 3 and not piece.isascii() for piece in pieces)
    joined = ""
    for piece in pieces:
        if joined:
            latin = joined[-1].isascii() and joined[-1].isalnum() and piece[0].isascii() and piece[0].isalnum()
            if latin or not (wrapped or narrow or joined[-1] in _CLOSING):
                joined += " "
        joined += piece
    return joined


class DocumentBuilder:
    """Collects the lines and tables of one document."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.lines: list[Line] = []
        self.tables: list[Table] = []
        self._has_text = False
        self._cells_left = limits.cells

    def add(
        self,
        text: str,
        *,
        kind: LineKind = LineKind.TEXT,
        page: int | None = None,
        level: int | None = None,
        whole: bool = False,
    ) -> int:
        """Add one line and return its number."""
        number = len(self.lines) + 1
        if number > self.limits.lines:
            raise DocumentTooLarge(f"文件超过{self.limits.lines}行，请拆分后再上传。")
        self.lines.append(Line(number, text, kind, page, level, whole))
        if not self._has_text and text and not text.isspace():
            self._has_text = True
        return number

    def add_table(self, spots: Iterable[Spot], *, page: int | None = None, wrapped: bool = False) -> Table | None:
        """Add a table's rows as lines and the table itself; ``None`` (and no line) if it holds no text at all.

        The spots must not overlap. The grid is as wide and high as the spots reach. For ``wrapped`` see ``one_line``.
        """
        spots = sorted(spots, key=lambda spot: (spot.row, spot.column))
        for index, spot in enumerate(spots):
            text = one_line(spot.text, wrapped=wrapped)
            if text != spot.text:
                spots[index] = replace(spot, text=text)
        if not any(spot.text for spot in spots):
            return None
        width = max(spot.column + spot.column_span for spot in spots)
        height = max(spot.row + spot.row_span for spot in spots)
        self._cells_left -= width * height
        if self._cells_left < 0:
            raise DocumentTooLarge(f"表格超过{self.limits.cells}格，请拆分后再上传。")
        by_row: list[list[Spot]] = [[] for _ in range(height)]
        for spot in spots:
            by_row[spot.row].append(spot)
        first = len(self.lines) + 1
        cells: list[Cell] = []
        for row in by_row:
            texts = [""] * width
            for spot in row:
                texts[spot.column] = spot.text
            starts = [0] * width
            offset = 0
            for column, text in enumerate(texts):
                starts[column] = offset
                offset += len(text) + 1
            line = self.add("\t".join(texts), kind=LineKind.ROW, page=page, whole=True)
            cells.extend(
                Cell(spot.row, spot.column, spot.text, line, starts[spot.column], spot.row_span, spot.column_span)
                for spot in row
            )
        table = Table(first, len(self.lines), width, tuple(cells), page)
        self.tables.append(table)
        return table

    def document(
        self, name: str, kind: Format, *, encoding: str | None = None, page_count: int | None = None
    ) -> Document:
        """The finished document; ``EmptyDocument`` if no line holds anything but blanks."""
        if not self._has_text:
            raise EmptyDocument("文件里没有任何文字，请检查是否选错了文件。")
        return Document(name, kind, tuple(self.lines), tuple(self.tables), encoding, page_count)
