"""The directory on the real unit files and the gold responsibilities."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest

from luoshi.units import UnitDirectory

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def real(shared: Path) -> UnitDirectory:
    return UnitDirectory.from_csv(shared / "data" / "units.csv", shared / "data" / "unit-names.csv")


def test_every_printed_name_resolves_to_its_units(real: UnitDirectory) -> None:
    assert len(real.names) > 900
    wrong = []
    for name in real.names:
        found = real.resolve(name.name, name.valid_from or name.valid_to)
        if (found.keys, found.kind, found.outdated) != (name.keys, name.kind, False):
            wrong.append((name, found))
    assert wrong == []


def test_names_of_the_gold_responsibilities_are_known(real: UnitDirectory, shared: Path) -> None:
    total = 0
    unknown = []
    for path in sorted((shared / "gold").glob("*.jsonl")):
        date = dt.date(int(path.name[:4]), 3, 1)
        for line in path.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            if found["kind"] == "responsibility":
                for name in found["lead"] + found["co"]:
                    total += 1
                    resolution = real.resolve(name, date)
                    if resolution.kind is None or resolution.outdated:
                        unknown.append((path.name, found["line"], name, resolution))
    assert total > 600
    assert len(unknown) <= 0.02 * total, unknown


def test_fifty_thousand_cached_names_a_second(real: UnitDirectory) -> None:
    date = dt.date(2018, 3, 1)
    names = [name.name for name in real.names]
    for name in names:
        real.resolve(name, date)
    began = time.perf_counter()
    for _ in range(20):
        for name in names:
            real.resolve(name, date)
    assert 20 * len(names) / (time.perf_counter() - began) >= 50_000


def test_a_whole_gazette_in_one_pass(real: UnitDirectory, shared: Path) -> None:
    text = next((shared / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")
    found = real.find_in(text, dt.date(2018, 3, 1))
    assert len(found) > 1500
    assert all(resolution == real.resolve(text[start:end], dt.date(2018, 3, 1)) for start, end, resolution in found)
