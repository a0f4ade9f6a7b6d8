"""Facts: what each unit reached, item by item, and the CSV file in which they come."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from luoshi.scoring.errors import FactsError, Problem
from luoshi.scoring.numbers import MOST_DIGITS, read_decimal
from luoshi.scoring.yaml_text import decode

if TYPE_CHECKING:
    from luoshi.scoring.scheme import Scheme

MOST_BYTES = 100_000_000
MOST_ROWS = 2_000_000
MOST_NAME = 100

_COLUMNS = {
    "unit": "单位",
    "item": "项目",
    "value": "实际",
    "target": "目标",
    "previous": "上期",
    "judge": "评委",
    "group": "组别",
    "source": "来源",
    "date": "日期",
    "evidence": "佐证",
}
_BY_HEAD = {chinese: english for english, chinese in _COLUMNS.items()} | {name: name for name in _COLUMNS}
_NEEDED = ("unit", "item", "value", "target")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_SIGNS = str.maketrans({
    "，": ",", "．": ".", "－": "-", "−": "-", "＋": "+", "％": "%",
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **{chr(0xFF21 + letter): chr(0x41 + letter) for letter in range(26)},
    **{chr(0xFF41 + letter): chr(0x61 + letter) for letter in range(26)},
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """What a unit reached in an item. ``value`` ``None``: not reported; ``target`` ``None``: it has none.

    ``previous``: the same period a year before. ``judge``: whose mark it is, for items that several judges mark.
    ``line``: where it stands in its file, 0 elsewhere.
    """

    unit: str
    item: str
    value: Decimal | None = None
    target: Decimal | None = None
    previous: Decimal | None = None
    judge: str = ""
    source: str = ""
    date: dt.date | None = None
    evidence: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts, and the groups in which units are ranked apart (by unit, where they are known)."""

    rows: tuple[Fact, ...]
    groups: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts | Iterable[Fact]) -> Facts:
        """Facts, however they are given."""
        return facts if isinstance(facts, Facts) else cls(tuple(facts))

    def units(self) -> tuple[str, ...]:
        """All units, in the order in which they first appear."""
        return tuple(dict.fromkeys(fact.unit for fact in self.rows))


def read_facts(data: bytes | str, scheme: Scheme) -> Facts:
    """Read a CSV file; raises ``FactsError`` with every problem and its row.

    Columns ``unit,item,value,target`` in any order (or 单位,项目,实际,目标); also ``previous``, ``judge``, ``group``,
    ``source``, ``date`` (ISO), ``evidence``. Rows of items that the scheme scores elsewhere name a unit, nothing more.
    """
    if len(data) > MOST_BYTES:
        raise FactsError([Problem(0, f"文件超过{MOST_BYTES // 1_000_000}MB")])
    text = decode(data) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    if text is None:
        raise FactsError([Problem(0, "文件不是 UTF-8 或 GB18030 编码的文字")])
    reader = csv.reader(io.StringIO(text, newline=""))
    table = _Table(scheme)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                table.take(row, reader.line_num)
    except csv.Error as error:
        raise FactsError(
            [*table.problems, Problem(reader.line_num, "这一行不是正常的 CSV（引号没有配对或单元格过长）")]
        ) from error
    return table.facts()


