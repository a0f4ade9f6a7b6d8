"""The source documents: how they split, and how well they are read against the gold annotations."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from luoshi.documents.model import Document
from luoshi.documents.reader import read
from luoshi.extraction import Extraction, extract, records
from luoshi.extraction.paragraphs import paragraphs

pytestmark = pytest.mark.shared


@cache
def _document(shared: Path, number: str) -> Document:
    (path,) = (shared / "seeds").glob(f"{number}_*.txt")
    return read(path)


@cache
def _extraction(shared: Path, number: str) -> Extraction:
    return extract(_document(shared, number))


def _starts(shared: Path, number: str) -> list[tuple[int, int]]:
    return [(plan.first_line, plan.last_line) for plan in _extraction(shared, number).plans]


def test_the_collection_of_2018_holds_ten_plans(shared: Path) -> None:
    assert _starts(shared, "000") == [
        *((18, 104), (106, 244), (246, 438), (440, 562), (564, 616)),
        *((618, 802), (804, 926), (928, 1051), (1053, 1121), (1123, 1301)),
    ]
    plans = _extraction(shared, "000").plans
    assert {plan.context.year for plan in plans} == {2018}
    assert {plan.number for plan in plans} == {None}


def test_the_page_of_2019_holds_a_notice_and_five_plans(shared: Path) -> None:
    assert _starts(shared, "001") == [(1, 12), (16, 78), (82, 154), (158, 222), (226, 270), (274, 316)]
    assert {plan.issued_on for plan in _extraction(shared, "001").plans} == {dt.date(2019, 5, 7)}


def test_the_gazette_of_april_2023_splits_into_its_documents(shared: Path) -> None:
    starts = [first for first, _ in _starts(shared, "002")]
    assert starts == [
        *(135, 150, 274, 317, 331, 417, 436, 700, 883, 937, 1087, 1101),
        *(1664, 1714, 1728, 1865, 1883, 2009, 2047, 2119, 2132, 2285, 2329),
    ]
    numbers = {plan.first_line: (plan.number or "")[-5:] for plan in _extraction(shared, "002").plans}
    assert numbers[700] == numbers[883] == numbers[417]
    assert numbers[2329] == ""


def test_the_gazette_of_december_2022_splits_into_its_documents(shared: Path) -> None:
    starts = [first for first, _ in _starts(shared, "003")]
    assert starts == [112, 127, 315, 331, 654, 668, 679, 704, 721, 743, 760, 775, 1334, 1350, 1422, 1437, 1531]
    years = {plan.first_line: (plan.context.year, plan.context.last_year) for plan in _extraction(shared, "003").plans}
    assert years[127] == years[331] == years[775] == (2022, 2025)


def test_the_notice_of_2023_carries_three_plans(shared: Path) -> None:
    assert _starts(shared, "004") == [(1, 17), (18, 1183), (1184, 1940), (1941, 2262)]
    plans = _extraction(shared, "004").plans
    assert len({(plan.number, plan.issued_on) for plan in plans}) == 1
    assert plans[0].issued_on == dt.date(2023, 3, 10)
    assert [len([m for m in plan.measures if m.depth == 2]) for plan in plans] == [0, 26, 15, 15]


def test_outlines_are_whole(shared: Path) -> None:
    tops = [len([m for m in plan.measures if m.depth == 1]) for plan in _extraction(shared, "000").plans]
    assert tops == [3, 4, 4, 4, 4, 4, 4, 4, 4, 4]
    rules = next(plan for plan in _extraction(shared, "002").plans if plan.first_line == 150)
    assert len([m for m in rules.measures if m.rule == "outline.article"]) == 45


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_no_character_of_the_sources_is_lost_or_doubled(shared: Path, number: str) -> None:
    document = _document(shared, number)
    taken: set[tuple[int, int]] = set()
    for paragraph in paragraphs(document):
        for piece in paragraph.pieces:
            places = {(piece.line, piece.start + k) for k in range(piece.length)}
            assert not places & taken
            taken |= places
    lost = [
        (line.number, line.text)
        for line in document.lines
        for k, character in enumerate(line.text)
        if (line.number, k) not in taken and character not in "#*-<b>/—0123456789" and not character.isspace()
    ]
    assert lost == []


def _scores(shared: Path, folder: Path, gold_name: str) -> dict[str, Any]:
    """The figures that the evaluation tool of the shared folder prints."""
    gold = shared / "gold" / gold_name
    document = json.loads(gold.read_text("utf-8").partition("\n")[0])["doc"]
    found = folder / "found.jsonl"
    lines = (json.dumps(record, ensure_ascii=False) for record in records(_extraction(shared, document[:3])))
    found.write_text("\n".join(lines), "utf-8")
    tool = shared / "tools" / "evaluate_extraction.py"
    command = [sys.executable, str(tool), str(gold), str(found), "--json"]
    figures: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return figures


def test_the_plans_of_2018_reach_the_required_quality(shared: Path, tmp_path: Path) -> None:
    scores = _scores(shared, tmp_path, "2018-plans-1-3.jsonl")
    assert scores["target found"]["f1"] >= 0.95
    assert scores["target exact"]["f1"] >= 0.88
    assert scores["responsibility exact"]["f1"] >= 0.97
    assert scores["deadline exact"]["f1"] >= 0.90
    assert scores["table found"]["f1"] == 1
    assert scores["table cells"]["accuracy"] >= 0.99


@pytest.mark.parametrize("gold_name", ["2019-six-campaigns.jsonl", "2023-three-campaigns.jsonl"])
def test_the_later_plans_reach_the_required_quality(shared: Path, tmp_path: Path, gold_name: str) -> None:
    scores = _scores(shared, tmp_path, gold_name)
    assert scores["target found"]["f1"] >= 0.95
    assert scores["target exact"]["f1"] >= 0.88
    assert scores["responsibility exact"]["f1"] >= 0.97
    assert scores["deadline exact"]["f1"] >= 0.90


def test_the_tables_of_2023_printed_line_by_line_are_put_together(shared: Path, tmp_path: Path) -> None:
    tables = [table for plan in _extraction(shared, "004").plans for table in plan.tables]
    assert (tables[0].line, tables[0].line_end) == (681, 1183)
    assert [row[0] for row in tables[0].rows if row[0].isdigit()] == [str(number) for number in range(1, 101)]
    scores = _scores(shared, tmp_path, "2023-three-campaigns.jsonl")
    assert scores["table found"]["f1"] == 1
    assert scores["table cells"]["accuracy"] >= 0.98
    gold = shared / "gold" / "2023-three-campaigns.jsonl"
    printed = [item for item in map(json.loads, gold.read_text("utf-8").splitlines()) if item["kind"] == "table"]
    assert [[_folded(name) for name in table.header] for table in tables] == [
        [_folded(name) for name in item["header"]] for item in printed
    ]


def test_the_same_annexes_printed_in_two_ways_are_read_alike(shared: Path) -> None:
    """The gazette prints the annexes of the file of 2023 with a row a line; they differ in a few words only."""
    by_lines = [table for plan in _extraction(shared, "004").plans for table in plan.tables]
    by_rows = [table for plan in _extraction(shared, "002").plans for table in plan.tables if 560 < table.line < 882]
    assert len(by_lines) == len(by_rows) == 8
    differing = sum(
        _folded(a) != _folded(b)
        for one, other in zip(by_lines, by_rows, strict=True)
        for mine, theirs in zip(one.rows, other.rows, strict=True)
        for a, b in zip(mine, theirs, strict=True)
    )
    assert differing <= 12


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
