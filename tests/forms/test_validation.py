"""Rules that stop a return, and rules that ask for a reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.forms import (
    Context,
    Field,
    FieldType,
    FormDefinition,
    Problem,
    Row,
    Rule,
    Section,
    SectionKind,
    Severity,
    Values,
    check,
    compute,
    take,
)
from tests.forms.samples import FORM, GOOD, WHOLE_FORMS, definitions, returns, values


def found(
    cells: dict[str, str] | None = None,
    rows: dict[str, tuple[str, ...]] | None = None,
    context: Context | None = None,
    *,
    complete: bool = True,
) -> list[Problem]:
    context = context or Context()
    return check(FORM, compute(FORM, values(cells, rows), context), context, complete=complete)


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_good_return_has_no_problem() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("cells", "code", "address", "said"),
    [
        ({"entities.qingxi.month": ""}, "required", "entities.qingxi.month", "必填"),
        ({"entities.qingxi.growth": "三成"}, "type", "entities.qingxi.growth", "“三成”不是数字"),
        ({"entities.qingxi.growth": "1.55"}, "type", "entities.qingxi.growth", "有2位小数，本格最多1位"),
        ({"entities.qingxi.target": "-200"}, "range", "entities.qingxi.target", "-200户小于下限0户"),
        ({"projects.a.kind": "gone"}, "choice", "projects.a.kind", "不在选项之内"),
        ({"entities.all.note": "甲"}, "blocked", "entities.all.note", "不需填报"),
        ({"projects.b.name": "云岭 光伏"}, "twice", "", "重复"),
        ({"entities.all.month": "61"}, "total", "entities.all.month", "合计61户与分项之和60户不等，多1户"),
        ({"entities.yunling.total": "10", "entities.all.total": "110"}, "rule", "entities.yunling.month", "（20与10）"),
    ],
)
def test_hard_rules(cells: dict[str, str], code: str, address: str, said: str) -> None:
    problems = [problem for problem in found(cells) if problem.code == code]
    assert problems
    if address:
        assert problems[0].address == address
    for problem in problems:
        assert problem.severity is Severity.HARD
        assert said in problem.message


def test_upper_limit() -> None:
    problem = next(one for one in found({"entities.qingxi.month": "100000"}) if one.code == "range")
    assert "100,000户大于上限99,999户" in problem.message


def test_typing_is_not_yet_incomplete() -> None:
    assert found({"entities.qingxi.month": "", "projects.b.investment": ""}, complete=False) == []
    codes = {problem.code for problem in found({"entities.qingxi.month": "", "projects.b.investment": ""})}
    assert codes == {"required"}


def test_rows() -> None:
    section = replace(FORM.sections[1], least_rows=3)
    form = replace(FORM, sections=(FORM.sections[0], section, FORM.sections[2]))
    assert "至少3行" in only(check(form, compute(form, values()), complete=True)).message
    assert check(form, compute(form, values()), complete=False) == []
    section = replace(section, least_rows=0, most_rows=1)
    form = replace(FORM, sections=(FORM.sections[0], section, FORM.sections[2]))
    problem = only(check(form, compute(form, values()), complete=False))
    assert problem.address == ""
    assert "有2行，最多1行" in problem.message


def test_cumulative_figures_do_not_fall_within_a_year() -> None:
    context = Context(previous={"entities.yunling.total": "60"})
    problem = only(found(context=context))
    assert (problem.code, problem.severity) == ("falls", Severity.HARD)
    assert "累计数50户小于上期60户" in problem.message
    assert found(context=replace(context, period_starts_year=True)) == []


@pytest.mark.parametrize(
    ("previous", "code"),
    [("6", "jump"), ("7", ""), ("60", ""), ("61", "jump"), ("0", ""), ("-6", "jump")],
)
def test_jumps_of_more_than_three_times(previous: str, code: str) -> None:
    problems = found(context=Context(previous={"entities.yunling.month": previous}))
    assert [(problem.code, problem.severity) for problem in problems] == ([(code, Severity.SOFT)] if code else [])
    assert all("20户" in problem.message and f"{previous}户" in problem.message for problem in problems)


def test_unchanged_figures() -> None:
    problem = only(found(context=Context(previous={"entities.yunling.total": "50", "entities.yunling.target": "200"})))
    assert (problem.address, problem.code, problem.severity) == ("entities.yunling.total", "unchanged", Severity.SOFT)
    none_yet = {"entities.yunling.total": "0", "entities.yunling.month": "0"}
    none_yet |= {"entities.all.month": "40", "entities.all.total": "100"}
    assert found(none_yet, context=Context(previous={"entities.yunling.total": "0"})) == []


def test_deviation_from_what_was_expected() -> None:
    for expected, codes in ((100, []), (101, ["deviation"]), (34, []), (33, ["deviation"]), (0, [])):
        problems = found(context=Context(expected={"entities.yunling.total": Decimal(expected)}))
        assert [problem.code for problem in problems] == codes


def test_units_that_there_are() -> None:
    assert found(context=Context(units=frozenset({"qingxi"}))) == []
    assert only(found(context=Context(units=frozenset({"yunling"})))).code == "choice"


def test_soft_rule_over_rows() -> None:
    problem = only(found({"projects.a.paid": "4"}))
    assert problem == Problem(
        "projects.a.paid", Severity.SOFT, "rule", "到位资金大于总投资，请核对（4与3.5）"
    )  # the project without funds received is not judged


def test_blank_parts_are_no_zeros() -> None:
    codes = [problem.code for problem in found({"entities.qingxi.month": "", "entities.all.month": "99"})]
    assert codes == ["required"]


def test_shares_do_not_add_up() -> None:
    assert found({"entities.all.growth": "2.5"}) == []


FIGURES = st.integers(-(10**9), 10**9).map(lambda n: Decimal(n).scaleb(-2))


@given(st.lists(st.none() | FIGURES, min_size=1, max_size=6), FIGURES, st.booleans())
def test_total_law(parts: list[Decimal | None], off: Decimal, complete: bool) -> None:
    rows = [Row(f"r{number}", "行") for number in range(len(parts))]
    total = Row("total", "合计", total_of=tuple(row.key for row in rows))
    section = Section("s", "表", SectionKind.FIXED, (Field("n", "数", FieldType.NUMBER, "万元"),), (*rows, total))
    form = FormDefinition((section,))
    known = [part for part in parts if part is not None]
    cells = {f"s.r{number}.n": part for number, part in enumerate(parts)} | {"s.total.n": sum(known, Decimal(0)) + off}
    taken, problems = take(form, cells)
    assert not problems
    problems = check(form, taken, complete=complete)
    if len(known) < len(parts) or not off:
        assert problems == []
    else:
        assert only(problems).code == "total"
        assert f"{'多' if off > 0 else '少'}{abs(off).normalize():,f}万元" in problems[0].message


@given(st.none() | FIGURES, st.none() | FIGURES, st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]))
def test_rule_law(left: Decimal | None, right: Decimal | None, operator: str) -> None:
    fields = (Field("a", "甲", FieldType.NUMBER), Field("b", "乙", FieldType.NUMBER))
    rule = Rule("k", f"s.a {operator} s.b", "甲乙不符")
    form = FormDefinition((Section("s", "表", SectionKind.FIXED, fields, (Row("r", "行"),)),), (rule,))
    taken, _ = take(form, {"s.r.a": left, "s.r.b": right})
    problems = check(form, taken, complete=True)
    holds = left is None or right is None or eval(f"left {operator} right", {"left": left, "right": right})
    assert (problems == []) == holds


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.text(max_size=20)), st.booleans())
def test_never_fails_on_any_text(cells: dict[str, str], complete: bool) -> None:
    context = Context(previous=dict(reversed(cells.items())))
    done = compute(FORM, values(cells), context)
    for problem in check(FORM, done, context, complete=complete):
        assert problem.message
        assert problem.address == "" or problem.address.count(".") == 2


@given(st.data(), st.permutations(["a", "b", "c", "d"]))
def test_order_of_added_rows_does_not_matter(data: st.DataObject, order: list[str]) -> None:
    names = st.sampled_from(["云岭光伏", "清溪花卉", "白山物流", ""])
    cells = {f"projects.{key}.name": data.draw(names) for key in order}
    cells |= {f"projects.{key}.paid": data.draw(st.sampled_from(["", "1", "9", "-"])) for key in order}
    cells |= {f"projects.{key}.investment": data.draw(st.sampled_from(["", "5", "-5"])) for key in order}

    def codes(keys: list[str]) -> set[tuple[str, str]]:
        return {(problem.address, problem.code) for problem in found(cells, {"projects": tuple(keys)})}

    assert codes(order) == codes(sorted(order))


@WHOLE_FORMS
@given(st.data(), definitions(), st.booleans())
def test_any_form_any_return(data: st.DataObject, definition: FormDefinition, complete: bool) -> None:
    taken, problems = take(definition, *data.draw(returns(definition)))
    assert not problems
    context = Context(previous=taken.cells, expected={address: Decimal(1) for address in taken.cells})
    done = compute(definition, taken, context)
    for problem in check(definition, done, context, complete=complete):
        assert problem.code not in ("type", "blocked", "unknown-cell", "computed")
        assert problem.code != "required" or (complete and problem.address not in taken.cells)
    assert {problem.code for problem in check(definition, Values({}, taken.rows), complete=False)} <= {"rows"}


def test_messages_of_very_long_and_endless_numbers() -> None:
    fields = tuple(Field(key, key, FieldType.NUMBER) for key in "abc")
    rule = Rule("k", "s.a * s.b * s.c < 1", "过大")
    form = FormDefinition((Section("s", "表", SectionKind.FIXED, fields, (Row("r", "行"),)),), (rule,))
    nines = "9" * 15
    taken, _ = take(form, {"s.r.a": nines, "s.r.b": nines, "s.r.c": nines})
    assert only(check(form, taken, complete=True)).code == "rule"
    problem = only(found(context=Context(expected={"entities.yunling.total": Decimal(1) / Decimal(3)})))
    assert "与预计0户相差" in problem.message
