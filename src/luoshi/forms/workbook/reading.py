"""Reading a filled-in workbook back.

Read with ``luoshi.documents.excel`` rather than python-calamine: that lays out the whole rectangle between two far
cells in memory, and gives 0.085 for a cell that shows 8.5%.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from luoshi.documents.detection import check
from luoshi.documents.errors import DocumentError, FormatMismatch
from luoshi.documents.excel import Sheet, read_all_sheets
from luoshi.documents.limits import MIB, Limits
from luoshi.documents.model import Format
from luoshi.forms.errors import WrongWorkbook
from luoshi.forms.model import Field, FieldType, FormDefinition, Problem, Section, SectionKind, Severity, Values
from luoshi.forms.parsing import clean
from luoshi.forms.values import ROW_KEY
from luoshi.forms.workbook.layout import (
    BLOCKED,
    MAGIC,
    MAP_SHEET,
    MAP_START,
    MARKER,
    REASONS,
    Filled,
    Stamp,
    is_typed,
)
from luoshi.periods import Period, PeriodError
from luoshi.units import fold

LIMITS = Limits(file_bytes=16 * MIB, unpacked_bytes=64 * MIB, xml_bytes=16 * MIB, members=2000, cells=200_000)
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_AGAIN = "请重新下载本期表格，把内容填进去再上传。"


@dataclass(slots=True)
class _Map:
    """Where a section stands: the sheet column of each field with its printed head, and of the row keys."""

    key_column: int = -1
    columns: dict[str, tuple[int, str]] = field(default_factory=dict)


def read(data: bytes, definition: FormDefinition, stamp: Stamp) -> Filled:
    """See ``luoshi.forms.workbook.read_workbook``."""
    sheets = _sheets(data)
    plan = next((sheet for name, sheet in sheets if name == MAP_SHEET), None)
    if plan is None or plan.texts.get((0, 0)) != MAGIC:
        raise WrongWorkbook("这不是从本系统下载的填报表格。请先下载本期表格，填好后再上传。")
    _compare(plan, stamp)
    maps = _maps(plan)
    reader = _Reader(definition, [sheet for _, sheet in sheets], maps)
    for section in definition.sections:
        reader.section(section)
    return Filled(Values(reader.cells, reader.rows), reader.reasons(), tuple(reader.problems))


def _sheets(data: bytes) -> list[tuple[str, Sheet]]:
    if len(data) > LIMITS.file_bytes:
        raise WrongWorkbook(f"文件超过 {LIMITS.file_bytes // MIB} MB。{_AGAIN}")
    if not data:
        raise WrongWorkbook(f"文件是空的。{_AGAIN}")
    try:
        check(data, Format.XLSX)
        return read_all_sheets(data, LIMITS)
    except FormatMismatch as error:
        raise WrongWorkbook(f"这不是 .xlsx 工作簿（旧版 .xls 不能直接上传）。{_AGAIN}") from error
    except DocumentError as error:
        raise WrongWorkbook(str(error)) from error
    except Exception as error:  # what no reader foresaw in a hostile file
        raise WrongWorkbook(f"文件已损坏，无法读取。{_AGAIN}") from error


def _compare(plan: Sheet, stamp: Stamp) -> None:
    try:
        given = Stamp.from_text(plan.texts.get((1, 0), ""))
    except (ValueError, TypeError) as error:
        raise WrongWorkbook(f"表格的标识已损坏。{_AGAIN}") from error
    if given.form_key != stamp.form_key:
        raise WrongWorkbook(f"这是“{given.form_title}”的表格，这里要的是“{stamp.form_title}”，请换对应的表格。")
    if given.unit_key != stamp.unit_key:
        raise WrongWorkbook(f"这是“{given.unit_name}”的表格，这里是“{stamp.unit_name}”填报，请换本单位的表格。")
    if given.period != stamp.period:
        raise WrongWorkbook(f"这是{_period(given.period)}的表格，这里填报的是{_period(stamp.period)}，请换本期的表格。")
    if given.version != stamp.version:
        raise WrongWorkbook(f"这是第{given.version}版表式，本期用第{stamp.version}版。{_AGAIN}")


def _period(text: str) -> str:
    try:
        return Period.parse(text).label
    except PeriodError:
        return f"“{text[:20]}”"


def _maps(plan: Sheet) -> dict[str, _Map]:
    maps: dict[str, _Map] = {}
    last = max((row for row, _ in plan.texts), default=0)
    for row in range(MAP_START, last + 1):
        section, column, key, label = (plan.texts.get((row, at), "") for at in (0, 2, 3, 4))
        if not column.isascii() or not column.isdigit() or len(column) > 5:
            continue
        one = maps.setdefault(section, _Map())
        if key:
            one.columns[key] = (int(column), label)
        else:
            one.key_column = int(column)
    return maps


class _Reader:
    def __init__(self, definition: FormDefinition, sheets: list[Sheet], maps: dict[str, _Map]) -> None:
        self.definition, self.sheets, self.maps = definition, sheets, maps
        self.cells: dict[str, str] = {}
        self.rows: dict[str, tuple[str, ...]] = {}
        self.problems: list[Problem] = []

    def section(self, section: Section) -> None:
        where = f"“{section.title}”"
        plan = self.maps.get(section.key)
        if plan is None or {field.key for field in section.fields} != plan.columns.keys():
            raise WrongWorkbook(f"表式与本期不一致（{where}）。{_AGAIN}")
        sheet, top = self._place(section.key, where, plan)
        for one in section.fields:
            column, label = plan.columns[one.key]
            if fold(sheet.texts.get((top, column), "")) != fold(label):
                raise WrongWorkbook(f"{where}的列被移动、增删或改名（“{one.label}”不在原处）。{_AGAIN}")
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), text in sheet.texts.items():
            if row > top:
                by_row.setdefault(row, {})[column] = text
        if section.kind is SectionKind.FIXED:
            self._fixed(section, where, plan, by_row)
        else:
            self._repeated(section, plan, by_row)

    def _place(self, key: str, where: str, plan: _Map) -> tuple[Sheet, int]:
        """The sheet that bears a section's marker, and the row of its heads; sheets may be renamed and rows put in."""
        found = [
            (sheet, row)
            for sheet in self.sheets
            for (row, column), text in sheet.texts.items()
            if column == plan.key_column and text == MARKER + key
        ]
        if not found:
            raise WrongWorkbook(f"找不到{where}，可能被删除或移动了列。{_AGAIN}")
        if len(found) > 1:
            raise WrongWorkbook(f"{where}有{len(found)}份，不知道以哪份为准，请删去多余的再上传。")
        return found[0]

    def _typed(self, section: Section, plan: _Map, texts: dict[int, str]) -> dict[str, str]:
        """The filled cells of a row, by field."""
        found = {}
        for one in section.fields:
            text = clean(texts.get(plan.columns[one.key][0], ""))
            if text and is_typed(one):
                found[one.key] = _as_typed(one, text)
        return found

    def _fixed(self, section: Section, where: str, plan: _Map, by_row: dict[int, dict[int, str]]) -> None:
        rows = {row.key: row for row in section.rows}
        seen: set[str] = set()
        for number in sorted(by_row):
            typed = self._typed(section, plan, by_row[number])
            row = rows.get(clean(by_row[number].get(plan.key_column, "")))
            if row is None:
                for text in typed.values():
                    message = f"{where}工作表第{number + 1}行不是表内的行，“{text[:40]}”没有收下，请填到对应的行"
                    self.problems.append(Problem("", Severity.HARD, "unknown-cell", message))
                continue
            if row.key in seen:
                raise WrongWorkbook(f"{where}的“{row.label}”行有两行，不知道以哪行为准，请删去多余的再上传。")
            seen.add(row.key)
            for key, text in typed.items():
                if not (key in row.blocked and text == BLOCKED):
                    self.cells[f"{section.key}.{row.key}.{key}"] = text
        missing = [row.label for row in section.rows if row.key not in seen]
        if missing:
            raise WrongWorkbook(f"{where}缺少“{missing[0]}”等{len(missing)}行。{_AGAIN}")

    def _repeated(self, section: Section, plan: _Map, by_row: dict[int, dict[int, str]]) -> None:
        filled = [(number, typed) for number in sorted(by_row) if (typed := self._typed(section, plan, by_row[number]))]
        printed = [clean(by_row[number].get(plan.key_column, "")) for number, _ in filled]
        used = {key for key in printed if ROW_KEY.fullmatch(key)}
        keys: list[str] = []
        taken: set[str] = set()
        fresh = 0
        for key, (_, typed) in zip(printed, filled, strict=True):
            if key not in used or key in taken:  # a row that was added, or copied with its hidden key
                fresh += 1
                while f"w{fresh}" in used:
                    fresh += 1
                key = f"w{fresh}"
            taken.add(key)
            keys.append(key)
            for name, text in typed.items():
                self.cells[f"{section.key}.{key}.{name}"] = text
        self.rows[section.key] = tuple(keys)

    def reasons(self) -> dict[str, str]:
        """What was written beside the soft problems, by address."""
        plan = self.maps.get(REASONS)
        if plan is None:
            return {}
        found: dict[str, str] = {}
        for sheet in self.sheets:
            tops = [row for (row, column), text in sheet.texts.items() if (column, text) == (5, MARKER + REASONS)]
            for (row, column), address in sheet.texts.items() if tops else ():
                reason = clean(sheet.texts.get((row, 4), ""))
                if column == plan.key_column and row > tops[0] and reason:
                    found[clean(address)] = reason[:500]
        return found


def _as_typed(one: Field, text: str) -> str:
    """A date that Excel holds as the number of a day is written out; everything else stays."""
    if one.type is FieldType.DATE and _SERIAL.fullmatch(text):
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(text))).isoformat()
    return text
