"""Tables of official documents: a full grid or three lines, the heading on every page, numbers on the right."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from luoshi.publishing.fonts import fonts
from luoshi.publishing.layout import SIZE_5, SMALL_4, SMALL_5, TEXT_WIDTH, twips
from luoshi.publishing.marks import Register, runs
from luoshi.publishing.numbers import is_number
from luoshi.publishing.ooxml import Element, w
from luoshi.publishing.words import Words, plain

THICK, THIN = 12, 4  # eighths of a point: 1.5 pt and 0.5 pt
PADDING = 57  # twips on either side of a cell's text
MOST_ROWS, MOST_COLUMNS = 2000, 14


class Rules(StrEnum):
    """Which lines are drawn."""

    GRID = "grid"
    THREE_LINES = "three-lines"


class Align(StrEnum):
    """Where a column's text stands; ``AUTO`` puts numbers right and short words in the middle."""

    AUTO = "auto"
    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its width follows from what stands in it."""

    title: str
    align: Align = Align.AUTO


@dataclass(frozen=True, slots=True)
class Table:
    """``title`` stands above, ``measure`` (单位：亿元) above at the right, ``note`` below; every row has a cell for
    every column. Raises ``ValueError`` otherwise."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Words, ...], ...]
    title: str = ""
    measure: str = ""
    note: str = ""
    rules: Rules = Rules.GRID

    def __post_init__(self) -> None:
        if not self.columns or len(self.columns) > MOST_COLUMNS:
            raise ValueError(f"表格应有1至{MOST_COLUMNS}列")
        if len(self.rows) > MOST_ROWS:
            raise ValueError(f"表格超过{MOST_ROWS}行")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("表格各行的格数应与列数相同")


def text_width(text: str) -> float:
    """How wide a text is, in full-width characters: the widest of its lines."""
    return max(
        (sum(1 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in line) for line in text.split("\n")),
        default=0,
    )


def table_elements(table: Table, register: Register) -> list[Element]:
    """The paragraphs and the table, to stand in a body one after the other."""
    size, widths = _fitted(table)
    made = []
    if table.title:
        made.append(_around(table.title, "center", SMALL_4 + 2, "heading", keep=True))
    if table.measure:
        made.append(_around(table.measure, "right", SIZE_5, "body", keep=True))
    made.append(_grid(table, register, size, widths))
    # A table must not touch the next one, nor end a document: a small line follows it.
    made.append(_around(table.note, "left", SIZE_5, "body"))
    return made


def _fitted(table: Table) -> tuple[float, list[int]]:
    """The largest size of type at which no column must wrap, and the columns' widths in twips: together the text's."""
    room = twips(TEXT_WIDTH)
    wanted = [
        [text_width(column.title), *(text_width(plain(row[place])) for row in table.rows)]
        for place, column in enumerate(table.columns)
    ]
    widest = [max(column) + 0.5 for column in wanted]
    size = SMALL_5
    for size in (SMALL_4, SIZE_5, SMALL_5):
        if sum(width * size * 20 + 2 * PADDING for width in widest) <= room:
            break
    # A long text takes what the short ones leave: nobody is cut below what four characters need.
    least = [min(width, 4.5) for width in widest]
    shares = [max(small, min(width, 18.0)) for small, width in zip(least, widest, strict=True)]
    exact = [share * room / sum(shares) for share in shares]
    widths = [int(width) for width in exact]
    widths[-1] += room - sum(widths)
    return size, widths


def _around(text: str, align: str, size: float, use: str, *, keep: bool = False) -> Element:
    properties = w("pPr")
    if keep:
        properties.append(w("keepNext"))
    properties.extend((w("spacing", line=round(size * 28), lineRule="exact"), w("jc", val=align)))
    paragraph = w("p", properties)
    if text:
        paragraph.extend(runs(text, _run(use, size)))
    return paragraph


def _run(use: str, size: float) -> Element:
    return w("rPr", fonts(use), w("spacing", val=0), w("sz", val=round(size * 2)), w("szCs", val=round(size * 2)))


def _grid(table: Table, register: Register, size: float, widths: Sequence[int]) -> Element:
    made = w("tbl")
    properties = w("tblPr", w("tblW", w=sum(widths), type="dxa"), w("jc", val="center"))
    borders = w("tblBorders")
    grid = table.rules is Rules.GRID
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        outer = side in ("top", "bottom")
        if grid or outer:
            borders.append(w(side, val="single", sz=THIN if grid else THICK, space=0, color="000000"))
        else:
            borders.append(w(side, val="nil"))
    margins = w("tblCellMar", w("left", w=PADDING, type="dxa"), w("right", w=PADDING, type="dxa"))
    properties.extend((borders, w("tblLayout", type="fixed"), margins))
    made.append(properties)
    made.append(w("tblGrid", *(w("gridCol", w=width) for width in widths)))
    head = w("tr", w("trPr", w("cantSplit"), w("tblHeader")))
    for column, width in zip(table.columns, widths, strict=True):
        below = [] if grid else [w("tcBorders", w("bottom", val="single", sz=THIN, space=0, color="000000"))]
        head.append(_cell(column.title, width, "center", "heading", size, below))
    made.append(head)
    aligned = [
        _alignment(column, [plain(row[place]) for row in table.rows]) for place, column in enumerate(table.columns)
    ]
    for row in table.rows:
        line = w("tr", w("trPr", w("cantSplit")))
        for text, width, align in zip(row, widths, aligned, strict=True):
            line.append(_cell(register.marked(text), width, align, "body", size))
        made.append(line)
    return made


def _alignment(column: Column, texts: Sequence[str]) -> str:
    if column.align is not Align.AUTO:
        return column.align
    if any(is_number(text) for text in texts):
        return "right"
    return "center" if all(text_width(text) <= 6 for text in texts) else "left"


def _cell(text: str, width: int, align: str, use: str, size: float, lines: Sequence[Element] = ()) -> Element:
    properties = w("tcPr", w("tcW", w=width, type="dxa"), *lines, w("vAlign", val="center"))
    paragraph = w("p", w("pPr", w("spacing", line=round(size * 28), lineRule="exact"), w("jc", val=align)))
    if text:
        paragraph.extend(runs(text, _run(use, size)))
    return w("tc", properties, paragraph)
