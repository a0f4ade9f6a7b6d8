"""The allocation grid in a browser: typing, a block from Excel, undo, computing, a broken line, adopting."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from luoshi.apps.targets import actions
from luoshi.apps.targets.models import AllocationVersion, Share
from tests.apps.targets.conftest import Scene, make_scene
from tests.apps.targets.test_pages import give
from tests.browser.conftest import PASSWORD, Site, sign_in

expect.set_options(timeout=30_000)


@pytest.fixture
def scene(site: Site) -> Scene:
    """The plan on the running site."""
    made = make_scene()
    for user in made.people.values():
        user.set_password(PASSWORD)
        user.save()
    return made


def shoot(page: Page, name: str) -> None:
    """Keep a picture where ``$LUOSHI_SCREENS`` says so."""
    if folder := os.environ.get("LUOSHI_SCREENS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=False)


def paste(page: Page, text: str) -> None:
    """What the clipboard gives when a block is pasted."""
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        const given = {clipboardData: data, bubbles: true, cancelable: true};
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", given)); }""",
        text,
    )


def cell(page: Page, row: int, column: int) -> Any:
    """A share of the grid."""
    return page.locator("#grid tbody tr").nth(row).locator("td.share").nth(column)


def test_a_target_is_shared_out(page: Page, scene: Scene) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, "office")
    page.goto(f"/targets/{scene.target.pk}/allocation")
    shoot(page, "allocation-empty")
    page.get_by_role("button", name="选择单位").click()
    page.get_by_role("button", name="全部县", exact=True).click()
    page.select_option("select[name=cadence]", "quarterly")
    shoot(page, "allocation-rows")
    page.get_by_role("button", name="确定").click()
    expect(page.locator("#grid tbody tr")).to_have_count(2)

    # Typing: digits begin, Tab and Enter go on, sums follow at once.
    cell(page, 0, 0).click()
    page.keyboard.type("140")
    page.keyboard.press("Tab")
    page.keyboard.type("420")
    page.keyboard.press("Enter")
    expect(cell(page, 0, 1)).to_have_text("420")
    expect(page.locator('[data-sum="2026Q1"]')).to_have_text("140")
    expect(page.locator("#save-state")).to_have_text("已保存")
    assert Share.objects.get(unit=scene.units.north, period="2026Q1").value == 140

    # A block as Excel gives it, from the first cell on.
    cell(page, 0, 0).click()
    paste(page, "140\t420\t595\t700\r\n160\t480\t680\t８10\r\n")
    expect(page.locator("[data-figure=given]")).to_have_text("1,510户")
    expect(page.locator("#sum-bar .is-over")).to_contain_text("超分 10")
    expect(page.locator("#save-state")).to_have_text("已保存")
    shoot(page, "allocation-grid")
    page.keyboard.press("Control+z")
    expect(cell(page, 1, 3)).to_have_text("")
    expect(page.locator("#sum-bar .is-left")).to_contain_text("未分 1,500")
    page.keyboard.press("Control+y")
    expect(cell(page, 1, 3)).to_have_text("810")

    # What is no figure stays as typed and is not saved.
    cell(page, 1, 3).click()
    page.keyboard.press("F2")
    page.locator("#grid input").fill("八百")
    page.keyboard.press("Enter")
    expect(page.locator("#save-state")).to_contain_text("不是数")
    expect(cell(page, 1, 3)).to_have_text("八百")
    page.keyboard.press("Control+z")
    expect(page.locator("#save-state")).to_have_text("已保存")

    # The line is down: what was typed is kept, and saved when it is back.
    page.context.set_offline(True)
    cell(page, 1, 3).click()
    page.keyboard.type("800")
    page.keyboard.press("Enter")
    expect(page.locator("#save-state")).to_contain_text("网络中断")
    assert Share.objects.get(unit=scene.units.south, period="2026Q4").value == 810
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_have_text("已保存", timeout=20_000)
    assert Share.objects.get(unit=scene.units.south, period="2026Q4").value == 800
    expect(page.locator("#sum-bar .is-kept")).to_be_visible()

    page.get_by_role("button", name="下达", exact=True).click()
    shoot(page, "allocation-adopt")
    page.get_by_role("button", name="确认下达").click()
    expect(page.get_by_text("第1版分解已下达")).to_be_visible()
    assert AllocationVersion.objects.get(adopted_at__isnull=False).total == 1500


