"""An item as a form: nothing typed is lost, nothing that the form does not know is changed, whatever the text holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.apps.assessment.item_fields import ABOUT, FIGURES, METHODS, RULES
from luoshi.apps.assessment.item_form import item_at, outline, shown, taken, type_of
from luoshi.apps.assessment.trial import try_out
from luoshi.scoring import SHIPPED, SchemeError, dump_data, from_data, load, shipped
from luoshi.scoring.drafting import draft_schemes
from luoshi.scoring.yaml_text import read_yaml
from tests.scoring.drafting_tables import ALL

SCHEMES = [shipped(key) for key in SHIPPED] + [
    draft.scheme for table in ALL for draft in draft_schemes(table.title, table.header, table.rows, key="x")
]


def answers(item: dict[str, Any]) -> dict[str, str]:
    """What a browser sends back where nothing is changed."""
    kind = type_of(item)
    sent = {one.input.name: one.value for one in shown(item, (*ABOUT, *FIGURES, *RULES))} | {"method": kind}
    for method in METHODS:
        own = method.type == kind
        sent |= {f"{method.type}.{one.input.name}": one.value for one in shown(item, method.inputs, own=own)}
    return sent


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.title)
def test_a_form_sent_back_unchanged_changes_nothing(scheme: Any) -> None:
    data, _ = read_yaml(dump_data(scheme.data))
    for place in outline(data).places.values():
        item = item_at(data, place)
        changed = taken(item, answers(item))
        item.clear()
        item.update(changed)
    assert from_data(data) == scheme
    assert try_out(scheme).problem == "" or scheme.parts


def test_answers_become_data() -> None:
    item = {"key": "1", "title": "甲", "points": 10, "method": {"type": "target", "start": 60}, "note": "留着"}
    sent = answers(item) | {"item_points": "12.5", "target.start": "", "target.cap": "不限", "target.bonus_points": "1"}
    sent |= {"gates": "实际 == 0：没有不得分\n增幅 < 0：下降不得分", "target_share": "275/300"}
    changed = taken(item, sent)
    assert changed["method"] == {"type": "target", "cap": None, "bonus": {"points": 1}}
    assert [gate["because"] for gate in changed["gates"]] == ["没有不得分", "下降不得分"]
    assert (str(changed["points"]), changed["target_share"], changed["note"]) == ("12.5", "275/300", "留着")
    ranked = taken(
        changed, answers(changed) | {"method": "ranking", "ranking.variant": "bands", "ranking.bands": "1 20\n3 15"}
    )
    assert ranked["method"]["bands"] == [{"to": 1, "points": 20}, {"to": 3, "points": 15}]
    assert taken(ranked, answers(ranked) | {"item_points": "很多"})["points"] == "很多", "kept as typed, and told"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "1", "甲", "ranking", "实际 < 0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "title", "method", "type", "parts", "gates", "bands", "bonus"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=50, deadline=None)
@given(items=st.lists(PLAIN, max_size=3), groups=PLAIN)
def test_any_data_have_a_form(items: list[Any], groups: Any) -> None:
    for data in ({"groups": [{"items": items}]}, {"groups": groups}, groups):
        for place in outline(data).places.values():
            item = item_at(data, place)
            is_text_again(dump_data({"x": taken(item, answers(item))}))


def is_text_again(text: str) -> None:
    """The text is YAML again, whatever it says."""
    read_yaml(text)
    with pytest.raises(SchemeError):
        load(text)
