"""A county in the red, followed on the pages: warned, answered, on the agenda, decided in the room, green again."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import Decision, EarlyWarning, Meeting
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.queries import forget_directory
from tests.apps.dispatch.making import at, months, report, rule
from tests.apps.targets.conftest import Scene, make_scene
from tests.browser.conftest import Site
from tests.browser.month import Clock

pytestmark = pytest.mark.browser
PASSWORD = "云岭-pass-1"


def enter(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/account/" not in address)


@pytest.fixture
def scene(site: Site, tmp_path: Any) -> Scene:
    """The scene of the targets' tests beside the sample units."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    forget_directory()
    return make_scene()


def test_from_red_to_green(page: Page, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    clock.set(4, 8, 9)
    indicator = months(scene)
    rule(scene)
    actions.raise_warnings(now=at(8))
    warning = EarlyWarning.objects.get()

    # The county's clerk finds it in the workbench, and answers.
    clock.set(4, 9, 9)
    enter(page, "reporter")
    page.click("#warnings a")
    page.fill("#answer-text", "逐乡镇摸排，三月底前补报登记。")
    page.fill("#answer-until", "2026-05-10")
    page.click("text=报应策措施")
    expect(page.locator(".alert-success")).to_contain_text("应策已报")

    # The office plans a meeting: the agenda writes itself.
    clock.set(4, 20, 9)
    enter(page, "office")
    page.goto("/meetings/new")
    page.fill("[name=title]", "四月调度会")
    page.fill("[name=owner]", "云岭州")
    page.fill("[name=held_at]", "2026-04-25T09:00")
    page.fill("[name=units]", "北川县")
    expect(page.locator(".unit-option").first).to_be_visible()
    page.press("[name=units]", "Enter")
    page.click("text=排会并生成议程")
    expect(page.locator("#agenda")).to_contain_text("新增家庭农场：1个单位滞后")
    expect(page.locator("#agenda")).to_contain_text("逐乡镇摸排")
    item = page.locator(".agenda-text").first
    item.fill("请农业农村局先说。")
    expect(page.locator(".kept-sign.is-kept").first).to_be_visible()
    page.check("#fix input[type=checkbox]")
    page.click("text=确定并封存")
    expect(page.locator(".alert-success")).to_contain_text("议程已定")
    meeting = Meeting.objects.get()

    # The room: two decisions by keyboard; the line breaks in between, and nothing is lost.
    clock.set(4, 25, 9)
    enter(page, "office")
    page.goto(f"/meetings/{meeting.pk}")
    page.click("button:has-text('开会')")
    row = page.locator("[data-decision]")
    row.nth(0).locator("[name=text]").fill("北川县五月底前补齐登记。")
    row.nth(0).locator("[name=unit]").fill("北川县")
    expect(page.locator(".unit-option").first).to_be_visible()
    row.nth(0).locator("[name=unit]").press("Enter")
    row.nth(0).locator("[name=due_on]").fill("2026-05-31")
    row.nth(0).locator("[name=text]").press("Control+Enter")
    expect(row).to_have_count(2)
    expect(row.nth(0).locator(".kept-sign.is-kept")).to_be_visible()
    page.context.set_offline(True)
    row.nth(1).locator("[name=text]").fill("南屏县总结做法。")
    expect(row.nth(1).locator(".kept-sign")).to_contain_text("已留在本机")
    page.context.set_offline(False)
    expect(row.nth(1).locator(".kept-sign.is-kept")).to_be_visible(timeout=20_000)
    row.nth(1).locator("[name=unit]").fill("南屏县")
    expect(page.locator(".unit-option").first).to_be_visible()
    row.nth(1).locator("[name=unit]").press("Enter")
    row.nth(1).locator("[name=due_on]").fill("2026-05-20")
    expect(row.nth(1).locator(".kept-sign.is-kept")).to_be_visible()
    page.reload()
    expect(row).to_have_count(2)
    expect(row.nth(1).locator("[name=text]")).to_have_value("南屏县总结做法。")
    page.click("text=按记录起草")
    expect(page.locator("textarea.minutes")).to_have_value(re.compile("北川县五月底前补齐登记"))
    page.check("#minutes input[type=checkbox]")
    page.click("button:has-text('印发纪要')")
    expect(page.locator(".page-header")).to_contain_text("纪要已印发")
    expect(page.locator("#decisions")).to_contain_text("南屏县总结做法。")
    assert list(Decision.objects.order_by("ordinal").values_list("state", flat=True)) == ["open", "open"]

    # The county carries it out; the office closes it.
    clock.set(5, 20, 9)
    enter(page, "reporter")
    page.click("#decisions a")
    page.fill("[name=text]", "已全部补齐。")
    page.click("text=报完成")
    expect(page.locator(".alert-success")).to_be_visible()
    enter(page, "office")
    page.click("#to-close a")
    page.click("button.btn-primary:has-text('办结')")
    expect(page.locator(".page-header .badge")).to_contain_text("已办结")

    # April is green: the warning closes by itself.
    report(indicator, scene.units.north, "2026-04", "240")
    report(indicator, scene.units.south, "2026-04", "280")
    actions.follow_warnings(now=at(21, month=5))
    page.goto(f"/warnings/{warning.pk}")
    expect(page.locator("body")).to_contain_text("已销警")
    expect(page.locator("body")).to_contain_text("2026年4月转好")
    meeting.refresh_from_db()
    assert actions.is_as_fixed(meeting) and verify().ok
    assert meeting.frozen_at is not None and meeting.frozen_at.astimezone(dt.UTC).month == 4
