"""Tables of Word files: where each cell stands in the grid, and how far it spans."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from luoshi.documents.builder import Spot
from luoshi.documents.markup import to_int
from luoshi.documents.word_xml import VAL, W

_P, _TBL, _TR, _TC = f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc"
_ROW_PROPERTIES, _DELETED, _BEFORE = f"{W}trPr", f"{W}del", f"{W}gridBefore"
_CELL_PROPERTIES, _SPAN, _MERGE = f"{W}tcPr", f"{W}gridSpan", f"{W}vMerge"
_BLOCKS, _ROWS, _CELLS = {_P, _TBL}, {_TR}, {_TC}
# Wrappers around blocks, rows or cells that have no meaning for reading; deletions are not among them.
_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}


def _children(parent: etree._Element, wanted: set[str]) -> list[etree._Element]:
    found: list[etree._Element] = []
    for child in parent:
        tag = child.tag
        if tag in wanted:
            found.append(child)
        elif tag in _WRAPPERS:
            found.extend(_children(child, wanted))
    return found


def blocks_of(parent: etree._Element) -> list[etree._Element]:
    """The paragraphs and tables of a body or cell, seen through content controls and insertions."""
    return _children(parent, _BLOCKS)


def is_frame(table: etree._Element) -> bool:
    """A table of one single cell only draws a frame around running text."""
    rows = _children(table, _ROWS)
    return len(rows) == 1 and len(_children(rows[0], _CELLS)) == 1


def frame_cell(table: etree._Element) -> etree._Element:
    """The one cell of a frame."""
    return _children(_children(table, _ROWS)[0], _CELLS)[0]


def table_spots(table: etree._Element, text_of: Callable[[etree._Element], str]) -> list[Spot]:
    """All cells of a table with their spans; ``text_of`` is asked once for each cell that is not covered by another.

    A vertical merge goes on in the next row where the cell of the same column and width says so (``vMerge``).
    """
    spots: list[Spot] = []
    open_spots: dict[int, int] = {}  # column → index in ``spots`` of the cell that a vertical merge may go on from
    number = 0
    for row in _children(table, _ROWS):
        properties = row.find(_ROW_PROPERTIES)
        column = 0
        if properties is not None:
            if properties.find(_DELETED) is not None:
                continue
            before = properties.find(_BEFORE)
            column = max(0, to_int(before.get(VAL))) if before is not None else 0
        still_open: dict[int, int] = {}
        for cell in _children(row, _CELLS):
            span, merge = 1, None
            if len(cell) and cell[0].tag == _CELL_PROPERTIES:
                for entry in cell[0]:
                    tag = entry.tag
                    if tag == _SPAN:
                        span = max(1, to_int(entry.get(VAL), 1))
                    elif tag == _MERGE:
                        merge = entry.get(VAL, "continue")
            above = open_spots.get(column)
            if merge is not None and merge != "restart" and above is not None:
                upper = spots[above]
                grown = number - upper.row + 1  # what the covered cell itself holds, Word does not show
                spots[above] = Spot(upper.row, upper.column, upper.text, grown, upper.column_span)
                still_open[column] = above
                column += upper.column_span
                continue
            if merge is not None:
                still_open[column] = len(spots)
            spots.append(Spot(number, column, text_of(cell), 1, span))
            column += span
        open_spots = still_open
        number += 1
    return spots
