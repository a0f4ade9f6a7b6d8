"""Figures that people bring in one go: a CSV or Excel file, or cells pasted from Excel.

Two shapes: rows of ``unit,item,value,target`` (单位、项目、实际、目标; also 上期, 评委, 说明), or a table with a unit
in each row and an item in each column (``单位 1 2 3 3目标 …``; heads may read ``第3项`` or an item's title). Without a
head a paste is taken as the first shape. An empty value is 未报 in the first shape and no change in the second.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.apps.assessment.errors import Invalid
from luoshi.apps.assessment.gathering import Member
from luoshi.documents import table_file
from luoshi.documents.limits import MIB
from luoshi.documents.table_file import TableLimits, UnreadableTable
from luoshi.scoring import Item, Scheme
from luoshi.scoring.numbers import read_decimal

_LIMITS = TableLimits(file_bytes=8 * MIB, rows=100_000, columns=300, unpacked=128 * MIB, cells=1_000_000)
_HEADS = {
    "unit": "unit", "单位": "unit", "item": "item", "项目": "item", "项": "item", "value": "value", "实际": "value",
    "target": "target", "目标": "target", "previous": "previous", "上期": "previous", "judge": "judge", "评委": "judge",
    "reason": "reason", "说明": "reason",
}  # fmt: skip
_MOST_TOLD = 20
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_SIGNS = str.maketrans("，．－−＋％０１２３４５６７８９", ",.--+%0123456789")
_MOST = Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class Given:
    """One figure that was given; ``names`` are the columns that stood there, the others stay as they are."""

    unit_id: int
    item: str
    value: Decimal | None
    target: Decimal | None
    previous: Decimal | None
    judge: str
    reason: str
    names: frozenset[str]
    line: int


def number_in(text: str, percent: bool = False) -> Decimal | None:
    """A number as people type it; ``None`` for an empty cell (and 未报, 无); ``Invalid`` for what is none."""
    plain = text.strip().translate(_SIGNS)
    if plain in ("", "未报", "无", "无目标", "—", "-"):
        return None
    if percent:
        plain = plain.removesuffix("%").rstrip()
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    number = read_decimal(plain)
    if number is None:
        raise Invalid(f"“{text.strip()[:30]}”不是数字")
    if abs(number) >= _MOST:
        raise Invalid(f"“{text.strip()[:30]}”太大")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise Invalid(f"“{text.strip()[:30]}”的小数超过6位")
    return number


def read_file(data: bytes) -> list[tuple[int, Sequence[str]]]:
    """The rows of a file with their numbers; ``Invalid``."""
    try:
        return list(table_file.read_table(data, _LIMITS).rows)
    except UnreadableTable as error:
        raise Invalid(str(error)) from error


def read_paste(text: str) -> list[tuple[int, Sequence[str]]]:
    """The rows of a paste, cells parted by tabs (by commas where there is no tab)."""
    if len(text) > 2_000_000:
        raise Invalid("粘贴的内容太多，请改用文件。")
    delimiter = "\t" if "\t" in text else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Invalid("粘贴的内容无法识别。") from error
    found = [(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1)]
    return [(number, row) for number, row in found if any(row)]


def given_in(
    rows: Sequence[tuple[int, Sequence[str]]],
    scheme: Scheme,
    members: Iterable[Member],
    also: Callable[[str], int | None] = lambda name: None,
) -> list[Given]:
    """What the rows say; raises ``Invalid`` with every problem and its row. ``also`` finds a unit by other names."""
    if not rows:
        raise Invalid("没有内容，第一行应为 单位、项目、实际、目标。")
    reader = _Reader(scheme, members, also)
    head = [cell.strip() for cell in rows[0][1]]
    names = [_HEADS.get(cell.lower(), "") for cell in head]
    if "unit" in names and "item" in names:
        found = reader.listed(names, rows[1:])
    elif head and _HEADS.get(head[0].lower()) == "unit":
        found = reader.crossed(head, rows[1:])
    elif len(head) in (3, 4):
        found = reader.listed(["unit", "item", "value", "target"][: len(head)], rows)
    else:
        raise Invalid("第一行应为列名：单位、项目、实际、目标；或者第一列为单位、其余各列为项目。")
    if reader.problems:
        more = f"；另有{len(reader.problems) - _MOST_TOLD}处" if len(reader.problems) > _MOST_TOLD else ""
        raise Invalid("；".join(reader.problems[:_MOST_TOLD]) + more + "。没有存入任何数据。")
    if not found:
        raise Invalid("没有读到数据。")
    return found


class _Reader:
    def __init__(self, scheme: Scheme, members: Iterable[Member], also: Callable[[str], int | None]) -> None:
        self.problems: list[str] = []
        self.items: dict[str, Item] = {item.key.lower(): item for item in scheme.items}
        self.titles = {item.title: item for item in scheme.items}
        self.units: dict[str, int] = {}
        for member in members:
            for name in (member.unit.key, member.unit.name, str(member.unit), member.name):
                self.units[name] = member.unit.pk
        self.members = set(self.units.values())
        self.also = also
        self.seen: dict[tuple[int, str, str], int] = {}

    def listed(self, names: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> list[Given]:
        """A row for each figure."""
        at = {name: place for place, name in enumerate(names) if name}
        found = []
        for line, row in rows:
            cells = {name: row[place].strip() if place < len(row) else "" for name, place in at.items()}
            unit, item = self._unit(cells["unit"], line), self._item(cells["item"], line)
            if unit is None or item is None:
                continue
            found += self._given(unit, item, cells, frozenset(at) & {"value", "target", "previous"}, line)
        return found

    def crossed(self, head: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> list[Given]:
        """A row for each unit, a column for each item (or its target)."""
        columns: list[tuple[int, Item, str]] = []
        for place, cell in enumerate(head[1:], 1):
            if not cell:
                continue
            name = "target" if cell.endswith("目标") and cell not in self.titles else "value"
            item = self._item(cell.removesuffix("目标") if name == "target" else cell.removesuffix("实际"), 1)
            if item is not None:
                columns.append((place, item, name))
        found = []
        for line, row in rows:
            unit = self._unit(row[0], line)
            if unit is None:
                continue
            by_item: dict[str, dict[str, str]] = {}
            for place, item, name in columns:
                if place < len(row) and row[place].strip():
                    by_item.setdefault(item.key, {})[name] = row[place]
            for key, cells in by_item.items():
                found += self._given(unit, self.items[key.lower()], cells, frozenset(cells), line)
        return found

    def _given(self, unit: int, item: Item, cells: Mapping[str, str], names: frozenset[str], line: int) -> list[Given]:
        judge = cells.get("judge", "")[:60]
        if item.method.JUDGED and not judge:
            self.problems.append(f"第{line}行：第{item.key}项由评委打分，请写明评委")
            return []
        first = self.seen.setdefault((unit, item.key, judge), line)
        if first != line:
            self.problems.append(f"第{line}行：同一单位的第{item.key}项已在第{first}行给出")
            return []
        numbers: dict[str, Decimal | None] = {}
        for name in ("value", "target", "previous"):
            try:
                numbers[name] = number_in(cells.get(name, ""), item.unit == "%")
            except Invalid as error:
                self.problems.append(f"第{line}行第{item.key}项：{error}")
                return []
        values = (numbers["value"], numbers["target"], numbers["previous"])
        return [Given(unit, item.key, *values, judge, cells.get("reason", "")[:300], names, line)]

    def _unit(self, name: str, line: int) -> int | None:
        name = " ".join(name.split())
        found = self.units.get(name)
        if found is None and name:
            found = self.also(name)
            found = found if found in self.members else None
        if found is None:
            self.problems.append(f"第{line}行：“{name[:30]}”不在被考核单位中" if name else f"第{line}行：没有写单位")
        return found

    def _item(self, name: str, line: int) -> Item | None:
        name = name.strip().translate(_SIGNS)
        plain = name.removeprefix("第").removesuffix("项").lower()
        item = self.items.get(plain) or self.titles.get(name)
        if item is None:
            known = "、".join(list(self.items)[:20])
            self.problems.append(f"第{line}行：评分办法里没有“{name[:30]}”这一项，项目有{known}")
        return item
