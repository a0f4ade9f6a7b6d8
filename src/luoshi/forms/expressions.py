"""Formulas and rules: the language of ``luoshi.expressions`` over a form's cells, evaluated on Decimals.

Operands: ``0.1`` (the exact decimal), ``"text"``, ``field`` (the same row, in formulas), ``section.field`` (the same
row), ``section.row.field``. Functions beside those of the language: ``sum_of(section.field)``, ``count_of(section)``,
``previous(cell)``, ``target(cell)``.

Parsing resolves every name against the definition, so that nothing unknown is left when a return is evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from enum import StrEnum
from typing import Any

from luoshi.expressions import Blank, ExpressionError, Kind, Parser
from luoshi.forms.model import NUMERIC, Field, FieldType, FormDefinition, Section, SectionKind

__all__ = ["Blank", "Expression", "ExpressionError", "Kind", "parse_expression"]

MOST_EXPONENT = 100

ARITHMETIC = Context(
    prec=50, rounding=ROUND_HALF_UP, Emin=-200, Emax=200, traps=[InvalidOperation, DivisionByZero, Overflow]
)


class Source(StrEnum):
    """Where the value of a cell is looked up."""

    NOW = "now"
    PREVIOUS = "previous"
    TARGET = "target"


class CellNode(ast.expr):
    """A cell: ``row`` is ``None`` for the row that the expression is asked of."""

    def __init__(self, section: str, row: str | None, field: str, source: Source) -> None:
        super().__init__()
        self.section, self.row, self.field, self.source = section, row, field, source


class SumNode(ast.expr):
    """The sum over a section's column."""

    def __init__(self, section: str, field: str) -> None:
        super().__init__()
        self.section, self.field = section, field


