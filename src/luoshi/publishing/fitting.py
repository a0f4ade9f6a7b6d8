"""What depends on how long a text turned out to be: the masthead's size, where a signature stands.

Done once the text is known, so that a template may hold a field there; the styles say which paragraphs are meant.
"""

from __future__ import annotations

import math

from luoshi.documents.markup import to_int
from luoshi.publishing.layout import LINE_PITCH, POINT, TEXT_WIDTH, TWIPS_PER_MM, characters, twips
from luoshi.publishing.ooxml import Element, local, qn, w
from luoshi.publishing.tables import text_width

LARGEST_MASTHEAD = 62  # points; 7.2.4 leaves the size to the office, but no larger than the superior's


def fit(root: Element) -> None:
    """Fit every masthead and signature of a document."""
    paragraphs = list(root.iter(qn("w:p")))
    marks = 0
    for place, paragraph in enumerate(paragraphs):
        style = _style(paragraph)
        if style == "AttachmentMark" and place == marks:
            marks += 1
        elif style == "Masthead":
            _masthead(paragraph, marks if place == marks else 0)
        elif style == "Signature1" and place + 1 < len(paragraphs) and _style(paragraphs[place + 1]) == "DocumentDate":
            _signature(paragraph, paragraphs[place + 1])


def _style(paragraph: Element) -> str:
    node = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return (node.get(qn("w:val")) or "") if node is not None else ""


def _text(paragraph: Element) -> str:
    return "".join(node.text or "" for node in paragraph.iter(qn("w:t")))


def _masthead(paragraph: Element, marks: int) -> None:
    """7.2.4: in one line, 35 mm below the text area's edge; ``marks`` lines (secrecy, urgency) stand above.

    Only made smaller than what the template says, never larger.
    """
    sizes = list(paragraph.iter(qn("w:sz"), qn("w:szCs")))
    stated = min((to_int(node.get(qn("w:val"))) for node in sizes), default=0) // 2 or LARGEST_MASTHEAD
    size = min(stated, math.floor(TEXT_WIDTH * TWIPS_PER_MM / POINT / max(text_width(_text(paragraph)), 1)))
    for node in sizes:
        node.set(qn("w:val"), str(size * 2))
    pitch = round(size * 1.2 * POINT)
    spacing = _part(paragraph, "spacing")
    spacing.set(qn("w:line"), str(pitch))
    spacing.set(qn("w:lineRule"), "exact")
    if marks or spacing.get(qn("w:before")):
        before = twips(35) - marks * LINE_PITCH - (pitch - size * POINT) // 2
        spacing.set(qn("w:before"), str(max(0, before)))


def _signature(issuer: Element, date: Element) -> None:
    """7.3.5.1: the date four characters from the right edge, the issuer centred above it."""
    wide, narrow = text_width(_text(issuer)), text_width(_text(date))
    right = 4 + narrow / 2 - wide / 2
    # An issuer much longer than the date would leave the page: then both move to the left.
    shift = max(0.0, 2 - right)
    _part(issuer, "ind").set(qn("w:right"), str(characters(right + shift)))
    _part(date, "ind").set(qn("w:right"), str(characters(4 + shift)))


#: What may stand before these in a paragraph's properties (ECMA-376 part 1, 17.3.1.26).
_AFTER = {"spacing": ("ind", "jc", "outlineLvl", "rPr", "sectPr"), "ind": ("jc", "outlineLvl", "rPr", "sectPr")}


def _part(paragraph: Element, name: str) -> Element:
    """A paragraph's property, made where it is missing, at its place in the schema's order."""
    properties = paragraph.find(qn("w:pPr"))
    assert properties is not None
    found = properties.find(qn(f"w:{name}"))
    if found is None:
        found = w(name)
        place = next((n for n, node in enumerate(properties) if local(node) in _AFTER[name]), len(properties))
        properties.insert(place, found)
    return found
