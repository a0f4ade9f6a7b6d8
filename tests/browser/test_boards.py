"""Boards in a browser: map and tiles, sorting, the heat table, boundaries, and the meeting room's screen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from luoshi.apps.boards import actions
from luoshi.apps.boards.models import Boundaries, Display
from tests.apps.targets.conftest import Scene, make_scene
from tests.apps.targets.test_actions import measured, observe
from tests.apps.targets.test_pages import give
from tests.browser.conftest import PASSWORD, Site, sign_in

expect.set_options(timeout=30_000)


@pytest.fixture
def scene(site: Site) -> Scene:
    """The north is behind since March, the south is ahead; nobody drew their boundaries."""
    made = make_scene()
    for user in made.people.values():
        user.set_password(PASSWORD)
        user.save()
    give(made)
    indicator = measured(made)
    for number, north, south in ((1, "70", "70"), (2, "120", "140"), (3, "150", "240")):
        observe(indicator, made.units.north, f"2026-0{number}", north)
        observe(indicator, made.units.south, f"2026-0{number}", south)
    return made


def drawn(scene: Scene) -> bytes:
    """Two squares, one above the other."""

    def square(name: str, low: float) -> dict[str, Any]:
        ring = [[100, low], [102, low], [102, low + 1], [100, low + 1], [100, low]]
        return {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    both = [square(str(scene.units.north), 26), square(str(scene.units.south), 25)]
    return json.dumps({"type": "FeatureCollection", "features": both}).encode()


def label(page: Page, name: str) -> Any:
    """The name of a unit on the drawing."""
    return page.locator("#board-map svg text", has_text=name)


def test_tiles_sorting_and_the_heat_table(page: Page, scene: Scene) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, "office")
    page.goto("/board")
    expect(page.get_by_text("没有边界数据，以方格代替")).to_be_visible()
    for name, shape in (("北川县", "▼"), ("南屏县", "■")):
        expect(label(page, name)).to_have_count(1)
        expect(label(page, shape)).to_have_count(1)
    expect(page.locator("#board-map canvas")).to_have_count(0)

    # The table: by click, again for the other way round, and by Enter.
    first = page.locator("table[data-sortable] tbody tr").first.locator("th")
    head = page.locator("table[data-sortable] thead th", has_text="位次")
    expect(first).to_have_text("北川县")
    head.click()
    expect(first).to_have_text("南屏县")
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.press("Enter")
    expect(first).to_have_text("北川县")
    expect(head).to_have_attribute("aria-sort", "descending")

    page.goto("/board/grid")
    page.locator(".heat-red a").click()
    page.wait_for_url(lambda address: f"/targets/{scene.target.pk}?period=2026-03" in address)
    expect(page.locator("h1")).to_contain_text("新增家庭农场")


def test_a_wrong_file_changes_nothing_and_a_county_of_the_map_opens(page: Page, scene: Scene) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, "office")
    page.goto(f"/board/boundaries?unit={scene.units.state.key}")

    def upload(data: bytes) -> None:
        page.set_input_files("input[type=file]", {"name": "图.geojson", "mimeType": "", "buffer": data})
        page.get_by_role("button", name="采用这份边界").click()

    upload(drawn(scene))
    expect(page.get_by_text("边界已更换")).to_be_visible()
    kept = Boundaries.objects.get()
    upload(drawn(scene).replace(b"102", b"999"))
    alert = page.locator(".alert-danger")
    expect(alert).to_contain_text("原来的边界不变")
    expect(alert.locator("li")).to_have_count(2)
    expect(alert.locator("li").first).to_contain_text("第1个边界：坐标不对")
    expect(label(page, "北川县")).to_have_count(1)
    assert Boundaries.objects.get() == kept

    page.goto("/board")
    expect(page.get_by_text("没有边界数据")).to_have_count(0)
    expect(label(page, "▼")).to_have_count(1)
    assert page.locator('#board-map svg path[fill="#d63939"]').count() == 1, "the north in red"
    assert page.locator('#board-map svg path[fill="#2fb344"]').count() == 1, "the south in green"
    label(page, "北川县").click(force=True)
    page.wait_for_url(lambda address: f"/board/units/{scene.units.north.key}" in address)
    expect(page.locator("h1")).to_have_text("北川县的目标")
    expect(page.locator("#board-bars svg text", has_text="应达")).to_have_count(1)


def frame(page: Page) -> FrameLocator:
    """The board on the screen."""
    return page.frame_locator("#show-stage iframe:not(.is-unseen)")


def test_the_screen_turns_pauses_and_keeps_the_last_picture(page: Page, scene: Scene) -> None:
    page.set_default_timeout(60_000)
    pages = "/board\n/board/units/nowhere\n/board/grid"
    display: Display = actions.create_display(
        acting_user=scene.user("office"), owner=scene.units.state, name="调度室", pages=pages, seconds="600"
    )
    sign_in(page, "office")
    page.goto(f"/board/show/{display.pk}")
    expect(frame(page).locator("h1")).to_have_text("作战图")
    expect(frame(page).locator("#board-map svg text", has_text="北川县")).to_have_count(1)
    expect(page.locator("#show-place")).to_have_text("1 / 3")
    expect(frame(page).locator(".site-bar")).to_be_hidden()

    # Right and left, past the page that is not there; a key pressed inside the frame counts as well.
    page.keyboard.press("ArrowRight")
    expect(frame(page).locator("h1")).to_have_text("热力表")
    expect(page.locator("#show-place")).to_have_text("3 / 3")
    expect(page.locator("#show-state")).to_have_text("")
    frame(page).locator("h1").click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#show-place")).to_have_text("1 / 3")
    expect(page.locator("#show-stage iframe")).to_have_count(1)

    page.locator("#show-clock").click()
    page.keyboard.press("Space")
    expect(page.locator("#show-pause")).to_have_text("继续")
    page.keyboard.press("Space")
    expect(page.locator("#show-pause")).to_have_text("暂停")

    # Nobody answers: the picture stays, with the time from which it is; then it goes on.
    page.route("**/board/**", lambda route: route.abort())
    page.keyboard.press("ArrowRight")
    expect(page.locator("#show-state")).to_contain_text("连不上服务器，以下是")
    expect(page.locator("#show-state")).to_contain_text("的画面")
    expect(frame(page).locator("#board-map svg text", has_text="北川县")).to_have_count(1)
    page.unroute("**/board/**")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#show-place")).to_have_text("3 / 3")
    expect(page.locator("#show-state")).to_have_text("")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda address: address.endswith("/board/displays"))
