"""What was shared out and which trajectory was set is told on the target's page; drafts and others' gifts are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from luoshi.apps.plans.queries.objects import object_history
from luoshi.apps.targets import actions
from luoshi.apps.targets.actions import CellChange
from luoshi.periods import Cadence, Period
from luoshi.progress import linear
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_actions import measured
from tests.apps.targets.test_pages import client, give

D = Decimal


def told(scene: Scene, name: str) -> list[tuple[str, str]]:
    """(act, what is said of it) as a person reads it, the newest first."""
    history = object_history(scene.user(name), scene.target)
    return [(item.entry.action, " ".join(item.notes)) for item in history]


def shape(scene: Scene, parts: tuple[str, ...], reason: str = "") -> Any:
    """Set a quarterly trajectory as the office."""
    points = [(Period(Cadence.QUARTERLY, 2026, number), D(part)) for number, part in enumerate(parts, 1)]
    return actions.set_trajectory(
        acting_user=scene.user("office"),
        target=scene.target,
        kind="printed",
        cadence="quarterly",
        points=points,
        reason=reason,
    )


def give_on(scene: Scene) -> None:
    """The northern county shares its 700 out to a township."""
    north, township = scene.units.north, scene.townships[0]
    arguments: dict[str, Any] = {"acting_user": scene.user("north"), "target": scene.target, "unit": north}
    saved = actions.save_shares(**arguments, revision=0, add_units=[township.pk])
    saved = actions.save_shares(**arguments, revision=saved.revision, changes=[CellChange(township.pk, "2026", "700")])
    actions.adopt_allocation(**arguments, revision=saved.revision)


def test_share_outs_and_trajectories_stand_in_the_record(scene: Scene) -> None:
    give(scene)
    shape(scene, ("0.2", "0.6", "0.85", "1"))
    shape(scene, ("0.25", "0.5", "0.75", "1"), "上半年汛期长")
    give_on(scene)
    office = told(scene, "office")
    assert office[:4] == [
        ("下达目标分解", "由北川县向下分解，第1版，1个单位，总数700户"),
        ("设定时序进度", "第2版，方案所列：第一季度25%、第二季度50%、第三季度75%、第四季度100% 原因：上半年汛期长"),
        ("设定时序进度", "第1版，方案所列：第一季度20%、第二季度60%、第三季度85%、第四季度100%"),
        ("下达目标分解", "第1版，2个单位，总数1,500户"),
    ]
    assert not any("草稿" in act for act, _ in office), "drafts are not told"
    south = told(scene, "south")
    assert ("下达目标分解", "第1版，2个单位，总数1,500户") in south
    assert not any("北川县" in words for _, words in south), "what another county gave on is not theirs to see"
    page = client(scene, "office").get(f"/targets/{scene.target.pk}").content.decode()
    assert "第2版，方案所列" in page and "由北川县向下分解" in page


def test_the_schedule_is_told_in_whole_households(scene: Scene) -> None:
    indicator = measured(scene)
    type(indicator).objects.filter(pk=indicator.pk).update(decimals=0)
    shape(scene, ("0.2", "0.6", "0.85", "1"))
    actions.set_trajectory(
        acting_user=scene.user("office"),
        target=scene.target,
        kind="linear",
        cadence="monthly",
        points=linear(2026).points,
        reason="改按月",
    )
    page = client(scene, "office").get(f"/targets/{scene.target.pk}/trajectory").content.decode()
    assert "8.33%" in page and "125户" in page and "8.3333%" not in page
    assert "875户" in page, "7 of 12 months, no fraction of a household"
    assert "874.9" not in page and "875.0" not in page
