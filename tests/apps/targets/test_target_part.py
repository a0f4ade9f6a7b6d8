"""The part of a target's page that tells how far it is: which period, what without an indicator, who gave what."""

from __future__ import annotations

from luoshi.apps.targets.queries.measured import usual
from luoshi.periods import Period
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_pages import client, give


def test_one_early_report_does_not_choose_the_period() -> None:
    march, april = Period.parse("2026-03"), Period.parse("2026-04")
    values = {unit: [str(march)] for unit in (1, 2, 3)}
    values[1] = [str(march), str(april)]
    assert usual(values, {1, 2, 3, 4}) == march
    values[2] = [str(march), str(april)]
    assert usual(values, {1, 2, 3, 4}) == april, "two of the three that report at all"
    assert usual({}, {1, 2}) is None
    assert usual({9: [str(april)]}, {1, 2}) == april, "only the whole is known"


def test_without_an_indicator_the_shares_and_the_way_on_are_shown(scene: Scene) -> None:
    give(scene)
    url = f"/targets/{scene.target.pk}/tiers"
    page = client(scene, "office").get(url).content.decode()
    assert "700" in page and "800" in page and "北川县" in page
    assert f"/indicators/from-plan/{scene.plan.pk}" in page
    assert "下达 第1版" in page
    south = client(scene, "south").get(url).content.decode()
    assert "800" in south and "700" not in south and "from-plan" not in south
