"""The fuzz target on some hundred mutated seeds, by plain calls."""

from __future__ import annotations

import random

from fuzzing.fuzz_forms import TARGETS, fuzz_forms, seeds

from tests.documents.test_fuzzing import mutated

RUNS = 300


def test_target() -> None:
    chance = random.Random(4)
    assert {seed[0] % len(TARGETS) for seed in seeds()} == set(range(len(TARGETS)))
    for seed in seeds():
        fuzz_forms(seed)
    for _ in range(RUNS):
        seed = chance.choice(seeds())
        fuzz_forms(seed[:1] + mutated(seed[1:], chance))
