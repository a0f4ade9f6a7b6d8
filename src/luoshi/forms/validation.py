"""What is wrong or odd in a return: hard rules that stop it, soft ones that ask for a reason."""

from __future__ import annotations

import ast
from decimal import Decimal

from luoshi.forms.cells import Cell, cells
from luoshi.forms.compiled import Compiled, compiled
from luoshi.forms.computing import Evaluator, row_keys
from luoshi.forms.errors import ValueProblem
from luoshi.forms.expressions import Expression, rounded
from luoshi.forms.model import (
    NUMERIC,
    Context,
    Field,
    FieldType,
    FormDefinition,
    Problem,
    Rule,
    Section,
    SectionKind,
    Severity,
    Values,
)
from luoshi.forms.numbers import canonical_number, is_kept, number_text
from luoshi.forms.parsing import parse_cell
from luoshi.units import fold

__all__ = ["adds_up", "check"]

JUMP = 3  # times the last period's figure, or a third of it
DEVIATION = Decimal("0.5")  # of what was expected
# Shares and ranks do not add up: a total row's growth rate is not the sum of its parts' rates.
_NOT_ADDED = ("%", "‰", "百分", "千分", "位次", "名次")


def adds_up(field: Field) -> bool:
    """Whether a total row of a typed column must be the sum of its parts."""
    return field.type in NUMERIC and not field.formula and not any(word in field.unit_of_measure for word in _NOT_ADDED)


def check(
    definition: FormDefinition, values: Values, context: Context | None = None, *, complete: bool
) -> list[Problem]:
    """The problems of a return whose cells were computed (``compute``), in reading order, then totals and rules.

    ``complete=False`` leaves out what may still come: required cells, least numbers of rows. A blank is no zero: where
    one is needed for a judgement, none is made. Never raises for any texts in ``values``.
    """
    return _Checker(definition, values, context or Context(), complete).problems()


