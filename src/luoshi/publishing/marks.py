"""Numbers marked while a file is made, then numbered and fenced with bookmarks.

Text passes through template engines as plain strings; so a figure travels as its place in a register between two
characters of private use. At the end each becomes a run of its own inside a hidden bookmark ``_LS1``, ``_LS2``, … in
the order of the document. Bookmarks, not content controls: they change nothing on paper, and Word, WPS and LibreOffice
keep them when an office edits the file.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from luoshi.publishing.ooxml import Element, local, qn, text_element, w
from luoshi.publishing.words import Figure, Words, cleaned, words

_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_FIGURE = re.compile(f"{_OPEN}(\\d+){_MIDDLE}([^{_CLOSE}]*){_CLOSE}")
_BLOCK_OPEN, _BLOCK_CLOSE = "\ue003", "\ue004"
_BLOCK = re.compile(f"{_BLOCK_OPEN}(\\d+){_BLOCK_CLOSE}")
PREFIX = "_LS"
_NAME = re.compile(rf"{PREFIX}(\d{{1,6}})")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A figure with its number in the document; ``place`` is empty in text, else names the chart's point."""

    number: int
    figure: Figure
    place: str = ""


class Register:
    """The figures and blocks that marked strings name."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.blocks: list[object] = []

    def marked(self, text: Words | Figure | str) -> str:
        """A string that keeps its figures through a template engine."""
        out = []
        for piece in words(text):
            if isinstance(piece, str):
                out.append(piece)
            else:
                self.figures.append(piece)
                out.append(f"{_OPEN}{len(self.figures) - 1}{_MIDDLE}{cleaned(piece.text)}{_CLOSE}")
        return "".join(out)

    def block(self, block: object) -> str:
        """A string that keeps the place of a block (a table, a chart, paragraphs)."""
        self.blocks.append(block)
        return f"{_BLOCK_OPEN}{len(self.blocks) - 1}{_BLOCK_CLOSE}"

    def block_of(self, text: str) -> object | None:
        """The block that a paragraph's text names, and nothing else stands there."""
        found = _BLOCK.fullmatch(text.strip())
        return self.blocks[int(found[1])] if found else None


def runs(text: str, properties: Element | None = None) -> list[Element]:
    """A (marked) string as runs; line breaks become ``w:br``."""
    made: list[Element] = []
    for place, line in enumerate(text.split("\n")):
        run = w("r")
        if properties is not None:
            run.append(copy.deepcopy(properties))
        if place:
            run.append(w("br"))
        if line:
            run.append(text_element("w:t", line))
        made.append(run)
    return made


def number_figures(roots: Iterable[Element], register: Register, first: int = 1) -> list[Numbered]:
    """Every marked figure below the roots becomes a run between a bookmark's ends; gives them in their order."""
    listed = list(roots)
    identity = 1 + max(
        (int(mark.get(qn("w:id")) or 0) for root in listed for mark in root.iter(qn("w:bookmarkStart"))), default=0
    )
    found: list[Numbered] = []
    for root in listed:
        for run in list(root.iter(qn("w:r"))):
            if not any(_OPEN in (node.text or "") for node in run.iterchildren(qn("w:t"))):
                continue
            place = run
            for fresh, figure in _parts(run):
                if figure is None:
                    place.addnext(fresh)
                    place = fresh
                    continue
                numbered = Numbered(first + len(found), register.figures[figure])
                begin = w("bookmarkStart", id=identity, name=f"{PREFIX}{numbered.number}")
                end = w("bookmarkEnd", id=identity)
                place.addnext(begin)
                begin.addnext(fresh)
                fresh.addnext(end)
                place, identity = end, identity + 1
                found.append(numbered)
            parent = run.getparent()
            assert parent is not None
            parent.remove(run)
    return found


def _parts(run: Element) -> Iterator[tuple[Element, int | None]]:
    """The run cut at its figures: (a run, which figure it is or none)."""
    properties = run.find(qn("w:rPr"))

    def fresh() -> Element:
        made = w("r")
        if properties is not None:
            made.append(copy.deepcopy(properties))
        return made

    current = fresh()
    filled = False
    for node in list(run):
        if local(node) == "rPr":
            continue
        if local(node) != "t":
            current.append(node)
            filled = True
            continue
        text, position = node.text or "", 0
        for match in _FIGURE.finditer(text):
            if match.start() > position:
                current.append(text_element("w:t", text[position : match.start()]))
                filled = True
            if filled:
                yield current, None
                current, filled = fresh(), False
            figure = fresh()
            figure.append(text_element("w:t", match[2]))
            yield figure, int(match[1])
            position = match.end()
        if position < len(text):
            current.append(text_element("w:t", text[position:]))
            filled = True
    if filled:
        yield current, None


def number_of(bookmark: str | None) -> int | None:
    """Which figure a bookmark fences."""
    found = _NAME.fullmatch(bookmark or "")
    return int(found[1]) if found else None
