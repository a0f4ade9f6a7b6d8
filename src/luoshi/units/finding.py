"""Finding names in running text in one pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import ahocorasick

from luoshi.units import patterns
from luoshi.units.folding import fold_with_positions
from luoshi.units.lexicon import Lexicon
from luoshi.units.model import NameKind, Resolution

Resolve = Callable[[str, dt.date | None], Resolution]


class NameFinder:
    """All names of a lexicon as one automaton over folded text."""

    def __init__(self, lexicon: Lexicon, resolve: Resolve) -> None:
        self._resolve = resolve
        self._automaton = ahocorasick.Automaton()
        self._filled = False
        for folded, entries in lexicon.entries.items():
            kinds = {lexicon.units[key].kind for entry in entries for key in entry.keys}
            territorial = bool(kinds) and kinds <= set(patterns.TERRITORY_KINDS)
            subject = all(entry.kind is NameKind.ALIAS for entry in entries)
            if len(folded) > 1 and (territorial or not subject or patterns.names_an_organ(folded)):
                self._automaton.add_word(folded, (len(folded), territorial))
                self._filled = True
        self._automaton.make_automaton()

    def find_in(self, text: str, date: dt.date | None) -> list[tuple[int, int, Resolution]]:
        """Matches as (start, end, resolution), offsets in ``text``, in order: the leftmost, of these the longest."""
        folded, positions = fold_with_positions(text)
        longest: dict[int, int] = {}
        for start, end in self._candidates(folded):
            if end > longest.get(start, 0):
                longest[start] = end
        found: list[tuple[int, int, Resolution]] = []
        reached = 0
        for start in sorted(longest):
            if start < reached:
                continue
            reached = longest[start]
            first, last = positions[start], positions[reached - 1] + 1
            if found and first < found[-1][1]:  # one printed character that folds to several
                continue
            resolution = self._resolve(text[first:last], date)
            # A part of a folded character (the 4 of ¼) can look like a name that the whole character is not.
            if resolution.kind is not None:
                found.append((first, last, resolution))
        return found

    def _candidates(self, folded: str) -> list[tuple[int, int]]:
        spans = patterns.find_county_groups(folded)
        if self._filled:
            for last, (length, territorial) in self._automaton.iter(folded):
                end = last + 1
                spans.append((end - length, end))
                if territorial and (ahead := patterns.governments_ahead(folded, end)):
                    spans.append((end - length, end + ahead))
        return spans