def test_computing_and_a_change_by_another(page: Page, scene: Scene) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, "office")
    page.goto(f"/targets/{scene.target.pk}/allocation")
    page.get_by_role("button", name="选择单位").click()
    page.get_by_role("button", name="全部县", exact=True).click()
    page.get_by_role("button", name="确定").click()
    page.get_by_role("button", name="计算").click()
    page.select_option("#units-by", "weights")
    page.select_option("#compute-form #cadence", "quarterly")
    page.fill("#parts", "20、60、85、100")
    page.locator(".weight-cells input").first.focus()
    paste(page, "1\n2\n")
    page.get_by_role("button", name="算一算").click()
    expect(page.locator("#preview")).to_contain_text("与总数相同")
    shoot(page, "allocation-compute")
    page.get_by_role("button", name="填入分解表").click()
    expect(cell(page, 1, 3)).to_have_text("1,000")

    # Another changes the draft meanwhile: the page says so, and what was typed is offered again.
    allocation = scene.target.allocations.get()
    change = actions.CellChange(scene.units.north.pk, "2026Q1", "99")
    actions.save_shares(
        acting_user=scene.user("second"),
        target=scene.target,
        unit=scene.units.state,
        revision=allocation.revision,
        changes=[change],
    )
    cell(page, 1, 3).click()
    page.keyboard.type("1001")
    page.keyboard.press("Enter")
    expect(page.locator("#kept-copy")).to_contain_text("second刚刚改动了此项")
    page.get_by_role("button", name="载入最新内容").click()
    expect(cell(page, 0, 0)).to_have_text("99")
    page.get_by_role("button", name="恢复").click()
    expect(cell(page, 1, 3)).to_have_text("1,001")
    expect(page.locator("#save-state")).to_have_text("已保存")

    # Two cells of a column become one number.
    cell(page, 0, 0).click()
    cell(page, 1, 0).click(modifiers=["Shift"])
    page.get_by_role("button", name="合并承担").click()
    expect(cell(page, 1, 0)).to_have_text("同上")
    expect(cell(page, 0, 0)).to_have_text("299")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        shoot(page, f"allocation-joint-{width}")


def test_the_annex_is_taken_over(page: Page, scene: Scene) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, "office")
    page.goto(f"/targets/{scene.target.pk}/allocation/annex")
    shoot(page, "annex")
    page.get_by_role("button", name="取用到草稿").click()
    expect(page.locator("#sum-bar")).to_contain_text("与目标不符")
    expect(cell(page, 0, 3)).to_have_text("700")
    shoot(page, "annex-taken")
    page.goto(f"/targets/{scene.target.pk}")
    expect(page.get_by_text("分解与进度")).to_be_visible()
    shoot(page, "target")
    page.goto(f"/targets/{scene.target.pk}/trajectory")
    page.get_by_role("button", name="保存时序").click()
    expect(page.locator("svg.trajectory-line")).to_be_visible()
    shoot(page, "trajectory")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for name in (
            "allocations",
            f"targets/{scene.target.pk}/allocation",
            "letters",
            f"letters/new?plan={scene.plan.pk}",
        ):
            page.goto(f"/{name}")
            shoot(page, f"{name.split('?')[0].replace('/', '-')}-{width}")


def test_letters_from_drawing_up_to_signing(page: Page, scene: Scene) -> None:
    give(scene)
    page.set_default_timeout(60_000)
    sign_in(page, "office")
    page.goto(f"/letters/new?plan={scene.plan.pk}")
    expect(page.locator("[data-count]")).to_have_text("2")  # who was given something is ticked
    shoot(page, "letters-new-given")
    page.get_by_role("button", name="生成", exact=True).click()
    expect(page.get_by_text("已生成 2 份责任书")).to_be_visible()
    page.get_by_role("button", name="发出勾选的").click()
    expect(page.get_by_text("已发出 2 份")).to_be_visible()
    shoot(page, "letters-issued")
    page.get_by_role("link", name=re.compile("北川县$")).click()
    page.fill("#signed-on", "2026-02-01")
    page.fill("#signatory", "李县长")
    shoot(page, "letter")
    page.get_by_role("button", name="登记签订").click()
    expect(page.get_by_text("已登记签订")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "letter-390")
    page.goto("/letters")
    expect(page.get_by_text("50%")).to_be_visible()
    shoot(page, "letters-signed-390")


def test_odd_shares_are_flagged_while_typing(page: Page, scene: Scene) -> None:
    give(scene)
    page.set_default_timeout(60_000)
    sign_in(page, "office")
    page.goto(f"/targets/{scene.target.pk}/allocation")
    told = page.locator("#odd-told")
    expect(told).to_be_hidden()
    cell(page, 0, 0).click()
    page.keyboard.type("-5")
    expect(page.locator("#save-state")).to_contain_text("是负数")
    page.keyboard.press("Enter")
    expect(cell(page, 0, 0)).to_have_class(re.compile("is-odd"))
    expect(told).to_contain_text("有 1 格")
    cell(page, 1, 0).click()
    page.keyboard.type("800.5")
    expect(page.locator("#grid td input")).to_have_class(re.compile("is-odd"))
    page.keyboard.press("Enter")
    expect(told).to_contain_text("有 2 格")
    expect(page.locator("#save-state")).to_have_text("已保存")
    page.locator("#adopt").click()
    expect(page.locator("#odd-shares")).to_contain_text("“户”没有小数")
    page.locator(".panel [data-close]").click()
    cell(page, 0, 0).click()
    page.keyboard.type("700")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("有 1 格")
    expect(cell(page, 0, 0)).not_to_have_class(re.compile("is-odd"))
