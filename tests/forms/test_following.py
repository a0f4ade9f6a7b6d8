"""One mistyped figure: its total and what is computed from both take its reason."""

from __future__ import annotations

from luoshi.forms import check, compute, following, from_json
from luoshi.forms.model import Context, Values

FORM = from_json(
    {
        "sections": [
            {
                "key": "s",
                "title": "培育情况",
                "kind": "fixed",
                "fields": [
                    {"key": "n", "label": "累计", "type": "integer", "indicator": ""},
                    {"key": "m", "label": "上期", "type": "integer"},
                    {"key": "d", "label": "净增", "type": "integer", "formula": "n - m"},
                ],
                "rows": [
                    {"key": "all", "label": "合计", "total_of": ["firm", "shop"]},
                    {"key": "firm", "label": "企业"},
                    {"key": "shop", "label": "个体户"},
                ],
            }
        ]
    }
)
BEFORE = {"s.all.n": "30", "s.firm.n": "10", "s.shop.n": "20"}


def told(cells: dict[str, str], expected: dict[str, int] | None = None) -> dict[str, tuple[str, ...]]:
    from decimal import Decimal

    context = Context(previous=BEFORE, expected={key: Decimal(value) for key, value in (expected or {}).items()})
    values = compute(FORM, Values(cells), context)
    problems = following(FORM, values, check(FORM, values, context, complete=True))
    return {problem.address: problem.follows for problem in problems}


def test_a_total_and_computed_cells_follow_the_odd_part() -> None:
    cells = {"s.firm.n": "1000", "s.shop.n": "21", "s.all.n": "1021", "s.firm.m": "9", "s.all.m": "29"}
    found = told(cells, {"s.firm.d": 1, "s.all.d": 1})
    assert found == {
        "s.firm.n": (),
        "s.all.n": ("s.firm.n",),
        "s.firm.d": ("s.firm.n",),
        "s.all.d": ("s.firm.n",),
    }


def test_a_total_that_is_odd_by_itself_is_asked_about() -> None:
    assert told({"s.firm.n": "12", "s.shop.n": "24", "s.all.n": "36"}, {"s.all.n": 100}) == {"s.all.n": ()}


def test_two_odd_parts_must_both_be_explained() -> None:
    found = told({"s.firm.n": "100", "s.shop.n": "200", "s.all.n": "300"})
    assert set(found["s.all.n"]) == {"s.firm.n", "s.shop.n"}
