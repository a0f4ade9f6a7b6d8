"""Each fuzz target on some hundred mutated seeds, by plain calls."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fuzzing.corpus import parts, seeds, write_corpus
from fuzzing.fuzz_documents import targets

from luoshi.documents import Format, read

RUNS = 200


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del changed[at : at + chance.randrange(1, 30)]
        elif kind == 2:
            start = chance.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + 40]
        else:
            changed[at:at] = chance.choice([b"<", b"]]>", b'"', b"\x00", b"9999999999", b"-1", "㊀".encode(), b"&#x0;"])
    return bytes(changed)


@pytest.mark.parametrize("name", sorted(targets()))
def test_target(name: str) -> None:
    target = targets()[name]
    kind = Format(name.partition("-")[0])
    chance = random.Random(name)
    sound = parts(kind) if name.endswith("-part") else seeds(kind)
    for data in sound:
        target(data)
    for _ in range(RUNS):
        target(mutated(chance.choice(sound), chance))


@pytest.mark.parametrize("kind", list(Format))
def test_corpus_is_written_and_sound(kind: Format, tmp_path: Path) -> None:
    folder = write_corpus(kind.value, tmp_path / kind.value)
    readable = 0
    for file in folder.iterdir():
        try:
            readable += bool(read(file, name=f"a.{kind.value}").lines)
        except ValueError as error:
            assert "扫描件" in str(error)
    assert readable
