"""Marks in a line of text: found objects overlap, and HTML may not.

A responsibility stands inside a measure, a deadline may reach over the edge of a target. Where two marks cross, the
one that ends first is closed and opened again, so that the tree of elements stays whole and every character keeps all
of its marks.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` (included) to ``end`` (excluded) of one line belong to the object ``key`` of a kind."""

    start: int
    end: int
    kind: str
    key: str


def marked(text: str, marks: Iterable[Mark], *, current: str = "", first: frozenset[str] = frozenset()) -> SafeString:
    """The text as HTML, every mark an element ``<mark class=kind data-object=key>``.

    ``current`` is the key of the object to stand out; ``first`` the keys whose first span is in this line: their mark
    can be reached by the keyboard, its continuations cannot. Marks outside of the text are cut to it.
    """
    cut = [
        Mark(max(0, mark.start), min(len(text), mark.end), mark.kind, mark.key)
        for mark in marks
        if max(0, mark.start) < min(len(text), mark.end)
    ]
    # Longer marks open first and so stand outside.
    cut.sort(key=lambda mark: (mark.start, -mark.end, mark.kind, mark.key))
    edges = sorted({edge for mark in cut for edge in (mark.start, mark.end)} | {0, len(text)})
    opened: list[Mark] = []
    reached: set[str] = set()
    parts: list[str] = []
    position = 0
    for low, high in itertools.pairwise(edges):
        ending = [number for number, mark in enumerate(opened) if mark.end <= low]
        if ending:
            again = [mark for mark in opened[ending[0] :] if mark.end > low]
            parts.append("</mark>" * (len(opened) - ending[0]))
            del opened[ending[0] :]
            for mark in again:
                parts.append(_opening(mark, current, False))
                opened.append(mark)
        while position < len(cut) and cut[position].start == low:
            mark = cut[position]
            reachable = mark.key in first and mark.key not in reached
            reached.add(mark.key)
            parts.append(_opening(mark, current, reachable))
            opened.append(mark)
            position += 1
        parts.append(escape(text[low:high]))
    parts.append("</mark>" * len(opened))
    return mark_safe("".join(parts))


def _opening(mark: Mark, current: str, reachable: bool) -> str:
    name = f"{mark.kind} is-current" if mark.key == current else mark.kind
    button = ' tabindex="0" role="button"' if reachable else ""
    return f'<mark class="{escape(name)}" data-object="{escape(mark.key)}"{button}>'
