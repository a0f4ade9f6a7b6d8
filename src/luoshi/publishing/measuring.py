"""What a .docx says of its page, held against GB/T 9704-2012."""

from __future__ import annotations

from dataclasses import dataclass

from luoshi.documents.markup import is_on, to_int
from luoshi.publishing.layout import (
    BOTTOM,
    CHARACTERS,
    LEFT,
    LINES,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    POINT,
    RIGHT,
    SIZE_3,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    TOLERANCE,
    TOP,
    TWIPS_PER_MM,
)
from luoshi.publishing.ooxml import Element, qn
from luoshi.publishing.package import MAIN, Parts


@dataclass(frozen=True, slots=True)
class Measures:
    """Millimetres; ``size`` is the body's in points, ``lines`` a page's at the body's distance of base lines,
    ``characters`` a line's."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    size: float
    lines: int
    characters: int
    odd_even: bool

    @property
    def text_width(self) -> float:
        """The text area's width."""
        return self.width - self.left - self.right

    @property
    def text_height(self) -> float:
        """The text area's height."""
        return self.height - self.top - self.bottom


def measures(parts: Parts) -> Measures | None:
    """Those of the last section; ``None`` where the file has no page of its own."""
    sections = list(parts.xml(MAIN).iter(qn("w:sectPr")))
    if not sections:
        return None
    section = sections[-1]

    def length(tag: str, name: str) -> float:
        node = section.find(qn(f"w:{tag}"))
        return to_int(node.get(qn(f"w:{name}")) if node is not None else None) / TWIPS_PER_MM

    width, height = length("pgSz", "w"), length("pgSz", "h")
    top, bottom = length("pgMar", "top"), length("pgMar", "bottom")
    left, right = length("pgMar", "left") + length("pgMar", "gutter"), length("pgMar", "right")
    size, pitch, spacing = _body(parts)
    grid = section.find(qn("w:docGrid"))
    kind = grid.get(qn("w:type")) if grid is not None else None
    character = size + spacing
    if grid is not None and kind in ("linesAndChars", "snapToChars"):
        character += to_int(grid.get(qn("w:charSpace"))) / 4096
    if not pitch and grid is not None and kind in ("lines", "linesAndChars", "snapToChars"):
        pitch = to_int(grid.get(qn("w:linePitch"))) / POINT
    # Half a point of grace: word processors let the last line and character reach into the margin that far.
    lines = int(((height - top - bottom) * TWIPS_PER_MM / POINT + 0.5) // pitch) if pitch else 0
    letters = int(((width - left - right) * TWIPS_PER_MM / POINT + 0.5) // character) if character > 0 else 0
    settings = parts.xml("word/settings.xml") if "word/settings.xml" in parts.members else None
    odd_even = settings is not None and is_on(settings.find(qn("w:evenAndOddHeaders")), qn("w:val"))
    return Measures(width, height, top, bottom, left, right, size, lines, letters, odd_even)


def departures(parts: Parts) -> list[str]:
    """Where the page is not the standard's, in Chinese."""
    found = measures(parts)
    if found is None:
        return ["文件没有页面设置，不能核对版面。"]
    wrong = []

    def off(value: float, wanted: float) -> bool:
        return abs(value - wanted) > TOLERANCE + 0.05

    if off(found.width, PAGE_WIDTH) or off(found.height, PAGE_HEIGHT):
        wrong.append(
            f"纸张为 {found.width:.0f}×{found.height:.0f} 毫米，国标要求 A4（{PAGE_WIDTH}×{PAGE_HEIGHT} 毫米）。"
        )
    for name, value, wanted in (("天头", found.top, TOP), ("订口", found.left, LEFT)):
        if off(value, wanted):
            wrong.append(f"{name}为 {value:.1f} 毫米，国标要求 {wanted}±{TOLERANCE} 毫米。")
    if off(found.text_width, TEXT_WIDTH) or off(found.text_height, TEXT_HEIGHT):
        wrong.append(
            f"版心为 {found.text_width:.0f}×{found.text_height:.0f} 毫米，国标要求 {TEXT_WIDTH}×{TEXT_HEIGHT} 毫米"
            f"（下边距 {BOTTOM} 毫米、右边距 {RIGHT} 毫米）。"
        )
    if abs(found.size - SIZE_3) > 0.25:
        wrong.append(f"正文字号为 {found.size:g} 磅，国标要求3号（{SIZE_3:g} 磅）。")
    if found.lines and found.lines != LINES:
        wrong.append(f"每面约 {found.lines} 行，国标要求 {LINES} 行。")
    if found.characters and found.characters != CHARACTERS:
        wrong.append(f"每行约 {found.characters} 字，国标要求 {CHARACTERS} 字。")
    if not found.odd_even:
        wrong.append("页码没有区分单双页：国标要求单页码居右、双页码居左。")
    return wrong


def _body(parts: Parts) -> tuple[float, float, float]:
    """(size, distance of base lines or 0, extra space between letters) of running text, in points: the style of most
    characters, on the style Normal, on the file's defaults."""
    if "word/styles.xml" not in parts.members:
        return 10.0, 0.0, 0.0
    root = parts.xml("word/styles.xml")
    found = {style.get(qn("w:styleId")) or "": style for style in root.iterfind(qn("w:style"))}
    default = next((key for key, style in found.items() if _is_default(style)), "")
    weights: dict[tuple[float, float, float], int] = {}
    for paragraph in parts.xml(MAIN).iter(qn("w:p")):
        text = sum(len(node.text or "") for node in paragraph.iter(qn("w:t")))
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        chain = []
        key = (style.get(qn("w:val")) or "") if style is not None else default
        while key in found and found[key] not in chain:
            chain.append(found[key])
            based = found[key].find(qn("w:basedOn"))
            key = (based.get(qn("w:val")) or "") if based is not None else ""
        defaults = [root.find(f"{qn('w:docDefaults')}/{qn(name)}") for name in ("w:rPrDefault", "w:pPrDefault")]
        own = paragraph.find(f"{qn('w:r')}")
        levels = [node for node in (own, paragraph, *chain, *defaults) if node is not None]
        size = _first(levels, "w:rPr", "w:sz", "val") / 2 or 10.0
        exact = _first(levels, "w:pPr", "w:spacing", "line", only={"exact", "atLeast"}) / POINT
        extra = _first(levels, "w:rPr", "w:spacing", "val") / POINT
        weights[size, exact, extra] = weights.get((size, exact, extra), 0) + text
    return max(weights, key=lambda key: weights[key]) if weights else (10.0, 0.0, 0.0)


def _is_default(style: Element) -> bool:
    return (
        style.get(qn("w:type")) == "paragraph"
        and is_on(style, qn("w:default"))
        and style.get(qn("w:default")) is not None
    )


def _first(levels: list[Element], group: str, tag: str, name: str, only: set[str] | None = None) -> int:
    """The first level that says something."""
    for level in levels:
        node = level.find(f"{qn(group)}/{qn(tag)}")
        value = node.get(qn(f"w:{name}")) if node is not None else None
        if node is None or value is None:
            continue
        if only is not None and node.get(qn("w:lineRule")) not in only:
            return 0
        return to_int(value)
    return 0
