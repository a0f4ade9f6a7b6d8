"""A number that units carry together: judged once, expected of nobody alone, in every partner's letter."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from docx import Document

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.actions import CellChange
from luoshi.apps.targets.letters import contents, write_letter
from luoshi.apps.targets.queries import target_progress, unit_targets
from luoshi.progress import Light
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_actions import adopt, measured, observe, save
from tests.apps.targets.test_pages import client

D = Decimal


@pytest.fixture
def together(scene: Scene) -> Indicator:
    """Both counties carry 1000 together, the farm department 500 alone; two of the three have reported for December."""
    indicator = measured(scene)
    north, south, farm = scene.units.north, scene.units.south, scene.units.farm
    saved = save(scene, 0, add_units=[north.pk, south.pk, farm.pk])
    saved = save(
        scene,
        saved.revision,
        changes=[CellChange(north.pk, "2026", "1000"), CellChange(farm.pk, "2026", "500")],
        join=[(north.pk, "2026"), (south.pk, "2026")],
    )
    adopt(scene, saved.revision)
    observe(indicator, north, "2026-12", "700")
    observe(indicator, south, "2026-12", "350")
    return indicator


def progress_of(scene: Scene, **more: Any) -> dict[str, Any]:
    """Units' progress by key."""
    return {row.unit.key: row for row in target_progress(scene.target, **more).units}


def test_a_joint_number_is_judged_by_what_all_reached(scene: Scene, together: Indicator) -> None:
    found = progress_of(scene)
    for key, other in (("north", "南屏县"), ("south", "北川县")):
        row = found[key]
        assert (row.goal, row.expected, row.actual, row.light) == (1000, 1000, 1050, Light.BLUE)
        assert (row.joint, row.partners, row.light_words) == (True, other, "已完成")
    assert (found["farm"].goal, found["farm"].actual, found["farm"].joint) == (500, None, False)
    # What one has not reported is not known of all.
    observe(together, scene.units.north, "2026-03", "100")
    early = progress_of(scene, period="2026-03")
    assert {(early[key].actual, early[key].light) for key in ("north", "south")} == {(None, Light.GREY)}


def test_who_sees_one_partner_is_not_told_what_the_other_reached(scene: Scene, together: Indicator) -> None:
    (south,) = progress_of(scene, unit_ids={scene.units.south.pk}).values()
    assert (south.goal, south.actual, south.completion, south.light) == (1000, 350, None, None)
    assert south.light_words == "合并计算"
    page = client(scene, "south").get(f"/targets/{scene.target.pk}/tiers").content.decode()
    assert "350" in page and "1,050" not in page and "合并计算" in page and "与北川县合并承担" in page


def test_partners_of_partners_are_one_group(scene: Scene) -> None:
    indicator = measured(scene)
    units = (scene.units.north, scene.units.south, scene.units.farm)
    saved = save(scene, 0, add_units=[unit.pk for unit in units], cadence="half-yearly")
    saved = save(
        scene,
        saved.revision,
        changes=[CellChange(unit.pk, period, "10") for unit in units for period in ("2026H1", "2026H2")],
        join=[(units[0].pk, "2026H1"), (units[1].pk, "2026H1"), (units[1].pk, "2026H2"), (units[2].pk, "2026H2")],
    )
    adopt(scene, saved.revision)
    for unit in units:
        observe(indicator, unit, "2026-06", "9")
    assert {(row.goal, row.expected, row.actual) for row in progress_of(scene, period="2026-06").values()} == {
        (30, 30, 27)
    }


def test_nothing_is_expected_of_one_partner_alone(scene: Scene, together: Indicator) -> None:
    for unit in (scene.units.north, scene.units.south):
        (share,) = unit_targets(unit.pk, [together.pk], "2026-06")[together.pk]
        assert (share.value, share.expected, share.joint) == (1000, None, True)
    (alone,) = unit_targets(scene.units.farm.pk, [together.pk], "2026-06")[together.pk]
    assert (alone.expected, alone.joint) == (250, False)


def test_a_joint_rate_is_asked_of_each_partner(scene: Scene, together: Indicator) -> None:
    Indicator.objects.filter(pk=together.pk).update(kind="rate", unit_aggregation="none")
    Target.objects.filter(pk=scene.target.pk).update(unit_of_measure="%")
    scene.target = Target.objects.select_related("plan__owner").get(pk=scene.target.pk)
    found = progress_of(scene)
    assert [(found[key].goal, found[key].actual) for key in ("north", "south")] == [(1000, 700), (1000, 350)]
    (share,) = unit_targets(scene.units.south.pk, [together.pk], "2026-06")[together.pk]
    assert (share.expected, share.joint) == (1000, True)


def test_the_letter_of_every_partner_says_with_whom(scene: Scene, together: Indicator) -> None:
    units = (scene.units.north, scene.units.south, scene.units.farm)
    for asked in (units, units[1:]):  # the one who holds the number need not be asked for
        found = contents(scene.plan, asked, 2026)
        (row,) = found[scene.units.south.pk]["targets"]
        assert (row["value"], row["joint"], row["partners"]) == ("不低于1,000户", True, "北川县")
    table = Document(io.BytesIO(write_letter(found[scene.units.south.pk]))).tables[0]
    assert table.rows[1].cells[3].text == "不低于1,000户（与北川县合并承担）"
    alone = next(row for row in found[scene.units.farm.pk]["targets"] if row["target"] == scene.target.pk)
    assert not alone["joint"] and "partners" not in alone


def test_the_whole_is_what_all_reached_once_all_have_reported(scene: Scene, together: Indicator) -> None:
    whole = target_progress(scene.target, period="2026-12").whole
    assert whole is not None and whole.actual is None, "the farm department has not reported"
    observe(together, scene.units.farm, "2026-12", "450")
    whole = target_progress(scene.target, period="2026-12").whole
    assert whole is not None and whole.actual == 1500
    # Who does not see everything is not told the sum, and a figure of the whole's own goes before it.
    assert target_progress(scene.target, period="2026-12", unit_ids={scene.units.farm.pk}).whole is None
    observe(together, scene.plan.owner, "2026-12", "1490")
    whole = target_progress(scene.target, period="2026-12").whole
    assert whole is not None and whole.actual == 1490
