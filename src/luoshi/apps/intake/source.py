"""The source as HTML: numbered lines with what was found marked in them, tables drawn as tables.

Offsets in marks, and ``data-start`` of a cell, count from the beginning of the stored line, so that a selection on
screen leads back to the same characters. Everything from the file is escaped here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from luoshi.apps.intake.models import Draft, ItemKind, ItemState

PART = 120  # lines that are sent at once
_REACH = 60  # lines before a part in which a marked item may begin
_KIND_NAMES = dict(ItemKind.choices)


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch of a line that belongs to an item."""

    start: int
    end: int
    item: int
    kind: str
    state: str


def marks_of(draft: Draft, first: int, last: int) -> dict[int, list[Mark]]:
    """The marks of the lines ``first`` to ``last``, by line: one query."""
    rows = (
        draft.items.filter(line__gte=first - _REACH, line__lte=last)
        .order_by("position", "pk")
        .values_list("pk", "kind", "state", "spans", "data__labels", "data__title")
    )
    found: dict[int, list[Mark]] = {}
    for pk, kind, state, spans, labels, title in rows:
        if kind == ItemKind.MEASURE:
            # A measure's text is all that stands below its heading: only the heading is marked.
            reach = len((labels or [""])[-1]) + len(title or "") + 1
            spans = [[line, start, min(end, start + max(reach, 4))] for line, start, end in spans[:1]]
        elif kind == ItemKind.TABLE:
            spans = spans[:1]
        for line, start, end in spans:
            if first <= line <= last:
                found.setdefault(line, []).append(Mark(start, end, pk, kind, state))
    return found


def _marked(text: str, offset: int, marks: Iterable[Mark]) -> str:
    """``text``, which begins ``offset`` characters into its line, with its marks; the shortest one wins overlaps."""
    inside = [mark for mark in marks if mark.start < offset + len(text) and mark.end > offset]
    if not inside:
        return escape(text)
    edges = sorted(
        {0, len(text)} | {min(max(edge - offset, 0), len(text)) for mark in inside for edge in (mark.start, mark.end)}
    )
    parts = []
    for low, high in itertools.pairwise(edges):
        over = [mark for mark in inside if mark.start - offset <= low and mark.end - offset >= high]
        piece = escape(text[low:high])
        if over:
            top = min(over, key=lambda mark: (mark.end - mark.start, mark.kind == ItemKind.MEASURE))
            ids = " ".join(str(mark.item) for mark in sorted(over, key=lambda mark: mark.end - mark.start))
            piece = (
                f'<mark class="{top.kind}{" is-rejected" if top.state == ItemState.REJECTED else ""}" '
                f'data-items="{ids}" title="{_KIND_NAMES[top.kind]}">{piece}</mark>'
            )
        parts.append(piece)
    return "".join(parts)


def _line(number: int, text: str, marks: list[Mark]) -> str:
    blank = "" if text.strip() else " is-blank"
    return (
        f'<div class="source-line{blank}" id="L{number}" data-line="{number}"><span class="line-number">{number}</span>'
        f'<span class="line-text" data-start="0">{_marked(text, 0, marks)}</span></div>'
    )


def _row(number: int, cells: Iterable[tuple[str, int, int, int]], marks: list[Mark]) -> str:
    """One table row; cells are (text, offset in the line, row span, column span)."""
    drawn = []
    for text, start, row_span, column_span in cells:
        spans = (f' rowspan="{row_span}"' if row_span > 1 else "") + (
            f' colspan="{column_span}"' if column_span > 1 else ""
        )
        drawn.append(f'<td class="line-text" data-start="{start}"{spans}>{_marked(text, start, marks)}</td>')
    return (
        f'<tr class="source-row" id="L{number}" data-line="{number}"><th class="line-number" scope="row">{number}</th>'
        f"{''.join(drawn)}</tr>"
    )


def _grid_rows(table: dict[str, Any], first: int, last: int, lines: dict[int, str]) -> dict[int, list[Any]]:
    """The cells of a table's rows between two lines; a part that begins inside a merged cell has an empty one there."""
    top = table["first_line"]
    rows: dict[int, list[Any]] = {line: [] for line in range(first, last + 1)}
    covered: dict[int, set[int]] = {line: set() for line in range(first, last + 1)}
    for row, column, text, row_span, column_span in table["cells"]:
        begins, ends = top + row, top + row + row_span - 1
        if ends < first or begins > last:
            continue
        shown = max(begins, first)
        span = min(ends, last) - shown + 1
        start = sum(len(part) + 1 for part in lines[shown].split("\t")[:column]) if shown == begins else 0
        rows[shown].append((column, (text if shown == begins else "", start, span, column_span)))
        for line in range(shown, shown + span):
            covered[line].update(range(column, column + column_span))
    for line, taken in covered.items():  # cells without text are not stored; left out, the row would move to the left
        rows[line] += [(column, ("", 0, 1, 1)) for column in range(table["width"]) if column not in taken]
    return {line: [cell for _, cell in sorted(cells, key=lambda pair: pair[0])] for line, cells in rows.items()}


def render(draft: Draft, first: int, last: int) -> SafeString:
    """The lines ``first`` to ``last`` as HTML, kept inside the draft's own lines."""
    first, last = max(first, draft.first_line), min(last, draft.last_line)
    if first > last:
        return mark_safe("")
    lines = dict(enumerate(draft.document.lines(first, last), first))
    marks = marks_of(draft, first, last)
    cells: dict[int, tuple[int, list[Any]]] = {}
    for index, table in enumerate(draft.document.tables):
        low, high = max(table["first_line"], first), min(table["last_line"], last)
        if low <= high:
            cells.update({n: (index, row) for n, row in _grid_rows(table, low, high, lines).items()})
    parts: list[str] = []
    current: int | None = None
    for number, text in lines.items():
        group, row = cells.get(number, (None, None))
        if row is None and "\t" in text.strip("\t "):
            group, row = -1, _tabbed(text)
        if group != current:
            if current is not None:
                parts.append("</tbody></table></div>")
            if group is not None:
                parts.append('<div class="source-grid"><table class="source-table"><tbody>')
            current = group
        own = marks.get(number, [])
        parts.append(_line(number, text, own) if row is None else _row(number, row, own))
    if current is not None:
        parts.append("</tbody></table></div>")
    return mark_safe("".join(parts))  # every piece of the file went through escape()


def _tabbed(text: str) -> list[tuple[str, int, int, int]]:
    cells, start = [], 0
    for part in text.split("\t"):
        cells.append((part, start, 1, 1))
        start += len(part) + 1
    return cells


def parts_of(draft: Draft) -> list[tuple[int, int]]:
    """The stretches of lines in which the source is sent."""
    return [
        (first, min(first + PART - 1, draft.last_line)) for first in range(draft.first_line, draft.last_line + 1, PART)
    ]
