"""One county followed from a red light to a closed order, by mouse and by keys."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import EarlyWarning
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.supervision.models import Order, OrderState
from luoshi.apps.supervision.queries import replayed
from luoshi.apps.supervision.shipping import install_shipped
from tests.apps.dispatch.making import at, months, rule
from tests.apps.targets.conftest import Scene, make_scene
from tests.browser.conftest import Site
from tests.browser.month import Clock
from tests.browser.test_dispatch import enter

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(site: Site, tmp_path: Any) -> Scene:
    """The scene of the targets' tests beside the sample units."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    forget_directory()
    install_shipped()
    return make_scene()


def test_from_a_red_light_to_a_closed_order(page: Page, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    clock.set(4, 8, 9)
    months(scene)
    rule(scene)
    actions.raise_warnings(now=at(8))
    warning = EarlyWarning.objects.get()

    # The office makes an order of the warning: text, unit and provenance stand there already.
    enter(page, "office")
    page.goto(f"/warnings/{warning.pk}")
    page.click("#orders-about a:has-text('转督办')")
    expect(page.locator("[name=text]")).to_have_value(re.compile("限期赶上进度"))
    expect(page.locator(".facts")).to_contain_text(warning.sentence)
    page.select_option("[name=clock]", "congress")
    expect(page.locator("#due-words")).to_contain_text("自2026年4月8日起3个月内")
    page.select_option("[name=clock]", "")
    page.fill("[name=due_on]", "2026-05-02")
    page.press("[name=due_on]", "Tab")
    expect(page.locator("#due-words")).to_contain_text("2026年5月2日（星期六）是休息日，不顺延")
    page.fill("[name=due_on]", "")
    page.select_option("[name=clock]", "ordinary")
    expect(page.locator("#due-words")).to_contain_text("10个工作日内")
    page.click("button[name=give][value=yes]")
    expect(page.locator(".alert-success")).to_contain_text("已交办")
    order = Order.objects.get()
    assert (order.warning, order.unit, order.number) == (warning, warning.unit, "督〔2026〕1号")

    # The county finds it in the workbench, accepts, writes; the line breaks off, nothing is lost.
    clock.set(4, 9, 9)
    enter(page, "reporter")
    page.click("#supervision a.fw-bold")
    page.click("button:text-is('签收')")
    expect(page.locator(".order-state").first).to_have_text("办理中")
    page.keyboard.press("a")
    page.keyboard.type("补报登记120户，")
    page.reload()
    expect(page.locator("#answer-text")).to_have_value("补报登记120户，")
    page.locator("#answer-text").press("End")
    page.locator("#answer-text").type("已赶上进度。")
    page.set_input_files("#answer-files", {"name": "名单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    page.click("button:text-is('报结')")
    expect(page.locator(".order-state").first).to_have_text("待审核")
    expect(page.locator(".evidence").first).to_contain_text("名单.pdf")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('order')).length") == 0

    # The office sends it back once, then closes it; in the list it moves by keys.
    clock.set(4, 10, 9)
    enter(page, "office")
    page.goto("/orders")
    page.click("text=去审核")
    page.click("summary:has-text('退回重办')")
    page.fill("#back-text", "缺统计部门证明")
    page.click("button:text-is('退回')")
    expect(page.locator(".order-state").first).to_have_text("退回重办")
    clock.set(4, 13, 9)
    enter(page, "reporter")
    page.goto("/orders/all")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order.pk}")
    page.fill("#answer-text", "证明已补。")
    page.click("button:text-is('报结')")
    expect(page.locator(".order-state").first).to_have_text("待审核")
    enter(page, "office")
    page.goto(f"/orders/{order.pk}")
    page.keyboard.press("a")
    page.keyboard.type("属实")
    page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_contain_text("已销号")
    expect(page.locator(".order-state").first).to_have_text("已销号")

    order.refresh_from_db()
    assert order.state == OrderState.CLOSED
    assert replayed(order.steps.all()) == OrderState.CLOSED
    page.goto(f"/warnings/{warning.pk}")
    expect(page.locator("#orders-about")).to_contain_text("已销号")
    assert verify().ok
