"""Tables of Word files: where each cell stands in the grid, and how far it spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from luoshi.documents.builder import Spot
from luoshi.documents.markup import to_int
from luoshi.documents.word_xml import VAL, W

_P, _TBL, _TR, _TC = f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc"
# Wrappers around blocks, rows or cells that have no meaning for reading; deletions are not among them.
_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}


def _children(parent: etree._Element, wanted: set[str]) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, wanted)


def blocks_of(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs and tables of a body or cell, seen through content controls and insertions."""
    return _children(parent, {_P, _TBL})


def is_frame(table: etree._Element) -> bool:
    """A table of one single cell only draws a frame around running text."""
    rows = list(_children(table, {_TR}))
    return len(rows) == 1 and len(list(_children(rows[0], {_TC}))) == 1


def frame_cell(table: etree._Element) -> etree._Element:
    """The one cell of a frame."""
    return next(_children(next(_children(table, {_TR})), {_TC}))


def table_spots(table: etree._Element, text_of: Callable[[etree._Element], str]) -> list[Spot]:
    """All cells of a table with their spans; ``text_of`` is asked once for each cell that is not covered by another.

    A vertical merge goes on in the next row where the cell of the same column and width says so (``vMerge``).
    """
    spots: list[Spot] = []
    open_spots: dict[int, int] = {}  # column → index in ``spots`` of the cell that a vertical merge may go on from
    number = 0
    for row in _children(table, {_TR}):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        column = _property(properties, "gridBefore", 0)
        still_open: dict[int, int] = {}
        for cell in _children(row, {_TC}):
            cell_properties = cell.find(f"{W}tcPr")
            span = max(1, _property(cell_properties, "gridSpan", 1))
            merge = cell_properties.find(f"{W}vMerge") if cell_properties is not None else None
            above = open_spots.get(column)
            if merge is not None and merge.get(VAL, "continue") != "restart" and above is not None:
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


def _property(properties: etree._Element | None, name: str, default: int) -> int:
    element = properties.find(f"{W}{name}") if properties is not None else None
    return max(0, to_int(element.get(VAL), default)) if element is not None else default
