"""One OFD page: where each run of characters stands (GB/T 33190-2016, 11.3), and the lines and tables they make."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from luoshi.documents.builder import Spot
from luoshi.documents.glyphs import typed
from luoshi.documents.ruled import Grid, Rule, find_grids, rules_of

_POINTS = 72 / 25.4  # OFD measures in millimetres
_MOST_RULES = 20_000
_MOST_NUMBERS = 100_000
Matrix = tuple[float, float, float, float, float, float]
_PATH = re.compile(r"[A-Za-z]|[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?")
_POINTS_OF = {"S": 1, "M": 1, "L": 1, "Q": 2, "B": 3, "A": 0, "C": 0}


@dataclass(frozen=True, slots=True)
class Run:
    """Characters on one base line: left and right end, base line and size in points, as seen."""

    left: float
    right: float
    base: float
    size: float
    text: str


@dataclass(slots=True)
class PageContent:
    """What is drawn on a page."""

    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: int = 0


def collect(page: etree._Element, content: PageContent) -> None:
    """Add all text, strokes and pictures of a page's (or template's) content."""
    body = page.find("{*}Content")
    if body is None:
        return
    for element in body.iter("{*}TextObject", "{*}PathObject", "{*}ImageObject"):
        if element.get("Visible", "true").lower() == "false":
            continue
        if element.tag.endswith("}TextObject"):
            content.runs.extend(_runs(element))
        elif element.tag.endswith("}ImageObject"):
            content.pictures += 1
        elif len(content.rules) < _MOST_RULES:
            content.rules.extend(_rules(element))


def layout(content: PageContent) -> list[str | list[Spot]]:
    """Lines and tables from top to bottom: runs on one base line from left to right, those in a ruled grid by cell."""
    grids = find_grids(content.rules)
    free: list[Run] = []
    cells: dict[tuple[int, int], list[Run]] = {}
    for run in content.runs:
        place = _cell_of(run, grids)
        if place is None:
            free.append(run)
        else:
            cells.setdefault(place, []).append(run)
    placed: list[tuple[float, str | list[Spot]]] = [(base, text) for base, text in _lines(free)]
    for number, grid in enumerate(grids):
        if not any(key[0] == number for key in cells):
            continue
        spots = [
            Spot(
                box.row,
                box.column,
                "\n".join(text for _, text in _lines(cells.get((number, index), []))),
                box.row_span,
                box.column_span,
            )
            for index, box in enumerate(grid.boxes)
        ]
        placed.append((grid.top, spots))
    return [item for _, item in sorted(placed, key=lambda pair: pair[0])]


def _cell_of(run: Run, grids: list[Grid]) -> tuple[int, int] | None:
    x, y = (run.left + run.right) / 2, run.base - 0.35 * run.size
    for number, grid in enumerate(grids):
        box = grid.box_at(x, y)
        if box is not None:
            return number, box
    return None


def _lines(runs: list[Run]) -> Iterator[tuple[float, str]]:
    """(base line, text) of each printed line, from top to bottom."""
    pending: list[Run] = []
    for run in sorted(runs, key=lambda run: run.base):
        if pending and run.base - pending[0].base > 0.5 * max(min(run.size, pending[0].size), 1.0):
            yield from _line(pending)
            pending = []
        pending.append(run)
    yield from _line(pending)


def _line(runs: list[Run]) -> Iterator[tuple[float, str]]:
    text, end = "", 0.0
    for run in sorted(runs, key=lambda run: run.left):
        if text and run.text:
            gap = run.left - end
            latin = text[-1].isascii() and run.text[0].isascii()
            if gap > (0.25 if latin else 1.2) * run.size and not text[-1].isspace():
                text += " "
        text += run.text
        end = max(end, run.right)
    text = text.strip()
    if text:
        yield runs[0].base, text


def _runs(element: etree._Element) -> Iterator[Run]:
    boundary = _numbers(element.get("Boundary"))
    left, top = (boundary[0], boundary[1]) if len(boundary) >= 4 else (0.0, 0.0)
    matrix = _matrix(element.get("CTM"))
    size = (_numbers(element.get("Size")) or [3.5])[0]
    seen_size = size * math.hypot(matrix[2], matrix[3]) * _POINTS or 1.0
    x = y = 0.0
    for code in element.iterfind("{*}TextCode"):
        text = code.text or ""
        # Without its own position a text code goes on from the one before.
        x = (_numbers(code.get("X")) or [x])[0]
        y = (_numbers(code.get("Y")) or [y])[0]
        steps_x, steps_y = _deltas(code.get("DeltaX"), len(text)), _deltas(code.get("DeltaY"), len(text))
        start, begun = (x, y), 0
        for index in range(1, len(text) + 1):
            last = index == len(text)
            step_x = (
                steps_x[index - 1] if index <= len(steps_x) else (0.0 if steps_y else _advance(text[index - 1], size))
            )
            step_y = steps_y[index - 1] if index <= len(steps_y) else 0.0
            # A step down together with a step back is a new line; a step down alone is upright writing.
            turns = not last and abs(step_y) > 0.5 * size and step_x < -0.5 * size
            if last or turns:
                end = (x + (_advance(text[index - 1], size) if last or turns else 0.0), y)
                piece = typed(text[begun:index]).replace("\t", " ")
                if piece:
                    x0, y0 = _place(start, matrix, left, top)
                    x1, _ = _place(end, matrix, left, top)
                    yield Run(min(x0, x1), max(x0, x1), y0, seen_size, piece)
                begun = index
            x, y = x + step_x, y + step_y
            if turns:
                start = (x, y)


def _advance(char: str, size: float) -> float:
    return size * (0.5 if char.isascii() else 1.0)


def _place(point: tuple[float, float], matrix: Matrix, left: float, top: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    x, y = point
    return (a * x + c * y + e + left) * _POINTS, (b * x + d * y + f + top) * _POINTS


def _rules(element: etree._Element) -> Iterator[Rule]:
    boundary = _numbers(element.get("Boundary"))
    left, top = (boundary[0], boundary[1]) if len(boundary) >= 4 else (0.0, 0.0)
    matrix = _matrix(element.get("CTM"))
    data = element.find("{*}AbbreviatedData")
    tokens = _PATH.findall((data.text or "")[:_MOST_NUMBERS]) if data is not None else []
    points: list[tuple[float, float]] = []
    index = 0
    while index < len(tokens):
        command = tokens[index]
        index += 1
        if command == "C" and len(points) > 2:
            points.append(points[0])
        if command not in _POINTS_OF or command in "AC":
            continue
        pairs = 2 * _POINTS_OF[command]
        numbers = [_number(token) for token in tokens[index : index + pairs]]
        if len(numbers) < pairs or None in numbers:
            return
        index += pairs
        point = _place((numbers[-2] or 0.0, numbers[-1] or 0.0), matrix, left, top)
        if command != "L":
            yield from rules_of(points)
            points = []
        points.append(point)
    yield from rules_of(points)


def _deltas(text: str | None, count: int) -> list[float]:
    """The steps between characters, with ``g n v`` written out as n times v."""
    steps: list[float] = []
    words = (text or "").split()[:_MOST_NUMBERS]
    index = 0
    while index < len(words) and len(steps) < count:
        if words[index] == "g" and index + 2 < len(words):
            times, value = _number(words[index + 1]), _number(words[index + 2])
            if times is not None and value is not None:
                steps.extend([value] * max(0, min(int(times), count)))
            index += 3
        else:
            steps.append(_number(words[index]) or 0.0)
            index += 1
    return steps[:count]


def _matrix(text: str | None) -> Matrix:
    numbers = _numbers(text)
    if len(numbers) != 6:
        return (1, 0, 0, 1, 0, 0)
    return (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])


def _numbers(text: str | None) -> list[float]:
    found = [_number(word) for word in (text or "").split()[:8]]
    return [number for number in found if number is not None] if None not in found else []


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if abs(number) < 1e7 else None  # also drops inf and nan
