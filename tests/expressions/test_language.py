"""The language by itself: what it takes, what it refuses; forms and scoring test it with their own names."""

from __future__ import annotations

import ast
from decimal import Decimal

import pytest

from luoshi.expressions import Blank, ExpressionError, Kind, Parser, evaluator


class _NameNode(ast.expr):
    """The only name that there is."""


class _Language(Parser):
    """``x`` is a number."""

    def name(self, node: ast.Name | ast.Attribute) -> tuple[ast.expr, Kind]:
        if not isinstance(node, ast.Name) or node.id != "x":
            self.refuse(node)
        return _NameNode(), Kind.NUMBER


def value(text: str, x: Decimal | None = None) -> object:
    """What a text comes to; blank where ``x`` is."""

    def look_up(node: _NameNode) -> Decimal:
        if x is None:
            raise Blank
        return x

    operators = {ast.Add: Decimal.__add__, ast.Mult: Decimal.__mul__, ast.Lt: Decimal.__lt__, ast.USub: Decimal.__neg__}
    tree, _ = _Language(text).parse()
    return evaluator(operators, {"abs": abs}, {_NameNode: look_up}).eval(text, tree)


def test_values() -> None:
    assert value("0.1 + 0.2") == Decimal("0.3")
    assert value("（１＋x）×２", Decimal(3)) == 8
    assert value("abs(-x) if 1 < x else 0", Decimal("2.5")) == Decimal("2.5")
    with pytest.raises(Blank):
        value("1 + x")


def test_kinds() -> None:
    assert _Language("x < 1").parse()[1] is Kind.TRUTH
    assert _Language("x").parse()[1] is Kind.NUMBER
    assert _Language("“甲”").parse()[1] is Kind.TEXT
    with pytest.raises(ExpressionError, match="“x < 1”是条件，这里要用数字"):
        _Language("1 + (x < 1)").parse()
    with pytest.raises(ExpressionError, match="数字与文字不能比较"):
        _Language("x < '1'").parse()


def test_an_evaluator_knows_nothing_else() -> None:
    """A tree of another make is refused by simpleeval itself."""
    from simpleeval import FeatureNotAvailable

    for text in ("y", "x.real", "[1]", "lambda: 1"):
        with pytest.raises(FeatureNotAvailable):
            evaluator({}, {}, {}).eval(text, ast.parse(text, mode="eval").body)


def test_a_language_without_names_has_none() -> None:
    with pytest.raises(ExpressionError, match="“x”不是可用的写法"):
        Parser("x").parse()
