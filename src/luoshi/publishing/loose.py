"""Numbers in a document that carry no reference: what somebody typed into a template or a text by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from luoshi.publishing.reading import Contents, Grid, Line

#: Numbers that state nothing: dates and periods, document numbers, ordinals and labels of headings.
_HARMLESS = re.compile(
    r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月(?:\d{1,2}日|份|底|末|初|上旬|中旬|下旬)?|\d{1,2}日"
    r"|\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?|\d{1,2}时(?:\d{1,2}分)?|〔\d{4}〕\d+号"
    r"|第\d+(?:季度|周|期|号|次|批|位|名|条|项|页|版)?|\d+(?=[—－-]\d+月)|（\d{1,2}）|前\d+(?:季度|个季度|位)|后\d+位"
)
_LABEL = re.compile(r"^\s*(?:附件[:：]?\s*)?\d{1,2}\s*[.．、]\s*|^\s*附件\s*\d{1,2}\s*$")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Loose:
    """A number without reference: where it stands and the text around it."""

    place: str
    text: str
    around: str


def loose_numbers(found: Contents) -> list[Loose]:
    """Those of paragraphs and tables; a table's first column may hold ordinals."""
    loose: list[Loose] = []
    paragraph = table = 0
    for block in found.blocks:
        if isinstance(block, Line):
            if block.text.strip():
                paragraph += 1
                loose += _of_line(block, f"第{paragraph}段")
        elif isinstance(block, Grid):
            table += 1
            for row, cells in enumerate(block.rows, 1):
                for column, cell in enumerate(cells, 1):
                    if cell.head or (column == 1 and cell.text.strip().isdecimal()):
                        continue
                    for line in cell.lines:
                        loose += _of_line(line, f"表{table}第{row}行第{column}列")
    return loose


def _of_line(line: Line, place: str) -> list[Loose]:
    # A figure is hidden behind as many letters, so that places stay and its digits are not found.
    text = "".join(piece.text if piece.number is None else "\x00" * len(piece.text) for piece in line.pieces)
    masked = _HARMLESS.sub(lambda match: "\x00" * len(match[0]), _LABEL.sub(lambda m: "\x00" * len(m[0]), text))
    whole = line.text
    return [
        Loose(place, match[0], whole[max(0, match.start() - 10) : match.end() + 10].strip())
        for match in _NUMBER.finditer(masked)
    ]
