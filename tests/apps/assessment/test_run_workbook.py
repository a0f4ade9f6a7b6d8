"""The workbook of a run: LibreOffice computes every point, total and rank again, to the 9th decimal."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from luoshi.apps.assessment.computing import frozen
from luoshi.apps.assessment.models import Run
from luoshi.apps.assessment.queries.runs import Read
from luoshi.apps.assessment.workbook import write_workbook
from luoshi.scoring import Facts, read_facts, shipped, shipped_text
from luoshi.scoring.loading import load
from tests.apps.assessment.making_runs import at
from tests.scoring.workbook import _RECALCULATE

FACTS = Path("tests/scoring/facts")
#: Every method, tie, gate and missing-value rule; two groups of units, one item ranked apart, one for a group alone.
EVERY = (Path(__file__).with_name("every_method.yaml")).read_text(encoding="utf-8")
UNITS = "甲乙丙丁戊己"
#: item → values of the six units, ``-`` no row, empty not reported; with ``/`` the target, ``//`` the figure before.
ROWS = {
    "r1": "3 5 5 0 -1 -",
    "r2": "1 2 2 9 2 _",
    "r3": "4 4 8 1 2 3",
    "r4": "12 10 20 40 10 33",
    "r5": "7 7 9 9 5 3",
    "r6": "8/10 80/100 3/ 0/0 4/9 4/7",
    "t1": "3/10 9/10 4/10 7/13 0/10 _/10",
    "t2": "5/10 6/10 0/0 -3/10 2/ 9/10",
    "t3": "20 30 60 200 0 45",
    "t4": "1/3 1/3 1/3 1/3 5/3 2/3",
    "t5": "3 6 9 12 0 7",
    "o1": "1 2 5 11 30 _",
    "o2": "11//10 9//10 5//0 5 12//-10 _//3",
    "o3": "5/9 9/9 12/9 1/9 3.3/9 4/",
    "o5": "10 51 -3 33.3 50 0",
    "o6": "4 4 9 1 2 -",
    "o7": "0 1 3 13 - 2",
    "o8": "5/9 9/9 12/9 -8/9 3/9 4/",
    "o9": "1 9 0 - 3 2",
    "v1": "0 0 1 0 0 0",
    "v2": "0 0 0 0 0 2",
}
MARKS = {"甲": "80 90 70 60", "乙": "88", "丙": "70 75 99 100", "丁": "", "戊": "66 66 66", "己": "91 92"}


def every_facts() -> Facts:
    lines = ["unit,item,value,target,previous,judge"]
    for item, row in ROWS.items():
        for unit, cell in zip(UNITS, row.split(), strict=True):
            if cell == "-":
                continue
            value, previous = cell.split("//") if "//" in cell else (cell, "")
            value, _, target = value.partition("/")
            lines.append(f"{unit},{item},{value.replace('_', '')},{target},{previous},")
    for unit, marks in MARKS.items():
        lines += [f"{unit},o4,{mark},,,评委{place}" for place, mark in enumerate(marks.split())]
    return read_facts("\n".join(lines), load(EVERY))


def read_of(text: str, facts: Facts, choices: dict[str, str] | None = None) -> Read:
    """A run as it would be read, from the library's facts."""
    groups = {unit: group.key for group in load(text).unit_groups for unit in group.units} | dict(facts.groups)
    names = facts.units()
    core: dict[str, Any] = {
        "scheme": text,
        "choices": choices or {},
        "units": [{"key": f"u{at}", "name": name, "group": groups.get(name, "")} for at, name in enumerate(names)],
        "facts": [
            {
                "key": f"u{names.index(fact.unit)}", "unit": fact.unit, "item": fact.item, "judge": fact.judge,
                "value": None if fact.value is None else str(fact.value),
                "target": None if fact.target is None else str(fact.target),
                "previous": None if fact.previous is None else str(fact.previous),
                "source": "", "date": None, "reference": {}, "typed": True, "reason": "", "evidence": "",
            }
            for fact in facts.rows if fact.item
        ],
    }  # fmt: skip
    snapshot = frozen({}, core)
    return Read(Run(period="2026Q1", as_of=at(1), digest="d"), snapshot, snapshot["result"], frozen=True)


def evaluated(files: dict[str, bytes], folder: Path) -> dict[str, CalamineWorkbook]:
    """The workbooks with all formulas evaluated by LibreOffice: one start for all."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not here")
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_RECALCULATE, encoding="utf-8")
    paths = []
    for name, data in files.items():
        paths.append(folder / f"{name}.xlsx")
        paths[-1].write_bytes(data)
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    found = {name: folder / "out" / f"{name}.xlsx" for name in files}
    assert all(path.is_file() for path in found.values()), done.stderr
    return {name: CalamineWorkbook.from_path(str(path)) for name, path in found.items()}


def book_of(read: Read) -> bytes:
    file = io.BytesIO()
    write_workbook(file, read, label="试算", person="测试", at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    return file.getvalue()


def check(book: CalamineWorkbook, read: Read, unsaid: int) -> None:
    """Every point, total and rank that the formulas give is the library's."""
    notes = book.get_sheet_by_name("说明").to_python()
    assert sum(row[0] == "未用公式" for row in notes) == unsaid, notes
    rows = book.get_sheet_by_name("总分").to_python(skip_empty_area=False)
    heads, keys = rows[1], [item.key for item in read.scheme.items]
    total = heads.index("总分")
    by_unit = {row["unit"]: row for row in read.rows}
    assert len(rows) - 2 == len(by_unit)
    for row in rows[2:]:
        result = by_unit[row[0]]
        points = {one["item"]: Decimal(one["points"]) for one in result["items"]}
        for place, key in enumerate(keys):
            assert abs(Decimal(str(row[4 + place])) - points[key]) < Decimal("1e-9"), (
                row[0],
                key,
                row[4 + place],
                points[key],
            )
        assert abs(Decimal(str(row[total])) - Decimal(result["total"])) < Decimal("1e-9"), (row[0], row[total])
        assert (row[total + 2] or None) == result["rank"], (row[0], row[total + 2], result["rank"])
        assert row[total + 5] == 0
    for group in read.scheme.groups:
        cells = book.get_sheet_by_name(group.title).to_python(skip_empty_area=False)
        for number, item in enumerate(group.items):
            for row in cells[2:]:
                record = next(one for one in by_unit[row[0]]["items"] if one["item"] == item.key)
                rank = row[1 + 7 * number + 5]
                if item.method.RANKS:
                    assert (rank or None) == record["rank"], (row[0], item.key, rank, record["rank"])


def test_libreoffice_gives_what_the_library_gave(tmp_path: Path) -> None:
    quarter = shipped_text("zhaoshang-2023-county-quarter")
    facts = read_facts((FACTS / "county-q1.csv").read_bytes(), shipped("zhaoshang-2023-county-quarter"))
    group = shipped("zhaoshang-2023-group-year")
    year = read_facts((FACTS / "group-year.csv").read_bytes(), group)
    reads = {
        "every": (read_of(EVERY, every_facts()), 0),
        "quarter": (read_of(quarter, facts), 0),
        "linear": (read_of(quarter, facts, {"ranking": "linear", "no-target": "zero", "not-reported": "exclude"}), 0),
        "year": (read_of(shipped_text("zhaoshang-2023-group-year"), year), 0),
        "lazy": (read_of(EVERY.replace("min(实际, 平均) / 最好", "(目标 if 实际 > 3 else 0)"), every_facts()), 1),
    }
    books = evaluated({name: book_of(read) for name, (read, _) in reads.items()}, tmp_path)
    for name, (read, unsaid) in reads.items():
        check(books[name], read, unsaid)
    reasons = books["every"].get_sheet_by_name("理由").to_python()
    assert any("在" in str(row[4]) and "名" in str(row[4]) for row in reasons)
