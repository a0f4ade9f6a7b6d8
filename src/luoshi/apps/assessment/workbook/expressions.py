"""Numbers and formulas of schemes in the language of spreadsheets."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from luoshi.scoring.expressions import Formula, NameNode
from luoshi.scoring.numbers import number_text


class CannotSay(Exception):
    """This rule has no formula of a spreadsheet; the message says which."""


def literal(number: Fraction | int) -> str:
    """An exact number: ``20``, ``0.5``, ``(25/3)``."""
    number = Fraction(number)
    if number.denominator == 1:
        return str(number.numerator) if number >= 0 else f"({number.numerator})"
    from decimal import Decimal, Inexact, localcontext

    try:
        with localcontext() as context:
            context.prec = 15
            context.traps[Inexact] = True
            text = number_text(Decimal(number.numerator) / Decimal(number.denominator))
        return text if number >= 0 else f"({text})"
    except Inexact:
        return f"({number.numerator}/{number.denominator})"


_BINARY: Mapping[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_COMPARE: Mapping[type[ast.AST], str] = {
    ast.Eq: "=",
    ast.NotEq: "<>",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_FUNCTIONS = {"abs": "ABS", "min": "MIN", "max": "MAX", "round": "ROUND"}


def _said(node: ast.AST, cells: Mapping[str, str]) -> str:
    match node:
        case NameNode():
            return f"({cells[node.key]})"
        case ast.Constant():
            constant: Any = node.value
            if not isinstance(constant, Fraction):
                raise CannotSay("公式里有文字")
            return literal(constant)
        case ast.UnaryOp(op=ast.USub()):
            return f"(-{_said(node.operand, cells)})"
        case ast.UnaryOp(op=ast.Not()):
            return f"NOT({_said(node.operand, cells)})"
        case ast.UnaryOp():
            return _said(node.operand, cells)
        case ast.BinOp():
            return f"({_said(node.left, cells)}{_BINARY[type(node.op)]}{_said(node.right, cells)})"
        case ast.BoolOp():
            word = "AND" if isinstance(node.op, ast.And) else "OR"
            return f"{word}({','.join(_said(one, cells) for one in node.values)})"
        case ast.IfExp():
            parts = (_said(one, cells) for one in (node.test, node.body, node.orelse))
            return f"IF({','.join(parts)})"
        case ast.Compare():
            left, pairs = node.left, []
            for operator, right in zip(node.ops, node.comparators, strict=True):
                # Numbers that differ by less than a spreadsheet can hold are equal in the exact arithmetic of scoring.
                pairs.append(f"ROUND({_said(left, cells)},9){_COMPARE[type(operator)]}ROUND({_said(right, cells)},9)")
                left = right
            return pairs[0] if len(pairs) == 1 else f"AND({','.join(pairs)})"
        case ast.Call(func=ast.Name(id=name)):
            arguments = [_said(one, cells) for one in node.args]
            if name == "round" and len(arguments) == 1:
                arguments.append("0")
            return f"{_FUNCTIONS[name]}({','.join(arguments)})"
    raise CannotSay("公式里有不能转写的写法")


def _lazy(formula: Formula) -> bool:
    """Whether a part of the formula may be missing without harm: a spreadsheet would not know which."""
    return len(formula.names) > 1 and any(isinstance(node, ast.IfExp | ast.BoolOp) for node in ast.walk(formula.tree))


def _all_there(formula: Formula, cells: Mapping[str, str]) -> str:
    return ",".join(f"ISNUMBER({cells[name]})" for name in sorted(formula.names))


def condition(formula: Formula, cells: Mapping[str, str]) -> str:
    """A condition; one over a missing number does not hold. Raises ``CannotSay``."""
    if _lazy(formula):
        raise CannotSay(f"条件“{formula.text}”")
    said = f"IFERROR({_said(formula.tree, cells)},FALSE)"
    return f"IF(AND({_all_there(formula, cells)}),{said},FALSE)" if formula.names else said


def number(formula: Formula, cells: Mapping[str, str]) -> str:
    """A number, or the text ``缺`` where one that it needs is missing. Raises ``CannotSay``."""
    if _lazy(formula):
        raise CannotSay(f"公式“{formula.text}”")
    said = f'IFERROR({_said(formula.tree, cells)},"缺")'
    return f'IF(AND({_all_there(formula, cells)}),{said},"缺")' if formula.names else said
