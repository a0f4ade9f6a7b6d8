"""Where cells stand and what they observe; what changed between two returns."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from luoshi.forms import (
    Change,
    FormDefinition,
    ObservedCell,
    Values,
    cells,
    compute,
    difference,
    observed,
    place_of,
    take,
)
from tests.forms.samples import COUNTIES, FORM, WHOLE_FORMS, definitions, returns, values


def test_reading_order() -> None:
    all_cells = list(cells(FORM, values()))
    assert len(all_cells) == 4 * 6 + 2 * 11 + 2
    assert [cell.address for cell in all_cells[:2]] == ["entities.all.target", "entities.all.month"]
    assert all_cells[-1].address == "summary.here.money"
    by_address = {cell.address: cell for cell in all_cells}
    assert by_address["entities.all.note"].blocked
    assert by_address["projects.b.rate"].computed
    assert by_address["projects.b.rate"].row_label == "第2行"
    assert by_address["entities.qingxi.month"].row_label == "清溪县"
    assert by_address["entities.qingxi.month"].section.key == "entities"


def test_what_is_observed() -> None:
    done = compute(FORM, values({"entities.baishan.total": "五十"}))
    assert observed(FORM, done) == [
        ObservedCell("entities.yunling.total", "new_entities", "yunling", Decimal(50)),
        ObservedCell("entities.qingxi.total", "new_entities", "qingxi", Decimal(50)),
        ObservedCell("summary.here.number", "projects", "", Decimal(2)),
    ]
    assert len(COUNTIES) == 3  # the third is not readable, the total row carries no indicator


def test_places_for_people() -> None:
    filled = values()
    assert place_of(FORM, filled, "entities.qingxi.month") == "“经营主体”“清溪县”“当月新增（户）”"
    assert place_of(FORM, filled, "projects.b.paid") == "“项目情况”第2行“到位资金（亿元）”"
    assert place_of(FORM, filled, "projects.z.paid") == "“项目情况”已删除的行“到位资金（亿元）”"
    assert place_of(FORM, filled, "nonsense") == "nonsense"


def test_difference() -> None:
    before, after = values(), values({"projects.a.paid": "2", "entities.yunling.note": "", "projects.b.paid": "0"})
    assert difference(before, after) == [
        Change("entities.yunling.note", "正常", None),
        Change("projects.a.paid", "1.25", "2"),
        Change("projects.b.paid", None, "0"),
    ]


CELLS = st.dictionaries(st.sampled_from(["s.a.n", "s.b.n", "s.c.n"]), st.sampled_from(["0", "1", "2"]))


@given(CELLS, CELLS)
def test_difference_is_empty_only_for_equals(before: dict[str, str], after: dict[str, str]) -> None:
    changes = difference(Values(before), Values(after))
    assert (changes == []) == (before == after)
    made = dict(before)
    for change in changes:
        assert made.pop(change.address, None) == change.before
        if change.after is not None:
            made[change.address] = change.after
    assert made == after
    back = difference(Values(after), Values(before))
    assert {Change(change.address, change.after, change.before) for change in back} == set(changes)


@WHOLE_FORMS
@given(st.data(), definitions())
def test_every_taken_cell_has_its_place(data: st.DataObject, definition: FormDefinition) -> None:
    taken, _ = take(definition, *data.draw(returns(definition)))
    addresses = [cell.address for cell in cells(definition, taken)]
    assert len(addresses) == len(set(addresses))
    assert set(taken.cells) <= set(addresses)
