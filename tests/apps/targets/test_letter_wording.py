"""What a letter says in words: full names, each target's own date, its parts by period."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import full_name
from luoshi.apps.plans.models import Deadline
from luoshi.apps.targets import actions
from luoshi.apps.targets.letters.content import contents
from luoshi.apps.targets.letters.wording import own_dates
from luoshi.periods import Period
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_pages import give

LINE = "6月底前新增家庭农场1500户，9月底前完成验收；年底前，冷库投用。"


@pytest.mark.parametrize(
    ("name", "kind", "full"),
    [
        ("云岭州", "prefecture", "云岭州人民政府"),
        ("北川县人民政府", "county", "北川县人民政府"),
        ("青石街道", "township", "青石街道办事处"),
        ("云岭经济开发区管委会", "zone", "云岭经济开发区管委会"),
        ("云岭州商务局", "prefecture-department", "云岭州商务局"),
    ],
)
def test_a_territory_is_named_by_its_government(name: str, kind: str, full: str) -> None:
    assert full_name(Unit(name=name, kind=kind)) == full


def _dated(scene: Scene, words: str, date: dt.date) -> Deadline:
    start = LINE.index(words)
    return Deadline.objects.create(
        plan=scene.plan,
        version=scene.target.version,
        measure=scene.target.measure,
        rule_kind="date",
        date=date,
        text=words,
        line=8,
        spans=[[8, start, start + len(words)]],
    )


def _print(scene: Scene) -> list[Deadline]:
    """Let the plan's line 8 be ``LINE``."""
    document = scene.target.version.document
    lines = document.lines()
    lines[7] = LINE
    document.text = "\n".join(lines)
    document.save()
    start = LINE.index("新增")
    scene.target.spans = [[8, start, LINE.index("，")]]
    scene.target.save()
    return [
        _dated(scene, "6月底前", dt.date(2026, 6, 30)),
        _dated(scene, "9月底前", dt.date(2026, 9, 30)),
        _dated(scene, "年底前", dt.date(2026, 12, 31)),
    ]


def test_a_target_has_the_date_of_its_own_words(scene: Scene) -> None:
    dates = _print(scene)
    assert own_dates([scene.target], dates) == {scene.target.pk: dt.date(2026, 6, 30)}
    assert own_dates([scene.target], dates[1:]) == {}, "what follows belongs to what follows"
    scene.target.spans = [[8, LINE.index("冷库"), len(LINE) - 1]]
    assert own_dates([scene.target], dates) == {scene.target.pk: dt.date(2026, 12, 31)}
    assert own_dates([scene.target], dates[:2]) == {}, "another sentence"


def test_a_letter_prints_own_dates_full_names_and_the_trajectory(scene: Scene) -> None:
    give(scene)
    north, farm = scene.units.north, scene.units.farm
    Unit.objects.filter(pk=scene.units.state.pk).update(name="云岭州")
    scene.plan.owner.refresh_from_db()
    found = contents(scene.plan, [north, farm], 2026)
    (row,) = found[north.pk]["targets"]
    assert (row["deadline"], row["periods"]) == ("2026年12月31日", [])
    assert found[north.pk]["giver"] == "云岭州人民政府"
    due = {row["indicator"]: row["deadline"] for row in found[farm.pk]["targets"]}
    # One stands beside its date; the others do not share it.
    assert due.pop("冷凉蔬菜标准园") == "2026年9月30日"
    assert set(due.values()) == {"2026年12月31日"}
    _print(scene)
    actions.set_trajectory(
        acting_user=scene.user("office"),
        target=scene.target,
        kind="printed",
        cadence="quarterly",
        points=[
            (Period.parse(f"2026Q{number}"), Decimal(share))
            for number, share in ((1, "0.2"), (2, "0.555"), (3, "0.85"), (4, "1"))
        ],
    )
    (row,) = contents(scene.plan, [north], 2026)[north.pk]["targets"]
    assert row["deadline"] == "2026年6月30日"
    assert [value for _, value in row["periods"]] == ["累计140户", "累计389户", "累计595户", "累计700户"]
