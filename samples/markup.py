"""The small mark-up in which the sample plans are written.

One block a line: ``! `` title, ``# `` and ``## `` headings, ``@right ``/``@center ``/``@left `` placed lines, ``@page``
a new page, ``|| …`` a header row and ``| …`` a body row of a table (``<`` belongs to the cell on its left, ``^`` to the
cell above), anything else a paragraph.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "sources"


@dataclass(frozen=True)
class Text:
    """A line of text; ``role`` is title, heading1, heading2, left, center, right, paragraph or page (no text)."""

    role: str
    text: str = ""


@dataclass(frozen=True)
class Span:
    """A table cell with its place and size in the grid."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


@dataclass
class Grid:
    """A table: all its rows as written, the first ``header`` of them its header."""

    rows: list[list[str]] = field(default_factory=list)
    header: int = 0

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0])

    def spans(self) -> list[Span]:
        """The cells in reading order, merged ones once."""
        found = []
        for r, row in enumerate(self.rows):
            for c, text in enumerate(row):
                if text in ("<", "^"):
                    continue
                columns = rows = 1
                while c + columns < len(row) and row[c + columns] == "<":
                    columns += 1
                while r + rows < len(self.rows) and self.rows[r + rows][c] == "^":
                    rows += 1
                found.append(Span(r, c, rows, columns, text))
        return found


_PREFIXES = {
    "! ": "title", "# ": "heading1", "## ": "heading2", "@left ": "left", "@center ": "center", "@right ": "right",
}  # fmt: skip


def parse(text: str) -> list[Text | Grid]:
    """The blocks of a source text; ``ValueError`` for a table whose rows differ in width."""
    blocks: list[Text | Grid] = []
    for line in text.splitlines():
        if line.startswith("|"):
            header = line.startswith("||")
            cells = [cell.strip() for cell in line.strip().lstrip("|").rstrip("|").split("|")]
            if line.rstrip().endswith("| |"):
                raise ValueError(f"write an empty last cell as two blanks: {line}")
            if not blocks or not isinstance(blocks[-1], Grid):
                blocks.append(Grid())
            grid = blocks[-1]
            assert isinstance(grid, Grid)
            if grid.rows and len(cells) != grid.width:
                raise ValueError(f"{len(cells)} cells where the table has {grid.width}: {line}")
            grid.rows.append(cells)
            grid.header += header
        elif line.strip() == "@page":
            blocks.append(Text("page"))
        elif line.strip():
            prefix = next((prefix for prefix in _PREFIXES if line.startswith(prefix)), "")
            blocks.append(Text(_PREFIXES.get(prefix, "paragraph"), line[len(prefix) :].strip()))
        else:
            blocks.append(Text("gap"))
    return [block for block in blocks if not (isinstance(block, Text) and block.role == "gap")]


def source(name: str, revision: str | None = None) -> str:
    """A source text, with the changes of a revision file made; ``ValueError`` where one does not fit exactly once."""
    text = (SOURCES / f"{name}.md").read_text(encoding="utf-8")
    if revision is not None:
        changes = tomllib.loads((SOURCES / f"{revision}.toml").read_text(encoding="utf-8"))["change"]
        for change in changes:
            if text.count(change["old"]) != 1:
                raise ValueError(f"stands {text.count(change['old'])} times: {change['old']}")
            text = text.replace(change["old"], change["new"])
    return text
