"""Formulas of schemes: exact, bounded, and nothing but numbers within reach."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.expressions import ExpressionError
from luoshi.scoring.expressions import (
    VALUES,
    Formula,
    in_words,
    parse_condition,
    parse_formula,
    parse_points,
    usable_name,
)
from luoshi.scoring.numbers import amount

NAMES = ("Q1", "Q2", "Q3", "年度")
YEAR = "(Q1 + Q2 + Q3) / 6 + 年度 / 2"


def value(text: str, **numbers: int | Fraction | None) -> Fraction | None:
    given = {name: None if one is None else Fraction(one) for name, one in numbers.items()}
    return parse_formula(text, list(given) or ["a"]).number(given)


def test_the_formula_of_the_year() -> None:
    """80, 70, 90 and 85: 240/6 + 85/2."""
    numbers = {"Q1": Fraction(80), "Q2": Fraction(70), "Q3": Fraction(90), "年度": Fraction(85)}
    formula = parse_formula(YEAR, NAMES)
    assert formula.number(numbers) == Fraction("82.5")
    assert formula.names == frozenset(NAMES)
    assert in_words(YEAR, numbers, amount) == "(80+70+90)÷6+85÷2"
    assert parse_formula("（Q1＋Q2＋Q3）÷6＋年度÷2", NAMES).number(numbers) == Fraction("82.5")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 3 * 3", 1),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("2 ** 10", 1024),
        ("2 ** -1", Fraction(1, 2)),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(1.005, 2)", Fraction(101, 100)),
        ("min(3)", 3),
        ("max(1, 2, 3) - min(1, 2) + abs(-4)", 6),
        ("5 if 1 < 2 <= 2 else 6", 5),
        ("5 if not (1 > 2) and 1 == 1 else 6", 5),
        ("1 / 0", None),
        ("0 ** -1", None),
        ("2 ** 0.5", None),
        ("2 ** 11", None),
        ("1 + a", None),
    ],
)
def test_values(text: str, expected: Fraction | int | None) -> None:
    assert value(text, a=None) == expected


def test_conditions() -> None:
    assert parse_condition("实际 < 0").holds({"value": Fraction(-1, 1000)})
    assert not parse_condition("value < 0").holds({"value": Fraction(0)})
    assert not parse_condition("实际 == 0").holds({"value": None})
    assert parse_condition("完成率 < 60 and 实际 > 0").holds({"completion": Fraction(59), "value": Fraction(1)})
    assert parse_condition("0 > 实际").holds({"value": Fraction(-1)})
    assert {parse_points(name) for name in VALUES} != set()


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "Q1.real", "Q1.__class__", "().__class__", "[Q1]", "Q1[0]", "{1}", "lambda: 1", "(x := 1)", "f'{Q1}'",
        "print(Q1)", "__import__('os')", "open('x')", "eval('1')", "Q1 if Q1 else 2", "'a'", "Q1 == 'a'", "Q1 % 2",
        "Q1 // 2", "1 << 99", "~1", "Q1 @ Q2", "True", "None", "...", "1j", "1e999", "1" * 40, "Q1 < 2", "*Q1", "min()",
        "round(1, 99)", "round(1, Q1)", "sum(Q1)", "min(key=Q1)", "Q1;Q2", "Q1\nQ2)", "await Q1", "yield",
        "Q1 for Q1 in Q2",
        "a\\b", "Q1 # x", "0x1F", "9if 1 else 2", "1" + "+1" * 400, "-" * 999 + "1",
    ],
)  # fmt: skip
def test_nothing_else_is_taken(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_formula(text, NAMES)
    assert any("一" <= character <= "龥" for character in str(raised.value))


def test_numbers_do_not_grow_for_ever() -> None:
    begin = time.process_time()
    tower = "((((((9**9)**9)**9)**9)**9)**9)**9"
    assert value(tower, a=1) is None
    product = parse_formula("*".join(["a"] * 35), ["a"])
    assert product.number({"a": Fraction(10**200 + 1, 10**199 + 7)}) is None
    assert time.process_time() - begin < 5


@given(st.text(alphabet="Q123年度+-*/()<>=. andorifelsemxbu,_", max_size=60))
def test_any_text_is_a_number_a_blank_or_a_problem(text: str) -> None:
    try:
        formula: Formula = parse_formula(text, NAMES)
    except ExpressionError:
        return
    given_values = {name: Fraction(3, 7) for name in NAMES}
    result = formula.number(given_values)
    assert result is None or isinstance(result, Fraction)
    in_words(text, given_values, amount)


def test_names() -> None:
    assert all(usable_name(name) for name in ("Q1", "年度", "一季度", "a_1"))
    assert not any(usable_name(name) for name in ("", "1Q", "一 季", "if", "min", "Ｑ１", "a.b", "x" * 41))
