"""The check-up in a real browser: from the confirm screen to both places, decided by key and by button; and a table
corrected cell by cell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from luoshi.apps.checkup.models import Finding
from luoshi.apps.intake.models import Draft, ItemState
from tests.apps.checkup.factories import PLAN
from tests.browser.conftest import Site, sign_in
from tests.browser.test_confirm import open_draft, saved, upload

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(page: Page, site: Site, tmp_path: Path) -> Draft:
    """Signed in, a plan with slips uploaded and read."""
    site.person("zhou", yunling_zhou="coordinator")
    sign_in(page, "zhou")
    file = tmp_path / "茶产业方案.txt"
    file.write_text(PLAN, encoding="utf-8")
    upload(page, file)
    # The check-up follows the reading: opening the page makes sure of it.
    return Draft.objects.get()


def test_findings_are_decided_on(page: Page, draft: Draft) -> None:
    open_draft(page, draft.pk)
    page.click("#checks")
    expect(page.locator(".finding")).to_have_count(3)
    two = page.locator(".finding", has_text="前后两个数值")
    finding = Finding.objects.get(kind="two-values")

    # J twice and back to the first; 2 keeps 乙, and the other target goes with it.
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(two).to_have_class(re.compile("is-current"))
    two.locator("select[name=other]").select_option("reject")
    page.locator("h1").click()
    page.keyboard.press("2")
    expect(two.locator(".finding-decided")).to_contain_text("保留乙")
    expect(page.locator("#check-counts")).to_contain_text("已处理 1 / 3")
    finding.refresh_from_db()
    assert finding.decision == "keep_second"
    assert draft.items.get(kind="target", original__value="120000").state == ItemState.REJECTED

    # U takes it back; 4 asks for a reason first.
    page.keyboard.press("u")
    expect(two.locator(".finding-state")).to_have_text("待处理")
    expect(page.locator("#check-counts")).to_contain_text("已处理 0 / 3")
    assert draft.items.get(kind="target", original__value="120000").state == ItemState.PENDING
    page.keyboard.press("4")
    note = two.locator(".finding-note")
    expect(note).to_be_focused()
    page.keyboard.press("Enter")
    assert not Finding.objects.exclude(decision="open").exists()
    two.locator("button[value=dismissed]").click()
    expect(two.locator(".alert-danger")).to_contain_text("请说明为什么不是问题")
    two.locator(".finding-note").fill("两处口径不同")
    two.locator("button[value=dismissed]").click()
    expect(two.locator(".finding-decided")).to_contain_text("两处口径不同")

    # Someone else was quicker: what was typed stays.
    total = page.locator(".finding", has_text="合计与各行之和不符")
    Finding.objects.filter(kind="total-column").update(revision=5)
    total.locator(".finding-note").fill("按分项")
    total.locator("button[value=keep_first]").click()
    expect(total.locator(".alert-danger")).to_contain_text("刚刚处理了此项")
    expect(total.locator(".finding-note")).to_have_value("按分项")
    total.locator("button[value=keep_second]").click()
    expect(total.locator(".finding-decided")).to_contain_text("保留乙：按分项")

    # From the place to the line of the source.
    total.locator(".line-number a").first.click()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("[data-line='24']")).to_have_class(re.compile("is-current"))
    expect(page.locator("[data-line='24']")).to_be_in_viewport()


def test_a_table_is_corrected_cell_by_cell(page: Page, draft: Draft) -> None:
    table = draft.items.get(kind="table")
    read = table.data["rows"]
    open_draft(page, draft.pk)
    page.locator(f"#item-{table.pk} .item-line").click()
    page.keyboard.press("e")
    grid = page.locator(".table-editor")
    expect(grid).to_be_visible()
    dialog = page.locator(".table-dialog")

    # Type over a cell, Tab to the next, Enter downwards; then a block; then undo it.
    grid.locator("[data-cell='1,1']").click()
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    expect(grid.locator("[data-cell='1,1']")).to_have_text("7")
    expect(grid.locator("[data-cell='1,2']")).to_have_text("8")
    expect(grid.locator("[data-cell='2,2']")).to_have_class(re.compile("is-at"))
    expect(dialog).to_contain_text("与识别结果不同的有 2 格")
    page.evaluate(
        """() => { const data = new DataTransfer();
        data.setData("text/plain", "11\\t12\\r\\n21\\t22\\r\\n31\\t32\\r\\n");
        document.querySelector(".table-editor").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    expect(grid.locator("[data-cell='3,3']")).to_have_text("22")
    expect(page.locator(".toasts")).to_contain_text("有 2 格超出表的范围")
    page.keyboard.press("Control+z")
    expect(grid.locator("[data-cell='3,3']")).to_have_text(read[2][3])
    grid.locator("[data-cell='0,1']").dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("第一季度")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    saved(page)
    table.refresh_from_db()
    assert (table.state, table.revision) == (ItemState.CORRECTED, 1)
    assert table.data["header"][1] == "第一季度"
    assert table.data["rows"] == [[read[0][0], "7", "8", *read[0][3:]], *read[1:]]


def test_small_screens_have_both_pages(page: Page, draft: Draft) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/drafts/{draft.pk}/checks")
    expect(page.locator(".finding")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".finding button[value=verified]").first.bounding_box()
    assert box is not None
    assert box["height"] >= 36
