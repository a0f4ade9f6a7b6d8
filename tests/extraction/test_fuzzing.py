"""The fuzz targets of the grammar on some hundred inputs, by plain calls."""

from __future__ import annotations

import random

from fuzzing import fuzz_plans
from fuzzing.fuzz_phrases import fuzz_phrases, paragraph_of, seeds, text_of


def test_the_target_accepts_words_bytes_and_mutated_sentences() -> None:
    chance = random.Random(20261122)
    kept = seeds()
    for number in range(300):
        sentence = bytearray(kept[number % len(kept)])
        at = chance.randrange(2, len(sentence))
        sentence[at : at + chance.randrange(9)] = chance.randbytes(chance.randrange(9))
        fuzz_phrases(bytes(sentence))
        fuzz_phrases(b"\x00" + chance.randbytes(60))
    fuzz_phrases(b"")


def test_inputs_are_broken_into_lines() -> None:
    paragraph = paragraph_of(text_of(b"\x01\x04" + "十个字符的一段话而已".encode()), 4)
    assert [(piece.line, piece.length) for piece in paragraph.pieces] == [(1, 4), (3, 4), (5, 2)]


def test_whole_plans_made_of_parts_and_bytes_are_read() -> None:
    chance = random.Random(20261123)
    kept = fuzz_plans.seeds()
    for number in range(200):
        data = bytearray(kept[number % len(kept)])
        at = chance.randrange(1, len(data))
        data[at : at + chance.randrange(9)] = chance.randbytes(chance.randrange(9))
        fuzz_plans.fuzz_plans(bytes(data))
        fuzz_plans.fuzz_plans(b"\x00" + chance.randbytes(50))
    fuzz_plans.fuzz_plans(b"")
