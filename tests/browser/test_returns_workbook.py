"""The Excel round trip in a real browser, and filling in on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.apps.reporting.pages import PROJECTS, PageWorld
from tests.apps.reporting.workbooks import filled
from tests.browser.conftest import Site
from tests.browser.test_returns import cell, confirm, open_return, press, saved, value, window, world

__all__ = ["window", "world"]  # fixtures
pytestmark = pytest.mark.browser


def test_by_workbook(world: PageWorld, window: Callable[[str], Page], site: Site, tmp_path: Path) -> None:
    answer = world.now_due(world.form())["qsx"]
    page = window("filler")
    open_return(page, answer)
    page.click("button:has-text('表格')")
    with page.expect_download() as started:
        page.click("a:has-text('下载填报表格')")
    assert re.fullmatch(r"市场主体月报_青石县_\d{4}年\d+月\.xlsx", started.value.suggested_filename)
    file = tmp_path / started.value.suggested_filename
    file.write_bytes(filled(Path(started.value.path()).read_bytes(), "累计", 合计=31, 企业=10, 个体户=20))
    page.goto(f"/returns/{answer.pk}/upload")
    page.set_input_files("input[type=file]", str(file))
    page.click("button:has-text('上传并核对')")
    expect(page.locator("main")).to_contain_text("目前还没有保存任何内容")
    expect(page.locator("main")).to_contain_text("分项之和")
    with page.expect_download() as marked:
        page.click("button:has-text('下载标出错处的表格')")
    fixed = tmp_path / "改好.xlsx"
    fixed.write_bytes(filled(Path(marked.value.path()).read_bytes(), "累计", 合计=30))
    page.set_input_files("input[type=file]", str(fixed))
    page.click("button:has-text('上传并核对')")
    page.click("button:has-text('采用并报送给本单位审核')")
    expect(page.locator("#messages")).to_contain_text("已报送")
    assert answer.submissions.get().channel == "workbook"


def test_on_a_phone(world: PageWorld, window: Callable[..., Page]) -> None:
    answer = world.now_due(world.form("projects", PROJECTS))["qsx"]
    page = window("filler", has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    open_return(page, answer)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "the page itself does not scroll sideways"
    cell(page, "a.r.visits").tap()
    page.keyboard.type("12")
    press(page, "Enter")
    cell(page, "a.r.money").tap()
    page.keyboard.type("300")
    cell(page, "a.r.plan").tap()
    page.keyboard.type("1200")
    press(page, "Enter")
    saved(page)
    expect(value(page, "a.r.rate")).to_have_text("25.0")
    # One printed row: its answers stand below one another.
    tops = [cell(page, f"a.r.{name}").bounding_box()["y"] for name in ("visits", "talks", "money")]  # type: ignore[index]
    assert tops == sorted(set(tops))
    page.locator("#submit").tap()
    confirm(page, "报送给本单位审核")
    expect(page.locator("#messages")).to_contain_text("已报送")
