"""The text of a Word paragraph: what a reader of the finished document sees.

Insertions count, deletions and hidden text do not; fields give their last result; text boxes are kept aside.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from luoshi.documents.markup import is_on
from luoshi.documents.word_styles import Styles
from luoshi.documents.word_xml import VAL, W

_SOFT = str.maketrans({"\u00ad": None, "\u200b": None, "\ufeff": None, "\n": " ", "\r": " ", "\t": " "})
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_BOX = f"{W}txbxContent"
_TEXT, _RUN, _RUN_PROPERTIES, _BREAK, _SYMBOL = f"{W}t", f"{W}r", f"{W}rPr", f"{W}br", f"{W}sym"
_VANISH, _RUN_STYLE = f"{W}vanish", f"{W}rStyle"
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
# Symbol fonts put their signs in the private area; these are the ones that occur in forms and lists.
_SYMBOLS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0xA8: "□", 0x75: "◆", 0x52: "☑", 0xFE: "☑",
    0x53: "☒", 0xFD: "☒", 0xFC: "✓", 0xD8: "➢", 0xE0: "→", 0xB7: "•",
}  # fmt: skip
# What carries nothing that is read, or what a reader does not see.
_SKIPPED = {
    f"{W}{name}"
    for name in (
        "pPr", "rPr", "del", "moveFrom", "delText", "instrText", "delInstrText", "sdtPr", "sdtEndPr", "rt", "rubyPr",
        "fldData", "object", "annotationRef", "footnoteRef", "endnoteRef",
    )
}  # fmt: skip


@dataclass(slots=True)
class ParagraphText:
    """The pieces of a paragraph as they are met; a line feed stands for a break set by hand."""

    parts: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All pieces."""
        return "".join(self.parts)


def paragraph_text(paragraph: etree._Element, styles: Styles) -> ParagraphText:
    """Collect a paragraph's text, its text boxes and the (kind, id) of its notes."""
    found = ParagraphText()
    _walk(paragraph, styles, found)
    return found


def _walk(parent: etree._Element, styles: Styles, found: ParagraphText) -> None:
    parts = found.parts
    for child in parent:
        tag = child.tag
        if tag == _TEXT:
            text = child.text
            if text:  # what ``_SOFT`` changes is never printable, and asking that is ten times quicker
                parts.append(text if text.isprintable() else text.translate(_SOFT))
        elif tag in _SKIPPED:
            continue
        elif tag == _RUN:
            if not len(child):
                continue
            first = child[0]  # the schema has properties first
            if first.tag == _TEXT and len(child) == 1:
                text = first.text or ""
                parts.append(text if text.isprintable() else text.translate(_SOFT))
            elif not (first.tag == _RUN_PROPERTIES and len(first) and _is_hidden(first, styles)):
                _walk(child, styles, found)
        elif tag in _SIGNS:
            parts.append(_SIGNS[tag])
        elif tag == _BREAK:
            if child.get(f"{W}type", "textWrapping") == "textWrapping":
                parts.append("\n")
        elif tag == _SYMBOL:
            parts.append(_symbol(child))
        elif tag == _MATH_TEXT:
            parts.append((child.text or "").translate(_SOFT))
        elif tag == _BOX:
            found.boxes.append(child)
        elif tag == _ALTERNATE:
            _walk_alternatives(child, styles, found)
        elif tag in _NOTES:
            found.notes.append((_NOTES[tag], child.get(f"{W}id") or ""))
        elif isinstance(tag, str) and len(child):
            _walk(child, styles, found)


def _walk_alternatives(element: etree._Element, styles: Styles, found: ParagraphText) -> None:
    """The same thing is said several times over for readers of different age: take the first that says something."""
    for alternative in element:
        before = len(found.parts) + len(found.boxes)
        _walk(alternative, styles, found)
        if len(found.parts) + len(found.boxes) > before:
            return


def _is_hidden(properties: etree._Element, styles: Styles) -> bool:
    vanish = properties.find(_VANISH)
    if vanish is not None:
        return is_on(vanish, VAL)
    style = properties.find(_RUN_STYLE)
    return style is not None and styles.style(style.get(VAL) or "").hidden


def _symbol(element: etree._Element) -> str:
    try:
        code = int(element.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        return _SYMBOLS.get(code - 0xF000, "")
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0xFFFD else ""
