"""What every reader gives: a document as numbered lines and, where the format has them, tables with cells.

A *line* is what a person can point at: the physical line of a text file, else the running line of the text (a
paragraph or a table row of a Word file, a printed line of a PDF). Positions inside a line are character offsets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The kinds of file that Luoshi reads."""

    TXT = "txt"
    DOCX = "docx"
    PDF = "pdf"
    OFD = "ofd"
    HTML = "html"
    XLSX = "xlsx"


class LineKind(StrEnum):
    """What a line is in its file."""

    TEXT = "text"  # a line of running text
    HEADING = "heading"  # the file itself says so (Word heading style, <h1>…)
    ROW = "row"  # a table row, its cells joined by tabs


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document.

    ``number`` is 1-based; ``text`` has no line break. ``page`` is 1-based where the format has pages, else ``None``.
    ``level`` is the heading level where ``kind`` is ``HEADING``. ``whole`` tells that the line is a whole paragraph
    (Word, HTML), so that it must not be joined to the next one; text files and PDFs leave it ``False``.
    """

    number: int
    text: str
    kind: LineKind = LineKind.TEXT
    page: int | None = None
    level: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; a merged cell stands once, at its upper left corner.

    ``row`` and ``column`` are 0-based grid positions; ``line`` is the number of the document line on which the cell's
    text stands, ``start`` its offset there.
    """

    row: int
    column: int
    text: str
    line: int
    start: int = 0
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the file itself marks as one (Word, HTML, Excel, ruled lines of a PDF).

    The rows also stand in the document's lines ``first_line`` to ``last_line`` as ``LineKind.ROW``, one line a row,
    cells joined by tabs; the grid positions covered by a merged cell are empty there.
    """

    first_line: int
    last_line: int
    width: int
    cells: tuple[Cell, ...]
    page: int | None = None

    @property
    def height(self) -> int:
        """The number of grid rows."""
        return max((cell.row + cell.row_span for cell in self.cells), default=0)

    def grid(self, *, spread: bool = False) -> list[list[str]]:
        """``height`` rows of ``width`` texts; ``spread`` repeats a merged cell's text all over its area."""
        rows = [[""] * self.width for _ in range(self.height)]
        for cell in self.cells:
            for r in range(cell.row, min(cell.row + cell.row_span, self.height)) if spread else (cell.row,):
                for c in (
                    range(cell.column, min(cell.column + cell.column_span, self.width)) if spread else (cell.column,)
                ):
                    rows[r][c] = cell.text
        return rows


@dataclass(frozen=True, slots=True)
class Document:
    """A file that has been read: ``name`` is the file's stem, ``lines[i].number == i + 1``."""

    name: str
    format: Format
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    encoding: str | None = None
    page_count: int | None = None

    @property
    def text(self) -> str:
        """All lines joined by line feeds."""
        return "\n".join(line.text for line in self.lines)

    def line(self, number: int) -> Line:
        """The line of a 1-based number."""
        return self.lines[number - 1]
