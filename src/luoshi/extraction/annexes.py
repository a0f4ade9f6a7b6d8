"""Annexes whose tables were printed one cell or half a row a line: they are no sentences.

Such a region is told by its lines: they hold no full stops. What stands in it is neither a measure nor a commitment;
its notes (注：…) are sentences again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from luoshi.extraction.labels import read_label
from luoshi.extraction.marks import ANNEX_LABEL
from luoshi.extraction.model import Paragraph

_NOTE = re.compile(r"\s*(?:注|备注|说明|填表说明)\s*(?:[:：]|\d\s*[.．、])")
_SENTENCE_END = frozenset("。；;")
_SHORT = 25
_FEWEST = 8
_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class CellRegions:
    """``cells`` are the indices of all paragraphs that are no sentences; ``annexes`` the runs of them below 附件."""

    cells: frozenset[int]
    annexes: tuple[range, ...]


def cell_regions(paragraphs: Sequence[Paragraph], start: int, end: int) -> CellRegions:
    """Where in the paragraphs ``start`` to ``end`` tables were printed line by line."""
    labels = [i for i in range(start, end) if ANNEX_LABEL.match(paragraphs[i].text)]
    annexes = []
    for label, following in pairwise((*labels, end)):
        notes = next((i for i in range(label + 1, following) if _NOTE.match(paragraphs[i].text)), following)
        region = range(label + 1, notes)
        if len(region) >= _FEWEST and sum("。" not in paragraphs[i].text for i in region) >= _SHARE * len(region):
            annexes.append(region)
    found = {i for region in annexes for i in region}
    run: list[int] = []
    for i in range(start, labels[0] if labels else end):
        if _is_cell(paragraphs[i]) and read_label(paragraphs[i].text) is None:
            run.append(i)
            continue
        if len(run) > _FEWEST:
            found.update(run)
        run = []
    if len(run) > _FEWEST:
        found.update(run)
    return CellRegions(frozenset(found), tuple(annexes))


def _is_cell(paragraph: Paragraph) -> bool:
    """Whether a paragraph is short and does not end as sentences do."""
    return paragraph.style == "text" and len(paragraph.text) <= _SHORT and paragraph.text[-1] not in _SENTENCE_END
