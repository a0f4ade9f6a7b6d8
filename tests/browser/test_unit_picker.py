"""Choosing units in a browser: by keyboard, by mouse, several, ended ones, a wrong text, no script, a long select."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from tests.browser.conftest import Site, sign_in

expect.set_options(timeout=30_000)


@pytest.fixture
def office(site: Site, page: Page) -> Page:
    """The coordinating office, signed in."""
    page.set_default_timeout(60_000)
    site.person("tongchou", yunling_zhou="coordinator")
    sign_in(page, "tongchou")
    return page


def options(page: Page) -> list[str]:
    """The labels that the open list offers."""
    return page.locator(".unit-option > span").all_inner_texts()


def test_one_unit_by_keyboard(office: Page) -> None:
    office.goto("/indicators/new")
    office.fill("#id_name", "家庭农场")
    owner = office.locator("#id_owner")
    owner.focus()
    owner.press("ArrowDown")
    expect(office.locator(".unit-option")).to_have_count(20)
    assert options(office)[0] == "云岭州"
    owner.type("镇")
    expect(office.locator(".unit-option.is-current")).to_have_text(re.compile("·.*镇"))
    first = options(office)
    assert first[0].startswith("云江市 · ")
    owner.press("ArrowDown")
    expect(office.locator(".unit-option").nth(1)).to_have_class(re.compile("is-current"))
    owner.press("Escape")
    expect(office.locator(".unit-list")).to_have_count(0)
    assert owner.input_value() == "镇"

    # Enter before the answer has come takes the first one, and does not send the form.
    owner.fill("州农业局")
    owner.press("Enter")
    expect(owner).to_have_value("州农业农村局")
    assert office.url.endswith("/indicators/new")
    owner.press("Tab")
    office.locator("form#indicator-form button[type=submit]").click()
    office.wait_for_url(re.compile(r"/indicators/(?!new)"))
    assert Indicator.objects.get().owner.key == "zhou-nongye"


def test_a_wrong_text_is_told_and_kept(office: Page) -> None:
    office.goto("/indicators/new")
    office.fill("#id_name", "家庭农场")
    owner = office.locator("#id_owner")
    owner.fill("无此局")
    expect(office.locator(".unit-list p")).to_have_text("没有找到，换几个字试试。")
    owner.press("Escape")
    office.locator("form#indicator-form button[type=submit]").click()
    expect(office.locator("#id_owner_errors")).to_contain_text("没有找到单位“无此局”")
    expect(office.locator("#id_owner")).to_have_value("无此局")
    expect(office.locator("#id_name")).to_have_value("家庭农场")


def test_ended_units_only_when_asked_for(office: Page) -> None:
    office.goto("/ledger")
    unit = office.locator("input[name=unit]")
    unit.fill("州粮食局")
    expect(office.locator(".unit-list")).to_be_visible()
    assert "州粮食局" not in " ".join(options(office))
    office.get_by_label("含已撤销单位").check()
    ended = office.locator(".unit-option", has_text="年撤销")
    ended.first.click()
    expect(unit).to_have_value(re.compile(r"州粮食局（\d{4}年撤销）"))
    office.locator("#ledger-filter button[type=submit]").click()
    number = Unit.objects.get(short_name="州粮食局").pk
    office.wait_for_url(re.compile(rf"unit={number}\b"))
    expect(office.locator("input[name=unit]")).to_have_value(re.compile("州粮食局"))


def test_several_units_by_mouse(site: Site, page: Page) -> None:
    page.set_default_timeout(60_000)
    site.person("zhouguan", yunling_zhou="administrator")
    sign_in(page, "zhouguan")
    unit = Unit.objects.get(key="zhou-nongye")
    page.goto(f"/units/register/{unit.pk}")
    field = page.locator("#id_successors")
    field.fill("各县市")
    page.locator(".unit-option").first.click()
    marks = page.locator(".unit-mark")
    expect(marks).to_have_count(10)
    marks.filter(has_text="云江市").get_by_role("button").click()
    expect(marks).to_have_count(9)
    field.fill("财政局")
    page.locator(".unit-option", has_text="州财政局").first.click()
    expect(marks).to_have_count(10)
    field.press("Backspace")
    expect(marks).to_have_count(9)
    field.fill("州财政局")
    field.press("Escape")  # what is only typed counts as well
    page.get_by_role("button", name="保存", exact=True).first.click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    keys = set(unit.successors.values_list("key", flat=True))
    assert len(keys) == 10 and "yunjiang-shi" not in keys and "zhou-caizheng" in keys
    expect(page.locator(".unit-mark")).to_have_count(10)


def test_without_script_a_name_is_enough(site: Site, chromium: Browser, page: Page) -> None:
    site.person("tongchou", yunling_zhou="coordinator")
    context = chromium.new_context(base_url=site.url, java_script_enabled=False, locale="zh-CN")
    plain = context.new_page()
    plain.set_default_timeout(60_000)
    sign_in(plain, "tongchou")
    plain.goto("/ledger")
    plain.fill("input[name=unit]", "州农业农村局")
    plain.locator("#ledger-filter button[type=submit]").click()
    expect(plain.locator("input[name=unit]")).to_have_value("州农业农村局")
    expect(plain.locator("#ledger-count")).to_be_visible()
    expect(plain.locator(".alert-warning")).to_have_count(0)
    context.close()


def test_a_long_select_is_searched(office: Page) -> None:
    office.goto("/uploads")
    field = office.locator("#owner")
    expect(field).to_have_attribute("role", "combobox")
    field.click()
    expect(office.locator(".unit-option")).to_have_count(office.locator("#owner-select option").count())
    field.fill("青岭县")  # a former name: the server knows it
    expect(office.locator(".unit-option")).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("青岭市")
    chosen = office.locator("#owner-select").input_value()
    assert chosen == str(Unit.objects.get(key="qingling-shi").pk)


def test_on_a_phone_the_list_stays_on_the_screen(site: Site, chromium: Browser, page: Page) -> None:
    site.person("tongchou", yunling_zhou="coordinator")
    phone = chromium.new_context(
        base_url=site.url, viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN"
    ).new_page()
    phone.set_default_timeout(60_000)
    sign_in(phone, "tongchou")
    phone.goto("/forms/new")
    phone.fill("#owner", "局")
    expect(phone.locator(".unit-option").first).to_be_visible()
    box = phone.locator(".unit-list").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
    phone.locator(".unit-option").nth(2).tap()
    assert phone.locator("#owner").input_value().startswith("州")
    phone.context.close()


def test_the_page_of_the_api_speaks_chinese(office: Page) -> None:
    office.goto("/api/v1/docs")
    expect(office.locator(".btn.authorize")).to_contain_text("填写令牌", timeout=90_000)
    office.locator(".btn.authorize").click()
    dialog = office.locator(".modal-ux")
    expect(dialog.get_by_role("button", name="关闭").first).to_be_visible()
    assert "Authorize" not in dialog.inner_text()
