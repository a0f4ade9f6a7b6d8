"""Formulas of schemes: the language of ``luoshi.expressions`` over a few named numbers, evaluated on exact fractions.

A combination names its parts (``(Q1 + Q2 + Q3) / 6 + 年度 / 2``); a gate or a formula names what is known of a unit
and an item (``VALUES``). Nothing else can be reached: a name is looked up in the numbers given, never as an attribute
of anything.
"""

from __future__ import annotations

import ast
import operator
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from luoshi.expressions import Blank, ExpressionError, Kind, Parser, evaluator
from luoshi.scoring.numbers import ZERO

#: Numbers known of a unit and an item, by their names in formulas; the Chinese name means the same.
VALUES = {
    "value": "实际",
    "target": "目标",
    "previous": "上期",
    "completion": "完成率",
    "growth": "增幅",
    "gap": "差距",
    "points": "满分",
    "rank": "名次",
    "count": "单位数",
    "best": "最好",
    "average": "平均",
}
#: Of these, what a unit's own figures tell, whoever else there is.
OWN = ("value", "target", "previous", "completion", "growth", "gap")
_ENGLISH = {chinese: english for english, chinese in VALUES.items()} | {name: name for name in VALUES}
_OWN = {name: english for name, english in _ENGLISH.items() if english in OWN}

#: Bits of a number while it is calculated with (about 10,000 digits): totals over many denominators are long.
MOST_BITS = 1 << 15
MOST_EXPONENT = 10

Numbers = Mapping[str, Fraction | None]
_COMPARE: Mapping[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class NameNode(ast.expr):
    """A number that has a name."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula; ``names`` are those that it uses."""

    text: str
    tree: ast.expr = field(compare=False, repr=False)
    kind: Kind
    names: frozenset[str]

    def number(self, numbers: Numbers) -> Fraction | None:
        """What it comes to; ``None`` where a number is missing, something is divided by zero, or grows too long."""
        result = _evaluate(self, numbers)
        return result if isinstance(result, Fraction) else None

    def holds(self, numbers: Numbers) -> bool:
        """Whether the condition holds; one over a missing number does not."""
        tree = self.tree
        if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.left, NameNode):
            # nearly all conditions are this simple, and they are asked of every cell
            (right,) = tree.comparators
            if isinstance(right, ast.Constant):
                value = numbers.get(tree.left.key)
                constant: Any = right.value
                return value is not None and _COMPARE[type(tree.ops[0])](value, constant)
        return _evaluate(self, numbers) is True


def parse_formula(text: str, names: Collection[str], wanted: Kind = Kind.NUMBER) -> Formula:
    """Parse a formula over ``names``; raises ``ExpressionError``."""
    parser = _Parser(text, names)
    tree, kind = parser.parse()
    if kind is not wanted:
        raise ExpressionError(f"算出来是{kind}，应是{wanted}")
    return Formula(text, tree, kind, frozenset(parser.used))


def parse_condition(text: str) -> Formula:
    """Parse a condition over a unit's own figures; raises ``ExpressionError``."""
    return parse_formula(text, _OWN, Kind.TRUTH)


def parse_points(text: str) -> Formula:
    """Parse a formula of points over what is known of a unit and an item; raises ``ExpressionError``."""
    return parse_formula(text, _ENGLISH)


def usable_name(text: str) -> bool:
    """Whether a formula can name it: a word of letters, digits and Chinese characters that Python does not fold."""
    import keyword

    return (
        len(text) <= 40
        and text.isidentifier()
        and not keyword.iskeyword(text)
        and unicodedata.normalize("NFKC", text) == text
        and text not in Parser.functions
    )


def in_words(text: str, numbers: Numbers, write: Callable[[Fraction], str]) -> str:
    """A formula with the numbers put in for its names, as it was written: ``(80 + 90 + 70) / 6 + 85 / 2``."""
    out, word = [], ""
    for character in text + "\0":
        if (word + character).isidentifier():
            word += character
            continue
        key = word if word in numbers else _ENGLISH.get(word, word)
        value = numbers.get(key)
        if value is None:
            out.append(word)
        else:
            shown = write(value)
            out.append(f"({shown})" if shown.startswith("-") else shown)
        out.append(character if character != "\0" else "")
        word = ""
    return "".join(out).replace(" / ", "÷").replace("/", "÷").replace(" * ", "×").replace("*", "×").replace(" ", "")


class _Parser(Parser):
    def __init__(self, text: str, names: Collection[str]) -> None:
        super().__init__(text)
        self.names = names
        self.used: set[str] = set()

    def name(self, node: ast.Name | ast.Attribute) -> tuple[ast.expr, Kind]:
        if not isinstance(node, ast.Name):
            self.refuse(node)
        if node.id not in self.names:
            offered = [name for name in self.names if not name.isascii()] or list(self.names)
            raise ExpressionError(f"没有名为“{node.id[:40]}”的数，可用的有：{'、'.join(offered)}")
        key = self.names[node.id] if isinstance(self.names, Mapping) else node.id
        self.used.add(key)
        return NameNode(key), Kind.NUMBER

    def number(self, value: Decimal) -> Any:
        return Fraction(value)


def _bounded(number: Fraction) -> Fraction:
    if number.numerator.bit_length() + number.denominator.bit_length() > MOST_BITS:
        raise Blank
    return number


def _divide(left: Fraction, right: Fraction) -> Fraction:
    if not right:
        raise Blank
    return _bounded(left / right)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > MOST_EXPONENT or (not base and exponent < 0):
        raise Blank
    if base.numerator.bit_length() + base.denominator.bit_length() > MOST_BITS // MOST_EXPONENT:
        raise Blank
    return Fraction(base ** int(exponent))


def _round(number: Fraction, places: Fraction = ZERO) -> Fraction:
    scale: int = 10 ** int(places)
    scaled = (2 * abs(number.numerator) * scale + number.denominator) // (2 * number.denominator)
    return Fraction(scaled if number >= 0 else -scaled, scale)


_OPERATORS: Mapping[type[ast.AST], Any] = {
    ast.Add: lambda left, right: _bounded(left + right),
    ast.Sub: lambda left, right: _bounded(left - right),
    ast.Mult: lambda left, right: _bounded(left * right),
    ast.Div: _divide,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    **_COMPARE,
}
_FUNCTIONS = {
    "abs": abs,
    "min": lambda *numbers: min(numbers),
    "max": lambda *numbers: max(numbers),
    "round": _round,
}


def _evaluate(formula: Formula, numbers: Numbers) -> Any:
    def look_up(node: NameNode) -> Fraction:
        value = numbers.get(node.key)
        if value is None:
            raise Blank
        return value

    simple = evaluator(_OPERATORS, _FUNCTIONS, {NameNode: look_up})
    try:
        return simple.eval(formula.text, formula.tree)
    except (Blank, ZeroDivisionError):
        return None
