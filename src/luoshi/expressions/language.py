"""The language: numbers and texts as written, ``+ - * / **``, comparisons, ``and or not``, ``a if condition else b``,
``abs min max round(x, places)``. Full-width and mathematical signs (``×÷≥≤≠（）``) are taken too.

What names and further functions there are, a subclass of ``Parser`` says; all are resolved when an expression is
parsed, so that nothing unknown is left when it is evaluated. Work is linear in the length of the expression: there are
no loops, and length, depth and digits are bounded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NoReturn

MOST_CHARACTERS = 1000
MOST_NODES = 300
MOST_DEPTH = 40
MOST_DIGITS = 30


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


_SIGNS = str.maketrans({"（": "(", "）": ")", "，": ",", "＋": "+", "－": "-", "−": "-", "＊": "*", "×": "*", "／": "/",
                        "÷": "/", "＝": "=", "＞": ">", "＜": "<", "．": ".", "“": '"', "”": '"',
                        **{chr(0xFF10 + digit): str(digit) for digit in range(10)}})  # fmt: skip
# 9if, 0x1F, 1j: Python takes some of them with a warning; e-notation stays.
_GLUED = re.compile(r"(?<![A-Za-z0-9_.])[0-9][0-9._]*(?![eE][+-]?[0-9])[A-Za-z]")
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*')")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_EQUALITIES = (ast.Eq, ast.NotEq)
_ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class Parser:
    """Turns Python's tree into one of this language, and finds the kind of every part; one object an expression."""

    #: What to do with an expression that is too long.
    shorten = "请拆成几个式子"
    #: The functions of numbers that the language offers.
    functions: tuple[str, ...] = ("abs", "min", "max", "round")

    def __init__(self, text: str) -> None:
        self.text = _plain(text)

    def parse(self) -> tuple[ast.expr, Kind]:
        """The tree and what it yields; raises ``ExpressionError``."""
        if not self.text:
            raise ExpressionError("式子是空的")
        if len(self.text) > MOST_CHARACTERS:
            raise ExpressionError(f"式子超过{MOST_CHARACTERS}字，{self.shorten}")
        if "\\" in self.text or "#" in self.text or "\0" in self.text or _GLUED.search(self.text):
            raise ExpressionError("式子里有不能用的符号")
        try:
            tree = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ExpressionError("式子写法有误，请检查括号和运算符号（相等写作 ==）") from error
        try:
            if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
                raise ExpressionError(f"式子太长，{self.shorten}")
            return self.convert(tree, 0)
        except RecursionError as error:
            raise ExpressionError("式子的括号层数太多") from error

    def name(self, node: ast.Name | ast.Attribute) -> tuple[ast.expr, Kind]:
        """What a name means."""
        self.refuse(node)

    def call(self, name: str, node: ast.Call, depth: int) -> tuple[ast.expr, Kind]:
        """What a call of one of ``functions`` means; the ones of the language are known here."""
        count = len(node.args)
        if not count or (name == "round" and count > 2):
            self.refuse(node)
        if name == "abs" and count != 1:
            raise ExpressionError("abs(…) 的括号里只写一项")
        arguments = [self.of_kind(argument, Kind.NUMBER, depth) for argument in node.args]
        if name == "round" and count == 2:
            places = arguments[1]
            if not isinstance(places, ast.Constant) or places.value not in range(7):
                raise ExpressionError("round(…) 的小数位数应为 0 至 6")
        return ast.Call(node.func, arguments, []), Kind.NUMBER

    def number(self, value: Decimal) -> Any:
        """A constant as it is calculated with."""
        return value

    def convert(self, node: ast.expr, depth: int) -> tuple[ast.expr, Kind]:
        """A part of the tree."""
        if depth > MOST_DEPTH:
            raise ExpressionError("式子的括号层数太多")
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name() | ast.Attribute():
                return self.name(node)
            case ast.Call():
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                if called not in self.functions or node.keywords:
                    self.refuse(node)
                return self.call(called, node, depth)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                operand = self.of_kind(node.operand, Kind.NUMBER, depth)
                return ast.UnaryOp(node.op, operand), Kind.NUMBER
            case ast.UnaryOp(op=ast.Not()):
                return ast.UnaryOp(node.op, self.of_kind(node.operand, Kind.TRUTH, depth)), Kind.TRUTH
            case ast.BinOp() if isinstance(node.op, _OPERATORS):
                left = self.of_kind(node.left, Kind.NUMBER, depth)
                return ast.BinOp(left, node.op, self.of_kind(node.right, Kind.NUMBER, depth)), Kind.NUMBER
            case ast.BoolOp():
                parts = [self.of_kind(value, Kind.TRUTH, depth) for value in node.values]
                return ast.BoolOp(node.op, parts), Kind.TRUTH
            case ast.Compare():
                return self._compare(node, depth), Kind.TRUTH
            case ast.IfExp():
                test = self.of_kind(node.test, Kind.TRUTH, depth)
                body, kind = self.convert(node.body, depth + 1)
                return ast.IfExp(test, body, self.of_kind(node.orelse, kind, depth)), kind
            case _:
                return self.refuse(node)

    def refuse(self, node: ast.AST) -> NoReturn:
        """This part is none of the language."""
        part = ast.get_source_segment(self.text, node) or self.text
        raise ExpressionError(f"“{part[:40]}”不是可用的写法")

    def of_kind(self, node: ast.expr, wanted: Kind, depth: int) -> ast.expr:
        """A part of the tree that must yield ``wanted``."""
        converted, kind = self.convert(node, depth + 1)
        if kind is not wanted:
            part = ast.get_source_segment(self.text, node) or self.text
            raise ExpressionError(f"“{part[:40]}”是{kind}，这里要用{wanted}")
        return converted

    def _constant(self, node: ast.Constant) -> tuple[ast.expr, Kind]:
        if isinstance(node.value, str):
            return ast.Constant(node.value), Kind.TEXT
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self.refuse(node)
        # The digits as written: the float 0.1 that Python made of them is not the decimal 0.1.
        printed = ast.get_source_segment(self.text, node) or ""
        try:
            number = Decimal(node.value) if isinstance(node.value, int) else Decimal(printed)
        except InvalidOperation:
            self.refuse(node)
        if (
            not number.is_finite()
            or len(number.as_tuple().digits) > MOST_DIGITS
            or abs(number.adjusted()) > MOST_DIGITS
        ):
            raise ExpressionError(f"数字“{printed[:40]}”超过{MOST_DIGITS}位")
        return ast.Constant(self.number(number)), Kind.NUMBER

    def _compare(self, node: ast.Compare, depth: int) -> ast.expr:
        left, kind = self.convert(node.left, depth + 1)
        rights: list[ast.expr] = []
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            if not isinstance(operator, (*_EQUALITIES, *_ORDERINGS)):
                self.refuse(node)
            right, other = self.convert(comparator, depth + 1)
            alike = kind is other or {kind, other} in ({Kind.TEXT, Kind.DATE}, {Kind.TEXT, Kind.PERIOD})
            if not alike or Kind.TRUTH in (kind, other):
                raise ExpressionError(f"{kind}与{other}不能比较")
            if isinstance(operator, _ORDERINGS) and kind is other is Kind.TEXT:
                raise ExpressionError("文字只能比较相等（==）或不等（!=）")
            rights.append(right)
            kind = other
        return ast.Compare(left, node.ops, rights)


def evaluator(
    operators: Mapping[type[ast.AST], Any],
    functions: Mapping[str, Any],
    nodes: Mapping[type[ast.expr], Callable[[Any], Any]],
) -> Any:
    """A simpleeval that knows the language's nodes, ``nodes`` besides, and nothing else."""
    from simpleeval import SimpleEval  # only here: it is not needed to read a definition

    simple: Any = SimpleEval(operators=operators, functions=functions, names={})
    simple.nodes = {
        ast.Constant: simple._eval_constant,
        ast.UnaryOp: simple._eval_unaryop,
        ast.BinOp: simple._eval_binop,
        ast.BoolOp: simple._eval_boolop,
        ast.Compare: simple._eval_compare,
        ast.IfExp: simple._eval_ifexp,
        ast.Call: simple._eval_call,
        **nodes,
    }
    return simple


def _plain(text: str) -> str:
    pieces = _QUOTED.split(text.replace("“", '"').replace("”", '"'))
    for index in range(0, len(pieces), 2):
        piece = pieces[index].translate(_SIGNS).replace("≥", ">=").replace("≤", "<=").replace("≠", "!=")
        pieces[index] = " ".join(piece.split())
    return "".join(pieces).strip()
