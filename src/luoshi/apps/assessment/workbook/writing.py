"""The sheets: 说明, 数据, one for each group of items, 总分, 理由; for a combination 合成 in place of the groups.

Every formula carries the value that Luoshi computed, so that a reader who recalculates nothing sees it too. Where a
rule has no formula of a spreadsheet the cell holds the value alone, is coloured, and 说明 names it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from xlsxwriter.utility import xl_rowcol_to_cell as at

from luoshi.apps.assessment.queries.runs import Read
from luoshi.apps.assessment.workbook import methods
from luoshi.apps.assessment.workbook.expressions import CannotSay, condition, literal, number
from luoshi.apps.assessment.workbook.methods import Cells
from luoshi.scoring import Item, NoTarget, NotReported, Scheme, with_choices
from luoshi.scoring.methods import Basis, Effect, Judges, Record, Veto
from luoshi.site.workbooks import cell_text, heading_format

Json = dict[str, Any]
_OUT = "不适用"
_BAD = re.compile(r"[\[\]:*?/\\']")
_NO_TARGET = {NoTarget.EXCLUDE: _OUT, NoTarget.FULL: "满分", NoTarget.ZERO: "零分"}
_STATUS = {
    "得分": "计",
    "按规定不得分": "计",
    "未报": "未报",
    "无目标，得满分": "满分",
    "无目标，得0分": "零分",
    "不适用": _OUT,
    "不属于本项范围": "不属",
}
#: Columns of an item on its group's sheet.
_COLUMNS = ("状态", "实际", "目标", "依据", "排序值", "名次", "得分")
FIRST = 2  # the first row of units, below two rows of headings


def write_workbook(file: IO[bytes], read: Read, *, label: str, person: str, at: dt.datetime) -> None:
    """Write the workbook of a run that can be scored."""
    _Book(file, read, label, person, at).write()


class _Book:
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

    def write(self) -> None:
        """All sheets, 说明 the first."""
        notes = self._sheet("说明")
        if self.scheme.parts:
            self._combination()
        else:
            self._data()
            for group in self.scheme.groups:
                self._group(group.title, group.items)
            self._totals()
        self._reasons()
        self._sources()
        self._notes(notes)
        self.book.close()

    # Helpers

    def _sheet(self, title: str) -> Any:
        name = base = _BAD.sub(" ", title).strip()[:28] or "表"
        place = 2
        while name in self.names:
            name, place = f"{base}{place}", place + 1
        self.names.add(name)
        return self.book.add_worksheet(name)

    def _head(self, sheet: Any, row: int, column: int, text: str) -> None:
        sheet.write_string(row, column, cell_text(text), self.heading)

    def _number(self, sheet: Any, row: int, column: int, text: str | None, form: Any = None) -> None:
        if text is None:
            sheet.write_blank(row, column, None, form or self.cell)
        else:
            sheet.write_number(row, column, float(Decimal(text)), form or self.cell)

    @property
    def last(self) -> int:
        """The last row of units."""
        return FIRST + len(self.units) - 1

    def _range(self, sheet: str, column: int) -> str:
        return f"'{sheet}'!{at(FIRST, column, True, True)}:{at(self.last, column, True, True)}"

    def _record(self, unit: Json, item: str) -> Json:
        row = self.read.by_key.get(unit["key"])
        return next((one for one in row["items"] if one["item"] == item), {}) if row else {}

    # 数据

    def _data(self) -> None:
        sheet = self._sheet("数据")
        self._head(sheet, 1, 0, "单位")
        self._head(sheet, 1, 1, "组别")
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
                self._head(sheet, 0, column, f"{item.key} {item.title}")
            for place, name in enumerate(names):
                self._head(sheet, 1, column + place, name)
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
                        self._number(sheet, row, column + place, by_judge.get(judge))
                    continue
                fact = facts[0] if facts else {}
                for place, name in enumerate(("value", "target", "previous")[: len(names) - 1], 1):
                    self._number(sheet, row, column + place, fact.get(name))
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

    def _of_data(self, item: str, name: str, row: int) -> str:
        return f"'数据'!{at(row, int(self.data[item, name]), False, True)}"

    # Groups

    def _group(self, title: str, items: Sequence[Item]) -> None:
        sheet = self._sheet(title)
        name = sheet.get_name()
        self._head(sheet, 1, 0, "单位")
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
            self._head(sheet, 1, first + place, head)
        status_column, points_column = first, first + len(_COLUMNS) - 1
        self.earned[item.key] = (name, str(points_column), str(status_column))
        statuses = self._range(name, status_column)
        groups = f"'数据'!{at(FIRST, 1, True, True)}:{at(self.last, 1, True, True)}"
        for row, unit in enumerate(self.units, FIRST):
            record = self._record(unit, item.key)
            status, value, target, judged, sort, rank, _ = (at(row, first + place) for place in range(len(_COLUMNS)))
            mask = f"({groups}={self._group_of(row)})" if item.apart else "1"
            cells = Cells(
                value=value,
                target=target,
                previous=self._of_data(item.key, "上期", row) if item.basis is Basis.GROWTH else '""',
                measure=judged,
                sort=sort,
                rank=rank,
                count=f'SUMPRODUCT({mask}*({statuses}<>"{_OUT}")*({statuses}<>"不属"))',
                measures=self._range(name, first + 3),
                sorted_by=self._range(name, first + 4),
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
                _float(record.get("value")),
            )
            sheet.write_formula(row, first + 2, f"={self._target(item, row)}", self.cell, _float(record.get("target")))
            sheet.write_formula(row, first + 3, f'=IF({status}="计",{methods.measure(item, cells)},"")', self.cell, "")
            sheet.write_formula(row, first + 4, f'=IF(ISNUMBER({judged}),ROUND({judged},9),"")', self.cell, "")
            place_known = record.get("rank") or ""
            try:
                sheet.write_formula(
                    row, first + 5, f'=IF({status}="计",{methods.rank(item, cells)},"")', self.cell, place_known
                )
                formula = self._points(item, cells, status)
                sheet.write_formula(
                    row, first + 6, f"={formula}", self.points, _float(record.get("points_before_scaling"))
                )
            except CannotSay as why:
                words = f"第{item.key}项{item.title}：{why}"
                if words not in self.unsaid:
                    self.unsaid.append(words)
                if place_known:
                    sheet.write_number(row, first + 5, place_known, self.carried)
                self._number(sheet, row, first + 6, record.get("points_before_scaling", "0"), self.carried)

    def _group_of(self, row: int) -> str:
        return f"'数据'!{at(row, 1, False, True)}"

    def _target(self, item: Item, row: int) -> str:
        if item.method.JUDGED:
            return '""'
        cell = self._of_data(item.key, "目标", row)
        other = '""' if item.target is None else literal(item.target * item.target_share)
        share = "" if item.target_share == 1 else f"*{literal(item.target_share)}"
        return f"IF(ISNUMBER({cell}),{cell}{share},{other})"

    def _value(self, item: Item, row: int) -> str:
        blank = '""' if item.when_blank is None else literal(item.when_blank)
        if isinstance(item.method, Judges):
            marks = self._marks(item, row)
            return f"IF(COUNT({marks})=0,{blank},{methods.mean_of(item.method, marks)})"
        cell = self._of_data(item.key, "实际", row)
        return f"IF(ISNUMBER({cell}),{cell},{blank})"

    def _marks(self, item: Item, row: int) -> str:
        first, last = self.marks[item.key]
        return f"'数据'!{at(row, int(first), False, True)}:{at(row, int(last), False, True)}"

    def _status(self, item: Item, row: int, target: str) -> str:
        """How a unit stands to an item, in the order in which scoring asks."""
        unreported = _OUT if item.not_reported is NotReported.EXCLUDE else "未报"
        text = '"计"'
        if item.basis is Basis.GROWTH:
            previous = self._of_data(item.key, "上期", row)
            none = _NO_TARGET[item.no_target]
            text = f'IF(ISNUMBER({previous}),IF({previous}=0,"{none}",{text}),"{none}")'
        if item.when_blank is None:
            given = (
                f"COUNT({self._marks(item, row)})>0"
                if item.method.JUDGED
                else f"ISNUMBER({self._of_data(item.key, '实际', row)})"
            )
            text = f'IF({given},{text},"{unreported}")'
        if item.needs_target:
            if item.basis is Basis.COMPLETION:
                text = f'IF({target}=0,"{_NO_TARGET[item.zero_target]}",{text})'
            text = f'IF(ISNUMBER({target}),{text},"{_NO_TARGET[item.no_target]}")'
        if item.when_blank is None:
            text = f'IF({self._of_data(item.key, "有无记录", row)}=0,"{unreported}",{text})'
        if item.applies_to:
            fits = ",".join(f'{self._group_of(row)}="{_quoted(group)}"' for group in item.applies_to)
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

    # 总分

    def _totals(self) -> None:
        sheet, scheme = self._sheet("总分"), self.scheme
        heads = ["单位", "组别", "不适用分值", "折算系数", *(f"{item.key} {item.title}" for item in scheme.items)]
        heads += ["总分", "是否排名", "名次", "系统总分", "系统名次", "相差"]
        for column, head in enumerate(heads):
            self._head(sheet, 1, column, head)
        name, items = sheet.get_name(), list(scheme.items)
        total_column = 4 + len(items)
        whole = sum((item.points for item in items), Fraction(0))
        recorded = all(isinstance(item.method, Record) for item in items)
        for row, unit in enumerate(self.units, FIRST):
            result = self.read.by_key.get(unit["key"], {})
            records = {one["item"]: one for one in result.get("items", ())}
            sheet.write_string(row, 0, unit["name"], self.cell)
            sheet.write_string(row, 1, unit["group"], self.cell)
            out = "+".join(
                f'IF(OR({self._stands(item, row)}="{_OUT}",{self._stands(item, row)}="不属"),{literal(item.points)},0)'
                for item in items
                if item.points
            )
            sheet.write_formula(row, 2, f"={out or '0'}", self.cell)
            excluded, factor = at(row, 2), at(row, 3)
            scaled = (
                f"IF(ROUND({excluded},9)=ROUND({literal(whole)},9),1,{literal(whole)}/({literal(whole)}-{excluded}))"
            )
            sheet.write_formula(row, 3, f"=IF({excluded}=0,1,{scaled})", self.cell)
            for place, item in enumerate(items):
                group, column, _ = self.earned[item.key]
                cell = f"'{group}'!{at(row, int(column))}"
                formula = f"={cell}*{factor}" if item.points else f"={cell}"
                sheet.write_formula(
                    row, 4 + place, formula, self.points, _float(records.get(item.key, {}).get("points"))
                )
            self._total(sheet, row, unit, result, total_column, whole, recorded)
        self._ranks(sheet, name, total_column)
        sheet.freeze_panes(FIRST, 1)
        sheet.set_column(0, 0, 14)

    def _stands(self, item: Item, row: int) -> str:
        group, _, column = self.earned[item.key]
        return f"'{group}'!{at(row, int(column))}"

    def _total(
        self, sheet: Any, row: int, unit: Json, result: Json, column: int, whole: Fraction, recorded: bool
    ) -> None:
        scheme, items = self.scheme, list(self.scheme.items)
        place = {item.key: 4 + number_ for number_, item in enumerate(items)}
        if any(group.most is not None for group in scheme.groups):
            parts = []
            for group in scheme.groups:
                summed = "+".join(at(row, place[item.key]) for item in group.items) or "0"
                parts.append(f"MIN({summed},{literal(group.most)})" if group.most is not None else f"({summed})")
            total = "+".join(parts)
        else:
            total = f"SUM({at(row, 4)}:{at(row, column - 1)})"
        if scheme.least is not None:
            total = f"MAX({total},{literal(scheme.least)})"
        if scheme.most is not None:
            total = f"MIN({total},{literal(scheme.most)})"
        ranked = "FALSE" if recorded else f"ROUND({at(row, 2)},9)<>ROUND({literal(whole)},9)" if whole else "TRUE"
        try:
            for item in items:
                veto = item.method
                if not isinstance(veto, Veto) or veto.when is None:
                    continue
                holds = self._vetoed(item, veto, row)
                if veto.effect is Effect.UNRANKED:
                    ranked = f"AND({ranked},NOT({holds}))"
                else:
                    least = "0" if veto.effect is Effect.ZERO else literal(veto.cap)
                    total = f"IF({holds},MIN({total},{least}),{total})"
            sheet.write_formula(row, column, f"={total}", self.points, _float(result.get("total")))
            sheet.write_formula(row, column + 1, f"={ranked}", self.cell, bool(result.get("rank")))
        except CannotSay as why:
            if f"总分：{why}" not in self.unsaid:
                self.unsaid.append(f"总分：{why}")
            self._number(sheet, row, column, result.get("total", "0"), self.carried)
            sheet.write_boolean(row, column + 1, bool(result.get("rank")), self.carried)
        self._number(sheet, row, column + 3, result.get("total", "0"), self.points)
        self._number(sheet, row, column + 4, str(result["rank"]) if result.get("rank") else None)
        sheet.write_formula(row, column + 5, f"=ROUND({at(row, column)}-{at(row, column + 3)},9)", self.cell, 0)

    def _vetoed(self, item: Item, veto: Veto, row: int) -> str:
        assert veto.when is not None
        group, _, status = self.earned[item.key]
        first = int(status)
        value, target = f"'{group}'!{at(row, first + 1)}", f"'{group}'!{at(row, first + 2)}"
        previous = self._of_data(item.key, "上期", row) if item.basis is Basis.GROWTH else '""'
        cells = Cells(value, target, previous, "", "", "", "", "", "", "1", item.apart)
        return f'AND({self._stands(item, row)}="计",{condition(veto.when, methods.known(cells))})'

    def _ranks(self, sheet: Any, name: str, column: int) -> None:
        """The places by total, among those that are ranked, within groups where the scheme says so."""
        totals = f"{at(FIRST, column, True, True)}:{at(self.last, column, True, True)}"
        counted = f"{at(FIRST, column + 1, True, True)}:{at(self.last, column + 1, True, True)}"
        groups = f"{at(FIRST, 1, True, True)}:{at(self.last, 1, True, True)}"
        for row, unit in enumerate(self.units, FIRST):
            mask = f"({groups}={at(row, 1)})*" if self.scheme.apart else ""
            better = f"SUMPRODUCT({mask}{counted}*(ROUND({totals},9)>ROUND({at(row, column)},9)))"
            rank = self.read.by_key.get(unit["key"], {}).get("rank") or ""
            sheet.write_formula(row, column + 2, f'=IF({at(row, column + 1)},1+{better},"")', self.cell, rank)

    # A combination

    def _combination(self) -> None:
        sheet, scheme = self._sheet("总分"), self.scheme
        assert scheme.combination is not None
        heads = ["单位", "组别", *(f"{part.title}" for part in scheme.parts)]
        heads += ["总分", "是否排名", "名次", "系统总分", "系统名次", "相差"]
        for column, head in enumerate(heads):
            self._head(sheet, 1, column, head)
        column = 2 + len(scheme.parts)
        for row, unit in enumerate(self.units, FIRST):
            result = self.read.by_key.get(unit["key"], {})
            records = {one["item"]: one for one in result.get("items", ())}
            sheet.write_string(row, 0, unit["name"], self.cell)
            sheet.write_string(row, 1, result.get("group", ""), self.cell)
            cells = {}
            for place, part in enumerate(scheme.parts, 2):
                self._number(sheet, row, place, records.get(part.key, {}).get("points", "0"), self.points)
                cells[part.key] = at(row, place)
            try:
                total = number(scheme.combination.formula, cells)
                if scheme.least is not None:
                    total = f"MAX({total},{literal(scheme.least)})"
                if scheme.most is not None:
                    total = f"MIN({total},{literal(scheme.most)})"
                sheet.write_formula(row, column, f"={total}", self.points, _float(result.get("total")))
            except CannotSay as why:
                if f"总分：{why}" not in self.unsaid:
                    self.unsaid.append(f"总分：{why}")
                self._number(sheet, row, column, result.get("total", "0"), self.carried)
            sheet.write_boolean(row, column + 1, bool(result.get("rank")), self.cell)
            self._number(sheet, row, column + 3, result.get("total", "0"), self.points)
            self._number(sheet, row, column + 4, str(result["rank"]) if result.get("rank") else None)
            sheet.write_formula(row, column + 5, f"=ROUND({at(row, column)}-{at(row, column + 3)},9)", self.cell, 0)
        self._ranks(sheet, sheet.get_name(), column)
        sheet.freeze_panes(FIRST, 1)

    # Words

    def _reasons(self) -> None:
        sheet = self._sheet("理由")
        for column, (head, width) in enumerate((("单位", 14), ("项", 8), ("名称", 26), ("得分", 10), ("理由", 100))):
            self._head(sheet, 0, column, head)
            sheet.set_column(column, column, width)
        row = 1
        for result in self.read.rows:
            lines = [("总分", "", result["total"], result.get("reason", ""))]
            titles = dict(self.read.columns)
            lines += [
                (one["item"], titles.get(one["item"], ""), one["points"], one["reason"]) for one in result["items"]
            ]
            lines += [
                ("结果运用", one["title"], None, f"{one['effect']}（{one['reason']}）")
                for one in result.get("consequences", ())
            ]
            for key, title, points, reason in lines:
                sheet.write_string(row, 0, result["unit"], self.text)
                sheet.write_string(row, 1, key, self.text)
                sheet.write_string(row, 2, cell_text(title), self.text)
                self._number(sheet, row, 3, points, self.points)
                sheet.write_string(row, 4, cell_text(reason), self.text)
                row += 1
        sheet.freeze_panes(1, 1)

    def _sources(self) -> None:
        if self.scheme.parts:
            return
        sheet = self._sheet("来源")
        heads = (*((name, 14) for name in ("单位", "项", "评委", "实际", "目标", "上期")), ("来源", 40), ("日期", 12))
        heads += (("手工", 6), ("说明", 40), ("佐证", 30))
        for column, (head, width) in enumerate(heads):
            self._head(sheet, 0, column, head)
            sheet.set_column(column, column, width)
        for row, fact in enumerate(self.read.core["facts"], 1):
            sheet.write_string(row, 0, fact["unit"], self.text)
            sheet.write_string(row, 1, fact["item"], self.text)
            sheet.write_string(row, 2, fact["judge"], self.text)
            for column, name in enumerate(("value", "target", "previous"), 3):
                self._number(sheet, row, column, fact[name])
            texts = (
                fact["source"],
                fact["date"] or "",
                "是" if fact["typed"] else "",
                fact["reason"],
                fact["evidence"],
            )
            for column, text in enumerate(texts, 6):
                sheet.write_string(row, column, cell_text(text), self.text)
        sheet.freeze_panes(1, 1)

    def _notes(self, sheet: Any) -> None:
        run = self.read.run
        lines: list[tuple[str, str]] = [
            ("考核", self.label),
            ("评分办法", self.scheme.title),
            ("状态", run.get_state_display()),
            ("数据截至", f"{timezone.localtime(run.as_of):%Y-%m-%d %H:%M}"),
            ("数据摘要", run.digest or "尚未公示"),
            ("导出", f"{self.person}　{timezone.localtime(self.moment):%Y-%m-%d %H:%M}"),
            (
                "怎样核对",
                "“数据”表是全部数据，其余各表由公式算出；改动数据即重新计算。“总分”表末列为公式与系统之差，应全为0。",
            ),
            ("名次", "公式按9位小数比较，系统按分数精确比较。"),
        ]
        lines += [("约定", self.scheme.reading(one)) for one in self.scheme.assumptions]
        if self.unsaid:
            lines += [("未用公式", f"{words}，公式不能表达，单元格为系统算出的数（橙色）") for words in self.unsaid]
        else:
            lines.append(("公式", "各项得分、总分和名次全部由公式算出。"))
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 100)
        for row, (head, text) in enumerate(lines):
            sheet.write_string(row, 0, head, self.heading)
            sheet.write_string(row, 1, cell_text(text), self.text)


def _float(text: str | None) -> float | str:
    return "" if text is None else float(Decimal(text))


def _quoted(text: str) -> str:
    return text.replace('"', '""')
