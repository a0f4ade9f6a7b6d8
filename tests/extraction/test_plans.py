"""Plans of other kinds than the sources, against what a person found in them (see ``expectations``)."""

from __future__ import annotations

import pytest

from luoshi.extraction import extract, records
from tests.extraction.expectations import FOLDER, differences, load
from tests.extraction.texts import text_document

NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_is_read_as_a_person_reads_it(name: str) -> None:
    text, expected = load(name)
    found = list(records(extract(text_document(text, name))))
    assert differences(expected, found) == []


def test_the_plans_hold_enough_to_tell() -> None:
    kinds = [item.kind for name in NAMES for item in load(name)[1] if not item.known]
    assert kinds.count("target") > 150
    assert kinds.count("responsibility") > 30
    assert kinds.count("deadline") > 50