class _Table:
    """Takes rows one by one and keeps what is wrong with them."""

    def __init__(self, scheme: Scheme) -> None:
        self.problems: list[Problem] = []
        self._items = {item.key.lower(): item for item in scheme.items}
        self._whole = {item.part_of.lower(): item.part_of for item in scheme.items if item.part_of}
        self._elsewhere = {key.lower() for key in scheme.elsewhere}
        self._columns: dict[str, int] | None = None
        self._width = 0
        self._rows: list[Fact] = []
        self._groups: dict[str, str] = {}
        self._seen: dict[tuple[str, str, str], int] = {}

    def facts(self) -> Facts:
        """Everything taken; raises ``FactsError``."""
        if self._columns is None:
            self.problems.append(Problem(0, "文件是空的，第一行应为 unit,item,value,target"))
        if self.problems:
            raise FactsError(self.problems)
        return Facts(tuple(self._rows), self._groups)

    def take(self, row: list[str], line: int) -> None:
        """The head, or a row."""
        if self._columns is None:
            self._head(row, line)
            return
        if len(self._rows) >= MOST_ROWS:
            raise FactsError([Problem(line, f"超过{MOST_ROWS}行")])
        if len(row) > self._width and any(cell.strip() for cell in row[self._width :]):
            self.problems.append(Problem(line, f"有{len(row)}格，表头只有{self._width}列"))
            return
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in self._columns.items()}
        unit = " ".join(cells["unit"].split())
        if not unit or len(unit) > MOST_NAME:
            self.problems.append(Problem(line, "没有写单位" if not unit else f"单位名称超过{MOST_NAME}字"))
            return
        key = cells["item"].translate(_SIGNS).lower()
        if not key:
            self.problems.append(Problem(line, f"“{unit}”没有写项目"))
            return
        self._group(unit, cells.get("group", ""), line)
        if key in self._elsewhere:
            self._rows.append(Fact(unit, "", line=line))
            return
        if key not in self._items:
            self.problems.append(Problem(line, self._unknown(key, cells["item"])))
            return
        item = self._items[key]
        judge = cells.get("judge", "")
        first = self._seen.setdefault((unit, item.key, judge or (str(line) if item.method.JUDGED else "")), line)
        if first != line:
            self.problems.append(Problem(line, f"“{unit}”的第{item.key}项已在第{first}行给出"))
            return
        percent = item.unit == "%"
        self._rows.append(
            Fact(
                unit,
                item.key,
                self._number(cells["value"], "实际", line, percent, ("未报",)),
                self._number(cells["target"], "目标", line, percent, ("无", "无目标")),
                self._number(cells.get("previous", ""), "上期", line, percent, ()),
                judge,
                cells.get("source", ""),
                self._date(cells.get("date", ""), line),
                cells.get("evidence", ""),
                line,
            )
        )

    def _head(self, row: list[str], line: int) -> None:
        names = [_BY_HEAD.get(cell.strip().lower(), "") for cell in row]
        unknown = [cell.strip() for cell, name in zip(row, names, strict=True) if not name and cell.strip()]
        missing = [name for name in _NEEDED if name not in names]
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if missing:
            self.problems.append(Problem(line, f"表头缺少 {'、'.join(missing)}，应为 {','.join(_NEEDED)}"))
        if unknown:
            self.problems.append(Problem(line, f"表头有不认识的列：{'、'.join(unknown)[:100]}"))
        if twice:
            self.problems.append(Problem(line, f"表头的列重复：{'、'.join(twice)}"))
        if self.problems:
            raise FactsError(self.problems)
        self._columns = {name: at for at, name in enumerate(names) if name}
        self._width = len(row)

    def _unknown(self, key: str, printed: str) -> str:
        if key in self._whole:
            whole = self._whole[key]
            parts = "、".join(item.key for item in self._items.values() if item.part_of == whole)
            return f"第{whole}项分几行填写：{parts}"
        known = list(self._items.values())
        listed = "、".join(item.key for item in known[:20]) + ("等" if len(known) > 20 else "")
        return f"评分办法里没有“{printed[:40]}”这一项，项目有：{listed}"

    def _group(self, unit: str, group: str, line: int) -> None:
        if group and self._groups.setdefault(unit, group) != group:
            self.problems.append(Problem(line, f"“{unit}”前面写的组别是“{self._groups[unit]}”，这里是“{group[:40]}”"))

    def _number(self, printed: str, title: str, line: int, percent: bool, nothing: tuple[str, ...]) -> Decimal | None:
        if not printed or printed in nothing:
            return None
        text = printed.translate(_SIGNS)
        if percent:
            text = text.removesuffix("%").rstrip()
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        number = read_decimal(text)
        if number is None:
            wrong = "不是数字" if not re.fullmatch(r"[+-]?[0-9.]+", text) else f"不是数字或超过{MOST_DIGITS}位"
            hint = "，没有上报请留空" if title == "实际" else "，没有目标请留空" if title == "目标" else ""
            self.problems.append(Problem(line, f"{title}“{printed[:40]}”{wrong}{hint}"))
        return number

    def _date(self, printed: str, line: int) -> dt.date | None:
        if not printed:
            return None
        try:
            return dt.date.fromisoformat(printed)
        except ValueError:
            self.problems.append(Problem(line, f"日期“{printed[:40]}”应写作 2023-09-30"))
            return None
