"""Tables drawn with lines: from the strokes on a page to a grid with merged cells.

Coordinates are points (1/72 inch), x to the right, y downwards, as the page is seen.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_SNAP = 2.5  # strokes closer than this are one line drawn twice (the two edges of a thin box)
_REACH = 3.0  # how far a stroke may stop short of the one it meets
_SHORTEST = 4.0  # shorter strokes are the ends of thin boxes, ticks and dots
_COVER = 0.7  # the part of a cell's side that must be drawn for the side to divide
_MOST_RULES = 4_000
_MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight stroke: ``at`` is its y if it is horizontal, else its x; it runs from ``start`` to ``end``."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a grid: 0-based position and spans, and its area on the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the cell."""
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table on a page."""

    left: float
    top: float
    right: float
    bottom: float
    boxes: tuple[Box, ...]

    def box_at(self, x: float, y: float) -> int | None:
        """The index of the cell that holds a point."""
        if not (self.left <= x < self.right and self.top <= y < self.bottom):
            return None
        return next((index for index, box in enumerate(self.boxes) if box.holds(x, y)), None)


def rules_of(points: list[tuple[float, float]]) -> Iterable[Rule]:
    """The level and upright strokes of a polyline."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if abs(y0 - y1) <= 1.0 and abs(x0 - x1) >= _SHORTEST:
            yield Rule(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1))
        elif abs(x0 - x1) <= 1.0 and abs(y0 - y1) >= _SHORTEST:
            yield Rule(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1))


def find_grids(rules: list[Rule]) -> list[Grid]:
    """The ruled tables of a page from top to bottom: at least two columns and two cells each."""
    if len(rules) > _MOST_RULES:  # a drawing, not a table
        return []
    level, upright = _merge([r for r in rules if r.horizontal]), _merge([r for r in rules if not r.horizontal])
    if len(level) < 2 or len(upright) < 1:
        return []
    parents = list(range(len(level) + len(upright)))
    for i, h in enumerate(level):
        for j, v in enumerate(upright, start=len(level)):
            if v.start - _REACH <= h.at <= v.end + _REACH and h.start - _REACH <= v.at <= h.end + _REACH:
                _join(parents, i, j)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for index, rule in enumerate([*level, *upright]):
        groups[_root(parents, index)].append(rule)
    grids = [grid for grid in map(_grid, groups.values()) if grid is not None]
    return sorted(_outermost(grids), key=lambda grid: (grid.top, grid.left))


def _outermost(grids: list[Grid]) -> list[Grid]:
    """Without grids that lie inside another: their text already stands in the outer one's cell."""
    return [
        grid
        for grid in grids
        if not any(
            other is not grid
            and other.left <= grid.left
            and other.right >= grid.right
            and other.top <= grid.top
            and other.bottom >= grid.bottom
            for other in grids
        )
    ]


def _merge(rules: list[Rule]) -> list[Rule]:
    """Strokes on (nearly) one line become one position, and one stroke where they touch."""
    rules = sorted(rules, key=lambda rule: rule.at)
    merged: list[Rule] = []
    index = 0
    while index < len(rules):
        stop = index + 1
        while stop < len(rules) and rules[stop].at - rules[index].at <= _SNAP:
            stop += 1
        near = sorted(rules[index:stop], key=lambda rule: rule.start)
        at = sum(rule.at for rule in near) / len(near)
        start, end = near[0].start, near[0].end
        for rule in near[1:]:
            if rule.start <= end + _REACH:
                end = max(end, rule.end)
            else:
                merged.append(Rule(rule.horizontal, at, start, end))
                start, end = rule.start, rule.end
        merged.append(Rule(near[0].horizontal, at, start, end))
        index = stop
    return merged


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _join(parents: list[int], one: int, other: int) -> None:
    parents[_root(parents, one)] = _root(parents, other)


def _grid(rules: list[Rule]) -> Grid | None:
    level = [rule for rule in rules if rule.horizontal]
    upright = [rule for rule in rules if not rule.horizontal]
    if len(level) < 2 or not upright:
        return None
    # A table may be open at its sides: then its level lines run beyond the outermost upright ones.
    xs = _with_ends({rule.at for rule in upright}, level)
    ys = _with_ends({rule.at for rule in level}, upright)
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 2 or rows < 1 or columns * rows > _MOST_CELLS:
        return None
    by_x, by_y = _by_position(upright), _by_position(level)
    parents = list(range(rows * columns))
    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and not _divides(by_x.get(xs[column + 1]), ys[row], ys[row + 1]):
                _join(parents, here, here + 1)
            if row + 1 < rows and not _divides(by_y.get(ys[row + 1]), xs[column], xs[column + 1]):
                _join(parents, here, here + columns)
    regions: dict[int, list[int]] = defaultdict(list)
    for index in range(rows * columns):
        regions[_root(parents, index)].append(index)
    areas: list[tuple[int, int, int, int]] = []
    for members in regions.values():
        top, bottom = members[0] // columns, members[-1] // columns
        left, right = min(i % columns for i in members), max(i % columns for i in members)
        if len(members) == (bottom - top + 1) * (right - left + 1):
            areas.append((top, left, bottom - top + 1, right - left + 1))
        else:  # no rectangle: better small cells than a wrong merge
            areas.extend((i // columns, i % columns, 1, 1) for i in members)
    if len(areas) < 2:
        return None
    boxes = tuple(
        Box(row, column, height, width, xs[column], ys[row], xs[column + width], ys[row + height])
        for row, column, height, width in sorted(areas)
    )
    return Grid(xs[0], ys[0], xs[-1], ys[-1], boxes)


def _with_ends(positions: set[float], crossing: list[Rule]) -> list[float]:
    ordered = sorted(positions)
    first, last = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    if first < ordered[0] - 2 * _REACH:
        ordered.insert(0, first)
    if last > ordered[-1] + 2 * _REACH:
        ordered.append(last)
    return ordered


def _by_position(rules: list[Rule]) -> dict[float, list[Rule]]:
    found: dict[float, list[Rule]] = defaultdict(list)
    for rule in rules:
        found[rule.at].append(rule)
    return found


def _divides(rules: list[Rule] | None, start: float, end: float) -> bool:
    if not rules:
        return False
    drawn = sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules)
    return drawn >= _COVER * (end - start)
