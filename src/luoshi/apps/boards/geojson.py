"""Reading a file of boundaries: bounded in size and depth, every problem said in Chinese."""

from __future__ import annotations

import json
from typing import Any

MOST_BYTES = 4 * 2**20
MOST_FEATURES = 500
MOST_POINTS = 200_000
MOST_PROBLEMS = 20
KINDS = ("Polygon", "MultiPolygon")


class BadBoundaries(ValueError):
    """A file that is no set of boundaries; ``problems`` say what is wrong, the first ones only."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def read_boundaries(data: bytes, keys: dict[str, str]) -> dict[str, Any]:
    """The collection in a file, reduced to what is drawn: ``unit``, ``cp`` and geometry of each feature.

    Heights are left out: nothing is drawn of them, and what stands there need not be a number that a database takes.
    ``keys`` maps what may stand for a unit (its key and its names) to its key: ``properties.unit`` or
    ``properties.name`` says which one a feature is. Raises ``BadBoundaries``.
    """
    if len(data) > MOST_BYTES:
        raise BadBoundaries([f"文件大于 {MOST_BYTES // 2**20} MB，请先简化边界。"])
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadBoundaries(["不是 GeoJSON 文件（应为 UTF-8 编码的 JSON）。"]) from error
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise BadBoundaries(["不是 GeoJSON 的要素集合（FeatureCollection）。"])
    features = found.get("features")
    if not isinstance(features, list) or not features:
        raise BadBoundaries(["文件里没有任何边界。"])
    if len(features) > MOST_FEATURES:
        raise BadBoundaries([f"边界多于 {MOST_FEATURES} 个。"])
    return {"type": "FeatureCollection", "features": _Reader(keys).read(features)}


def _shown(text: str) -> str:
    """The beginning of a name for a message; halves of characters, which JSON can write, are in no page's encoding."""
    return text.strip()[:30].encode("utf-8", "replace").decode("utf-8")


class _Reader:
    """Goes over the features and gathers what is wrong."""

    def __init__(self, keys: dict[str, str]) -> None:
        self.keys, self.points = keys, 0
        self.problems: list[str] = []
        self.seen: dict[str, int] = {}

    def read(self, features: list[Any]) -> list[dict[str, Any]]:
        rows = []
        for number, feature in enumerate(features, start=1):
            if (row := self._feature(number, feature)) is not None:
                rows.append(row)
            if self.points > MOST_POINTS:
                self.problems.append(f"边界的点多于 {MOST_POINTS:,} 个，请先简化。")
                break
        if self.problems:
            raise BadBoundaries(self.problems[:MOST_PROBLEMS])
        return rows

    def _feature(self, number: int, feature: Any) -> dict[str, Any] | None:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            return self._wrong(number, "没有属性")
        named = [properties.get(key) for key in ("unit", "name", "NAME") if isinstance(properties.get(key), str)]
        unit = next((self.keys[text.strip()] for text in named if text.strip() in self.keys), None)
        if unit is None:
            told = f"“{_shown(named[0])}”不是本地区的单位" if named else "没有写明单位（属性 unit 或 name）"
            return self._wrong(number, told)
        if unit in self.seen:
            return self._wrong(number, f"与第{self.seen[unit]}个是同一个单位")
        self.seen[unit] = number
        geometry = feature.get("geometry")
        if not isinstance(geometry, dict) or geometry.get("type") not in KINDS:
            return self._wrong(number, "不是面（Polygon 或 MultiPolygon）")
        coordinates = geometry.get("coordinates")
        polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
        if not isinstance(polygons, list) or not polygons or not all(self._polygon(one) for one in polygons):
            return self._wrong(number, "坐标不对：每个环至少四个点、首尾相接，经度 -180 到 180、纬度 -90 到 90")
        kept: dict[str, Any] = {"unit": unit}
        if self._point(properties.get("cp")):
            kept["cp"] = properties["cp"][:2]
        if self.points > MOST_POINTS:
            return None  # the rest was not looked at; the caller says why
        flat = [[[point[:2] for point in ring] for ring in rings] for rings in polygons]
        return {
            "type": "Feature",
            "properties": kept,
            "geometry": {"type": geometry["type"], "coordinates": flat[0] if geometry["type"] == "Polygon" else flat},
        }

    def _polygon(self, rings: Any) -> bool:
        return isinstance(rings, list) and bool(rings) and all(self._ring(ring) for ring in rings)

    def _ring(self, ring: Any) -> bool:
        if not isinstance(ring, list) or len(ring) < 4:
            return False
        self.points += len(ring)
        if self.points > MOST_POINTS:
            return True  # said once, by the caller
        return all(self._point(point) for point in ring) and ring[0][:2] == ring[-1][:2]

    @staticmethod
    def _point(point: Any) -> bool:
        if not isinstance(point, list) or not 2 <= len(point) <= 3:
            return False
        if any(isinstance(part, bool) or not isinstance(part, int | float) for part in point):
            return False
        return -180 <= point[0] <= 180 and -90 <= point[1] <= 90

    def _wrong(self, number: int, what: str) -> None:
        if len(self.problems) <= MOST_PROBLEMS:
            self.problems.append(f"第{number}个边界：{what}。")
