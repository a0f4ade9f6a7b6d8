"""What the rows of a table are: captions inside it, header levels, body.

Works on rows of texts. Where the file says which cells are merged, the header is read from that; in plain text a
merged cell stands once, followed by empty ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from luoshi.documents.model import Table

Row = Sequence[str]

_TAG = re.compile(r"</?(?:p|b|br|strong|span)\s*/?>|\*\*")
_NUMERIC = re.compile(r"[≥≤＞＜<>约]?\s*[-—–+]?[\d,，.]+\s*[%％‰]?(?:以[上下内])?$|[—–-]+$")
_CAPTION = re.compile(r"单\s*位\s*[:：]|填报|填表|制表|日期|^[(（].*[)）]$|^附\s*[件表]")
_NOTE = re.compile(r"(?:注|备注|说明|填表说明)\s*[:：]")
_MOST_LEVELS = 4


def clean(cell: str) -> str:
    """A cell as printed, without mark-up and blanks at its ends."""
    return _TAG.sub("", cell).strip()


def filled(row: Row) -> int:
    """The number of cells that are not empty."""
    return sum(1 for cell in row if cell)


def is_numeric(cell: str) -> bool:
    """Whether a cell is a plain number, a share or a dash for none."""
    return _NUMERIC.match(cell) is not None


def caption_rows(rows: Sequence[Row]) -> int:
    """How many rows at the top are title, unit or form lines inside the table: one cell each, above a full row."""
    count = 0
    while count + 1 < len(rows) and count < 3 and filled(rows[count]) <= 1:
        count += 1
    return count if count and filled(rows[count]) >= 2 and all(row[0] or not any(row) for row in rows[:count]) else 0


def is_caption(text: str) -> bool:
    """Whether a line between title and table says only the unit, the reporter or the period."""
    return _CAPTION.search(text) is not None and len(text) <= 60


def is_note(row: Row) -> bool:
    """Whether a row is a note that recognition put into the table."""
    return filled(row) == 1 and any(_NOTE.match(cell) for cell in row if cell)


def header_levels(rows: Sequence[Row]) -> int:
    """How many of the rows are header, in plain text where merged cells are followed by empty ones; 0 for none.

    A row goes on with the header as long as it begins empty below a header row with gaps and holds no figures.
    """
    if not rows or not _is_header(rows):
        return 0
    levels = 1
    while levels < min(len(rows), _MOST_LEVELS):
        above, row = rows[levels - 1], rows[levels]
        if row[0] or not filled(row) or all(above) or not rows[0][0] or any(is_numeric(cell) for cell in row):
            break
        levels += 1
    return levels


def _is_header(rows: Sequence[Row]) -> bool:
    """Whether the first row names columns: short words without figures, no person or thing of the body's kind."""
    first = [cell for cell in rows[0] if cell]
    if len(first) < 2 or any(is_numeric(cell) for cell in first) or any(len(cell) > 60 for cell in first):
        return False
    if _NAMES.search(" ".join(first)):
        return True
    body = [cell for row in rows[1:] for cell in row if cell]
    return any(is_numeric(cell) for cell in body) or not rows[0][0]


def are_names(row: Row) -> bool:
    """Whether most cells of a row are words for columns (序号, 责任部门, 完成时限), not what stands below them."""
    cells = [cell for cell in row if cell]
    named = sum(len(cell) <= _LONGEST_NAME and _NAMES.search(cell[-4:]) is not None for cell in cells)
    return 2 * named >= len(cells)


_LONGEST_NAME = 16
_NAMES = re.compile(
    r"序\s*号|名\s*称|单\s*位|部\s*门|指\s*标|目\s*标|内\s*容|任\s*务|项\s*目|时\s*间|备\s*注|类\s*别|责\s*任|牵\s*头|措\s*施|县\s*市|地\s*点|月\s*份|分\s*值|级|类\s*型|标\s*准|姓\s*名|职\s*务"
)


def header_names(levels: Sequence[Row]) -> tuple[str, ...]:
    """One name a column: the levels' texts joined by ``/``; a merged cell counts for the columns that it covers.

    A text covers the empty cells to its right as far as its own column group at the top level reaches.
    """
    if not levels:
        return ()
    columns = len(levels[0])
    group = list(range(columns))
    top = levels[0]
    for c in range(1, columns):
        if not top[c] and top[c - 1 if top[c - 1] else group[c - 1]] and any(row[c] for row in levels[1:]):
            group[c] = group[c - 1]
    names = []
    for c in range(columns):
        parts: list[str] = []
        for row in levels:
            source = c
            while not row[source] and source > 0 and group[source - 1] == group[c]:
                source -= 1
            # an empty cell at the group's left edge belongs to the level above
            if row[source] and (not parts or parts[-1] != row[source]):
                parts.append(row[source])
        names.append("/".join(parts))
    return tuple(names)


def merged_levels(table: Table) -> int:
    """How many rows of a table with marked merged cells are header; 0 where nothing in the first row is merged."""
    depth, row = 1, 0
    merged = False
    while row < depth <= _MOST_LEVELS:
        for cell in table.cells:
            if cell.row == row and cell.text:
                across = 1 < cell.column_span < table.width
                merged |= across or cell.row_span > 1
                depth = max(depth, row + cell.row_span + (1 if across else 0))
        row += 1
    return min(depth, table.height) if merged and depth <= _MOST_LEVELS else 0


def merged_names(table: Table, levels: int) -> tuple[str, ...]:
    """Column names of a table with marked merged cells."""
    rows = table.grid(spread=True)[:levels]
    names = []
    for column in zip(*rows, strict=True):
        parts: list[str] = []
        for text in map(clean, column):
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        names.append("/".join(parts))
    return tuple(names)
