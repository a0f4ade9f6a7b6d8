"""From a table of statistics and its column mapping to values: all of them, or every problem with row and column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.facts import Fact
from luoshi.apps.indicators.guessing import plain
from luoshi.apps.indicators.models import CadenceChoice, Indicator
from luoshi.apps.indicators.numbers import storable
from luoshi.apps.indicators.policies import editable_indicators
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import directory
from luoshi.documents.table_file import TableFile, headings
from luoshi.forms.errors import ValueProblem
from luoshi.forms.model import Field, FieldType
from luoshi.forms.numbers import is_nothing
from luoshi.forms.parsing import parse_cell
from luoshi.periods import Period, PeriodError

MOST_PROBLEMS = 500
#: Rows that no unit stands in, as they are usually printed.
USUAL_TOTALS = "合计、总计、小计、平均"
WIDE, LONG = "wide", "long"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the columns of a file are read, all columns by their heading.

    Wide: ``columns`` maps a heading to the key of its indicator. Long: ``indicator`` and ``value`` name the columns.
    ``period`` names the period's column; without one the caller gives the period of the whole file. ``ignored`` are the
    names of rows that are no unit (合计). ``dashes_blank`` takes “—” and the like for a blank.
    """

    layout: str
    header_row: int
    unit: str
    period: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    indicator: str = ""
    value: str = ""
    ignored: tuple[str, ...] = ()
    dashes_blank: bool = False
    sheet: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        """The mapping as ``to_json`` stores it."""
        return cls(
            layout=data.get("layout", WIDE),
            header_row=int(data.get("header_row", 1)),
            unit=data.get("unit", ""),
            period=data.get("period") or "",
            columns=dict(data.get("columns") or {}),
            indicator=data.get("indicator", ""),
            value=data.get("value", ""),
            ignored=tuple(data.get("ignored") or ()),
            dashes_blank=bool(data.get("dashes_blank")),
            sheet=data.get("sheet", ""),
        )

    def to_json(self) -> dict[str, Any]:
        """What ``ColumnMapping.mapping`` holds."""
        return {
            "layout": self.layout,
            "header_row": self.header_row,
            "unit": self.unit,
            "period": self.period or None,
            "fixed_period": not self.period,
            "columns": dict(self.columns),
            "indicator": self.indicator,
            "value": self.value,
            "ignored": list(self.ignored),
            "dashes_blank": self.dashes_blank,
            "sheet": self.sheet,
        }


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong where: the row of the file (0: the file as a whole), the column's heading, and what to do."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = (f"第 {self.row} 行" if self.row else "") + (f"“{self.column}”列" if self.column else "")
        return f"{place}：{self.message}" if place else self.message


