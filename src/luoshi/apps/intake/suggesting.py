"""What a selection of the source says, read by the same rules as the whole: it fills the form of an added item."""

from __future__ import annotations

import re
from typing import Any

from luoshi.apps.intake import drafting, outline, values
from luoshi.apps.intake.models import Draft, ItemKind
from luoshi.extraction.model import Context, Found, Paragraph, Piece

_LABEL = re.compile(
    r"\s*(第?[一二三四五六七八九十百]{1,4}[章节条、．.]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[．.、]|[①-⑳]|——)\s*"
)


def suggest(draft: Draft, kind: str, spans: Any) -> dict[str, Any]:
    """``data`` for a form of ``kind``; what the selection does not say is left empty. Raises ``Invalid``."""
    places = outline.check_spans(draft, spans)
    text = outline.text_of(draft, places)
    if kind == ItemKind.MEASURE:
        label = _LABEL.match(text)
        title = text[label.end() if label else 0 :].split("。")[0].strip()
        return {"label": label[1] if label else "", "title": title[:300], "is_task": True}
    pieces, offset = [], 0
    for line, start, end in places:
        pieces.append(Piece(offset, line, start, end - start))
        offset += end - start
    paragraph = Paragraph(text, tuple(pieces))
    context = Context(draft.year, draft.last_year, draft.issued_on)
    names = drafting.names_as_of(draft)
    if found := _found(kind, paragraph, context):
        return drafting.data_of(found[0], names)[1]
    return _empty(draft, kind, text, names)


def _found(kind: str, paragraph: Paragraph, context: Context) -> list[Found]:
    """What the rules of the kind find; they are loaded only when somebody selects text."""
    from luoshi.extraction.deadlines import find_deadlines
    from luoshi.extraction.responsibilities import find_responsibilities
    from luoshi.extraction.targets import find_targets

    match kind:
        case ItemKind.TARGET:
            return list(find_targets(paragraph, context))
        case ItemKind.RESPONSIBILITY:
            return list(find_responsibilities(paragraph, context))
        case ItemKind.DEADLINE:
            return list(find_deadlines(paragraph, context))
    return []


def _empty(draft: Draft, kind: str, text: str, names: Any) -> dict[str, Any]:
    if kind == ItemKind.TARGET:
        number = re.search(r"\d+(?:\.\d+)?[十百千]?[万亿]?", text)
        unit = re.match(r"%|个百分点|[一-鿿]{1,3}", text[number.end() :]) if number else None
        return {
            "indicator": (text[: number.start()] if number else text)[:200].strip("，。；、 "),
            "comparator": "=",
            "value": values.plain(values.parse_number(number[0])) if number else "",
            "value_max": None,
            "unit": unit[0] if unit else "",
            "change": False,
            "direction": "up",
            "year": draft.year,
            "tier": "",
        }
    if kind == ItemKind.RESPONSIBILITY:
        from luoshi.extraction.names import split_names

        listed = names.entries(split_names(text.strip("（）() 。")))
        return {"lead": [], "responsible": listed, "supporting": []}
    return {"rule": "date", "date": None, "day": None, "days": None, "working": False}
