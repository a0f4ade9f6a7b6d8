"""The page of an official document (GB/T 9704-2012, Layout of official documents of Party and government organs).

Lengths are millimetres, sizes of type points. Sources in the standard: 5.1 A4; 5.2.1 top margin 37 mm and binding
margin 28 mm, each ± 1, text area 156 × 225 mm; 5.2.2 body in 仿宋 of size 3; 5.2.3 22 lines of 28 characters; 7.5 page
numbers in 宋体 of size 4 between dashes, 7 mm below the text area, odd pages right, even pages left, one character in.
"""

from __future__ import annotations

import copy
from typing import Final

from luoshi.publishing.fonts import fonts
from luoshi.publishing.ooxml import Element, element, text_element, w

PAGE_WIDTH, PAGE_HEIGHT = 210, 297
TOP, LEFT = 37, 28
TEXT_WIDTH, TEXT_HEIGHT = 156, 225
BOTTOM, RIGHT = PAGE_HEIGHT - TOP - TEXT_HEIGHT, PAGE_WIDTH - LEFT - TEXT_WIDTH
LINES, CHARACTERS = 22, 28
TOLERANCE = 1

# Chinese sizes of type in points.
SIZE_2, SIZE_3, SIZE_4, SMALL_4, SIZE_5, SMALL_5 = 22.0, 16.0, 14.0, 12.0, 10.5, 9.0

TWIPS_PER_MM: Final = 1440 / 25.4
POINT = 20  # twips
#: The distance of base lines: 22 of them fill 225 mm (579.8 twips each); a twip less, so that the last one fits.
LINE_PITCH = 579
#: The width of a character: 28 fill 156 mm, a trifle narrower than 16 points.
CHARACTER_PITCH = TEXT_WIDTH * TWIPS_PER_MM / CHARACTERS / POINT
#: What letters of 16 points are set closer by, in twips, so that 28 (27.6 otherwise) fill a line. The same is usually
#: said by a negative ``w:charSpace`` of the grid, which LibreOffice misreads (14 characters a line); the grid's own
#: figure therefore stays 0, and text of other sizes is set without it.
CHARACTER_SPACING = -5
#: From the page's lower edge to the footer's: puts the dashes of the page number 7 mm below the text area.
FOOTER_DISTANCE = 24.8


def twips(millimetres: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(millimetres * TWIPS_PER_MM)


def characters(count: float) -> int:
    """So many characters of the body's grid, in twips."""
    return round(count * CHARACTER_PITCH * POINT)


def section(odd: str = "", even: str = "") -> Element:
    """The section's properties; ``odd`` and ``even`` are the relationships of the footers with page numbers."""
    made = w("sectPr")
    for kind, relation in (("default", odd), ("even", even)):
        if relation:
            made.append(element("w:footerReference", {"w:type": kind, "r:id": relation}))
    made.extend(
        (
            w("pgSz", w=twips(PAGE_WIDTH), h=twips(PAGE_HEIGHT)),
            w(
                "pgMar",
                top=twips(TOP),
                right=twips(RIGHT),
                bottom=twips(BOTTOM),
                left=twips(LEFT),
                header=twips(15),
                footer=twips(FOOTER_DISTANCE),
                gutter=0,
            ),
            w("docGrid", type="linesAndChars", linePitch=LINE_PITCH, charSpace=0),
        )
    )
    return made


def footer(*, even: bool) -> Element:
    """``— 1 —`` on the outer side of the page, one character in."""
    side = w("ind", left=characters(1)) if even else w("ind", right=characters(1))
    line = w("p", w("pPr", w("pStyle", val="PageNumber"), side, w("jc", val="left" if even else "right")))
    properties = w(
        "rPr", fonts("number"), w("spacing", val=0), w("sz", val=round(SIZE_4 * 2)), w("szCs", val=round(SIZE_4 * 2))
    )
    for kind, text in (
        ("t", "— "),
        ("begin", ""),
        ("instrText", " PAGE "),
        ("separate", ""),
        ("t", "1"),
        ("end", ""),
        ("t", " —"),
    ):
        run = w("r", copy.deepcopy(properties))
        run.append(text_element(f"w:{kind}", text) if text else w("fldChar", fldCharType=kind))
        line.append(run)
    return w("ftr", line)


def settings() -> Element:
    """How a word processor is to lay the pages out: odd and even footers apart, punctuation never squeezed (28
    characters a line), the ways of Word 2013 and later."""
    modes = w("compat", w("spaceForUL"), w("balanceSingleByteDoubleByteWidth"), w("doNotLeaveBackslashAlone"))
    modes.extend((w("ulTrailSpace"), w("useFELayout")))
    modes.append(w("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15))
    made = w("settings", w("zoom", percent=100), w("bordersDoNotSurroundHeader"), w("bordersDoNotSurroundFooter"))
    made.extend((w("defaultTabStop", val=characters(2)), w("evenAndOddHeaders")))
    made.extend((w("drawingGridVerticalSpacing", val=LINE_PITCH), w("characterSpacingControl", val="doNotCompress")))
    made.append(modes)
    made.append(w("themeFontLang", val="en-US", eastAsia="zh-CN"))
    return made
