"""Documents made from texts; everything happens in the invented prefecture 云岭州."""

from __future__ import annotations

from luoshi.documents.model import Cell, Document, Format, Line, LineKind, Table


def text_document(text: str, name: str = "plan") -> Document:
    """A text file of these lines."""
    lines = tuple(Line(number, line) for number, line in enumerate(text.split("\n"), 1))
    return Document(name, Format.TXT, lines)


def word_document(*parts: str | tuple[int, str] | list[list[str]], name: str = "plan") -> Document:
    """A Word file: strings are whole paragraphs, (level, text) headings, lists of rows tables without merged cells."""
    lines: list[Line] = []
    tables: list[Table] = []
    for part in parts:
        if isinstance(part, list):
            first = len(lines) + 1
            cells = []
            for r, row in enumerate(part):
                start = 0
                for c, text in enumerate(row):
                    cells.append(Cell(r, c, text, first + r, start))
                    start += len(text) + 1
                lines.append(Line(first + r, "\t".join(row), LineKind.ROW, whole=True))
            tables.append(Table(first, len(lines), len(part[0]), tuple(cells)))
        elif isinstance(part, tuple):
            lines.append(Line(len(lines) + 1, part[1], LineKind.HEADING, level=part[0], whole=True))
        else:
            lines.append(Line(len(lines) + 1, part, whole=True))
    return Document(name, Format.DOCX, tuple(lines), tuple(tables))


def wrapped(paragraphs: list[str], width: int) -> str:
    """The paragraphs as a page shows them: broken at the line width, a blank line between all lines."""
    lines = [paragraph[i : i + width] for paragraph in paragraphs for i in range(0, len(paragraph), width)]
    return "\n\n".join(lines)
