"""A quarter's ranking from the first figure to the final list: shown, disputed by a county, corrected, made final."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from luoshi.apps.assessment.computing import verify
from luoshi.apps.assessment.models import Run, RunState
from luoshi.apps.journal.actions import verify as verify_journal
from tests.apps.assessment.making_runs import FIGURES, JUDGES, MARKS, World, make_world
from tests.browser.conftest import Site
from tests.browser.test_dispatch import enter

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Site, tmp_path: Any) -> World:
    """The five counties beside the sample units."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


def sheet(world: World) -> str:
    """The quarter's figures as they are copied from a workbook."""
    rows = ["单位\t项目\t实际\t目标\t评委"]
    for key, items in FIGURES.items():
        name = str(world.counties[key])
        rows += [f"{name}\t{item}\t{value or ''}\t{target or ''}\t" for item, (value, target) in items.items()]
        rows += [f"{name}\t4\t{mark}\t\t{judge}" for judge, mark in zip(JUDGES, MARKS[key], strict=True)]
    return "\n".join(rows)


def test_from_figures_to_the_final_list(page: Page, world: World) -> None:
    # The office opens the last quarter from what waits for it, and pastes the figures.
    enter(page, "office")
    page.goto("/assessment")
    page.click("a:text-is('取数计分')")
    page.click("button:has-text('取数计分')")
    expect(page.locator(".alert-success")).to_contain_text("已按台账取数")
    page.click("a:has-text('核对数据')")
    page.click("summary:has-text('从 Excel 粘贴')")
    page.fill("textarea[name=text]", sheet(world).replace("高岭县\t3\t0", "高岭县\t3\t零"))
    page.fill("#why", "一季度统计")
    page.click("#rows button[type=submit]")
    expect(page.locator(".alert-danger")).to_contain_text("“零”不是数字")
    page.fill("textarea[name=text]", sheet(world))
    page.click("#rows button[type=submit]")
    expect(page.locator(".alert-success")).to_contain_text("已录入 35 个数")
    # One figure by hand, by keys: the field has the focus.
    page.click("tr:has-text('高岭县') td:nth-of-type(2) a")
    expect(page.locator("#value")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("8.5")
    page.keyboard.press("Enter")
    expect(page.locator("tr:has-text('高岭县')")).to_contain_text("8.5")
    page.click("a:has-text('看得分')")
    expect(page.locator("tbody tr").first).to_contain_text("南屏县")
    page.click("a:has-text('公示')")
    expect(page.locator("main")).to_contain_text("5 个被考核单位")
    page.click("main button.btn-primary")
    expect(page.locator(".run-state").first).to_have_text("公示中")
    run = Run.objects.get()

    # The county reads why it stands where it stands, and objects to one figure.
    enter(page, "hill")
    page.goto("/assessment")
    page.click("li:has-text('正在公示') a")
    page.click("tr.is-own a")
    expect(page.locator(".explain")).to_contain_text("在5个单位中")
    expect(page.locator("#item-3")).to_contain_text("再完成4次达到目标，可得20分")
    page.click("a:has-text('提出异议')")
    page.select_option("#item", "3")
    page.fill("#wanted", "4")
    page.fill("#text", "外出招商4次，已报备。")
    page.click("#new button[type=submit]")
    expect(page.locator("article")).to_contain_text("认为应为 4")

    # The department that checks the item upholds it; the office corrects, shows again, makes it final.
    enter(page, "trade")
    page.goto("/assessment")
    page.click("a:has-text('高岭县的异议')")
    page.fill("[name=answer]", "报备表属实。")
    page.click("button:text-is('采纳')")
    expect(page.locator("article")).to_contain_text("报备表属实")
    enter(page, "office")
    page.goto(f"/assessment/{run.pk}")
    page.click(".alert-warning a:text-is('更正')")
    expect(page.locator("main")).to_contain_text("高岭县第3项改为 4")
    page.fill("#reason", "采纳异议")
    page.click("main button.btn-primary")
    expect(page.locator("tr:has-text('高岭县')")).to_contain_text("1")
    page.click("a:has-text('公示')")
    page.fill("#days", "1")
    page.click("main button.btn-primary")
    page.click("a:has-text('定稿')")
    page.click("main button.btn-primary")
    expect(page.locator(".alert-danger")).to_contain_text("请写明理由")
    page.fill("#reason", "各单位书面无异议")
    page.click("main button.btn-primary")
    expect(page.locator(".run-state").first).to_have_text("已定稿")
    page.click("a:has-text('核对存档')")
    expect(page.locator(".alert-success").last).to_contain_text("完全一致")
    page.click("a:has-text('什么会改变名次')")
    page.select_option("[name=assume-ranking]", "linear")
    page.click("button:has-text('试算')")
    expect(page.locator("#what-if table")).to_contain_text("北川县")
    final = Run.objects.get(state=RunState.FINAL)
    assert final.corrects_id == run.pk and verify(final.snapshot, final.digest).ok and verify_journal().ok
