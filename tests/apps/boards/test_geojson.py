"""Boundaries from files: what is taken, what is said, and that no bytes lead to anything but either."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.apps.boards import geojson
from luoshi.apps.boards.geojson import BadBoundaries, read_boundaries
from luoshi.apps.boards.queries.places import tiles
from luoshi.apps.organisations.models import Unit

KEYS = {"bei": "bei", "北川县": "bei", "nan": "nan", "南屏县": "nan"}
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]]


def feature(unit: Any = "bei", coordinates: Any = None, kind: str = "Polygon", **more: Any) -> dict[str, Any]:
    """One feature."""
    geometry = {"type": kind, "coordinates": SQUARE if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"unit": unit, **more}, "geometry": geometry}


def file(*features: Any) -> bytes:
    """A file of them."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def test_what_is_drawn_is_kept_and_nothing_else() -> None:
    extra = {"type": "Feature", "properties": {"name": "南屏县", "population": 3}, "geometry": feature()["geometry"]}
    found = read_boundaries(b"\xef\xbb\xbf" + file(feature(cp=[0.5, 0.5]), extra), KEYS)
    assert [one["properties"] for one in found["features"]] == [{"unit": "bei", "cp": [0.5, 0.5]}, {"unit": "nan"}]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "不是 GeoJSON"),
        (b"\xff\xfe", "不是 GeoJSON"),
        (b"[" * 100_000, "不是 GeoJSON"),
        (b"{}", "不是 GeoJSON 的要素集合"),
        (file(), "没有任何边界"),
        (file(feature("dong")), "第1个边界：“dong”不是本地区的单位"),
        (file(feature(None)), "没有写明单位"),
        (file(feature(), feature("北川县")), "第2个边界：与第1个是同一个单位"),
        (file(feature(kind="Point", coordinates=[0, 0])), "不是面"),
        (file(feature(coordinates=[[[0, 0], [1, 0], [0, 0]]])), "坐标不对"),
        (file(feature(coordinates=[[[0, 0], [1, 0], [1, 1], [0, 1]]])), "坐标不对"),
        (file(feature(coordinates=[[[0, 0], [200, 0], [1, 1], [0, 0]]])), "坐标不对"),
        (file(feature(coordinates=[[[0, 0], [True, 0], [1, 1], [0, 0]]])), "坐标不对"),
        (file(feature(coordinates="x")), "坐标不对"),
        (file("x"), "没有属性"),
        (b" " * (geojson.MOST_BYTES + 1), "文件大于"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, told: str) -> None:
    with pytest.raises(BadBoundaries, match=told.replace("（", ".")):
        read_boundaries(data, KEYS)


def test_many_mistakes_are_cut() -> None:
    with pytest.raises(BadBoundaries) as caught:
        read_boundaries(file(*(feature(f"x{number}") for number in range(100))), KEYS)
    assert len(caught.value.problems) == geojson.MOST_PROBLEMS


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "features", "properties", "unit", "geometry", "coordinates", "cp"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=60)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | st.lists(_JSON).map(lambda rows: file(*rows))
)
def test_any_bytes_give_boundaries_or_a_message(data: bytes) -> None:
    try:
        found = read_boundaries(data, KEYS)
    except BadBoundaries as error:
        assert error.problems
    else:
        assert found["features"]


@settings(max_examples=60, deadline=None)
@given(number=st.integers(1, 400))
def test_tiles_never_lie_on_one_another_and_stay_compact(number: int) -> None:
    laid = tiles([Unit(key=str(one)) for one in range(number)])
    places = {(column, row) for _, column, row in laid}
    assert len(places) == number
    columns, rows = max(column for column, _ in places) + 1, max(row for _, row in places) + 1
    assert (columns - 1) * (rows - 1) < number <= columns * rows
    assert rows <= columns <= 2 * rows + 2