class StatisticsRefused(IndicatorError):
    """A file of which nothing was taken in; ``problems`` lists every reason (up to some hundreds)."""

    def __init__(self, problems: list[RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"文件有 {len(problems)} 处问题，一个数也没有导入。")


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: the values, from how many rows, and how many of its cells were blank."""

    facts: tuple[Fact, ...]
    rows: int
    blanks: int
    ignored: int


class _Reader:
    def __init__(self, table: TableFile, mapping: Reading, period: Period | None, user: Any) -> None:
        self.table, self.mapping = table, mapping
        self.problems: list[RowProblem] = []
        self.period = period
        self.columns = {name: at for at, name in enumerate(headings(table.row(mapping.header_row), table.width))}
        rows = Indicator.objects.filter(is_active=True) if user is None else editable_indicators(user)
        self.indicators = {row.key: row for row in rows.filter(merged_into=None)}
        self.by_name: dict[str, list[Indicator]] = {}
        for row in self.indicators.values():
            self.by_name.setdefault(plain(row.name), []).append(row)
        self.unit_ids = dict(Unit.objects.values_list("key", "pk"))
        self.directory = directory()
        self.units: dict[tuple[str, dt.date], int | str] = {}
        self.periods: dict[str, Period | str] = {}
        self.fields: dict[int, Field] = {}
        self.seen: dict[tuple[int, int, str], tuple[int, Decimal]] = {}

    def wrong(self, row: int, column: str, message: str) -> None:
        self.problems.append(RowProblem(row, column, message))
        if len(self.problems) >= MOST_PROBLEMS:
            raise StatisticsRefused(self.problems)

    def column(self, name: str, what: str) -> int | None:
        if not name:
            self.wrong(0, "", f"请选择{what}所在的列")
        elif name not in self.columns:
            self.wrong(self.mapping.header_row, name, f"表头里没有这一列（{what}）")
        return self.columns.get(name)

    def unit_of(self, name: str, date: dt.date) -> int | str:
        """The number of the unit of a name on a day, or what is wrong with the name."""
        known = self.units.get((name, date))
        if known is not None:
            return known
        found = self.directory.resolve(name, date)
        if len(found.keys) == 1:
            answer: int | str = self.unit_ids.get(found.keys[0], "单位不在单位库中")
        elif found.keys:
            answer = f"“{name}”是几个单位的合称，请逐个单位列出"
        else:
            near = "、".join(one for one, _, _ in found.nearest[:3])
            answer = f"没有名为“{name}”的单位" + (f"，相近的有{near}" if near else "，请核对，或先到单位库登记")
        self.units[name, date] = answer
        return answer

    def period_of(self, text: str) -> Period | str:
        known = self.periods.get(text)
        if known is None:
            try:
                known = Period.parse(parse_cell(Field("period", "期别", FieldType.PERIOD), text))
            except (ValueProblem, PeriodError) as error:
                known = str(error)
            self.periods[text] = known
        return known

    def number_of(self, indicator: Indicator, text: str) -> Decimal | None:
        """The number of a cell; ``None`` for a blank one; ``ValueError`` with what is wrong."""
        if not text or (self.mapping.dashes_blank and is_nothing(text)):
            return None
        column = self.fields.get(indicator.pk)
        if column is None:
            measure = indicator.unit_of_measure
            column = Field("value", indicator.name, FieldType.NUMBER, unit_of_measure=measure, decimals=30)
            self.fields[indicator.pk] = column
        return storable(Decimal(parse_cell(column, text)))

    def indicator_of(self, name: str) -> Indicator | str:
        found = self.by_name.get(plain(name), []) or [row for row in (self.indicators.get(name),) if row]
        if len(found) == 1:
            return found[0]
        if found:
            return f"目录里有 {len(found)} 项叫“{name}”的指标，请用按列对应的办法导入"
        return f"目录里没有您维护的指标“{name}”"

    def add(
        self, row: int, column: str, indicator: Indicator, unit: int, period: Period, value: Decimal
    ) -> Fact | None:
        if indicator.cadence and indicator.cadence != period.cadence:
            self.wrong(row, column, f"“{indicator}”按{CadenceChoice(indicator.cadence).label}记数，{period.label}不合")
            return None
        key = (indicator.pk, unit, str(period))
        first = self.seen.setdefault(key, (row, value))
        if first[1] != value:
            self.wrong(row, column, f"与第 {first[0]} 行是同一单位、同一期，数却不同")
            return None
        if first[0] != row:
            return None
        return Fact(*key, value, cell=f"{row}:{column}"[:120])


def read_statistics(table: TableFile, mapping: Reading, *, period: str = "", user: Any) -> Read:
    """The values of a table; raises ``StatisticsRefused`` with every problem. ``user`` ``None``: the system."""
    fixed: Period | None = None
    if not mapping.period:
        try:
            fixed = Period.parse(period)
        except PeriodError as error:
            raise StatisticsRefused(
                [RowProblem(0, "", f"请给出期别：{error}" if period else "请给出这批数的期别")]
            ) from error
    reader = _Reader(table, mapping, fixed, user)
    facts, rows, blanks, ignored = _read(reader)
    if not reader.problems and not facts:
        reader.problems.append(RowProblem(0, "", "没有读到任何数，请核对表头行和各列的对应"))
    if reader.problems:
        raise StatisticsRefused(reader.problems)
    return Read(tuple(facts), rows, blanks, ignored)


def _read(reader: _Reader) -> tuple[list[Fact], int, int, int]:
    mapping, table = reader.mapping, reader.table
    unit_at = reader.column(mapping.unit, "单位")
    period_at = reader.column(mapping.period, "期别") if mapping.period else None
    value_columns: list[tuple[str, int, Indicator]] = []
    name_at = value_at = None
    if mapping.layout == LONG:
        name_at, value_at = reader.column(mapping.indicator, "指标"), reader.column(mapping.value, "数值")
    else:
        if not mapping.columns:
            reader.wrong(0, "", "请至少给一列选择指标")
        for name, key in mapping.columns.items():
            at = reader.column(name, "数值")
            indicator = reader.indicators.get(key)
            if indicator is None:
                reader.wrong(0, name, "所选指标不在您维护的目录中，请重新选择")
            elif at is not None:
                value_columns.append((name, at, indicator))
    if reader.problems or unit_at is None:
        raise StatisticsRefused(reader.problems)
    ignored_names = {plain(name) for name in mapping.ignored}
    facts: list[Fact] = []
    rows = blanks = ignored = 0

    def cell(cells: tuple[str, ...], at: int | None) -> str:
        return cells[at] if at is not None and at < len(cells) else ""

    for number, cells in table.rows:
        if number <= mapping.header_row:
            continue
        name = " ".join(cell(cells, unit_at).split())
        if plain(name) in ignored_names and name:
            ignored += 1
            continue
        if mapping.layout == LONG:
            said = cell(cells, name_at)
            found = reader.indicator_of(said) if said else "指标是空的"
            if isinstance(found, str):
                reader.wrong(number, mapping.indicator, found)
                continue
            values = [(mapping.value, cell(cells, value_at), found)]
        else:
            values = [(column, cell(cells, at), indicator) for column, at, indicator in value_columns]
        if not name:
            if any(text for _, text, _ in values):
                reader.wrong(number, mapping.unit, "单位是空的")
            continue
        period: Period | str | None = reader.period
        if mapping.period:
            text = cell(cells, period_at)
            period = reader.period_of(text) if text else "期别是空的"
        if period is None or isinstance(period, str):
            reader.wrong(number, mapping.period, period or "期别是空的")
            continue
        unit = reader.unit_of(name, period.last_day)
        if isinstance(unit, str):
            reader.wrong(number, mapping.unit, unit)
            continue
        rows += 1
        for column, text, indicator in values:
            try:
                value = reader.number_of(indicator, text)
            except ValueError as error:
                reader.wrong(number, column, str(error))
                continue
            if value is None:
                blanks += 1
            elif (fact := reader.add(number, column, indicator, unit, period, value)) is not None:
                facts.append(fact)
    return facts, rows, blanks, ignored
