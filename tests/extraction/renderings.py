"""The sample plans in every format: Word, PDF and text by ``samples/build.py``, HTML and OFD by the writers here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from samples.markup import Grid, Span, Text

from tests.documents.ofd_writer import OfdPage, package

_LEFT, _TOP, _BOTTOM, _WIDTH = 17.0, 25.0, 272.0, 176.0
_SIZE, _STEP = 4.0, 7.0
_CELL_SIZE, _CELL_STEP = 2.6, 3.6


def html_bytes(blocks: Sequence[Text | Grid], title: str) -> bytes:
    """A page as government web sites publish it: a paragraph each, tables with merged cells."""
    parts = []
    for block in blocks:
        if isinstance(block, Grid):
            parts.append(_html_table(block))
        elif block.role.startswith("heading"):
            parts.append(f"<h{int(block.role[-1]) + 1}>{escape(block.text)}</h{int(block.role[-1]) + 1}>")
        elif block.role != "page":
            style = {"title": "center", "center": "center", "right": "right"}.get(block.role, "left")
            parts.append(f'<p style="text-align:{style}">{escape(block.text)}</p>')
    body = "\n".join(parts)
    return f'<html><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>{body}</body></html>'.encode()


def _html_table(grid: Grid) -> str:
    rows = [""] * len(grid.rows)
    for span in grid.spans():
        across = f' colspan="{span.columns}"' if span.columns > 1 else ""
        down = f' rowspan="{span.rows}"' if span.rows > 1 else ""
        rows[span.row] += f"<td{down}{across}>{escape(span.text)}</td>"
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def ofd_bytes(blocks: Sequence[Text | Grid], _title: str) -> bytes:
    """An OFD file: text broken at the page's width, ruled tables broken between rows, page numbers."""
    setter = _Setter()
    for block in blocks:
        if isinstance(block, Grid):
            setter.table(block)
        elif block.role == "page":
            setter.new_page()
        else:
            setter.text(block)
    for number, page in enumerate(setter.pages, 1):
        page.text(100, 287, f"— {number} —", size=3.5)
    return package(setter.pages)


class _Setter:
    """Sets blocks on pages; ``y`` is the base line of the next line in millimetres."""

    def __init__(self) -> None:
        self.pages = [OfdPage()]
        self.y = _TOP

    def new_page(self) -> None:
        self.pages.append(OfdPage())
        self.y = _TOP

    def text(self, block: Text) -> None:
        per_line = int(_WIDTH / _SIZE)
        indent = 2 if block.role in ("paragraph", "heading1", "heading2") else 0
        lines = _broken(block.text, per_line, per_line - indent)
        for k, line in enumerate(lines):
            if self.y > _BOTTOM:
                self.new_page()
            x = _LEFT + (_SIZE * indent if k == 0 else 0)
            if block.role in ("title", "center"):
                x = _LEFT + (_WIDTH - _SIZE * len(line)) / 2
            elif block.role == "right":
                x = _LEFT + _WIDTH - _SIZE * len(line)
            self.pages[-1].text(x, self.y, line, size=_SIZE)
            self.y += _STEP

    def table(self, grid: Grid) -> None:
        spans = grid.spans()
        shares = [
            min(max(max((len(s.text) / s.columns for s in spans if s.column == c), default=4), 4), 16)
            for c in range(grid.width)
        ]
        edges = [_LEFT]
        for share in shares:
            edges.append(edges[-1] + _WIDTH * share / sum(shares))
        heights = [_CELL_STEP + 2.0] * len(grid.rows)
        for span in spans:
            lines = _cell_lines(span, edges)
            missing = len(lines) * _CELL_STEP + 2 - sum(heights[span.row : span.row + span.rows])
            if missing > 0:
                heights[span.row + span.rows - 1] += missing
        low = 0
        while low < len(grid.rows):
            top, high = self.y, low
            while high < len(grid.rows) and (high == low or top + heights[high] <= _BOTTOM):
                top += heights[high]
                high += 1
            self._rows(spans, edges, heights, low, high)
            low = high
            if low < len(grid.rows):
                self.new_page()
        self.y += _STEP

    def _rows(
        self, spans: Sequence[Span], edges: Sequence[float], heights: Sequence[float], low: int, high: int
    ) -> None:
        """Draws the rows ``low`` to ``high``; a merged cell that the page breaks goes on empty."""
        page, tops = self.pages[-1], [self.y]
        for row in range(low, high):
            tops.append(tops[-1] + heights[row])
        for span in spans:
            first, last = max(span.row, low), min(span.row + span.rows, high)
            if first >= last:
                continue
            left, right = edges[span.column], edges[span.column + span.columns]
            upper, lower = tops[first - low], tops[last - low]
            for x0, y0, x1, y1 in (
                (left, upper, right, upper),
                (left, lower, right, lower),
                (left, upper, left, lower),
                (right, upper, right, lower),
            ):
                page.line(x0, y0, x1, y1)
            if first == span.row:
                lines = _cell_lines(span, edges)
                y = upper + (lower - upper - len(lines) * _CELL_STEP) / 2 + _CELL_SIZE
                for line in lines:
                    page.text(left + 0.8, y, line, size=_CELL_SIZE)
                    y += _CELL_STEP
        self.y = tops[-1]


def _cell_lines(span: Span, edges: Sequence[float]) -> list[str]:
    per_line = max(1, int((edges[span.column + span.columns] - edges[span.column] - 1.6) / _CELL_SIZE))
    return _broken(span.text, per_line, per_line) if span.text else []


def _broken(text: str, per_line: int, first: int) -> list[str]:
    """A text broken at a number of characters a line; no line begins with a closing mark."""
    lines, start, room = [], 0, first
    while start < len(text):
        end = min(len(text), start + room)
        while end < len(text) and text[end] in "，。；：、）》”%" and end > start + 1:
            end -= 1
        lines.append(text[start:end])
        start, room = end, per_line
    return lines
