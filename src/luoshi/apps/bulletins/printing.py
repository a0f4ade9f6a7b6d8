"""The document for a page of the site: the same blocks as in the file, in shapes that a template can walk through."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from luoshi.publishing import Contents
from luoshi.publishing.reading import Drawing, Grid, Line

#: Styles of the document → classes of the page.
_CLASSES = {
    "Masthead": "p-masthead",
    "DocumentNumber": "p-number",
    "DocumentTitle": "p-title",
    "Addressee": "p-flush",
    "Level1": "p-body p-level1",
    "Level2": "p-body p-level2",
    "Level3": "p-body",
    "Level4": "p-body",
    "BodyText1": "p-body",
    "Signature1": "p-sign",
    "DocumentDate": "p-sign p-date",
    "Attachments": "p-body",
    "Imprint": "p-imprint",
    "Remark": "p-body",
}
_ALIGNED = {"center": "p-centre", "right": "p-right"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A block: ``kind`` is ``line``, ``table`` or ``chart``; ``value`` what it shows."""

    kind: str
    value: Any
    css: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A value of a chart: its part of the longest one in per cent, and the light's colour."""

    name: str
    text: str
    part: str
    colour: str


def shown(found: Contents) -> list[Shown]:
    """The document's blocks in their order; empty lines but the ones that part its head are left out."""
    made: list[Shown] = []
    for block in found.blocks:
        if isinstance(block, Line):
            if block.text.strip():
                css = _CLASSES.get(block.style, _ALIGNED.get(block.align, "p-small"))
                made.append(Shown("line", block, css))
        elif isinstance(block, Grid):
            made.append(Shown("table", block))
        elif isinstance(block, Drawing):
            made.append(Shown("chart", {"title": block.title, "series": _bars(block)}))
    return made


def _bars(drawing: Drawing) -> list[tuple[str, list[Bar]]]:
    numbers = [_number(value) for series in drawing.series for _, value in series.points]
    longest = max((abs(number) for number in numbers), default=Decimal(0)) or Decimal(1)
    found = []
    for series in drawing.series:
        values = dict(series.points)
        bars = []
        for place, category in enumerate(drawing.categories):
            text = values.get(category)
            part = "0" if text is None else f"{abs(_number(text)) * 100 / longest:.1f}"
            colour = drawing.colours[place] if place < len(drawing.colours) else ""
            bars.append(Bar(category, "未报" if text is None else text, part, colour or "2E75B6"))
        found.append((series.name, bars))
    return found


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
