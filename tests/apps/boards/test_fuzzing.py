"""The fuzz target of boundaries on mutated seeds, by plain calls."""

from __future__ import annotations

import random

import pytest
from fuzzing.fuzz_geojson import fuzz_geojson, made, seeds

from luoshi.apps.boards.geojson import BadBoundaries, read_boundaries
from tests.documents.test_fuzzing import mutated

KEYS = {"bei": "bei", "nan": "nan", "高新区": "gao"}


def test_seeds_and_mutants() -> None:
    chance = random.Random("geojson")
    sound = seeds()
    for data in sound:
        fuzz_geojson(data)
    for _ in range(600):
        fuzz_geojson(mutated(chance.choice(sound), chance))


def test_the_made_collections_get_through() -> None:
    taken = 0
    for data in seeds():
        try:
            taken += bool(read_boundaries(made(data[1:]) if data[0] == 0 else data[1:], KEYS))
        except BadBoundaries:
            continue
    assert taken >= 6


def test_heights_are_left_out_whatever_they_are() -> None:
    found = read_boundaries(made(bytes([0, 0, 4, 5])), KEYS)
    rings = found["features"][0]["geometry"]["coordinates"]
    assert len(rings) == 2 and {len(point) for ring in rings for point in ring} == {2}


def test_half_a_character_is_told_in_a_message_that_a_page_can_show() -> None:
    with pytest.raises(BadBoundaries) as caught:
        read_boundaries(made(bytes([7, 0, 0, 0])), KEYS)
    assert caught.value.problems[0].encode() == "第1个边界：“?”不是本地区的单位。".encode()
