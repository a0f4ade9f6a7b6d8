"""Formulas: exact, blank where an operand is, bounded, and never code."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.forms import (
    Context,
    DefinitionError,
    Field,
    FieldType,
    FormDefinition,
    Row,
    Section,
    SectionKind,
    Values,
    compute,
    definition_problems,
    take,
)
from tests.forms.samples import FORM, WHOLE_FORMS, definitions, returns, values


def form(formula: str, decimals: int = 4) -> FormDefinition:
    """One row with the numbers a, b and c, one computed; another section with added rows."""
    numbers = tuple(Field(key, key, FieldType.NUMBER, decimals=6) for key in "abc")
    computed = Field("x", "算", FieldType.NUMBER, decimals=decimals, formula=formula)
    word = Field("t", "字", FieldType.TEXT)
    rows = (Row("r", "行"), Row("q", "另一行", blocked=frozenset({"c", "x"})), Row("all", "合计", total_of=("r", "q")))
    return FormDefinition(
        (
            Section("s", "表", SectionKind.FIXED, (*numbers, computed, word), rows),
            Section("p", "项目", SectionKind.REPEATED, (Field("n", "数", FieldType.NUMBER),)),
        )
    )


def result(formula: str, context: Context | None = None, decimals: int = 4, **cells: str) -> str | None:
    """The computed cell of row r for cells named like ``a`` or ``q_b``; rows p_1, p_2 are added ones."""
    texts, rows = {}, []
    for name, text in cells.items():
        if name.startswith("p_"):
            rows.append(name[2:])
            if text:
                texts[f"p.{name[2:]}.n"] = text
        else:
            row, _, key = name.rpartition("_")
            texts[f"s.{row or 'r'}.{key}"] = text
    return compute(form(formula, decimals), Values(texts, {"p": rows}), context).cells.get("s.r.x")


@pytest.mark.parametrize(
    ("formula", "cells", "expected"),
    [
        ("a + b", {"a": "0.1", "b": "0.2"}, "0.3"),
        ("a * 0.1", {"a": "3"}, "0.3"),
        ("a / b * 100", {"a": "1", "b": "3"}, "33.3333"),
        ("a / b", {"a": "1", "b": "0"}, None),
        ("a + b", {"a": "1"}, None),
        ("a + b", {"a": "1", "b": "一"}, None),
        ("-a + +b", {"a": "1", "b": "3"}, "2"),
        ("a ** 2", {"a": "-1.5"}, "2.25"),
        ("a ** 0.5", {"a": "2"}, "1.4142"),
        ("a ** 0.5", {"a": "-2"}, None),
        ("a ** 101", {"a": "1"}, None),
        ("a ** b", {"a": "1000000", "b": "99"}, None),
        ("9 ** 9 ** 9 ** 9", {}, None),
        ("round(a)", {"a": "2.5"}, "3"),
        ("round(a, 1)", {"a": "-0.25"}, "-0.3"),
        ("max(a, b, 0) - min(a, b)", {"a": "-5", "b": "-7"}, "7"),
        ("max(a) + min(b)", {"a": "-5", "b": "-7"}, "-12"),
        ("abs(a)", {"a": "-5"}, "5"),
        ("a if a > b else b", {"a": "1", "b": "2"}, "2"),
        ("a if b else c", {"a": "1"}, None),
        ("a / b if b != 0 else 0", {"a": "1", "b": "0"}, "0"),
        ("a if a > 0 else b", {"a": "1"}, "1"),  # the branch not taken may be blank
        ("s.r.a + s.q.a", {"a": "1", "q_a": "2"}, "3"),
        ("s.a + a", {"a": "1"}, "2"),
        ("sum_of(s.a)", {"a": "1", "q_a": "2", "all_a": "100"}, "3"),  # totals are not added once more
        ("sum_of(s.a)", {"a": "1"}, "1"),
        ("sum_of(s.a)", {"b": "1"}, None),
        ("sum_of(p.n)", {"p_1": "1.1", "p_2": "2.2", "p_3": ""}, "3.3"),
        ("sum_of(p.n)", {"p_1": "", "p_2": ""}, None),
        ("sum_of(p.n)", {}, "0"),
        ("count_of(p)", {"p_1": "", "p_2": "3"}, "2"),
        ("count_of(s)", {}, "3"),
        ("a × b ÷ ２ － （c）", {"a": "3", "b": "4", "c": "1"}, "5"),
        ('a if t == "甲" else b', {"a": "1", "b": "2", "t": "甲"}, "1"),
        ("a if 1 < b <= 3 else c", {"a": "1", "b": "3", "c": "9"}, "1"),
        ("a if not (b > 3 or c > 3) and b >= 1 else 0", {"a": "1", "b": "3", "c": "4"}, "0"),
        ("a * 1000", {"a": "999999999999"}, "999999999999000"),
        ("a * 10000", {"a": "999999999999"}, None),  # 16 digits
        ("1_000.50", {}, "1000.5"),
        ("a * 1e3", {"a": "2"}, "2000"),
    ],
)
def test_results(formula: str, cells: dict[str, str], expected: str | None) -> None:
    if "a if b else" in formula:
        assert any("这里要用条件" in problem for problem in definition_problems(form(formula)))
        return
    assert result(formula, **cells) == expected


def test_rounding_is_half_up() -> None:
    assert result("a / 8", decimals=2, a="1") == "0.13"
    assert result("a / 8", decimals=2, a="-1") == "-0.13"
    assert result("a", decimals=0, a="0.5") == "1"


def test_last_period_and_target() -> None:
    context = Context(previous={"s.r.a": "80"}, targets={"s.r.a": Decimal(200)})
    assert result("(a - previous(a)) / previous(a) * 100", context, a="100") == "25"
    assert result("a / target(s.r.a) * 100", context, a="100") == "50"
    assert result("a - previous(b)", context, a="100") is None


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("", ""),
        ("a +", "写法有误"),
        ("a = b", "写法有误"),
        ("a; b", "写法有误"),
        ("nothing", "没有名为“nothing”的列"),
        ("s.nothing.a", "没有名为“nothing”的行"),
        ("s.r.nothing", "没有名为“nothing”的列"),
        ("nothing.r.a", "没有名为“nothing”的表"),
        ("s.q.c", "“另一行”的“c”不填"),
        ("p.n", "没有写明是哪一行"),
        ("p.one.n", "不能指定某一行"),
        ("t + 1", "“t”是文字，这里要用数字"),
        ("a > b", "算出来是条件"),
        ("sum_of(s.t)", "不是数字列"),
        ("sum_of(a)", "表.列"),
        ("count_of(s.a)", "表名"),
        ("previous(1)", "不是可用的写法"),
        ("round(a, 9)", "小数位数"),
        ("round(a, b)", "小数位数"),
        ("open('x')", "不是可用的写法"),
        ("a.__class__", "没有名为"),
        ("__import__('os').system('true')", "不是可用的写法"),
        ("(lambda: 1)()", "不是可用的写法"),
        ("[a for a in (1,)]", "不是可用的写法"),
        ("a if t > 'x' else b", "只能比较相等"),
        ("a if t == 1 else b", "不能比较"),
        ("1j", "不能用的符号"),
        ("0x1F", "不能用的符号"),
        ("9if a > b else b", "不能用的符号"),
        ("True", "不是可用的写法"),
        ("f'{a}'", "不是可用的写法"),
        ("a % b", "不是可用的写法"),
        ("a if t in 'xyz' else b", "不是可用的写法"),
        ("9" * 31, "超过30位"),
        ("1e999", "超过30位"),
        ("(" * 300 + "a" + ")" * 300, "写法有误"),
        ("-" * 500 + "a", "太"),
        ("a+" * 200 + "a", "太长"),
        ("a+" * 600 + "a", "超过1000字"),
        ("a\\", "不能用的符号"),
        ("a # b", "不能用的符号"),
        ("abs(a, b)", "只写一项"),
        ("max()", "不是可用的写法"),
        ("max(a, key=b)", "不是可用的写法"),
        ("max(*a)", "不是可用的写法"),
    ],
)
def test_refused_formulas(formula: str, said: str) -> None:
    if not formula:
        assert result(formula, a="1") is None  # no formula, no computed cell
        return
    with pytest.raises(DefinitionError) as error:
        result(formula)
    assert said in str(error.value)
    assert "第1节“表”第4列“算”" in str(error.value)


TOKENS = st.sampled_from([
    "a", "b", "s.r.a", "p.n", "0.1", "9", "+", "-", "*", "/", "**", "(", ")", ",", "==", "<", " if ", " else ", "\n",
    " and ", "not ", "sum_of(", "count_of(", "previous(", "max(", "round(", "≥", "[", "]", ":", '"甲"', "lambda ", ".",
])  # fmt: skip


@given(st.lists(TOKENS, max_size=30).map("".join) | st.text(max_size=40))
def test_any_text_is_a_formula_or_a_problem(text: str) -> None:
    definition = form(text)
    if definition_problems(definition):
        return
    found = compute(definition, Values({"s.r.a": "3", "s.r.b": "0", "s.q.a": "-1.5"})).cells.get("s.r.x")
    assert found is None or Decimal(found).is_finite()


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12))
def test_division_is_exact_to_the_last_place(a: int, b: int) -> None:
    expected = (Decimal(a) / Decimal(b)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    assert Decimal(result("a / b", a=str(a), b=str(b)) or "") == expected


@WHOLE_FORMS
@given(st.data(), definitions())
def test_computing_again_changes_nothing(data: st.DataObject, definition: FormDefinition) -> None:
    first, _ = take(definition, *data.draw(returns(definition)))
    once = compute(definition, first)
    assert compute(definition, once) == once
    assert {address: text for address, text in once.cells.items() if address in first.cells} == first.cells


def test_chains_and_stale_results() -> None:
    done = compute(FORM, values({"entities.yunling.share": "99", "summary.here.money": "1"}))
    assert done.cells["entities.yunling.share"] == "25"
    assert done.cells["projects.a.rate"] == "35.71"
    assert "projects.b.rate" not in done.cells
    assert done.cells["summary.here.number"] == "2"
    assert done.cells["summary.here.money"] == "4.3"


def test_order_follows_needs() -> None:
    section = Section(
        "s",
        "表",
        SectionKind.FIXED,
        (
            Field("z", "后", FieldType.NUMBER, formula="y * 2"),
            Field("y", "中", FieldType.NUMBER, formula="sum_of(s.x) + x"),
            Field("x", "先", FieldType.NUMBER),
        ),
        (Row("a", "甲"), Row("b", "乙")),
    )
    done = compute(FormDefinition((section,)), Values({"s.a.x": "1", "s.b.x": "10"}))
    assert done.cells["s.a.z"] == "24"
    assert done.cells["s.b.z"] == "42"


def test_work_is_linear_in_rows() -> None:
    section = replace(FORM.sections[1], most_rows=5000)
    definition = replace(FORM, sections=(FORM.sections[0], section, FORM.sections[2]))

    def seconds(count: int) -> float:
        keys = tuple(f"r{number}" for number in range(count))
        cells = {f"projects.{key}.investment": "1.5" for key in keys} | {f"projects.{key}.paid": "1" for key in keys}
        start = time.process_time()
        assert compute(definition, Values(cells, {"projects": keys})).cells["summary.here.number"] == str(count)
        return time.process_time() - start

    seconds(10)
    assert seconds(4000) < 40 * max(seconds(400), 0.002)  # ten times the rows; a square would be a hundred times


def test_zeros_and_very_long_numbers() -> None:
    assert result("a * 1e30", a="0") == "0"
    assert result("round(a * b * c)", a="999999999999999999", b="999999999999999999", c="999999999999999999") is None
