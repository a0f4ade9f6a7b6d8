"""What Word's styles say that matters for reading: headings, numbering, hidden text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from luoshi.documents.markup import is_on, to_int
from luoshi.documents.word_xml import VAL, W

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_BODY_LEVEL = 9  # Word's outline level for body text
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Style:
    """One style with what it inherits; ``heading`` is 1–9 (0: the document's title)."""

    heading: int | None = None
    number_id: str | None = None
    number_level: int | None = None
    hidden: bool = False


class Styles:
    """The styles of one document by id; ``default`` is the paragraphs' style where they name none."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._resolved: dict[str, Style] = {}
        self.default: str | None = None
        if root is None:
            return
        for element in root.iterfind(f"{W}style"):
            style_id = element.get(f"{W}styleId") or ""
            self._elements[style_id] = element
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in {"1", "true", "on"}:
                self.default = style_id

    def style(self, style_id: str | None) -> Style:
        """The style of an id, a bare one if there is none."""
        if style_id is None:
            style_id = self.default
            if style_id is None:
                return Style()
        found = self._resolved.get(style_id)
        if found is None:
            found = self._resolved[style_id] = self._resolve(style_id)
        return found

    def _resolve(self, style_id: str) -> Style:
        heading: int | None = None
        number_id: str | None = None
        number_level: int | None = None
        hidden: bool | None = None
        current: str | None = style_id
        for _ in range(_LONGEST_CHAIN):  # a style may, wrongly, be based on itself
            element = self._elements.get(current or "")
            if element is None:
                break
            if heading is None:
                heading = _heading(element)
            numbering = element.find(f"{W}pPr/{W}numPr")
            if numbering is not None and number_id is None:
                entry, level = numbering.find(f"{W}numId"), numbering.find(f"{W}ilvl")
                number_id = entry.get(VAL) if entry is not None else None
                number_level = to_int(level.get(VAL)) if level is not None else number_level
            vanish = element.find(f"{W}rPr/{W}vanish")
            if hidden is None and vanish is not None:
                hidden = is_on(vanish, VAL)
            based = element.find(f"{W}basedOn")
            current = based.get(VAL) if based is not None else None
        if heading is not None and heading > _BODY_LEVEL:
            heading = None
        return Style(heading, number_id, number_level, bool(hidden))


def _heading(element: etree._Element) -> int | None:
    """1–9, 0 for a title, 10 where the style says that it is body text, ``None`` where it says nothing."""
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    if outline is not None:
        return to_int(outline.get(VAL), _BODY_LEVEL) + 1
    name = element.find(f"{W}name")
    text = ((name.get(VAL) if name is not None else None) or "").strip()
    match = _HEADING_NAME.fullmatch(text)
    if match:
        return int(match.group(1))
    return 0 if text.lower() in {"title", "标题"} else None
