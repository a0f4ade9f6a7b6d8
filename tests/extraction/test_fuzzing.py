"""The fuzz target of the phrase rules on some hundred inputs, by plain calls."""

from __future__ import annotations

import random

from fuzzing.fuzz_phrases import SENTENCE, fuzz_phrases, paragraph_of, text_of


def test_the_target_accepts_words_bytes_and_mutated_sentences() -> None:
    chance = random.Random(20261122)
    for _ in range(300):
        sentence = bytearray(b"\x01\x28" + SENTENCE.encode())
        at = chance.randrange(2, len(sentence))
        sentence[at : at + chance.randrange(9)] = chance.randbytes(chance.randrange(9))
        fuzz_phrases(bytes(sentence))
        fuzz_phrases(b"\x00" + chance.randbytes(60))
    fuzz_phrases(b"")


def test_inputs_are_broken_into_lines() -> None:
    paragraph = paragraph_of(text_of(b"\x01" + "十个字符的一段话而已".encode()), 4)
    assert [(piece.line, piece.length) for piece in paragraph.pieces] == [(1, 4), (3, 4), (5, 2)]
