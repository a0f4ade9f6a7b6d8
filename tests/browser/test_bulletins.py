"""A bulletin from the draft to the reader: drawn, checked by another, signed, issued, read, verified."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from luoshi.apps.bulletins.models import Bulletin, BulletinState, Receipt
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.queries import forget_directory
from tests.apps.dispatch.making import months
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
    return make_scene()


def test_from_the_draft_to_the_reader(page: Page, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch).set(4, 8, 9)
    months(scene)
    page.on("dialog", lambda dialog: dialog.accept())

    enter(page, "office")
    page.goto(f"/bulletins/new?kind=progress&period=2026-03&plan={scene.plan.pk}")
    page.click("button:text-is('生成草稿')")
    expect(page.locator(".alert-success")).to_contain_text("已生成草稿")
    bulletin = Bulletin.objects.get()
    expect(page.locator("main")).to_contain_text("正文数字都有出处")
    # A number tells where it comes from.
    page.locator(".paper [data-figure], .sheet [data-figure], [data-source]").first.click()
    expect(page.locator("button:text-is('核稿通过')")).to_have_count(0)

    enter(page, "second")
    page.goto(f"/bulletins/{bulletin.pk}")
    page.click("button:text-is('核稿通过')")
    expect(page.locator("button:text-is('核稿通过')")).to_have_count(0)
    enter(page, "leader")
    page.goto(f"/bulletins/{bulletin.pk}")
    page.fill("[name=signatory]", "高远")
    page.fill("[name=number]", "云政通[2026]3号")
    page.fill("[name=dated]", "2026-04-08")
    page.click("button:text-is('签发')")
    expect(page.locator("main")).to_contain_text("云政通〔2026〕3号")
    enter(page, "office")
    page.goto(f"/bulletins/{bulletin.pk}")
    page.click("button:has-text('印发')")
    expect(page.locator(".alert-success")).to_be_visible()

    # The county finds it in the workbench; reading it gives the receipt that the office sees.
    enter(page, "reporter")
    page.goto("/")
    page.locator("a", has_text=bulletin.title).first.click()
    page.wait_for_url(f"**/bulletins/{bulletin.pk}")
    receipt = Receipt.objects.get()
    assert (receipt.user, receipt.recipient.unit) == (scene.user("reporter"), scene.units.north)
    enter(page, "office")
    page.goto(f"/bulletins/{bulletin.pk}")
    expect(page.locator("main")).to_contain_text("未阅")
    page.click("button:text-is('重算核对')")
    expect(page.locator("main")).to_contain_text("一致")
    bulletin.refresh_from_db()
    assert bulletin.state == BulletinState.ISSUED
    assert verify().ok
