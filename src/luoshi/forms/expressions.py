"""Formulas and rules: a small part of Python's expression syntax, parsed once, evaluated by simpleeval on Decimals.

Operands: ``0.1`` (the exact decimal), ``"text"``, ``field`` (the same row, in formulas), ``section.field`` (the same
row), ``section.row.field``. Functions: ``sum_of(section.field)``, ``count_of(section)``, ``previous(cell)``,
``target(cell)``, ``abs``, ``min``, ``max``, ``round(x, places)``. Operators: ``+ - * / **``, comparisons, ``and or
not``, ``a if condition else b``. Full-width and mathematical signs (``×÷≥≤≠（）``) are taken too.

Parsing resolves every name against the definition, so that nothing unknown is left when a return is evaluated. Work is
linear in the length of the expression: there are no loops, and length, depth, digits and exponents are bounded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from enum import StrEnum
from typing import Any, NoReturn

from luoshi.forms.model import NUMERIC, Field, FieldType, FormDefinition, Section, SectionKind

MOST_CHARACTERS = 1000
MOST_NODES = 300
MOST_DEPTH = 40
MOST_DIGITS = 30
MOST_EXPONENT = 100

ARITHMETIC = Context(
    prec=50, rounding=ROUND_HALF_UP, Emin=-200, Emax=200, traps=[InvalidOperation, DivisionByZero, Overflow]
)


class ExpressionError(ValueError):
    """An expression cannot be understood; the message is Chinese."""


class Blank(Exception):
    """An operand is blank (or a division by zero or an overflow happened), so that there is no result."""


class Kind(StrEnum):
    """What an expression yields. Dates and periods are compared as the ISO texts that they are."""

    NUMBER = "数字"
    TEXT = "文字"
    DATE = "日期"
    PERIOD = "期别"
    TRUTH = "条件"


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


_SIGNS = str.maketrans({"（": "(", "）": ")", "，": ",", "＋": "+", "－": "-", "−": "-", "＊": "*", "×": "*", "／": "/",
                        "÷": "/", "＝": "=", "＞": ">", "＜": "<", "．": ".", "“": '"', "”": '"',
                        **{chr(0xFF10 + digit): str(digit) for digit in range(10)}})  # fmt: skip
# 9if, 0x1F, 1j: Python takes some of them with a warning; e-notation stays.
_GLUED = re.compile(r"(?<![A-Za-z0-9_.])[0-9][0-9._]*(?![eE][+-]?[0-9])[A-Za-z]")
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*')")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_EQUALITIES = (ast.Eq, ast.NotEq)
_ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_KINDS = {FieldType.DATE: Kind.DATE, FieldType.PERIOD: Kind.PERIOD}
FUNCTIONS = ("sum_of", "count_of", "previous", "target", "abs", "min", "max", "round")


def kind_of(field: Field) -> Kind:
    """What a cell of the column holds."""
    return Kind.NUMBER if field.type in NUMERIC else _KINDS.get(field.type, Kind.TEXT)


def parse_expression(text: str, definition: FormDefinition, section: Section | None = None) -> Expression:
    """Parse a formula of ``section``, or a rule where that is ``None``; raises ``ExpressionError``."""
    plain = _plain(text)
    if not plain:
        raise ExpressionError("式子是空的")
    if len(plain) > MOST_CHARACTERS:
        raise ExpressionError(f"式子超过{MOST_CHARACTERS}字，请拆成几列计算")
    if "\\" in plain or "#" in plain or "\0" in plain or _GLUED.search(plain):
        raise ExpressionError("式子里有不能用的符号")
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("式子写法有误，请检查括号和运算符号（相等写作 ==）") from error
    parser = _Parser(plain, definition, section)
    try:
        if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
            raise ExpressionError("式子太长，请拆成几列计算")
        tree, kind = parser.convert(tree, 0)
    except RecursionError as error:
        raise ExpressionError("式子的括号层数太多") from error
    return Expression(
        text,
        tree,
        kind,
        tuple(dict.fromkeys(parser.cells)),
        tuple(dict.fromkeys(parser.sums)),
        parser.asked_of,
        parser.uses_context,
    )


def _plain(text: str) -> str:
    pieces = _QUOTED.split(text.replace("“", '"').replace("”", '"'))
    for index in range(0, len(pieces), 2):
        piece = pieces[index].translate(_SIGNS).replace("≥", ">=").replace("≤", "<=").replace("≠", "!=")
        pieces[index] = " ".join(piece.split())
    return "".join(pieces).strip()


class _Parser:
    """Turns Python's tree into one whose names are cells that exist, and finds the kind of every part."""

    def __init__(self, text: str, definition: FormDefinition, section: Section | None) -> None:
        self.text = text
        self.section = section
        self.sections = {one.key: one for one in definition.sections}
        self.asked_of = section.key if section else ""
        self.cells: list[tuple[str, str | None, str]] = []
        self.sums: list[tuple[str, str]] = []
        self.uses_context = False

    def convert(self, node: ast.expr, depth: int) -> tuple[ast.expr, Kind]:
        if depth > MOST_DEPTH:
            raise ExpressionError("式子的括号层数太多")
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name() | ast.Attribute():
                cell, field = self._cell(node, Source.NOW)
                return cell, kind_of(field)
            case ast.Call():
                return self._call(node, depth)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                operand = self._of_kind(node.operand, Kind.NUMBER, depth)
                return ast.UnaryOp(node.op, operand), Kind.NUMBER
            case ast.UnaryOp(op=ast.Not()):
                return ast.UnaryOp(node.op, self._of_kind(node.operand, Kind.TRUTH, depth)), Kind.TRUTH
            case ast.BinOp() if isinstance(node.op, _OPERATORS):
                left = self._of_kind(node.left, Kind.NUMBER, depth)
                return ast.BinOp(left, node.op, self._of_kind(node.right, Kind.NUMBER, depth)), Kind.NUMBER
            case ast.BoolOp():
                parts = [self._of_kind(value, Kind.TRUTH, depth) for value in node.values]
                return ast.BoolOp(node.op, parts), Kind.TRUTH
            case ast.Compare():
                return self._compare(node, depth), Kind.TRUTH
            case ast.IfExp():
                test = self._of_kind(node.test, Kind.TRUTH, depth)
                body, kind = self.convert(node.body, depth + 1)
                return ast.IfExp(test, body, self._of_kind(node.orelse, kind, depth)), kind
            case _:
                return self._refuse(node)

    def _refuse(self, node: ast.AST) -> NoReturn:
        part = ast.get_source_segment(self.text, node) or self.text
        raise ExpressionError(f"“{part[:40]}”不是可用的写法")

    def _of_kind(self, node: ast.expr, wanted: Kind, depth: int) -> ast.expr:
        converted, kind = self.convert(node, depth + 1)
        if kind is not wanted:
            part = ast.get_source_segment(self.text, node) or self.text
            raise ExpressionError(f"“{part[:40]}”是{kind}，这里要用{wanted}")
        return converted

    def _constant(self, node: ast.Constant) -> tuple[ast.expr, Kind]:
        if isinstance(node.value, str):
            return ast.Constant(node.value), Kind.TEXT
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self._refuse(node)
        # The digits as written: the float 0.1 that Python made of them is not the decimal 0.1.
        printed = ast.get_source_segment(self.text, node) or ""
        try:
            number = Decimal(node.value) if isinstance(node.value, int) else Decimal(printed)
        except InvalidOperation:
            self._refuse(node)
        if (
            not number.is_finite()
            or len(number.as_tuple().digits) > MOST_DIGITS
            or abs(number.adjusted()) > MOST_DIGITS
        ):
            raise ExpressionError(f"数字“{printed[:40]}”超过{MOST_DIGITS}位")
        constant: Any = number
        return ast.Constant(constant), Kind.NUMBER

    def _parts(self, node: ast.expr) -> list[str]:
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            self._refuse(node)
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
                self._refuse(node)
        if source is Source.NOW:
            self.cells.append((section.key, row, field.key))
        else:
            self.uses_context = True
            if kind_of(field) is not Kind.NUMBER:
                raise ExpressionError(f"“{field.label}”不是数字列，没有上期数和目标数可比")
        return CellNode(section.key, row, field.key, source), field

    def _compare(self, node: ast.Compare, depth: int) -> ast.expr:
        left, kind = self.convert(node.left, depth + 1)
        rights: list[ast.expr] = []
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            if not isinstance(operator, (*_EQUALITIES, *_ORDERINGS)):
                self._refuse(node)
            right, other = self.convert(comparator, depth + 1)
            alike = kind is other or {kind, other} in ({Kind.TEXT, Kind.DATE}, {Kind.TEXT, Kind.PERIOD})
            if not alike or Kind.TRUTH in (kind, other):
                raise ExpressionError(f"{kind}与{other}不能比较")
            if isinstance(operator, _ORDERINGS) and kind is other is Kind.TEXT:
                raise ExpressionError("文字只能比较相等（==）或不等（!=）")
            rights.append(right)
            kind = other
        return ast.Compare(left, node.ops, rights)

    def _call(self, node: ast.Call, depth: int) -> tuple[ast.expr, Kind]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            self._refuse(node)
        count = len(node.args)
        if name in ("sum_of", "count_of", "previous", "target", "abs") and count != 1:
            raise ExpressionError(f"{name}(…) 的括号里只写一项")
        if not count or (name == "round" and count > 2):
            self._refuse(node)
        match name:
            case "sum_of":
                return self._sum(node.args[0]), Kind.NUMBER
            case "count_of":
                match self._parts(node.args[0]):
                    case [key]:
                        return CountNode(self._section(key).key), Kind.NUMBER
                raise ExpressionError("count_of(…) 的括号里写表名")
            case "previous" | "target":
                cell, _ = self._cell(node.args[0], Source(name))
                return cell, Kind.NUMBER
        arguments = [self._of_kind(argument, Kind.NUMBER, depth) for argument in node.args]
        if name == "round" and count == 2:
            places = arguments[1]
            if not isinstance(places, ast.Constant) or places.value not in range(7):
                raise ExpressionError("round(…) 的小数位数应为 0 至 6")
        return ast.Call(node.func, arguments, []), Kind.NUMBER

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

FUNCTION_TABLE: Mapping[str, Any] = {"abs": ARITHMETIC.abs, "min": min, "max": max, "round": _round}
