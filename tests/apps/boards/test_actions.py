"""Boundaries that replace one another, addresses for the screen, and files of what is shown."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.apps.boards import actions, queries
from luoshi.apps.boards.errors import Invalid
from luoshi.apps.boards.queries import units_drawn
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from tests.apps.boards.test_geojson import feature, file
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_pages import client


def drawn(units: list[Unit]) -> set[str] | None:
    """The keys on the map of these units, by one query."""
    with CaptureQueriesContext(connection) as queried:
        found = queries.boundaries_of(units)
    assert len(queried) == 1
    return None if found is None else units_drawn(found)


def test_the_last_file_is_used_until_it_is_taken_back(scene: Scene) -> None:
    office, state = scene.user("office"), scene.units.state
    counties = [scene.units.north, scene.units.south]
    north, south = (unit.key for unit in counties)
    assert drawn(counties) is None
    give = {"acting_user": office, "unit": state}
    actions.set_boundaries(**give, data=file(feature(north), feature(south)), name="全")
    assert drawn(counties) == {north, south}
    actions.set_boundaries(**give, data=file(feature(south)), name="半")
    assert drawn(counties) == {south}, "the later one, though it shows fewer"
    actions.use_tiles(acting_user=scene.user("north"), unit=scene.units.north)
    assert drawn(counties) == {south}, "a county says nothing about its neighbours"
    actions.use_tiles(**give)
    assert drawn(counties) is None
    assert actions.remove_boundaries(**give) == 3
    assert drawn(counties) is None


def test_heights_that_no_database_takes(scene: Scene) -> None:
    ring = [[0, 0, float("nan")], [1, 0, float("inf")], [1, 1, 3], [0, 0, 10**300]]
    data = file(feature(scene.units.north.key, coordinates=[ring]))
    row = actions.set_boundaries(acting_user=scene.user("office"), unit=scene.units.state, data=data, name="图")
    row.refresh_from_db()
    json.dumps(row.geojson, allow_nan=False)


@pytest.mark.parametrize("text", ["http://[", "//[::1/board", "/plans", "board", "/board/none", "/board/displays"])
def test_what_is_no_board_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="不是作战图的页面"):
        actions.page_of(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://luoshi.example/board/grid?units=offices&format=xlsx", "/board/grid?units=offices"),
        (" /board?room=1 ", "/board"),
        ("/board?plan=3&period=2026-03", "/board?plan=3&period=2026-03"),
    ],
)
def test_of_an_address_only_what_is_shown_is_kept(text: str, kept: str) -> None:
    assert actions.page_of(text) == kept


def test_files_and_choices_keep_what_the_page_shows(scene: Scene, burning: Indicator) -> None:
    page = client(scene, "office").get(f"/board/indicators/jtnc?target={scene.target.pk}").content.decode()
    assert f'href="?target={scene.target.pk}&format=csv"' in page
    assert f'<input type="hidden" name="target" value="{scene.target.pk}">' in page
