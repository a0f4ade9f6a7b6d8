"""Stored documents as the libraries read them."""

from __future__ import annotations

from luoshi.apps.plans.models import SourceDocument
from luoshi.documents import Cell, Document, Format, Line, LineKind, Table


def document_of(source: SourceDocument) -> Document:
    """A document from its stored text and tables (what the file said of headings is gone)."""
    texts = source.text.split("\n")
    rows: set[int] = set()
    tables = []
    for stored in source.tables:
        first, last = stored["first_line"], stored["last_line"]
        rows.update(range(first, last + 1))
        cells = []
        for row, column, text, row_span, column_span in stored["cells"]:
            start = sum(len(part) + 1 for part in texts[first + row - 1].split("\t")[:column])
            cells.append(Cell(row, column, text, first + row, start, row_span, column_span))
        tables.append(Table(first, last, stored["width"], tuple(cells)))
    lines = tuple(
        Line(n, text, LineKind.ROW, whole=True) if n in rows else Line(n, text) for n, text in enumerate(texts, 1)
    )
    return Document(source.name, Format(source.format), lines, tuple(tables), page_count=source.page_count)
