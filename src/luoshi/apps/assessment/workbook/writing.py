"""The sheets: 说明, 数据, one for each group of items, 总分, 理由; for a combination 合成 in place of the groups.

Every formula carries the value that Luoshi computed, so that a reader who recalculates nothing sees it too. Where a
rule has no formula of a spreadsheet the cell holds the value alone, is coloured, and 说明 names it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import IO, Any

from xlsxwriter.utility import xl_rowcol_to_cell as at

from luoshi.apps.assessment.queries.runs import Read
from luoshi.apps.assessment.workbook import methods
from luoshi.apps.assessment.workbook.book import FIRST, OUT, as_float, quoted
from luoshi.apps.assessment.workbook.expressions import CannotSay, condition, literal
from luoshi.apps.assessment.workbook.methods import Cells
from luoshi.apps.assessment.workbook.totals import Totals
from luoshi.apps.assessment.workbook.words import Words
from luoshi.scoring import Item, NoTarget, NotReported
from luoshi.scoring.methods import Basis, Judges
from luoshi.site.workbooks import cell_text

_NO_TARGET = {NoTarget.EXCLUDE: OUT, NoTarget.FULL: "满分", NoTarget.ZERO: "零分"}
_STATUS = {
    "得分": "计",
    "按规定不得分": "计",
    "未报": "未报",
    "无目标，得满分": "满分",
    "无目标，得0分": "零分",
    "不适用": OUT,
    "不属于本项范围": "不属",
}
#: Columns of an item on its group's sheet.
_COLUMNS = ("状态", "实际", "目标", "依据", "排序值", "名次", "得分")


def write_workbook(file: IO[bytes], read: Read, *, label: str, person: str, at: dt.datetime) -> None:
    """Write the workbook of a run that can be scored."""
    _Book(file, read, label, person, at).write()


class _Book(Totals, Words):
    """All of it."""

    def write(self) -> None:
        """All sheets, 说明 the first."""
        notes = self.sheet("说明")
        if self.scheme.parts:
            self.combination()
        else:
            self._data()
            for group in self.scheme.groups:
                self._group(group.title, group.items)
            self.totals()
        self.reasons()
        self.sources()
        self.notes(notes)
        self.book.close()

    # 数据

    def _data(self) -> None:
        sheet = self.sheet("数据")
        self.head(sheet, 1, 0, "单位")
        self.head(sheet, 1, 1, "组别")
        column = 2
        for item in self.scheme.items:
            names = ["有无记录", "实际", "目标"] + (["上期"] if item.basis is Basis.GROWTH else [])
            judges = self._judges(item) if item.method.JUDGED else []
            names = ["有无记录", *judges] if item.method.JUDGED else names
            if len(names) > 1:
                sheet.merge_range(
                    0, column, 0, column + len(names) - 1, cell_text(f"{item.key} {item.title}"), self.heading
                )
            else:
                self.head(sheet, 0, column, f"{item.key} {item.title}")
            for place, name in enumerate(names):
                self.head(sheet, 1, column + place, name)
                if not item.method.JUDGED or not place:
                    self.data[item.key, name] = str(column + place)
            if item.method.JUDGED:
                self.marks[item.key] = (str(column + 1), str(column + max(len(judges), 1)))
            for row, unit in enumerate(self.units, FIRST):
                facts = self.read.facts.get((unit["key"], item.key), ())
                sheet.write_number(row, column, 1 if facts else 0, self.cell)
                if item.method.JUDGED:
                    by_judge = {fact["judge"]: fact["value"] for fact in facts}
                    for place, judge in enumerate(judges, 1):
                        self.number(sheet, row, column + place, by_judge.get(judge))
                    continue
                fact = facts[0] if facts else {}
                for place, name in enumerate(("value", "target", "previous")[: len(names) - 1], 1):
                    self.number(sheet, row, column + place, fact.get(name))
            column += len(names)
        for row, unit in enumerate(self.units, FIRST):
            sheet.write_string(row, 0, unit["name"], self.cell)
            sheet.write_string(row, 1, unit["group"], self.cell)
        sheet.freeze_panes(FIRST, 1)
        sheet.set_column(0, 0, 14)

    def _judges(self, item: Item) -> list[str]:
        found = dict.fromkeys(
            fact["judge"] for (_, key), facts in self.read.facts.items() if key == item.key for fact in facts
        )
        return sorted(found) or ["评委"]

    # Groups

    def _group(self, title: str, items: Sequence[Item]) -> None:
        sheet = self.sheet(title)
        name = sheet.get_name()
        self.head(sheet, 1, 0, "单位")
        sheet.set_column(0, 0, 14)
        for row, unit in enumerate(self.units, FIRST):
            sheet.write_string(row, 0, unit["name"], self.cell)
        for number_, item in enumerate(items):
            self._item(sheet, name, item, 1 + number_ * len(_COLUMNS))
        sheet.freeze_panes(FIRST, 1)

    def _item(self, sheet: Any, name: str, item: Item, first: int) -> None:
        full = literal(item.points)
        words = f"{item.key} {item.title}（{full}分）"
        sheet.merge_range(0, first, 0, first + len(_COLUMNS) - 1, cell_text(words), self.heading)
        for place, head in enumerate(_COLUMNS):
            self.head(sheet, 1, first + place, head)
        status_column, points_column = first, first + len(_COLUMNS) - 1
        self.earned[item.key] = (name, str(points_column), str(status_column))
        statuses = self.range(name, status_column)
        groups = f"'数据'!{at(FIRST, 1, True, True)}:{at(self.last, 1, True, True)}"
        for row, unit in enumerate(self.units, FIRST):
            record = self.record(unit, item.key)
            status, value, target, judged, sort, rank, _ = (at(row, first + place) for place in range(len(_COLUMNS)))
            mask = f"({groups}={self._group_of(row)})" if item.apart else "1"
            cells = Cells(
                value=value,
                target=target,
                previous=self.of_data(item.key, "上期", row) if item.basis is Basis.GROWTH else '""',
                measure=judged,
                sort=sort,
                rank=rank,
                count=f'SUMPRODUCT({mask}*({statuses}<>"{OUT}")*({statuses}<>"不属"))',
                measures=self.range(name, first + 3),
                sorted_by=self.range(name, first + 4),
                mask=mask,
                apart=item.apart,
            )
            stands = _STATUS.get(record.get("status", ""), "")
            sheet.write_formula(row, first, f"={self._status(item, row, target)}", self.cell, stands)
            given = self._value(item, row)
            sheet.write_formula(
                row,
                first + 1,
                f'=IF(OR({status}="计",{status}="满分"),{given},"")',
                self.cell,
                as_float(record.get("value")),
            )
            sheet.write_formula(
                row, first + 2, f"={self._target(item, row)}", self.cell, as_float(record.get("target"))
            )
            sheet.write_formula(row, first + 3, f'=IF({status}="计",{methods.measure(item, cells)},"")', self.cell, "")
            sheet.write_formula(row, first + 4, f'=IF(ISNUMBER({judged}),ROUND({judged},9),"")', self.cell, "")
            place_known = record.get("rank") or ""
            try:
                sheet.write_formula(
                    row, first + 5, f'=IF({status}="计",{methods.rank(item, cells)},"")', self.cell, place_known
                )
                formula = self._points(item, cells, status)
                sheet.write_formula(
                    row, first + 6, f"={formula}", self.points, as_float(record.get("points_before_scaling"))
                )
            except CannotSay as why:
                words = f"第{item.key}项{item.title}：{why}"
                if words not in self.unsaid:
                    self.unsaid.append(words)
                if place_known:
                    sheet.write_number(row, first + 5, place_known, self.carried)
                self.number(sheet, row, first + 6, record.get("points_before_scaling", "0"), self.carried)

    def _group_of(self, row: int) -> str:
        return f"'数据'!{at(row, 1, False, True)}"

    def _target(self, item: Item, row: int) -> str:
        if item.method.JUDGED:
            return '""'
        cell = self.of_data(item.key, "目标", row)
        other = '""' if item.target is None else literal(item.target * item.target_share)
        share = "" if item.target_share == 1 else f"*{literal(item.target_share)}"
        return f"IF(ISNUMBER({cell}),{cell}{share},{other})"

    def _value(self, item: Item, row: int) -> str:
        blank = '""' if item.when_blank is None else literal(item.when_blank)
        if isinstance(item.method, Judges):
            marks = self._marks(item, row)
            return f"IF(COUNT({marks})=0,{blank},{methods.mean_of(item.method, marks)})"
        cell = self.of_data(item.key, "实际", row)
        return f"IF(ISNUMBER({cell}),{cell},{blank})"

    def _marks(self, item: Item, row: int) -> str:
        first, last = self.marks[item.key]
        return f"'数据'!{at(row, int(first), False, True)}:{at(row, int(last), False, True)}"

    def _status(self, item: Item, row: int, target: str) -> str:
        """How a unit stands to an item, in the order in which scoring asks."""
        unreported = OUT if item.not_reported is NotReported.EXCLUDE else "未报"
        text = '"计"'
        if item.basis is Basis.GROWTH:
            previous = self.of_data(item.key, "上期", row)
            none = _NO_TARGET[item.no_target]
            text = f'IF(ISNUMBER({previous}),IF({previous}=0,"{none}",{text}),"{none}")'
        if item.when_blank is None:
            given = (
                f"COUNT({self._marks(item, row)})>0"
                if item.method.JUDGED
                else f"ISNUMBER({self.of_data(item.key, '实际', row)})"
            )
            text = f'IF({given},{text},"{unreported}")'
        if item.needs_target:
            if item.basis is Basis.COMPLETION:
                text = f'IF({target}=0,"{_NO_TARGET[item.zero_target]}",{text})'
            text = f'IF(ISNUMBER({target}),{text},"{_NO_TARGET[item.no_target]}")'
        if item.when_blank is None:
            text = f'IF({self.of_data(item.key, "有无记录", row)}=0,"{unreported}",{text})'
        if item.applies_to:
            fits = ",".join(f'{self._group_of(row)}="{quoted(group)}"' for group in item.applies_to)
            text = f'IF(OR({fits}),{text},"不属")'
        return text

    def _points(self, item: Item, cells: Cells, status: str) -> str:
        given = methods.points(item, cells)
        full = literal(item.points)
        if item.gates:
            names = methods.known(cells)
            # A gate over a formula's own names only; the first that holds counts, and all give nothing.
            gate = ",".join(condition(one.when, names) for one in item.gates)
            given, full = f"IF(OR({gate}),0,{given})", f"IF(OR({gate}),0,{full})"
        return f'IF({status}="计",{given},IF({status}="满分",{full},0))'