class _Checker:
    def __init__(self, definition: FormDefinition, values: Values, context: Context, complete: bool) -> None:
        self.definition, self.values, self.context, self.complete = definition, values, context, complete
        self.compares = bool(self.context.previous or self.context.expected)
        self.prepared: Compiled = compiled(definition)
        self.parsed: dict[str, str] = {}
        self.found: list[Problem] = []

    def problems(self) -> list[Problem]:
        for cell in cells(self.definition, self.values):
            text = self.values.cells.get(cell.address)
            if cell.blocked:
                if text:
                    self._hard(cell.address, "blocked", f"本格不需填报，已填“{text[:40]}”，请清除")
            elif text:
                self._filled(cell, text)
            elif self.complete and cell.field.required and not cell.computed:
                self._hard(cell.address, "required", "必填，请填写；数值为零请填 0")
        for section in self.definition.sections:
            if section.kind is SectionKind.REPEATED:
                self._rows(section)
            else:
                self._totals(section)
        if self.prepared.rules:
            evaluator = Evaluator(self.prepared, self.values, self.parsed, self.context)
            for rule, expression in self.prepared.rules:
                self._rule(evaluator, rule, expression)
        return self.found

    def _hard(self, address: str, code: str, message: str) -> None:
        self.found.append(Problem(address, Severity.HARD, code, message))

    def _soft(self, address: str, code: str, message: str) -> None:
        self.found.append(Problem(address, Severity.SOFT, code, message))

    def _filled(self, cell: Cell, text: str) -> None:
        field, address = cell.field, cell.address
        number = canonical_number(text) if field.type in NUMERIC else None
        if number is None or not is_kept(text, _allowed(field)):
            try:
                text = parse_cell(field, text)
            except ValueProblem as problem:
                self._hard(address, problem.code, problem.message)
                return
            number = canonical_number(text) if field.type in NUMERIC else None
        self.parsed[address] = text
        if number is not None:
            self._bounds(field, address, number)
            if self.compares:
                self._compared(field, cell.computed, address, number)
        elif field.type is FieldType.UNIT and self.context.units is not None and text not in self.context.units:
            self._hard(address, "choice", f"没有“{text[:40]}”这个单位，请从列表中选择")

    def _bounds(self, field: Field, address: str, number: Decimal) -> None:
        if field.minimum is not None and number < field.minimum:
            self._hard(address, "range", f"{_shown(field, number)}小于下限{_shown(field, field.minimum)}，请核对后改正")
        if field.maximum is not None and number > field.maximum:
            self._hard(address, "range", f"{_shown(field, number)}大于上限{_shown(field, field.maximum)}，请核对后改正")

    def _compared(self, field: Field, computed: bool, address: str, number: Decimal) -> None:
        begins_anew = field.cumulative and self.context.period_starts_year
        last_text = self.context.previous.get(address)
        last = canonical_number(last_text) if last_text and not begins_anew else None
        if last is not None:
            if field.cumulative and number < last:
                message = (
                    f"累计数{_shown(field, number)}小于上期{_shown(field, last)}，年内累计不应下降，"
                    "请核对本期数，上期数有误请联系收表单位更正"
                )
                self._hard(address, "falls", message)
            elif not computed and number and last:
                larger = abs(number) > JUMP * abs(last)
                if larger or abs(last) > JUMP * abs(number):
                    before = _shown(field, last)
                    word = f"超过上期{before}的{JUMP}倍" if larger else f"不到上期{before}的三分之一"
                    message = f"本期{_shown(field, number)}{word}，请核对，无误请说明原因"
                    self._soft(address, "jump", message)
                elif number == last and (field.cumulative or field.indicator or field.observed):
                    message = f"本期{_shown(field, number)}与上期相同，请核对是否已更新，无误请说明原因"
                    self._soft(address, "unchanged", message)
        expected = self.context.expected.get(address)
        if expected and abs(number - expected) > DEVIATION * abs(expected):
            about = _shown(field, rounded(expected, _allowed(field)))
            message = f"本期{_shown(field, number)}与预计{about}相差超过一半，请核对，无误请说明原因"
            self._soft(address, "deviation", message)

    def _rows(self, section: Section) -> None:
        keys = list(self.values.rows.get(section.key, ()))
        if len(keys) > section.most_rows:
            message = f"“{section.title}”有{len(keys)}行，最多{section.most_rows}行，请删减"
            self._hard("", "rows", message)
        if self.complete and len(keys) < section.least_rows:
            message = f"“{section.title}”有{len(keys)}行，至少{section.least_rows}行，请补充"
            self._hard("", "rows", message)
        if not section.identified_by:
            return
        label = self.prepared.fields[section.key, section.identified_by].label
        places: dict[str, list[int]] = {}
        texts = [self.values.cells.get(f"{section.key}.{key}.{section.identified_by}", "") for key in keys]
        for number, text in enumerate(texts):
            if text:
                places.setdefault(fold(text), []).append(number)
        for number, text in enumerate(texts):
            same = places.get(fold(text), []) if text else []
            if len(same) > 1:
                others = "、".join(f"第{other + 1}行" for other in same if other != number)
                address = f"{section.key}.{keys[number]}.{section.identified_by}"
                message = f"第{number + 1}行“{label}”与{others[:60]}重复（{text[:40]}），请合并或更正"
                self._hard(address, "twice", message)

    def _totals(self, section: Section) -> None:
        for row in section.rows:
            if not row.total_of:
                continue
            for field in section.fields:
                if not adds_up(field) or field.key in row.blocked:
                    continue
                address = f"{section.key}.{row.key}.{field.key}"
                parts = [
                    part for part in row.total_of if field.key not in self.prepared.rows[section.key, part].blocked
                ]
                total = self._number(address)
                numbers = [self._number(f"{section.key}.{part}.{field.key}") for part in parts]
                given = [number for number in numbers if number is not None]
                if total is None or not parts or len(given) < len(numbers):
                    continue
                added = sum(given, Decimal(0))
                if added != total:
                    gap = "多" if total > added else "少"
                    message = (
                        f"合计{_shown(field, total)}与分项之和{_shown(field, added)}不等，"
                        f"{gap}{_shown(field, abs(total - added))}，请核对合计或各分项"
                    )
                    self._hard(address, "total", message)

    def _number(self, address: str) -> Decimal | None:
        text = self.parsed.get(address)
        return canonical_number(text) if text is not None else None

    def _rule(self, evaluator: Evaluator, rule: Rule, expression: Expression) -> None:
        keys = [""]
        if expression.asked_of:
            keys = list(row_keys(self.prepared.sections[expression.asked_of], self.values))
        for key in keys:
            if evaluator.value(expression, key) is False:
                numbers = _two_numbers(evaluator, expression, key)
                self.found.append(Problem(self._blamed(expression, key), rule.severity, "rule", rule.message + numbers))

    def _blamed(self, expression: Expression, row: str) -> str:
        """The cell that a rule's problem is shown at: the first one that can be typed into."""
        for typed_only in (True, False):
            for section, own_row, field in expression.cells:
                if not (typed_only and self.prepared.fields[section, field].formula):
                    return f"{section}.{own_row or row}.{field}"
        return ""


def _two_numbers(evaluator: Evaluator, expression: Expression, row: str) -> str:
    tree = expression.tree
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return ""
    sides = [evaluator.value(expression, row, part) for part in (tree.left, tree.comparators[0])]
    if not all(isinstance(side, Decimal) for side in sides):
        return ""
    left, right = (number_text(rounded(side, 6)) for side in sides)
    return f"（{left}与{right}）"


def _allowed(field: Field) -> int:
    return 0 if field.type is FieldType.INTEGER else field.decimals


def _shown(field: Field, number: Decimal) -> str:
    """A number with thousands separators and the column's unit, all its digits kept."""
    whole, _, fraction = number_text(number).partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(whole):,}"
    return f"{sign}{grouped}{'.' + fraction if fraction else ''}{field.unit_of_measure}"
