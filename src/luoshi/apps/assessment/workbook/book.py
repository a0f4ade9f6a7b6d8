"""What all sheets of the workbook share: formats, names, and where the cells of each item stand."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as at

from luoshi.apps.assessment.queries.runs import Read
from luoshi.scoring import Item, Scheme, with_choices
from luoshi.site.workbooks import cell_text, heading_format

Json = dict[str, Any]
OUT = "不适用"
FIRST = 2  # the first row of units, below two rows of headings
_BAD = re.compile(r"[\[\]:*?/\\']")


class Book:
    """A workbook in the making."""

    def __init__(self, file: IO[bytes], read: Read, label: str, person: str, moment: dt.datetime) -> None:
        self.book = xlsxwriter.Workbook(
            file,
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True},
        )
        self.read, self.label, self.person, self.moment = read, label, person, moment
        choices = read.core["choices"]
        self.scheme: Scheme = with_choices(read.scheme, choices) if choices else read.scheme
        self.units: list[Json] = list(read.core["units"])
        self.names: set[str] = set()
        self.unsaid: list[str] = []
        self.data: dict[tuple[str, str], str] = {}  # (item, column) → the column's letter on 数据
        self.marks: dict[str, tuple[str, str]] = {}  # item → the first and last column of its marks
        self.earned: dict[str, tuple[str, str, str]] = {}  # item → (sheet, column of points, column of status)
        self.gates: dict[str, str] = {}
        self.heading = heading_format(self.book)
        self.text = self.book.add_format({"border": 1, "valign": "top", "text_wrap": True})
        self.cell = self.book.add_format({"border": 1})
        self.points = self.book.add_format({"border": 1, "num_format": "0.00"})
        self.carried = self.book.add_format({"border": 1, "num_format": "0.00", "bg_color": "#FFE8CC"})

    def sheet(self, title: str) -> Any:
        name = base = _BAD.sub(" ", title).strip()[:28] or "表"
        place = 2
        while name in self.names:
            name, place = f"{base}{place}", place + 1
        self.names.add(name)
        return self.book.add_worksheet(name)

    def head(self, sheet: Any, row: int, column: int, text: str) -> None:
        sheet.write_string(row, column, cell_text(text), self.heading)

    def number(self, sheet: Any, row: int, column: int, text: str | None, form: Any = None) -> None:
        if text is None:
            sheet.write_blank(row, column, None, form or self.cell)
        else:
            sheet.write_number(row, column, float(Decimal(text)), form or self.cell)

    @property
    def last(self) -> int:
        """The last row of units."""
        return FIRST + len(self.units) - 1

    def range(self, sheet: str, column: int) -> str:
        return f"'{sheet}'!{at(FIRST, column, True, True)}:{at(self.last, column, True, True)}"

    def record(self, unit: Json, item: str) -> Json:
        row = self.read.by_key.get(unit["key"])
        return next((one for one in row["items"] if one["item"] == item), {}) if row else {}

    def of_data(self, item: str, name: str, row: int) -> str:
        """The cell of an item's figure on 数据."""
        return f"'数据'!{at(row, int(self.data[item, name]), False, True)}"

    def stands(self, item: Item, row: int) -> str:
        """The cell that tells how a unit stands to an item."""
        group, _, column = self.earned[item.key]
        return f"'{group}'!{at(row, int(column))}"


def as_float(text: str | None) -> float | str:
    """A kept number for a cell."""
    return "" if text is None else float(Decimal(text))


def quoted(text: str) -> str:
    """A text inside a formula."""
    return text.replace('"', '""')
