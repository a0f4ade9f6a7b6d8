"""Finding words in a run of lines, across the breaks that pages and line widths make. Knows no database."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

_MOST = 200


class LineSearch:
    """The lines from number ``first`` on, joined without breaks."""

    def __init__(self, lines: list[str], first: int) -> None:
        self._first = first
        self._starts = [0, *accumulate(len(line) for line in lines)]
        self._joined = "".join(lines)

    def nearest(self, text: str, line: int) -> tuple[tuple[int, int, int], ...]:
        """Where ``text`` stands nearest to ``line``: spans (line, start, end), none when it stands nowhere."""
        text = text.replace("\n", "")
        if not text:
            return ()
        best: int | None = None
        place = self._joined.find(text)
        for _ in range(_MOST):
            if place < 0:
                break
            if best is None or abs(self._line(place) - line) < abs(self._line(best) - line):
                best = place
            place = self._joined.find(text, place + 1)
        return () if best is None else self._spans(best, best + len(text))

    def _line(self, offset: int) -> int:
        return self._first + bisect_right(self._starts, offset) - 1

    def _spans(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        spans = []
        while start < end:
            index = bisect_right(self._starts, start) - 1
            stop = min(end, self._starts[index + 1])
            spans.append((self._first + index, start - self._starts[index], stop - self._starts[index]))
            start = stop
        return tuple(spans)
