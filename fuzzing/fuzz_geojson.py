"""Coverage-guided fuzzing of boundaries: ``python fuzzing/fuzz_geojson.py [libFuzzer options]``.

Any bytes are boundaries or a ``BadBoundaries`` whose problems are told in Chinese and can be put on a page. What is
taken can be stored and drawn: plain JSON of finite numbers, a known unit a feature, each once, closed rings within the
degrees of the earth; and it is taken again, unchanged, when the file is downloaded and given back. The first byte
chooses raw bytes or a collection made of the words that the reader knows.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from luoshi.apps.boards.geojson import KINDS, MOST_PROBLEMS, BadBoundaries, read_boundaries

SECONDS = 2.0
KEYS = {"bei": "bei", "北川县": "bei", "nan": "nan", "南屏县": "nan", "高新区": "gao"}
RING = [[100, 25], [101, 25], [101, 26], [100, 25]]
#: Pieces of features, for inputs that get past the first brace; each byte takes one.
NAMES = ({"unit": "bei"}, {"unit": "nan"}, {"name": "高新区"}, {"name": " 南屏县 "}, {"unit": 3, "NAME": "北川县"},
         {}, None, {"name": "\ud800"}, {"name": ""}, {"unit": "bei", "cp": [100.5, 25.5]},
         {"unit": "nan", "cp": [1e999, 0, 0]}, {"unit": "gao", "cp": "x"})  # fmt: skip
RINGS = (RING, [*RING[:3]], [], [*RING[:3], [100, 25, 7]], [[*point, float("nan")] for point in RING],
         [[*point, 10**400] for point in RING], [*RING[:3], [True, 25]], [[181, 0], *RING[1:3], [181, 0]], None, "x",
         [[-180, -90], [180, -90], [180, 90.0], [-180.0, -90]], [1, 2, 3, 4], [[float("inf"), 0]] * 4)  # fmt: skip
TYPES = (*KINDS, "Point", None, ["Polygon"])


def made(data: bytes) -> bytes:
    """A collection of features, a name, a kind and up to two rings each."""
    features: list[Any] = []
    for at in range(0, len(data), 4):
        name, kind, one, other = (data[at : at + 4] + b"\0\0\0\0")[:4]
        rings: list[Any] = [RINGS[one % len(RINGS)]]
        if other:
            rings.append(RINGS[other % len(RINGS)])
        chosen = TYPES[kind % len(TYPES)]
        coordinates: Any = [rings] if chosen == "MultiPolygon" and kind < 128 else rings
        geometry = {"type": chosen, "coordinates": coordinates}
        features.append({"properties": NAMES[name % len(NAMES)], "geometry": None if kind == 255 else geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def check(found: dict[str, Any]) -> None:
    """What was taken can be stored, drawn, and given back."""
    text = json.dumps(found, allow_nan=False).encode()
    units = [feature["properties"]["unit"] for feature in found["features"]]
    if not units or len(set(units)) != len(units) or not set(units) <= set(KEYS.values()):
        raise AssertionError(units)
    for feature in found["features"]:
        kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        for polygon in [coordinates] if kind == "Polygon" else coordinates:
            for ring in polygon:
                if len(ring) < 4 or ring[0] != ring[-1]:
                    raise AssertionError(ring)
                if any(len(point) != 2 or abs(point[0]) > 180 or abs(point[1]) > 90 for point in ring):
                    raise AssertionError(ring)
    if read_boundaries(text, KEYS) != found:
        raise AssertionError("something else when given back")


def fuzz_geojson(data: bytes) -> None:
    """Bytes, or a collection made of them, as a file of boundaries."""
    if not data:
        return
    start = time.process_time()
    try:
        check(read_boundaries(data[1:] if data[0] & 1 else made(data[1:201]), KEYS))
    except BadBoundaries as error:
        if not 0 < len(error.problems) <= MOST_PROBLEMS:
            raise AssertionError(len(error.problems)) from error
        for problem in error.problems:
            problem.encode()
            if not any("一" <= character <= "龥" for character in problem):
                raise AssertionError(problem) from error
    if time.process_time() - start > SECONDS:
        raise AssertionError(f"{len(data)} bytes took more than {SECONDS} s")


def seeds() -> list[bytes]:
    """Sound files of each kind, and one choice of every piece."""
    sound = [
        {"type": "Feature", "properties": {"unit": "bei"}, "geometry": {"type": "Polygon", "coordinates": [RING]}},
        {
            "type": "Feature",
            "properties": {"name": "南屏县", "cp": [100.5, 25.5]},
            "geometry": {"type": "MultiPolygon", "coordinates": [[RING], [RING, RING]]},
        },
    ]
    file = json.dumps({"type": "FeatureCollection", "features": sound}, ensure_ascii=False).encode()
    return [
        b"\x01" + file,
        b"\x01\xef\xbb\xbf" + file,
        b"\x01" + json.dumps({"type": "FeatureCollection", "features": []}).encode(),
        b"\x00" + bytes([0, 0, 0, 0, 1, 1, 0, 3, 2, 0, 10, 0]),
        *(b"\x00" + bytes([number, 0, 0, 0]) for number in range(len(NAMES))),
        *(b"\x00" + bytes([0, 0, number, 0]) for number in range(len(RINGS))),
        *(b"\x00" + bytes([0, number, 0, 0]) for number in range(len(TYPES))),
    ]


def main() -> None:
    """Hand the target to libFuzzer."""
    import atheris

    with atheris.instrument_imports(include=["luoshi.apps.boards.geojson"]):
        for module in [module for module in sys.modules if module.startswith(("luoshi", "fuzzing."))]:
            del sys.modules[module]
        import fuzzing.fuzz_geojson as instrumented
    folder = Path(__file__).resolve().parent.parent / "var" / "fuzzing" / "geojson"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], str(folder), *sys.argv[1:]], instrumented.fuzz_geojson)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
