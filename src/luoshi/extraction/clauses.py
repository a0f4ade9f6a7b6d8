"""Where sentences and clauses begin and end, and what stands in quotation marks: shared by all phrase rules."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from luoshi.extraction.model import Paragraph

_SENTENCE = re.compile(r"[。！？!?\n]")
_PART = re.compile(r"[；;]")
# 2.1:1 and 17:00 are no borders
_CLAUSE = re.compile(r"[，；;。！？!?\n（(）)\t]|(?<!\d)[：:]|[：:](?!\d)|(?<!\d),|,(?!\d{3})")
_QUOTED = re.compile(r"“[^”]{0,80}”|《[^》]{0,80}》|〔[^〕]{0,12}〕|【[^】]{0,30}】|「[^」]{0,80}」")


@dataclass(frozen=True, slots=True)
class Clauses:
    """The borders inside one paragraph's text, found once; every look-up is a binary search."""

    text: str
    sentence_ends: tuple[int, ...]
    part_ends: tuple[int, ...]
    clause_ends: tuple[int, ...]
    quote_starts: tuple[int, ...]
    quote_ends: tuple[int, ...]

    def sentence(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence (。！？) around a position."""
        return _around(self.sentence_ends, position, len(self.text))

    def part(self, position: int) -> tuple[int, int]:
        """Start and end of the part of a sentence (。 or ；) around a position."""
        return _around(self.part_ends, position, len(self.text))

    def clause(self, position: int) -> tuple[int, int]:
        """Start and end of the clause (any comma, colon or bracket) around a position."""
        return _around(self.clause_ends, position, len(self.text))

    def quoted(self, position: int) -> bool:
        """Whether a position stands in quotation marks or title marks."""
        index = bisect_right(self.quote_starts, position) - 1
        return index >= 0 and position < self.quote_ends[index]


def _around(ends: tuple[int, ...], position: int, length: int) -> tuple[int, int]:
    index = bisect_left(ends, position)
    start = ends[index - 1] + 1 if index else 0
    return start, ends[index] if index < len(ends) else length


@lru_cache(maxsize=2)
def split_clauses(text: str) -> Clauses:
    """Find all borders of a text; targets and deadlines of a paragraph are read from the same ones."""
    quotes = [match.span() for match in _QUOTED.finditer(text)]
    sentences = [match.start() for match in _SENTENCE.finditer(text)]
    parts = sorted(sentences + [match.start() for match in _PART.finditer(text)])
    starts, ends = tuple(q[0] for q in quotes), tuple(q[1] for q in quotes)
    clauses = []
    for match in _CLAUSE.finditer(text):
        index = bisect_right(starts, match.start()) - 1
        if index < 0 or match.start() >= ends[index]:
            clauses.append(match.start())
    return Clauses(text, tuple(sentences), tuple(parts), tuple(clauses), starts, ends)


def anchored(paragraph: Paragraph, start: int, core: int) -> int:
    """Where a finding's text begins so that it begins on the line of its core (the number, the period word).

    A phrase that a line end broke is pointed at on the line of its core: that is the line that a reader looks for.
    """
    for piece in paragraph.pieces:
        if piece.offset <= core < piece.offset + piece.length:
            return max(start, piece.offset)
    return start
