"""The fuzz target on some hundred mutated seeds, by plain calls."""

from __future__ import annotations

import random

from fuzzing.fuzz_scheme import LINES, TARGETS, fuzz_scheme, seeds

from tests.documents.test_fuzzing import mutated

RUNS = 150


def test_target() -> None:
    chance = random.Random(6)
    assert {seed[0] % len(TARGETS) for seed in seeds()} == set(range(len(TARGETS)))
    for seed in seeds():
        fuzz_scheme(seed)
    small = [seed for seed in seeds() if len(seed) < 1500]
    for _ in range(RUNS):
        seed = chance.choice(small)
        fuzz_scheme(seed[:2] + mutated(seed[2:], chance))


def test_lines_in_sound_orders_and_others() -> None:
    """Schemes put together from lines: the first ten make a sound one."""
    chance = random.Random(7)
    for _ in range(RUNS):
        lines = list(range(10)) + [chance.randrange(len(LINES)) for _ in range(chance.randint(0, 3))]
        fuzz_scheme(b"\x00\x00" + bytes(lines))
