"""What holds of every document, whatever it was read from."""

from __future__ import annotations

from luoshi.documents import Document, LineKind


def check(document: Document) -> None:
    """Lines are numbered from 1 and have no breaks; tables' cells stand in their lines and in a consistent grid."""
    assert [line.number for line in document.lines] == list(range(1, len(document.lines) + 1))
    assert all("\n" not in line.text for line in document.lines)
    assert document.text.strip()
    for table in document.tables:
        assert table.last_line - table.first_line + 1 == table.height
        assert all(
            document.line(number).kind is LineKind.ROW for number in range(table.first_line, table.last_line + 1)
        )
        taken: set[tuple[int, int]] = set()
        for cell in table.cells:
            assert cell.line == table.first_line + cell.row
            assert document.line(cell.line).text[cell.start : cell.start + len(cell.text)] == cell.text
            assert not set(cell.text) & set("\t\r\n")
            area = {(cell.row + i, cell.column + j) for i in range(cell.row_span) for j in range(cell.column_span)}
            assert not area & taken
            assert all(row < table.height and column < table.width for row, column in area)
            taken |= area
        rows = [document.line(number).text.split("\t") for number in range(table.first_line, table.last_line + 1)]
        assert rows == table.grid()
