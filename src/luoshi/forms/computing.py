"""Computed cells, by simpleeval over parsed formulas: no code runs, and every number is a Decimal."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, DecimalException
from typing import Any

from luoshi.expressions import evaluator
from luoshi.forms.compiled import Compiled, compiled
from luoshi.forms.expressions import (
    ARITHMETIC,
    FUNCTION_TABLE,
    OPERATORS,
    Blank,
    CellNode,
    CountNode,
    Expression,
    Source,
    SumNode,
    rounded,
)
from luoshi.forms.model import (
    NUMERIC,
    Context,
    Field,
    FieldType,
    FormDefinition,
    Section,
    SectionKind,
    Values,
)
from luoshi.forms.numbers import MOST_WHOLE_DIGITS, canonical_number, number_text

__all__ = ["Evaluator", "compute", "row_keys"]


def row_keys(section: Section, values: Values) -> Sequence[str]:
    """The keys of a section's rows, printed or added."""
    if section.kind is SectionKind.FIXED:
        return [row.key for row in section.rows]
    return values.rows.get(section.key, ())


class Evaluator:
    """Evaluates the expressions of one return; ``cells`` may grow between two evaluations (``forget_sums``)."""

    def __init__(self, prepared: Compiled, values: Values, cells: Mapping[str, str], context: Context) -> None:
        self._prepared = prepared
        self._values = values
        self._cells = cells
        self._context = context
        self._row = ""
        self._sums: dict[tuple[str, str], Decimal | None] = {}
        self._simple = evaluator(
            OPERATORS, FUNCTION_TABLE, {CellNode: self._cell, SumNode: self._sum, CountNode: self._count}
        )

    def value(self, expression: Expression, row: str = "", part: ast.expr | None = None) -> Any:
        """The value in a row (for expressions asked of rows) of the expression or a part of it; ``None``: blank."""
        self._row = row
        try:
            return self._simple.eval(expression.text, part or expression.tree)
        except (Blank, DecimalException):
            return None

    def _cell(self, node: CellNode) -> Decimal | str:
        address = f"{node.section}.{self._row if node.row is None else node.row}.{node.field}"
        if node.source is Source.TARGET:
            target = self._context.targets.get(address)
            if target is None:
                raise Blank
            return target
        text = (self._cells if node.source is Source.NOW else self._context.previous).get(address)
        if text is None:
            raise Blank
        if self._prepared.fields[node.section, node.field].type not in NUMERIC:
            return text
        number = canonical_number(text)
        if number is None:
            raise Blank
        return number

    def _sum(self, node: SumNode) -> Decimal:
        column = (node.section, node.field)
        if column not in self._sums:
            self._sums[column] = self._added(*column)
        total = self._sums[column]
        if total is None:
            raise Blank
        return total

    def _added(self, section_key: str, field: str) -> Decimal | None:
        """The sum of the filled cells; rows that are totals themselves are left out. No row: zero; all blank: blank."""
        section = self._prepared.sections[section_key]
        keys: Iterable[str] = row_keys(section, self._values)
        if section.kind is SectionKind.FIXED:
            keys = [row.key for row in section.rows if not row.total_of and field not in row.blocked]
        keys = list(keys)
        total, found = Decimal(0), not keys
        for key in keys:
            text = self._cells.get(f"{section_key}.{key}.{field}")
            number = canonical_number(text) if text is not None else None
            if number is not None:
                total, found = ARITHMETIC.add(total, number), True
        return total if found else None

    def _count(self, node: CountNode) -> Decimal:
        return Decimal(len(row_keys(self._prepared.sections[node.section], self._values)))


def compute(definition: FormDefinition, values: Values, context: Context | None = None) -> Values:
    """The values with computed cells filled anew, rounded half up to the column's decimals; given ones are dropped.

    A formula over a blank cell, a division by zero and a number beyond 15 digits give a blank.
    """
    prepared = compiled(definition)
    if not prepared.computed:
        return values
    formulas = {(section.key, field.key) for section, field, _ in prepared.computed}
    cells: dict[str, str] = {}
    for address, text in values.cells.items():
        section_key, _, rest = address.partition(".")
        if (section_key, rest.rpartition(".")[2]) not in formulas:
            cells[address] = text
    evaluator = Evaluator(prepared, values, cells, context or Context())
    for section, field, expression in prepared.computed:
        for key in row_keys(section, values):
            row = prepared.rows.get((section.key, key))
            if row is not None and field.key in row.blocked:
                continue
            result = _rounded(field, evaluator.value(expression, key))
            if result is not None:
                cells[f"{section.key}.{key}.{field.key}"] = result
    return Values(cells, values.rows)


def _rounded(field: Field, value: Decimal | None) -> str | None:
    if value is None or (value and value.adjusted() >= MOST_WHOLE_DIGITS):
        return None
    places = 0 if field.type is FieldType.INTEGER else field.decimals
    text = number_text(rounded(value, places))
    return text if canonical_number(text) is not None else None
