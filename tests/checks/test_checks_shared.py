"""The source documents: what a careful reader found in them is found, and hardly anything else.

``EXPECTED`` holds every finding that was read and judged right against the source: the kind, and the lines of its first
places. A finding that is not listed counts as wrong; there may be one in ten pages of 600 characters.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from luoshi.checks import Finding, check
from luoshi.documents.model import Document
from luoshi.documents.reader import read
from luoshi.extraction import extract
from luoshi.units import UnitDirectory

pytestmark = pytest.mark.shared

PAGE = 600  # characters

Lines = tuple[int, ...]
EXPECTED: dict[str, dict[str, list[Lines]]] = {
    "000": {
        "growth-level": [(24,)],
        "count-territories": [(38, 79)],
        "total-row": [(70,), (71,), (72,), (73,), (74,), (75,), (76,), (77,)],
        "total-across": [(80, 104)],
        "table-only-unit": [(99,), (102,)],
        "total-column": [(104, 88, 96)],
        "unit-misprint": [
            (176, 180),
            (396, 400, 404),
            (458, 466),
            (500,),
            (720,),
            (742,),
            (856,),
            (872,),
            (944, 946),
            (1079,),
            (1267, 1269, 1271),
        ],
        "target-twice": [(356, 360), (356, 366), (1153, 1187)],
        "numbering": [(376,)],
        "annex-title": [(406, 411)],
        "total-section": [(639, 643, 645), (639, 643, 645), (639, 643, 645)],
        "share-base": [(640, 639), (665, 664), (683, 684)],
        "share-amount": [(644, 643), (646, 645), (708, 707, 664), (708, 707, 664), (708, 707, 664)],
        "text-table": [(624, 643), (624, 645), (808, 917)],
        "no-responsible": [(902,)],
        "lead-and-support": [(1167,)],
        "duty-differs": [(176, 240)],
        "other-lead": [(36, 818), (168, 508)],
        "phase-order": [(984, 988, 990)],
    },
    "001": {
        "count": [(1, 16, 82)],
        "target-twice": [(106, 258), (258, 296)],
        "deadline-passed": [(138,), (138,), (300,)],
        "two-values": [(240, 292)],
        "annex-missing": [(314, 316)],
    },
    "002": {
        "rate-over-100": [(351,), (406,)],
        "duty-differs": [(353, 409)],
        "two-values": [(506, 718)],
        "row-twice": [(612, 679)],
        "row-similar": [(668, 690)],
        "count-territories": [(710, 771)],
        "contact": [(746, 809, 823)],
        "annex-title": [(746, 754), (752, 784)],
        "method-undefined": [(844,), (856,)],
        "points-parts": [(859,), (876,)],
        "keep-above-base": [(1910, 2006)],
        "unit-misprint": [(1978,)],
    },
    "003": {
        "text-table": [(349, 355, 388), (353, 486)],
        "below-base": [(353, 532), (488,)],
        "share-amount": [(355,)],
        "growth-level": [(466, 481)],
        "target-twice": [(516, 590), (532, 576)],
        "outside-period": [(779, 921)],
        "annex-missing": [(1332,)],
        "lead-and-support": [(1360,)],
        "not-addressed": [(1426, 1487)],
        "period-longer": [(157, 159, 275)],
        "unit-differs": [(570, 478)],
    },
    "004": {
        "two-values": [(282, 1278)],
        "row-twice": [(840, 1099)],
        "row-similar": [(1056, 1139)],
        "count-territories": [(1247, 1514)],
        "method-undefined": [(1815,), (1862,)],
        "points-parts": [(1874,), (1925, 1926)],
        "annex-title": [(1423, 1452)],
    },
}


@cache
def _document(shared: Path, number: str) -> Document:
    (path,) = (shared / "seeds").glob(f"{number}_*.txt")
    return read(path)


@cache
def _findings(shared: Path, number: str) -> list[Finding]:
    directory = UnitDirectory.from_csv(shared / "data/units.csv", shared / "data/unit-names.csv")
    document = _document(shared, number)
    return check(extract(document), document, directory)


def _lines(finding: Finding) -> Lines:
    return tuple(dict.fromkeys(place.line for place in finding.places))


def _matches(finding: Finding, lines: Lines) -> bool:
    return _lines(finding)[: len(lines)] == lines


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_what_a_careful_reader_found_is_found(shared: Path, number: str) -> None:
    findings = _findings(shared, number)
    missing = [
        (kind, lines)
        for kind, places in EXPECTED[number].items()
        for lines in dict.fromkeys(places)
        if sum(f.kind == kind and _matches(f, lines) for f in findings) < places.count(lines)
    ]
    assert missing == []


def test_at_most_one_wrong_finding_in_ten_pages(shared: Path) -> None:
    pages = sum(len(_document(shared, number).text) for number in EXPECTED) / PAGE
    wrong = [
        (number, finding.kind, _lines(finding), finding.message)
        for number, kinds in EXPECTED.items()
        for finding in _findings(shared, number)
        if not any(_matches(finding, lines) for lines in kinds.get(finding.kind, []))
    ]
    assert len(wrong) <= pages / 10, wrong


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_every_place_stands_in_the_source(shared: Path, number: str) -> None:
    document = _document(shared, number)
    for finding in _findings(shared, number):
        assert finding.places
        for place in finding.places:
            for span in place.spans:
                assert 0 <= span.start < span.end <= len(document.line(span.line).text), finding


def test_the_arithmetic_is_shown(shared: Path) -> None:
    shown = {kind: finding.detail for finding in _findings(shared, "000") for kind in [finding.kind]}
    assert "190 + 100 + 30 + 80 + 20 = 420" in shown["total-column"]
    assert "15,000 ÷ (152,000 − 15,000) = 10.9%" in shown["growth-level"]
    assert "309%" in shown["text-table"]
    (yearly,) = [finding for finding in _findings(shared, "003") if finding.kind == "growth-level"]
    assert "15.63%" in yearly.detail
    assert "19.2%" in yearly.detail