class CountNode(ast.expr):
    """How many rows a section has."""

    def __init__(self, section: str) -> None:
        super().__init__()
        self.section = section


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed expression.

    ``cells``: the present cells that it reads as (section, row or ``None``, field), in order; ``sums``: the columns
    that it adds up. ``asked_of`` is the section to whose every row it applies, empty when it names whole cells only.
    ``uses_context``: it looks at the last period or at targets.
    """

    text: str
    tree: ast.expr
    kind: Kind
    cells: tuple[tuple[str, str | None, str], ...]
    sums: tuple[tuple[str, str], ...]
    asked_of: str
    uses_context: bool


_KINDS = {FieldType.DATE: Kind.DATE, FieldType.PERIOD: Kind.PERIOD}


def kind_of(field: Field) -> Kind:
    """What a cell of the column holds."""
    return Kind.NUMBER if field.type in NUMERIC else _KINDS.get(field.type, Kind.TEXT)


def parse_expression(text: str, definition: FormDefinition, section: Section | None = None) -> Expression:
    """Parse a formula of ``section``, or a rule where that is ``None``; raises ``ExpressionError``."""
    parser = _Parser(text, definition, section)
    tree, kind = parser.parse()
    return Expression(
        text,
        tree,
        kind,
        tuple(dict.fromkeys(parser.cells)),
        tuple(dict.fromkeys(parser.sums)),
        parser.asked_of,
        parser.uses_context,
    )


class _Parser(Parser):
    """Names are cells that exist."""

    shorten = "请拆成几列计算"
    functions = ("sum_of", "count_of", "previous", "target", *Parser.functions)

    def __init__(self, text: str, definition: FormDefinition, section: Section | None) -> None:
        super().__init__(text)
        self.section = section
        self.sections = {one.key: one for one in definition.sections}
        self.asked_of = section.key if section else ""
        self.cells: list[tuple[str, str | None, str]] = []
        self.sums: list[tuple[str, str]] = []
        self.uses_context = False

    def name(self, node: ast.Name | ast.Attribute) -> tuple[ast.expr, Kind]:
        cell, field = self._cell(node, Source.NOW)
        return cell, kind_of(field)

    def _parts(self, node: ast.expr) -> list[str]:
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            self.refuse(node)
        return [inner.id, *reversed(parts)]

    def _section(self, key: str) -> Section:
        section = self.sections.get(key)
        if section is None:
            raise ExpressionError(f"没有名为“{key}”的表")
        return section

    def _field(self, section: Section, key: str) -> Field:
        for field in section.fields:
            if field.key == key:
                return field
        raise ExpressionError(f"“{section.title}”没有名为“{key}”的列")

    def _cell(self, node: ast.expr, source: Source) -> tuple[CellNode, Field]:
        parts = self._parts(node)
        row: str | None = None
        match parts:
            case [key]:
                if self.section is None:
                    raise ExpressionError(f"“{key}”应写明是哪张表的列，如 表.列")
                section, field = self.section, self._field(self.section, key)
            case [section_key, key]:
                section = self._section(section_key)
                field = self._field(section, key)
                if not self.asked_of:
                    self.asked_of = section.key
                if self.asked_of != section.key:
                    raise ExpressionError(f"“{section_key}.{key}”没有写明是哪一行")
            case [section_key, row, key]:
                section = self._section(section_key)
                field = self._field(section, key)
                if section.kind is SectionKind.REPEATED:
                    raise ExpressionError(f"“{section.title}”的行由填报单位增加，不能指定某一行")
                found = next((one for one in section.rows if one.key == row), None)
                if found is None:
                    raise ExpressionError(f"“{section.title}”没有名为“{row}”的行")
                if key in found.blocked:
                    raise ExpressionError(f"“{found.label}”的“{field.label}”不填，不能引用")
            case _:
                self.refuse(node)
        if source is Source.NOW:
            self.cells.append((section.key, row, field.key))
        else:
            self.uses_context = True
            if kind_of(field) is not Kind.NUMBER:
                raise ExpressionError(f"“{field.label}”不是数字列，没有上期数和目标数可比")
        return CellNode(section.key, row, field.key, source), field

    def call(self, name: str, node: ast.Call, depth: int) -> tuple[ast.expr, Kind]:
        if name in Parser.functions:
            return super().call(name, node, depth)
        if len(node.args) != 1:
            raise ExpressionError(f"{name}(…) 的括号里只写一项")
        match name:
            case "sum_of":
                return self._sum(node.args[0]), Kind.NUMBER
            case "count_of":
                match self._parts(node.args[0]):
                    case [key]:
                        return CountNode(self._section(key).key), Kind.NUMBER
                raise ExpressionError("count_of(…) 的括号里写表名")
        cell, _ = self._cell(node.args[0], Source(name))
        return cell, Kind.NUMBER

    def _sum(self, node: ast.expr) -> SumNode:
        match self._parts(node):
            case [section_key, key]:
                section = self._section(section_key)
                field = self._field(section, key)
                if kind_of(field) is not Kind.NUMBER:
                    raise ExpressionError(f"“{field.label}”不是数字列，不能求和")
                self.sums.append((section.key, field.key))
                return SumNode(section.key, field.key)
        raise ExpressionError("sum_of(…) 的括号里写 表.列")


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > MOST_EXPONENT:
        raise Blank
    return ARITHMETIC.power(base, exponent)


def rounded(number: Decimal, places: int) -> Decimal:
    """Half up; a number that has too many digits for that stays as it is."""
    try:
        return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, ARITHMETIC)
    except InvalidOperation:
        return number


def _round(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    return rounded(number, int(places))


OPERATORS: Mapping[type[ast.AST], Any] = {
    ast.Add: ARITHMETIC.add,
    ast.Sub: ARITHMETIC.subtract,
    ast.Mult: ARITHMETIC.multiply,
    ast.Div: ARITHMETIC.divide,
    ast.Pow: _power,
    ast.USub: ARITHMETIC.minus,
    ast.UAdd: ARITHMETIC.plus,
    ast.Not: lambda value: not value,
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
    ast.Gt: lambda left, right: left > right,
    ast.Lt: lambda left, right: left < right,
    ast.GtE: lambda left, right: left >= right,
    ast.LtE: lambda left, right: left <= right,
}

FUNCTION_TABLE: Mapping[str, Any] = {
    "abs": ARITHMETIC.abs,
    "min": lambda *numbers: min(numbers),  # of one number too, which the built-in one takes for a list
    "max": lambda *numbers: max(numbers),
    "round": _round,
}
