"""The main job in a real browser: sign in, upload, confirm by keyboard, correct, resolve a name, publish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from luoshi.apps.intake.models import Draft, DraftItem, ItemState
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans.models import Plan
from tests.browser.conftest import Site, sign_in

pytestmark = pytest.mark.browser

TEXT = """云岭州2026年绿色食品产业行动方案

一、行动目标

2026年，全州绿色食品加工产值达到60亿元以上，新认证绿色食品35个。

二、重点任务

（一）壮大经营主体。年内新培育龙头企业8户，带动农户1.2万户以上。（牵头单位：州农业农村局；责任单位：州绿食发展专班办）

（二）建设加工园区。9月底前建成标准厂房20万平方米。（牵头单位：州绿食发展专班办；责任单位：州财政局）
"""


def upload(page: Page, path: Path) -> None:
    """Choose a file in the drop zone and wait until it has been read."""
    page.goto("/uploads")
    page.set_input_files("#files", str(path))
    expect(page.locator("tbody.upload", has_text=path.name).locator(".upload-draft").first).to_be_visible()


def open_draft(page: Page, pk: int) -> None:
    """Open the confirm screen and wait until it is ready for keys."""
    page.goto(f"/drafts/{pk}")
    page.wait_for_selector("body[data-ready]")


@pytest.fixture
def draft(page: Page, site: Site, tmp_path: Path) -> Draft:
    """Signed in, a file uploaded and read, its confirm screen open."""
    site.person("zhou", yunling_zhou="coordinator")
    sign_in(page, "zhou")
    file = tmp_path / "绿色食品方案.txt"
    file.write_text(TEXT, encoding="utf-8")
    upload(page, file)
    page.click("tbody.upload .upload-draft a.btn")
    page.wait_for_selector("body[data-ready]")
    return Draft.objects.get()


def saved(page: Page) -> None:
    """Wait until every decision has reached the server."""
    expect(page.locator("#save-sign")).to_have_text("已保存")


def test_from_file_to_ledger(page: Page, draft: Draft) -> None:
    total = draft.items.count()
    expect(page.locator("#progress-text")).to_have_text(f"已确认 0 / {total}")

    # Two by keyboard, one of them taken back, one rejected.
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    saved(page)
    assert draft.items.filter(state=ItemState.ACCEPTED).count() == 2
    page.keyboard.press("u")
    saved(page)
    assert draft.items.filter(state=ItemState.ACCEPTED).count() == 1
    page.keyboard.press("x")
    saved(page)
    assert draft.items.filter(state=ItemState.REJECTED).count() == 1
    page.keyboard.press("k")
    page.keyboard.press("u")

    # Correct one: click its mark in the source, E, another figure, Ctrl+Enter.
    target = draft.items.get(kind="target", data__indicator__icontains="农户")
    page.locator(f"mark[data-items~='{target.pk}']").first.click()
    expect(page.locator(f"#item-{target.pk}")).to_have_class(re.compile("is-current"))
    page.keyboard.press("e")
    value = page.locator("[data-field=value] input")
    expect(value).to_have_value("1.2万")
    value.fill("很多")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-field=value] .field-error")).to_contain_text("不是数字")
    value.fill("1.35万")
    expect(page.locator(".preview")).to_have_text("＝ 13,500户")
    page.keyboard.press("Control+Enter")
    saved(page)
    target.refresh_from_db()
    assert (target.state, target.data["value"]) == (ItemState.CORRECTED, "13500")

    # An unknown unit: its filter, search for the right one, everywhere at once.
    page.click("[data-filter=unknown]")
    row = page.locator(".name-row", has_text="州绿食发展专班办")
    expect(row).to_contain_text("2 处")
    # Little alike: remembered for later plans only because the clerk says so.
    row.locator(".naming-remember input").check()
    row.locator(".picker input").fill("农业农村局")
    page.locator(".picker-list button").first.click()
    expect(page.locator(".toasts")).to_contain_text("改了 2 处")
    assert not draft.items.filter(unknown_names__gt=0).exists()
    assert directory().resolve("州绿食发展专班办").keys

    # The sure ones at once, the rest one by one, then publish.
    page.click("[data-filter=all]")
    if page.locator("#accept-sure").is_visible():
        page.click("#accept-sure")
        expect(page.locator("#accept-sure")).to_be_hidden()
    page.click("[data-filter=pending]")
    for _ in range(draft.items.filter(state=ItemState.PENDING).count()):
        page.keyboard.press("Enter")
    saved(page)
    expect(page.locator("#progress-text")).to_have_text(f"已确认 {total} / {total}")
    page.click("#publish")
    expect(page.locator("h1")).to_contain_text("发布台账")
    page.click("#publish-form button[type=submit]")
    page.wait_for_url("**/plans/*")
    plan = Plan.objects.get()
    assert plan.title == "云岭州2026年绿色食品产业行动方案"
    assert plan.targets.get(indicator__contains="农户").value == 13500
    assert plan.responsibilitys.filter(name="州绿食发展专班办", units=None).count() == 0


def test_what_is_decided_offline_is_sent_later(page: Page, draft: Draft) -> None:
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    expect(page.locator("#save-sign")).to_contain_text("未保存（离线，2 项存在本机）")
    assert not draft.items.exclude(state=ItemState.PENDING).exists()
    page.context.set_offline(False)
    # The page was closed meanwhile: the decisions wait in this browser.
    open_draft(page, draft.pk)
    saved(page)
    states = list(draft.items.exclude(state=ItemState.PENDING).order_by("position").values_list("state", flat=True))
    assert states == [ItemState.ACCEPTED, ItemState.REJECTED]


def test_someone_else_was_quicker(page: Page, draft: Draft, site: Site) -> None:
    from luoshi.apps.intake.actions import decide

    item = draft.items.order_by("position").first()
    assert item is not None
    other = site.person("wu", yunling_zhou="administrator")
    decide(acting_user=other, item=item, decision="reject", revision=0)
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("wu刚刚处理了此项")
    expect(page.locator(f"#item-{item.pk}")).to_have_class(re.compile("state-rejected"))
    assert DraftItem.objects.get(pk=item.pk).state == ItemState.REJECTED


def test_adding_by_selecting_text(page: Page, draft: Draft) -> None:
    line = next(n for n, text in enumerate(draft.document.lines(), 1) if "壮大经营主体" in text)
    page.evaluate(
        """([line, text]) => {
            const row = document.querySelector(`[data-line="${line}"] .line-text`);
            const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(text);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + text.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }
            document.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
        }""",
        [line, "年内"],
    )
    page.locator("#select-menu button", has_text="时限").click()
    form = page.locator("#item-new form")
    expect(form.locator("[data-field=date] input")).to_have_value("2026-12-31")
    form.locator("button[type=submit]").click()
    expect(page.locator("#item-new")).to_have_count(0)
    item = DraftItem.objects.get(draft=draft, state=ItemState.ADDED)
    assert (item.kind, item.text, item.line) == ("deadline", "年内", line)


def test_both_panes_keep_in_step(page: Page, site: Site, draft: Draft) -> None:
    sample = next((site.project / "samples").glob("*质量强州*.txt"))
    upload(page, sample)
    big = Draft.objects.exclude(pk=draft.pk).order_by("-last_line").first()
    assert big is not None
    open_draft(page, big.pk)
    source, items = page.locator("#source"), page.locator("#items")
    items.hover()
    page.mouse.wheel(0, 2500)
    page.wait_for_function("document.getElementById('source').scrollTop > 200")
    top = source.evaluate("node => node.scrollTop")
    source.hover()
    page.mouse.wheel(0, -4000)
    page.wait_for_function("top => document.getElementById('source').scrollTop < top", arg=top)
    page.wait_for_function("document.getElementById('items').scrollTop < 200")


def test_on_a_phone_one_pane_at_a_time(page: Page, draft: Draft) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_draft(page, draft.pk)
    expect(page.locator("#items")).to_be_visible()
    expect(page.locator("#source")).to_be_hidden()
    page.click(".confirm-tabs [data-pane=source]")
    expect(page.locator("#source")).to_be_visible()
    page.locator("mark[data-items]").first.click()
    expect(page.locator("#items")).to_be_visible()
    page.locator(".item.is-current [data-act=accept]").click()
    saved(page)
    assert draft.items.filter(state=ItemState.ACCEPTED).count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
