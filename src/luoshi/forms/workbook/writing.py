"""Writing a return as a workbook (XlsxWriter)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from luoshi.forms.cells import Cell, cells, place_of
from luoshi.forms.compiled import row_cells
from luoshi.forms.model import (
    NUMERIC,
    Context,
    Field,
    FieldType,
    FormDefinition,
    Problem,
    Section,
    SectionKind,
    Severity,
    Values,
)
from luoshi.forms.numbers import canonical_number
from luoshi.forms.values import show
from luoshi.forms.workbook.cell_formats import HINTS, day_of, letters, number_rule, shape, write_number
from luoshi.forms.workbook.layout import (
    BLOCKED,
    EVIDENCE,
    LISTS_SHEET,
    MAGIC,
    MAP_SHEET,
    MAP_START,
    MARKER,
    NOTES_SHEET,
    PROBLEM_SHEET,
    REASONS,
    Stamp,
    header,
    is_typed,
    sheet_names,
)
from luoshi.periods import Period, PeriodError

SPARE_ROWS = 20  # blank rows drawn in a repeated section beyond those that it has; more may be added below
_FORBID = {"insert_rows": True, "format_columns": True, "format_rows": True, "select_locked_cells": True}
_FILL = {"hard": "#FFC7CE", "soft": "#FFEB9C", "input": "#FFFFFF", "grey": "#EDEDED", "head": "#D9E2F3"}
_FIXED_HINT = "白色格填写，灰色格不填，带 * 的必填。没有数据请留空，数值为零请填 0。请勿增删或移动列，填好后原样上传。"
_REPEATED_HINT = "每行填一项，行不够可在下方接着填或插入行。" + _FIXED_HINT


class Writer:
    """One workbook; ``bytes()`` once."""

    def __init__(
        self,
        definition: FormDefinition,
        stamp: Stamp,
        values: Values,
        context: Context,
        choices: Mapping[str, Sequence[tuple[str, str]]],
        problems: Sequence[Problem],
        reasons: Mapping[str, str],
    ) -> None:
        self.definition, self.stamp, self.values, self.context = definition, stamp, values, context
        self.problems, self.reasons = problems, reasons
        self.units = tuple(dict.fromkeys(name for _, name in choices.get("unit", ())))
        self.unit_names: dict[str, str] = {}
        for key, name in choices.get("unit", ()):
            self.unit_names.setdefault(key, name)
        self.by_address: dict[str, list[Problem]] = {}
        for problem in problems:
            self.by_address.setdefault(problem.address, []).append(problem)
        self.fields = {(section.key, field.key): field for section in definition.sections for field in section.fields}
        self.stream = io.BytesIO()
        self.book: Any = xlsxwriter.Workbook(
            self.stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        # A fixed moment: the library has no clock, and the same return gives the same bytes.
        self.book.set_properties({"title": stamp.form_title, "created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.map_rows: list[tuple[str, str, int, str, str]] = []
        self.lists: dict[tuple[str, ...], str] = {}
        self.all_cells: dict[str, list[list[Cell]]] = {section.key: [] for section in definition.sections}
        last: tuple[str, str] | None = None
        for cell in cells(definition, values):
            place = (cell.section.key, cell.row_key)
            if place != last:
                self.all_cells[cell.section.key].append([])
                last = place
            self.all_cells[cell.section.key][-1].append(cell)

    def bytes(self) -> bytes:
        names = sheet_names(self.definition.sections)
        sheets = [self.book.add_worksheet(name) for name in names]
        if self.problems or self.reasons:
            self._problem_sheet()
        self._notes_sheet()
        for section, name, sheet in zip(self.definition.sections, names, sheets, strict=True):
            self._section(section, name, sheet)
        self._hidden_sheets()
        self.book.close()
        return self.stream.getvalue()

    def format(self, **properties: Any) -> Any:
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        key = tuple(sorted((base | properties).items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(key))
        return self.formats[key]

    # Sections

    def _section(self, section: Section, name: str, sheet: Any) -> None:
        columns = self._columns(section)
        width = columns[-1][0] + 1
        key_column = width
        repeated = section.kind is SectionKind.REPEATED
        top = self._head(section, sheet, width, _REPEATED_HINT if repeated else _FIXED_HINT)
        self._set_columns(section, columns, sheet, key_column)
        head = self.format(bold=True, bg_color=_FILL["head"], border=1, text_wrap=True, align="center")
        grey_head = self.format(bg_color=_FILL["grey"], border=1, text_wrap=True, align="center", font_color="#666666")
        sheet.write_string(top, 0, "序号" if repeated else "项目", head)
        for at, field, role in columns:
            if role:
                sheet.write_string(top, at, role, grey_head)
                continue
            label = header(field) + ("\n上传后自动计算" if field.formula else "")
            sheet.write_string(top, at, label, head)
            self.map_rows.append((section.key, name, at, field.key, label))
        sheet.write_string(top, key_column, MARKER + section.key)
        self.map_rows.append((section.key, name, key_column, "", ""))
        rows = self.all_cells[section.key]
        for offset, row in enumerate(rows, 1):
            self._row(sheet, top + offset, row, columns)
            sheet.write_string(top + offset, key_column, row[0].row_key)
        drawn = len(rows)
        if repeated:
            drawn = max(len(rows), min(section.most_rows, max(len(rows), section.least_rows) + SPARE_ROWS))
            for number in range(len(rows) + 1, drawn + 1):
                self._row(sheet, top + number, row_cells(section, "", f"第{number}行", None), columns, blank=number)
            last = top + section.most_rows
        else:
            last = top + len(rows)
        for at, field, role in columns:
            if not role and is_typed(field):
                self._guard(sheet, top + 1, last, at, field)
        sheet.freeze_panes(top + 1, 1)
        sheet.protect("", _FORBID)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.set_footer("&L" + self.stamp.unit_name.replace("&", "&&")[:60] + "&R第 &P 页 共 &N 页")
        sheet.print_area(0, 0, top + drawn, width - 1)

    def _columns(self, section: Section) -> list[tuple[int, Field, str]]:
        """(sheet column, field, role): role empty for the column itself, else 上期 or 目标 beside it."""
        columns: list[tuple[int, Field, str]] = []
        addresses = [{cell.field.key: cell.address for cell in row} for row in self.all_cells[section.key]]
        for field in section.fields:
            columns.append((len(columns) + 1, field, ""))
            if field.type in NUMERIC:
                if any(row[field.key] in self.context.previous for row in addresses):
                    columns.append((len(columns) + 1, field, "上期"))
                if any(row[field.key] in self.context.targets for row in addresses):
                    columns.append((len(columns) + 1, field, "目标"))
        return columns

    def _head(self, section: Section, sheet: Any, width: int, hint: str) -> int:
        """Title, whose return it is, and what to do; the row at which the column heads stand."""
        try:
            period = Period.parse(self.stamp.period).label
        except PeriodError:
            period = self.stamp.period
        title = self.stamp.form_title
        if len(self.definition.sections) > 1:
            title += f" — {section.title}"
        whose = f"填报单位：{self.stamp.unit_name}    期别：{period}    截止：{self.stamp.due}"
        lines = [
            (title, self.format(bold=True, font_size=16, align="center"), 30),
            (whose, self.format(), 20),
            (hint, self.format(font_color="#C00000", text_wrap=True), 34),
        ]
        if section.help.strip():
            tall = 17 * (1 + len(section.help) // 60 + section.help.count("\n"))
            lines.append((section.help, self.format(text_wrap=True, valign="top"), min(tall, 240)))
        across = max(width - 1, 5)
        for row, (text, form, height) in enumerate(lines):
            sheet.merge_range(row, 0, row, across, "", form)
            sheet.write_string(row, 0, text[:32000], form)
            sheet.set_row(row, height)
        sheet.set_row(len(lines), 48)
        return len(lines)

    def _set_columns(
        self, section: Section, columns: Sequence[tuple[int, Field, str]], sheet: Any, key_column: int
    ) -> None:
        repeated = section.kind is SectionKind.REPEATED
        longest = max((len(row.label) for row in section.rows), default=0)
        sheet.set_column(0, 0, 6 if repeated else min(max(2 * longest + 2, 12), 44))
        for at, field, role in columns:
            wide = 12 if field.type in NUMERIC else 18
            if field.type is FieldType.TEXT:
                wide = 32
            elif field.type is FieldType.PROJECT_CODE:
                wide = 28
            wide = 11 if role else max(wide, min(2 * len(field.label), 22))
            # Rows that people add below the drawn ones take the column's own format: it must not be locked.
            unlocked = repeated and not role and is_typed(field)
            sheet.set_column(at, at, wide, self.format(**shape(field), locked=0) if unlocked else None)
        sheet.set_column(key_column, key_column, 8, None, {"hidden": True})

    def _row(
        self,
        sheet: Any,
        at_row: int,
        row: Sequence[Cell],
        columns: Sequence[tuple[int, Field, str]],
        blank: int = 0,
    ) -> None:
        label = self.format(border=1, text_wrap=True, bg_color=_FILL["grey"])
        first = row[0]
        if first.row is not None:
            sheet.write_string(at_row, 0, first.row_label, label)
        else:
            sheet.write_number(at_row, 0, blank or int(first.row_label[1:-1]), label)
        by_field = {cell.field.key: cell for cell in row}
        for at, field, role in columns:
            cell = by_field[field.key]
            if role:
                grey = self.format(**shape(field), border=1, bg_color=_FILL["grey"], font_color="#666666")
                self._write_beside(sheet, at_row, at, cell, role, grey)
            else:
                self._write_cell(sheet, at_row, at, cell)

    def _write_beside(self, sheet: Any, at_row: int, at: int, cell: Cell, role: str, form: Any) -> None:
        target = self.context.targets.get(cell.address)
        number = canonical_number(self.context.previous.get(cell.address, "")) if role == "上期" else target
        if number is None or cell.blocked:
            sheet.write_blank(at_row, at, None, form)
        else:
            write_number(sheet, at_row, at, number, form)

    def _write_cell(self, sheet: Any, at_row: int, at: int, cell: Cell) -> None:
        field = cell.field
        text = self.values.cells.get(cell.address, "")
        typed = is_typed(field) and not cell.blocked
        found = self.by_address.get(cell.address, ())
        color = _FILL["input"] if typed else _FILL["grey"]
        if found:
            color = _FILL["hard" if any(one.severity is Severity.HARD for one in found) else "soft"]
        form = self.format(**shape(field), border=1, bg_color=color, locked=0 if typed else 1)
        number = canonical_number(text) if field.type in NUMERIC else None
        if cell.blocked and not text:
            sheet.write_string(at_row, at, BLOCKED, form)
        elif field.type is FieldType.FILE:
            sheet.write_string(at_row, at, "已上传" if text else EVIDENCE, form)
        elif not text:
            sheet.write_blank(at_row, at, None, form)
        elif number is not None:
            write_number(sheet, at_row, at, number, form)
        elif field.type is FieldType.DATE and (day := day_of(text)) is not None:
            sheet.write_datetime(at_row, at, day, form)
        else:
            sheet.write_string(at_row, at, self._printed(field, text), form)
        if found:
            message = "\n".join(one.message for one in found)
            sheet.write_comment(at_row, at, message[:2000], {"x_scale": 2, "font_size": 10, "font_name": "宋体"})

    def _printed(self, field: Field, text: str) -> str:
        if field.type is FieldType.UNIT:
            return self.unit_names.get(text, text)
        return text if field.type in NUMERIC else show(field, text)

    # What a cell takes

    def _guard(self, sheet: Any, first: int, last: int, at: int, field: Field) -> None:
        options = self._rule(field)
        hint = field.help.strip() or HINTS.get(field.type, "")
        if hint:
            options |= {"input_title": field.label[:32], "input_message": hint[:255]}
        if options:
            sheet.data_validation(first, at, last, at, {"validate": "any"} | options)

    def _rule(self, field: Field) -> dict[str, Any]:
        if field.type is FieldType.CHOICE:
            labels = tuple(choice.label for choice in field.choices)
            return {"validate": "list", "source": self._list(labels), "error_message": "请从下拉列表中选择"}
        if field.type is FieldType.UNIT and self.units:
            # A warning only: other names of a unit are understood too.
            source = self._list(self.units)
            return {"validate": "list", "source": source, "error_type": "warning", "error_message": "建议从列表选择"}
        return number_rule(field) if field.type in NUMERIC else {}

    def _list(self, labels: tuple[str, ...]) -> str:
        """Where the hidden sheet lists the labels: lists in the rule itself end at 255 characters and at commas."""
        if labels not in self.lists:
            column = letters(len(self.lists))
            self.lists[labels] = f"='{LISTS_SHEET}'!${column}$1:${column}${max(len(labels), 1)}"
        return self.lists[labels]

    # Other sheets

    def _problem_sheet(self) -> None:
        sheet = self.book.add_worksheet(PROBLEM_SHEET)
        head = self.format(bold=True, bg_color=_FILL["head"], border=1, align="center")
        plain = self.format(border=1, text_wrap=True)
        reason_form = self.format(border=1, text_wrap=True, locked=0, num_format="@", bg_color=_FILL["input"])
        hard = sum(problem.severity is Severity.HARD for problem in self.problems)
        soft = len(self.problems) - hard
        intro = f"须更正{hard}处（红色），须说明原因{soft}处（黄色，原因填在本表最后一列）。改好后原样上传。"
        sheet.merge_range(0, 0, 0, 4, intro, self.format(bold=True, text_wrap=True))
        sheet.set_row(0, 32)
        for at, (label, wide) in enumerate(
            (("序号", 6), ("位置", 40), ("已填", 18), ("问题", 60), ("说明原因（黄色的填）", 40))
        ):
            sheet.set_column(at, at, wide)
            sheet.write_string(1, at, label, head)
        sheet.set_column(5, 5, 8, None, {"hidden": True})
        sheet.write_string(1, 5, MARKER + REASONS)
        listed = [(problem.address, problem.severity, problem.message) for problem in self.problems]
        known = {address for address, severity, _ in listed if severity is Severity.SOFT}
        listed += [(address, Severity.SOFT, "已说明原因") for address in self.reasons if address not in known]
        asked: set[str] = set()
        for number, (address, severity, message) in enumerate(listed, 1):
            at_row = number + 1
            color = self.format(border=1, align="center", bg_color=_FILL[str(severity)])
            sheet.write_number(at_row, 0, number, color)
            place = place_of(self.definition, self.values, address) if address else "全表"
            sheet.write_string(at_row, 1, place, plain)
            sheet.write_string(at_row, 2, self._shown(address)[:300], plain)
            sheet.write_string(at_row, 3, message, plain)
            if severity is Severity.SOFT and address not in asked:
                asked.add(address)
                sheet.write_string(at_row, 4, self.reasons.get(address, ""), reason_form)
                sheet.write_string(at_row, 5, address)
            else:
                sheet.write_blank(at_row, 4, None, self.format(border=1, bg_color=_FILL["grey"]))
        self.map_rows.append((REASONS, PROBLEM_SHEET, 5, "", ""))
        sheet.freeze_panes(2, 0)
        sheet.protect("", _FORBID)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.activate()

    def _shown(self, address: str) -> str:
        """What a cell holds, as it is printed."""
        text = self.values.cells.get(address, "")
        field = self.fields.get((address.partition(".")[0], address.rpartition(".")[2]))
        if field is None or field.type is FieldType.UNIT:
            return self.unit_names.get(text, text)
        return show(field, text)

    def _notes_sheet(self) -> None:
        lines = [line for line in self.definition.notes.splitlines() if line.strip()]
        lines += [
            f"{section.title}·{field.label}：{' '.join(field.help.split())}"
            for section in self.definition.sections
            for field in section.fields
            if field.help.strip()
        ]
        if not lines:
            return
        sheet = self.book.add_worksheet(NOTES_SHEET)
        sheet.set_column(0, 0, 110)
        sheet.write_string(0, 0, NOTES_SHEET, self.format(bold=True, font_size=14))
        for row, line in enumerate(lines, 1):
            sheet.write_string(row, 0, line[:32000], self.format(text_wrap=True))
        sheet.protect("", _FORBID)

    def _hidden_sheets(self) -> None:
        if self.lists:
            sheet = self.book.add_worksheet(LISTS_SHEET)
            for column, labels in enumerate(self.lists):
                for row, label in enumerate(labels):
                    sheet.write_string(row, column, label)
            sheet.very_hidden()
        sheet = self.book.add_worksheet(MAP_SHEET)
        sheet.write_string(0, 0, MAGIC)
        sheet.write_string(1, 0, self.stamp.to_text())
        for row, entry in enumerate(self.map_rows, MAP_START):
            for column, part in enumerate(entry):
                sheet.write_string(row, column, str(part))
        sheet.very_hidden()
