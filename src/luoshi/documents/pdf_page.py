"""The strokes and pictures of a PDF page, and how the page is turned when it is looked at."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as raw

from luoshi.documents.ruled import Rule, rules_of

Matrix = tuple[float, float, float, float, float, float]
View = Callable[[float, float], tuple[float, float]]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_MOST_OBJECTS = 50_000
_MOST_POINTS = 200
_DEEPEST = 6
_THIN = 3.5  # a filled box thinner than this is a line


@dataclass(slots=True)
class PageStrokes:
    """Level and upright strokes as seen, and the area in square points of the largest picture."""

    rules: list[Rule] = field(default_factory=list)
    largest_picture: float = 0.0
    left: int = _MOST_OBJECTS


def viewer(page: pypdfium2.PdfPage) -> View:
    """From the page's own coordinates to x rightwards, y downwards as the page is seen with its rotation."""
    rotation = page.get_rotation()
    if rotation == 90:
        return lambda x, y: (y, x)
    if rotation == 180:
        return lambda x, y: (-x, y)
    if rotation == 270:
        return lambda x, y: (-y, -x)
    return lambda x, y: (x, -y)


def page_strokes(page: pypdfium2.PdfPage) -> PageStrokes:
    """Collect what is drawn on a page, also inside form objects."""
    found = PageStrokes()
    _collect(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, _IDENTITY, viewer(page), found, 0)
    return found


def _collect(
    parent: object,
    count: Callable[[object], int],
    get: Callable[[object, int], object],
    matrix: Matrix,
    view: View,
    found: PageStrokes,
    depth: int,
) -> None:
    for index in range(count(parent)):
        found.left -= 1
        if found.left < 0:
            return
        thing = get(parent, index)
        if not thing:
            continue
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            _path(thing, _times(_matrix(thing), matrix), view, found)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            a, b, c, d, _, _ = _times(_matrix(thing), matrix)
            found.largest_picture = max(found.largest_picture, abs(a * d - b * c))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inner = _times(_matrix(thing), matrix)
            _collect(thing, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, inner, view, found, depth + 1)


def _path(path: object, matrix: Matrix, view: View, found: PageStrokes) -> None:
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(path, mode, stroked) or not (mode.value or stroked.value):
        return
    count = raw.FPDFPath_CountSegments(path)
    if not 1 < count <= _MOST_POINTS:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    pieces: list[list[tuple[float, float]]] = []
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        if not segment or not raw.FPDFPathSegment_GetPoint(segment, x, y):
            return
        a, b, c, d, e, f = matrix
        point = view(a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO or not pieces:
            pieces.append([point])
        elif kind == raw.FPDF_SEGMENT_LINETO:
            pieces[-1].append(point)
        else:  # a curve
            pieces.append([point])
        if raw.FPDFPathSegment_GetClose(segment) and len(pieces[-1]) > 2:
            pieces[-1].append(pieces[-1][0])
    for piece in pieces:
        if stroked.value or _is_thin(piece):
            found.rules.extend(rules_of(piece))


def _is_thin(points: list[tuple[float, float]]) -> bool:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return max(xs) - min(xs) <= _THIN or max(ys) - min(ys) <= _THIN


def _matrix(thing: object) -> Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(thing, matrix):
        return _IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """First ``inner``, then ``outer``."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )
