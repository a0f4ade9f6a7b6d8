"""Annexes 6 and 7 once more, as formulas of a workbook that LibreOffice evaluates: nothing of the library is used."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as at


@dataclass(frozen=True)
class Column:
    """An item as the sheet needs it. ``kind``: ``value`` and ``rate`` are ranked, ``target`` is managed by target."""

    key: str
    points: str  # a formula: the halves of 招大引强 are 18*10/20
    kind: str
    gate: str = ""  # "<0" or "=0"


QUARTERS = {
    "county": (
        Column("1", "20", "value", "<0"),
        Column("2", "20", "value", "<0"),
        Column("3", "20", "rate", "=0"),
        Column("4", "20", "value"),
        Column("5", "20", "value"),
    ),
    "group": (
        Column("1", "30", "target"),
        Column("2", "30", "value", "=0"),
        Column("3", "10", "value"),
        Column("4", "30", "value"),
    ),
}
YEARS = {
    "county": (
        Column("6", "15", "value", "<0"),
        Column("7", "15", "value", "<0"),
        Column("8", "15", "rate", "=0"),
        Column("9", "12", "value"),
        Column("10", "5", "target"),
        Column("11", "5", "target"),
        Column("12", "15", "value"),
        Column("13a", "18*10/20", "target"),
        Column("13b", "18*10/20", "target"),
    ),
    "group": (
        Column("5", "30", "target"),
        Column("6", "20", "target"),
        Column("7", "15", "target"),
        Column("8", "10", "value"),
        Column("9a", "25*10/20", "target"),
        Column("9b", "25*10/20", "target"),
    ),
}


def read(file: Path) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    """Value and target by unit and item."""
    table: dict[str, dict[str, tuple[float | None, float | None]]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            pair = tuple(float(row[name]) if row[name] else None for name in ("value", "target"))
            table.setdefault(row["unit"], {})[row["item"]] = (pair[0], pair[1])
    return table


def write(path: Path, sheets: dict[str, tuple[tuple[Column, ...], Path]], whole: str) -> list[str]:
    """A workbook with a sheet of formulas for each facts file and ``whole``, the sheet of the year; gives the units."""
    book = xlsxwriter.Workbook(str(path))
    units: list[str] = []
    for name, (columns, facts) in sheets.items():
        table = read(facts)
        units = list(table)
        _sheet(book.add_worksheet(name), columns, table)
    sheet: Any = book.add_worksheet(whole)
    quarters, year = list(sheets)[:3], list(sheets)[3]
    count, where = len(units), {name: _total(len(columns)) for name, (columns, _) in sheets.items()}
    for row, unit in enumerate(units, 1):
        cells = [f"{name}!{at(row, where[name])}" for name in (*quarters, year)]
        sheet.write(row, 0, unit)
        sheet.write_formula(row, 1, f"=({cells[0]}+{cells[1]}+{cells[2]})/6+{cells[3]}/2")
        sheet.write_formula(row, 2, _place(row, 1, count))
    book.close()
    return units


def _total(items: int) -> int:
    """The column of the total: after the name, and value, target, measure, points of every item."""
    return 1 + 4 * items


def _place(row: int, column: int, count: int) -> str:
    cells = f"{at(1, column, True, True)}:{at(count, column, True, True)}"
    return f"=1+SUMPRODUCT(--(ROUND({cells},9)>ROUND({at(row, column)},9)))"


def _sheet(
    sheet: Any, columns: tuple[Column, ...], table: dict[str, dict[str, tuple[float | None, float | None]]]
) -> None:
    count = len(table)
    excluded, total = [], _total(len(columns))
    for number, column in enumerate(columns):
        first = 1 + 4 * number
        measures = f"{at(1, first + 2, True, True)}:{at(count, first + 2, True, True)}"
        for row, items in enumerate(table.values(), 1):
            value, target = items[column.key]
            given, goal, measure = (at(row, first + shift) for shift in range(3))
            if value is not None:
                sheet.write_number(row, first, value)
            if target is not None:
                sheet.write_number(row, first + 1, target)
            if column.kind == "value":
                sheet.write_formula(row, first + 2, f'=IF({given}="","none",{given})')
            else:  # a unit without a target is out
                formula = f'=IF(OR({goal}="",{goal}=0),"out",IF({given}="","none",{given}/{goal}))'
                sheet.write_formula(row, first + 2, formula)
            points = f"({column.points})"
            if column.kind == "target":
                earned = f"{points}*MAX(0,MIN(1,{measure}))"
            else:
                applying = f'({count}-COUNTIF({measures},"out"))'
                better = f"SUMPRODUCT(ISNUMBER({measures})*({measures}>{measure})*ISNUMBER({measures}))"
                earned = f"{points}*({applying}-(1+{better})+1)/{applying}"
            gate = f"{given}{column.gate}" if column.gate else "FALSE"
            sheet.write_formula(row, first + 3, f"=IF(ISNUMBER({measure}),IF({gate},0,{earned}),0)")
        excluded.append((first + 2, column.points))
    for row, unit in enumerate(table, 1):
        sheet.write(row, 0, unit)
        earned = "+".join(at(row, 1 + 4 * number + 3) for number in range(len(columns)))
        out = "+".join(f'IF({at(row, place)}="out",{points},0)' for place, points in excluded)
        sheet.write_formula(row, total, f"=({earned})*100/(100-({out}))")
        sheet.write_formula(row, total + 1, _place(row, total, count))


# LibreOffice keeps the values that a file brings unless it is told to calculate anew.
_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def evaluate(path: Path, folder: Path) -> Path:
    """The workbook with all formulas evaluated by LibreOffice, without a window."""
    program = shutil.which("soffice") or "soffice"
    profile = (folder / "profile").as_uri()
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_RECALCULATE, encoding="utf-8")
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    done = subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(path)], capture_output=True, text=True, timeout=240, check=False
    )
    evaluated = folder / "out" / path.name
    assert evaluated.is_file(), done.stderr
    return evaluated
