"""The sheet 总分: each unit's points scaled and added up, limits and vetoes, the places; or a combination's formula."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell as at

from luoshi.apps.assessment.workbook import methods
from luoshi.apps.assessment.workbook.book import FIRST, OUT, Book, Json, as_float
from luoshi.apps.assessment.workbook.expressions import CannotSay, condition, literal, number
from luoshi.apps.assessment.workbook.methods import Cells
from luoshi.scoring import Item
from luoshi.scoring.methods import Basis, Effect, Record, Veto


class Totals(Book):
    """Adds up."""

    def totals(self) -> None:
        sheet, scheme = self.sheet("总分"), self.scheme
        heads = ["单位", "组别", "不适用分值", "折算系数", *(f"{item.key} {item.title}" for item in scheme.items)]
        heads += ["总分", "是否排名", "名次", "系统总分", "系统名次", "相差"]
        for column, head in enumerate(heads):
            self.head(sheet, 1, column, head)
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
                f'IF(OR({self.stands(item, row)}="{OUT}",{self.stands(item, row)}="不属"),{literal(item.points)},0)'
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
                    row, 4 + place, formula, self.points, as_float(records.get(item.key, {}).get("points"))
                )
            self._total(sheet, row, unit, result, total_column, whole, recorded)
        self._ranks(sheet, name, total_column)
        sheet.freeze_panes(FIRST, 1)
        sheet.set_column(0, 0, 14)

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
            sheet.write_formula(row, column, f"={total}", self.points, as_float(result.get("total")))
            sheet.write_formula(row, column + 1, f"={ranked}", self.cell, bool(result.get("rank")))
        except CannotSay as why:
            if f"总分：{why}" not in self.unsaid:
                self.unsaid.append(f"总分：{why}")
            self.number(sheet, row, column, result.get("total", "0"), self.carried)
            sheet.write_boolean(row, column + 1, bool(result.get("rank")), self.carried)
        self.number(sheet, row, column + 3, result.get("total", "0"), self.points)
        self.number(sheet, row, column + 4, str(result["rank"]) if result.get("rank") else None)
        sheet.write_formula(row, column + 5, f"=ROUND({at(row, column)}-{at(row, column + 3)},9)", self.cell, 0)

    def _vetoed(self, item: Item, veto: Veto, row: int) -> str:
        assert veto.when is not None
        group, _, status = self.earned[item.key]
        first = int(status)
        value, target = f"'{group}'!{at(row, first + 1)}", f"'{group}'!{at(row, first + 2)}"
        previous = self.of_data(item.key, "上期", row) if item.basis is Basis.GROWTH else '""'
        cells = Cells(value, target, previous, "", "", "", "", "", "", "1", item.apart)
        return f'AND({self.stands(item, row)}="计",{condition(veto.when, methods.known(cells))})'

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

    def combination(self) -> None:
        sheet, scheme = self.sheet("总分"), self.scheme
        assert scheme.combination is not None
        heads = ["单位", "组别", *(f"{part.title}" for part in scheme.parts)]
        heads += ["总分", "是否排名", "名次", "系统总分", "系统名次", "相差"]
        for column, head in enumerate(heads):
            self.head(sheet, 1, column, head)
        column = 2 + len(scheme.parts)
        for row, unit in enumerate(self.units, FIRST):
            result = self.read.by_key.get(unit["key"], {})
            records = {one["item"]: one for one in result.get("items", ())}
            sheet.write_string(row, 0, unit["name"], self.cell)
            sheet.write_string(row, 1, result.get("group", ""), self.cell)
            cells = {}
            for place, part in enumerate(scheme.parts, 2):
                self.number(sheet, row, place, records.get(part.key, {}).get("points", "0"), self.points)
                cells[part.key] = at(row, place)
            try:
                total = number(scheme.combination.formula, cells)
                if scheme.least is not None:
                    total = f"MAX({total},{literal(scheme.least)})"
                if scheme.most is not None:
                    total = f"MIN({total},{literal(scheme.most)})"
                sheet.write_formula(row, column, f"={total}", self.points, as_float(result.get("total")))
            except CannotSay as why:
                if f"总分：{why}" not in self.unsaid:
                    self.unsaid.append(f"总分：{why}")
                self.number(sheet, row, column, result.get("total", "0"), self.carried)
            sheet.write_boolean(row, column + 1, bool(result.get("rank")), self.cell)
            self.number(sheet, row, column + 3, result.get("total", "0"), self.points)
            self.number(sheet, row, column + 4, str(result["rank"]) if result.get("rank") else None)
            sheet.write_formula(row, column + 5, f"=ROUND({at(row, column)}-{at(row, column + 3)},9)", self.cell, 0)
        self._ranks(sheet, sheet.get_name(), column)
        sheet.freeze_panes(FIRST, 1)
