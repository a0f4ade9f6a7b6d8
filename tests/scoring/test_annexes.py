"""Annexes 6 and 7 for 11 and 9 units, beside the same in a workbook that LibreOffice evaluates."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from luoshi.scoring import Result, combine, read_facts, score, shipped
from luoshi.scoring.numbers import rounded_text
from tests.scoring import workbook

FACTS = Path(__file__).parent / "facts"
PARTS = {"Q1": "q1", "Q2": "q2", "Q3": "q3", "年度": "year"}


def results(who: str) -> tuple[dict[str, Result], Result]:
    """The result of every part, and of the whole year."""
    parts = {}
    for part, name in PARTS.items():
        scheme = shipped(f"zhaoshang-2023-{who}-{'year' if name == 'year' else 'quarter'}")
        parts[part] = score(scheme, read_facts((FACTS / f"{who}-{name}.csv").read_bytes(), scheme))
    return parts, combine(shipped(f"zhaoshang-2023-{who}-whole-year"), parts)


@pytest.mark.parametrize(("who", "count"), [("county", 11), ("group", 9)])
def test_same_as_a_workbook(who: str, count: int, tmp_path: Path) -> None:
    """Every point, total and rank: 11 decimals of a double are all that a spreadsheet can vouch for."""
    if shutil.which("soffice") is None:
        pytest.skip("没有 LibreOffice（soffice）")
    sheets = {
        name: ((workbook.YEARS if name == "year" else workbook.QUARTERS)[who], FACTS / f"{who}-{name}.csv")
        for name in PARTS.values()
    }
    written = tmp_path / "annex.xlsx"
    units = workbook.write(written, sheets, "whole")
    assert len(units) == count
    book = CalamineWorkbook.from_path(workbook.evaluate(written, tmp_path))
    parts, whole = results(who)
    compared = 0
    for part, name in PARTS.items():
        columns = sheets[name][0]
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for row in rows[1:]:
            unit = parts[part].by_unit[str(row[0])]
            for number, column in enumerate(columns):
                own = unit.item(column.key)
                assert same(own.raw, row[1 + 4 * number + 3]), (part, unit.unit, column.key, own.reason)
                compared += 1
            assert same(unit.total, row[1 + 4 * len(columns)]), (part, unit.unit)
            assert unit.rank == row[1 + 4 * len(columns) + 1], (part, unit.unit)
    for row in book.get_sheet_by_name("whole").to_python(skip_empty_area=False)[1:]:
        unit = whole.by_unit[str(row[0])]
        assert same(unit.total, row[1]) and unit.rank == row[2], unit
    assert compared == count * sum(len(columns) for columns, _ in sheets.values())


def same(own: Fraction, other: object) -> bool:
    """Equal to the 11th decimal."""
    return rounded_text(own, 11) == rounded_text(Fraction(str(other)), 11)


def test_every_case_of_the_rules_stands_in_the_facts() -> None:
    """The comparison would prove little if the facts had no ties, gates, gaps and missing targets."""
    from luoshi.scoring import Status

    seen, ties = set(), 0
    for who in ("county", "group"):
        for result in results(who)[0].values():
            for unit in result.units:
                seen |= {one.status for one in unit.items}
                ties += sum(one.rank is not None and len(one.sheet.by_rank.get(one.rank, ())) > 1 for one in unit.items)
    assert {Status.SCORED, Status.GATED, Status.NOT_REPORTED, Status.EXCLUDED} <= seen
    assert ties > 20


def test_worked_by_hand() -> None:
    """Rows of the first quarter, calculated on paper."""
    parts, _ = results("county")
    quarter = parts["Q1"]
    zone = quarter.by_unit["云岭高新区"]
    assert not zone.item("3").applies  # no target: out of n, and the rest is multiplied by 100/80
    assert zone.item("4").points == zone.item("4").raw * Fraction(100, 80)
    assert quarter.by_unit["白溪县"].item("3").points == 0
    assert quarter.by_unit["白溪县"].item("3").rank == 10  # a gated unit keeps its place
    assert quarter.by_unit["白溪县"].item("3").sheet.count == 10
    tied = [quarter.by_unit[unit].item("2") for unit in ("松坪县", "石鼓县")]
    assert tied[0].rank == tied[1].rank and tied[0].points == tied[1].points
    same_rate = [quarter.by_unit[unit].item("3") for unit in ("月池县", "竹坞县")]
    assert [one.measure for one in same_rate] == [25, 25] and same_rate[0].rank == same_rate[1].rank
    missing = quarter.by_unit["红岩县"].item("1")
    assert (missing.points, missing.rank, missing.sheet.count) == (0, None, 11)
