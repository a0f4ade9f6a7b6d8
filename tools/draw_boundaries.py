"""Draws the boundaries of the sample prefecture: invented polygons that meet along the same jagged lines.

Junctions and who lies between them are laid down by hand; every line between two junctions is bent by a fixed rule that
looks only at its two ends, so that neighbours share it to the last digit and every run writes the same file.
Run: ``.venv/bin/python tools/draw_boundaries.py`` → ``src/luoshi/apps/boards/boundaries/yunling-zhou.geojson``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from itertools import pairwise
from pathlib import Path

Point = tuple[float, float]

FILE = Path(__file__).resolve().parent.parent / "src/luoshi/apps/boards/boundaries/yunling-zhou.geojson"
#: Degrees; nowhere on earth that matters.
ORIGIN, SCALE = (101.0, 24.4), 0.02
BENDS = 4
REACH = 0.16

#: Corners of the map, in units of a hand-drawn grid (x to the east, y to the north).
JUNCTIONS: dict[str, Point] = {
    "a": (12, 86), "b": (34, 96), "c": (60, 92), "d": (84, 97), "e": (99, 76),
    "f": (6, 62), "g": (30, 68), "h": (50, 72), "i": (70, 70), "j": (92, 56),
    "k": (2, 38), "l": (24, 44), "m": (44, 48), "n": (60, 44), "o": (76, 48), "p": (97, 34),
    "q": (14, 18), "r": (36, 24), "s": (54, 28), "u": (90, 12),
    "v": (28, 2), "w": (48, 6), "x": (66, 3),
    "A": (47, 63), "B": (57, 64), "C": (60, 56), "D": (50, 54),
}  # fmt: skip
#: The junctions around each unit, in order; a second ring is a hole (the high-tech zone lies inside the city).
UNITS: dict[str, tuple[str, ...]] = {
    "qingling-shi": ("abgf",),
    "baixi-xian": ("bchg",),
    "hongyan-xian": ("cdeih",),
    "songping-xian": ("fglk",),
    "yunjiang-shi": ("ghionml", "ABCD"),
    "yunling-gxq": ("ABCD",),
    "shigu-xian": ("iejo",),
    "jintang-xian": ("klrq",),
    "longqiu-xian": ("lmnsr",),
    "yuechi-xian": ("ojpuxwsn",),
    "zhuwu-xian": ("qrswv",),
}
#: Where the name stands, of units whose middle is taken.
LABELS: dict[str, Point] = {"yunjiang-shi": (69, 57)}


def placed(x: float, y: float) -> list[float]:
    """Longitude and latitude of a point of the grid."""
    return [round(ORIGIN[0] + x * SCALE, 5), round(ORIGIN[1] + y * SCALE, 5)]


def bent(first: str, last: str) -> list[Point]:
    """The line between two junctions, without its end: halved ``BENDS`` times, each middle pushed aside."""
    turned = first > last
    begin, end = (last, first) if turned else (first, last)
    line = [JUNCTIONS[begin], JUNCTIONS[end]]
    for depth in range(BENDS):
        longer: list[Point] = []
        for number, ((x, y), (to_x, to_y)) in enumerate(pairwise(line)):
            byte = hashlib.sha256(f"{begin}{end}{depth}{number}".encode()).digest()[0]
            push = (byte / 255 - 0.5) * 2 * REACH
            longer += [(x, y), ((x + to_x) / 2 - (to_y - y) * push, (y + to_y) / 2 + (to_x - x) * push)]
        line = [*longer, line[-1]]
    return (line[::-1] if turned else line)[:-1]


def ring(junctions: str) -> list[list[float]]:
    """A closed ring of longitudes and latitudes around the junctions."""
    points = [
        point
        for first, last in zip(junctions, junctions[1:] + junctions[0], strict=True)
        for point in bent(first, last)
    ]
    found = [placed(x, y) for x, y in points]
    return [*found, found[0]]


def drawn() -> dict[str, object]:
    """The whole collection."""
    features = [
        {
            "type": "Feature",
            "properties": {"unit": unit} | ({"cp": placed(*LABELS[unit])} if unit in LABELS else {}),
            "geometry": {"type": "Polygon", "coordinates": [ring(junctions) for junctions in rings]},
        }
        for unit, rings in UNITS.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(drawn(), separators=(",", ":")) + "\n", encoding="utf-8")
    sys.stdout.write(f"{FILE.name}: {len(UNITS)} units\n")


if __name__ == "__main__":
    main()
