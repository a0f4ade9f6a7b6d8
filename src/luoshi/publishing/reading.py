"""A produced (or edited) .docx read back: its paragraphs, tables and charts, with the numbers that bookmarks fence."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from luoshi.documents.archive import resolve
from luoshi.documents.markup import is_on
from luoshi.publishing.manifest import LIMITS, Manifest, manifest_of
from luoshi.publishing.marks import number_of
from luoshi.publishing.ooxml import RELATIONS, Element, local, qn
from luoshi.publishing.package import MAIN, Parts


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of text; ``number`` of the figure it is, else ``None``."""

    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its style's id, its own alignment, whether a page begins with it; ``part`` for headers, footers."""

    pieces: tuple[Piece, ...]
    style: str = ""
    align: str = ""
    page_break: bool = False
    part: str = ""

    @property
    def text(self) -> str:
        """What is read."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; ``spans`` columns."""

    lines: tuple[Line, ...]
    spans: int = 1
    head: bool = False

    @property
    def text(self) -> str:
        """What is read."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class DrawnSeries:
    """A chart's series: (category, cached value) in order; a gap has no entry."""

    name: str
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as the file caches it."""

    title: str
    kind: str
    categories: tuple[str, ...]
    series: tuple[DrawnSeries, ...]
    colours: tuple[str, ...] = ()


Block = Line | Grid | Drawing
#: Fields whose result depends on where a word processor breaks the pages.
_COUNTING = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole file; ``around`` are headers and footers."""

    blocks: tuple[Block, ...]
    around: tuple[Line, ...]
    manifest: Manifest | None


@dataclass(slots=True)
class _Marks:
    """Which bookmarks are open; they may begin and end anywhere among runs."""

    open: dict[str, int] = field(default_factory=dict)

    def number(self) -> int | None:
        return next(reversed(self.open.values()), None)


def contents(data: bytes) -> Contents:
    """What stands in a .docx; raises ``DocumentError`` for what is none."""
    parts = Parts.read(data, LIMITS)
    from_rels = _relations(parts, MAIN)
    body = parts.xml(MAIN).find(qn("w:body"))
    blocks = tuple(_blocks(body, parts, from_rels)) if body is not None else ()
    around: list[Line] = []
    for name in sorted(parts.members):
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
            marks = _Marks()
            around += [line for p in parts.xml(name).iter(qn("w:p")) if (line := _line(p, marks, name)).text]
    return Contents(blocks, tuple(around), manifest_of(parts))


def _relations(parts: Parts, source: str) -> dict[str, str]:
    folder, file = posixpath.split(source)
    name = posixpath.join(folder, "_rels", f"{file}.rels")
    if name not in parts.members:
        return {}
    found = {}
    for entry in parts.xml(name).iter(f"{{{RELATIONS}}}Relationship"):
        if entry.get("TargetMode") != "External":
            found[entry.get("Id") or ""] = resolve(source, entry.get("Target") or "")
    return found


def _blocks(body: Element, parts: Parts, relations: dict[str, str]) -> Iterator[Block]:
    marks = _Marks()
    for node in _unwrapped(body):
        name = local(node)
        if name == "p":
            line = _line(node, marks)
            drawn = [
                relations[identity]
                for chart in node.iter(qn("c:chart"))
                if (identity := chart.get(qn("r:id")) or "") in relations
            ]
            if line.text or not drawn:
                yield line
            for target in drawn:
                if target in parts.members:
                    yield _drawing(parts.xml(target))
        elif name == "tbl":
            yield _grid(node, marks)


def _unwrapped(body: Element) -> Iterator[Element]:
    """Paragraphs and tables, also those in content controls, which other programs put around things."""
    for node in body:
        if local(node) in ("sdt", "sdtContent", "customXml", "smartTag"):
            yield from _unwrapped(node)
        else:
            yield node


def _grid(table: Element, marks: _Marks) -> Grid:
    rows = []
    for row in table.iterchildren(qn("w:tr")):
        head = is_on(row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}"), qn("w:val"))
        cells = []
        for cell in (node for node in _unwrapped(row) if local(node) == "tc"):
            span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            lines = tuple(_line(paragraph, marks) for paragraph in cell.iter(qn("w:p")))
            cells.append(Cell(lines, int(span.get(qn("w:val")) or 1) if span is not None else 1, head))
        rows.append(tuple(cells))
    return Grid(tuple(rows))


def _line(paragraph: Element, marks: _Marks, part: str = "") -> Line:
    pieces: list[Piece] = []

    # Fields within one another: the code of each, and whether its result is reached.
    fields: list[tuple[list[str], list[bool]]] = []

    def take(node: Element) -> None:
        for child in node:
            name = local(child)
            if name == "fldChar":
                kind = child.get(qn("w:fldCharType"))
                if kind == "begin":
                    fields.append(([], [False]))
                elif fields and kind == "separate":
                    fields[-1][1][0] = True
                elif fields and kind == "end":
                    code, _ = fields.pop()
                    if _COUNTING.match("".join(code)):
                        add("#")
            elif name == "instrText" and fields:
                fields[-1][0].append(child.text or "")
            elif name == "fldSimple" and _COUNTING.match(child.get(qn("w:instr")) or ""):
                add("#")
            elif any(reached[0] and _COUNTING.match("".join(code)) for code, reached in fields):
                # Which page it was when the file was saved tells nothing.
                if name == "r":
                    take(child)
            elif name == "bookmarkStart":
                number = number_of(child.get(qn("w:name")))
                if number is not None:
                    marks.open[child.get(qn("w:id")) or ""] = number
            elif name == "bookmarkEnd":
                marks.open.pop(child.get(qn("w:id")) or "", None)
            elif name == "t":
                add(child.text or "")
            elif name in ("br", "cr"):
                add("\n" if child.get(qn("w:type")) != "page" else "")
            elif name == "tab":
                add("\t")
            elif name in ("noBreakHyphen", "softHyphen"):
                add("-" if name == "noBreakHyphen" else "")
            elif name not in ("pPr", "rPr", "del", "moveFrom", "instrText", "Fallback", "drawing", "pict", "object"):
                take(child)

    def add(text: str) -> None:
        number = marks.number()
        if not text:
            return
        if pieces and pieces[-1].number == number:
            pieces[-1] = Piece(pieces[-1].text + text, number)
        else:
            pieces.append(Piece(text, number))

    take(paragraph)
    # A figure's marks stand within its paragraph; one whose end was cut off must not claim the rest of the file.
    marks.open.clear()
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    align = paragraph.find(f"{qn('w:pPr')}/{qn('w:jc')}")
    broken = paragraph.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}") is not None
    broken = broken or any(node.get(qn("w:type")) == "page" for node in paragraph.iter(qn("w:br")))
    return Line(
        tuple(pieces),
        (style.get(qn("w:val")) or "") if style is not None else "",
        (align.get(qn("w:val")) or "") if align is not None else "",
        broken,
        part,
    )


def _drawing(root: Element) -> Drawing:
    title = "".join(node.text or "" for node in root.iterfind(f"{qn('c:chart')}/{qn('c:title')}//{qn('a:t')}"))
    plot = root.find(f"{qn('c:chart')}/{qn('c:plotArea')}")
    kind = ""
    categories: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    series: list[DrawnSeries] = []
    for node in plot if plot is not None else ():
        name = local(node)
        if not name.endswith("Chart"):
            continue
        direction = node.find(qn("c:barDir"))
        kind = "line" if name == "lineChart" else (direction.get("val") or "col") if direction is not None else "col"
        for one in node.iterchildren(qn("c:ser")):
            categories = categories or tuple(text for _, text in _cache(one, "cat"))
            names = [text for _, text in _cache(one, "tx")]
            values = tuple((categories[place], text) for place, text in _cache(one, "val") if place < len(categories))
            series.append(DrawnSeries(names[0] if names else "", values))
            colours = colours or _colours(one, len(categories))
    return Drawing(title, kind, categories, tuple(series), colours)


def _cache(series: Element, part: str) -> list[tuple[int, str]]:
    node = series.find(qn(f"c:{part}"))
    found = []
    for point in node.iter(qn("c:pt")) if node is not None else ():
        value = point.find(qn("c:v"))
        index = point.get("idx") or ""
        if index.isdecimal() and value is not None:
            found.append((int(index), value.text or ""))
    return found


def _colours(series: Element, count: int) -> tuple[str, ...]:
    found = {}
    for point in series.iterchildren(qn("c:dPt")):
        index, fill = point.find(qn("c:idx")), point.find(f".//{qn('a:srgbClr')}")
        if index is not None and fill is not None:
            found[index.get("val")] = fill.get("val") or ""
    return tuple(found.get(str(place), "") for place in range(count)) if found else ()
