"""Which assumption, which disputed figure changes a rank; what would be if."""

from __future__ import annotations

from decimal import Decimal

import pytest

from luoshi.scoring import Dispute, FactsError, Options, assumption_effects, compare, dispute_effects, score, what_if
from tests.scoring.samples import fact, item, scheme, values

CHOICES = [
    {
        "key": "ranking", "text": "没有写明怎样排名计分", "items": ["1"], "default": "step",
        "choices": {
            "step": {"title": "等差"},
            "proportional": {"title": "按比例", "set": {"method": {"variant": "proportional"}}},
            "dense": {"title": "不空缺", "set": {"method": {"ties": "dense"}}},
        },
    },
    {"key": "told", "text": "只是说明", "items": ["2"]},
]  # fmt: skip
#: 甲 is first by a hair on item 1, 乙 by much on item 2.
SCHEME = scheme(item(), item("target", 12, "2"), assumptions=CHOICES)
FACTS = [*values(100, 99, 1), fact("甲", 0, 10, "2"), fact("乙", 5, 10, "2"), fact("丙", 9, 10, "2")]


def test_the_base() -> None:
    """20, 40/3 + 6, 20/3 + 10.8."""
    assert [(unit.unit, round(float(unit.total), 2)) for unit in score(SCHEME, FACTS).units] == [
        ("甲", 20.0),
        ("乙", 19.33),
        ("丙", 17.47),
    ]


def test_assumptions() -> None:
    effects = assumption_effects(SCHEME, FACTS)
    assert [(one.key, one.choice) for one in effects] == [("ranking", "proportional"), ("ranking", "dense")]
    proportional, dense = effects
    assert [(one.unit, one.rank_before, one.rank_after) for one in proportional.moved] == [("乙", 2, 1), ("甲", 1, 2)]
    assert proportional.moved[0].reason == "乙由第2名变为第1名，总分19.33→25.8：指标1+6.47分。"
    assert dense.moved == ()
    assert proportional.title == "没有写明怎样排名计分——改按“按比例”"


def test_assumptions_from_another_base() -> None:
    """Where another choice is in force, the default is one of the others."""
    options = Options(choices={"ranking": "proportional"})
    assert [one.choice for one in assumption_effects(SCHEME, FACTS, options)] == ["step", "dense"]


def test_disputed_figures() -> None:
    effects = dispute_effects(
        SCHEME,
        FACTS,
        [Dispute("乙", "1", Decimal(101)), Dispute("丙", "1", Decimal(2)), Dispute("甲", "1", None)],
    )
    assert [one.title for one in effects] == ["乙“指标1”改为101", "丙“指标1”改为2", "甲“指标1”改为未报"]
    assert {one.unit: one.rank_after for one in effects[0].moved} == {"乙": 1, "丙": 2, "甲": 3}
    assert effects[1].moved == ()
    assert {one.unit: one.rank_after for one in effects[2].moved} == {"乙": 1, "丙": 2, "甲": 3}


def test_what_if_takes_figures_and_rules_together() -> None:
    changes = what_if(SCHEME, FACTS, [Dispute("丙", "2", Decimal(20))], Options(choices={"ranking": "proportional"}))
    assert {one.unit: (one.rank_before, one.rank_after) for one in changes} == {
        "乙": (2, 1),
        "甲": (1, 2),
        "丙": (3, 3),
    }
    new_target = what_if(SCHEME, FACTS, [Dispute("乙", "2", Decimal(5), Decimal(5), keeps_target=False)])
    assert new_target[0].unit == "乙" and new_target[0].moved
    added = what_if(SCHEME, FACTS, [Dispute("丁", "1", Decimal(500))])
    assert next(one for one in added if one.unit == "丁").reason.startswith("丁由未参加排名变为第1名")


def test_marks_cannot_be_changed_as_one_figure() -> None:
    judged = scheme(item("judges", 10))
    facts = [fact("甲", 90), fact("甲", 80)]
    with pytest.raises(FactsError, match="有几个数，不能这样改"):
        what_if(judged, facts, [Dispute("甲", "1", Decimal(70))])


def test_why_did_it_fall() -> None:
    """Two runs: the items that did it, the largest first."""
    before = score(SCHEME, FACTS)
    after = score(SCHEME, [*values(50, 99, 60), fact("甲", 1, 10, "2"), fact("乙", 5, 10, "2"), fact("丙", 9, 10, "2")])
    changes = {one.unit: one for one in compare(before, after)}
    fallen = changes["甲"]
    assert (fallen.rank_before, fallen.rank_after) == (1, 3)
    assert [one.item for one in fallen.items] == ["1", "2"]
    assert fallen.reason == "甲由第1名变为第3名，总分20→7.87：指标1-13.33分（第1名→第3名）、指标2+1.2分。"
    same = compare(before, before)
    assert not any(one.moved or one.items for one in same) and same[0].reason == "甲仍为第1名，总分20→20。"
