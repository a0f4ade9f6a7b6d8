"""A form from nothing: designed, published, opened, seen in the status; what is typed survives a broken line."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from luoshi.apps.reporting.models import Form, FormVersion, Return
from tests.browser.conftest import Site, sign_in


def saved(page: Page) -> None:
    expect(page.locator("#design-saved")).to_have_text("已保存")


def test_a_form_is_designed_published_and_open(site: Site, page: Page) -> None:
    site.person("zhou", zhou_shichang="lead")
    sign_in(page, "zhou")
    page.goto("/forms")
    page.get_by_role("link", name="新建报表").click()
    page.fill("#title", "示范户月报")
    expect(page.locator("#owner")).to_have_value("州市场监管局")
    page.get_by_role("button", name="开始设计").click()
    page.wait_for_url("**/design")

    # Two columns by Enter, three rows pasted from a list.
    page.locator("[data-add-column=s1]").click()
    page.keyboard.type("新增户数")
    page.keyboard.press("Enter")
    page.keyboard.type("注销户数")
    page.locator("#s1-f1 select").select_option("integer")
    page.locator("#s1-f2 select").select_option("integer")
    page.get_by_label("必填").first.check()
    row = page.locator("#s1-r1 input").first
    row.fill("企业")
    row.evaluate(
        """(input) => {
            const data = new DataTransfer();
            data.setData("text", "企业\\n个体工商户\\n合计");
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("#s1-r3 input").first).to_have_value("合计")
    saved(page)

    # A computed column: the formula is put together from the names of the columns, and read back in words.
    page.locator("[data-add-column=s1]").click()
    page.keyboard.type("净增户数")
    page.locator("#s1-f3").get_by_role("button", name="更多").click()
    details = page.locator("#s1-f3 + .design-detail")
    details.get_by_role("button", name="新增户数", exact=True).click()
    details.get_by_role("button", name="－", exact=True).click()
    details.get_by_role("button", name="注销户数", exact=True).click()
    expect(details.locator(".design-words")).to_have_text("“新增户数”  － “注销户数”")

    # A column of words may say what the unit cannot solve alone: it becomes a problem to be settled.
    page.locator("[data-add-column=s1]").click()
    page.keyboard.type("需协同事项")
    page.locator("#s1-f4 select").select_option("text")
    page.locator("#s1-f4").get_by_role("button", name="更多").click()
    meaning = page.get_by_label("通过审核后")
    expect(meaning.locator("option")).to_have_text(["只作填报内容", "作为需协同事项", "作为请求协同的单位"])
    meaning.select_option("problem")
    page.locator("#s1-f4").get_by_role("button", name="更多").click()

    # A rule from the helper, in words beneath the expression.
    page.select_option("#rule-left", "s1.f2")
    page.select_option("#rule-relation", "<=")
    page.select_option("#rule-right", ["s1.f1"])
    page.click("#rule-add")
    expect(page.locator("#rule-1 .design-words")).to_contain_text("“注销户数” ≤ “新增户数”")

    # The schedule is said in words as one edits it; problems name what is missing and lead there.
    page.locator("[data-focus='schedule.due_day']").fill("5")
    expect(page.locator("#design-words")).to_have_text("每月5日前报上月；遇休息日不顺延")
    expect(page.locator("#design-told tr")).to_have_count(6)
    problem = page.locator(".design-problems button")
    expect(problem).to_have_count(1)
    problem.click()
    # Names of the same units stand once, with their number.
    groups = page.get_by_label("按合称加入")
    ten = groups.locator("option", has_text="（10 个）")
    expect(ten).to_have_count(1)
    groups.select_option(ten.get_attribute("value"))
    expect(page.locator("#reporters .card-title")).to_have_text("填报单位（10 个）")
    expect(page.locator("#design-problems .card-title")).to_have_text("没有问题，可以发布")
    expect(page.locator("#design-preview-body")).to_contain_text("净增户数")
    saved(page)

    # Undo takes all of that back step by step, redo brings it again.
    page.keyboard.press("Control+z")
    expect(page.locator("#reporters .card-title")).to_have_text("填报单位（0 个）")
    page.keyboard.press("Control+y")
    expect(page.locator("#reporters .card-title")).to_have_text("填报单位（10 个）")
    saved(page)

    page.click("#design-publish")
    page.wait_for_url("**/publish")
    options = page.locator("#first_period option").evaluate_all("(all) => all.map((one) => one.value)")
    chosen = page.locator("#first_period").input_value()
    earlier = options[max(0, options.index(chosen) - 1)]
    page.select_option("#first_period", earlier)
    page.get_by_role("button", name="发布").click()
    expect(page.locator("#messages")).to_contain_text("已发布")

    form = Form.objects.get(title="示范户月报")
    version = form.versions.get()
    assert (version.due_day, version.published_at is not None, version.reporters.count()) == (5, True, 10)
    section = version.definition["sections"][0]
    assert [one["label"] for one in section["fields"]] == ["新增户数", "注销户数", "净增户数", "需协同事项"]
    assert section["fields"][3]["meaning"] == "problem"
    assert section["fields"][2]["formula"] == "f1 - f2"
    assert [one["label"] for one in section["rows"]] == ["企业", "个体工商户", "合计"]
    # Whatever day this runs on, the period before the next due one has opened (it is due by now, or opens early).
    if Return.objects.filter(round__form=form).exists():
        page.goto(f"/forms/{form.key}/status")
        expect(page.locator("#status tbody tr")).to_have_count(11)
        expect(page.locator("#status")).to_contain_text("云江市")
        page.locator("#status thead a").first.click()
        page.get_by_role("button", name="催报").click()
        expect(page.locator("#messages .alert")).to_be_visible()
    else:
        assert chosen == earlier == options[0], "nothing before the next period was offered"


def test_what_is_typed_survives_a_broken_line(site: Site, page: Page) -> None:
    site.person("zhou", zhou_shichang="lead")
    sign_in(page, "zhou")
    page.goto("/forms/new")
    page.fill("#title", "断线月报")
    page.get_by_role("button", name="开始设计").click()
    page.wait_for_url("**/design")
    page.route("**/design", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.fill("#design-notes", "按登记数填报")
    expect(page.locator("#design-saved")).to_contain_text("网络中断")
    page.unroute("**/design")
    expect(page.locator("#design-saved")).to_have_text("已保存", timeout=12_000)
    draft = FormVersion.objects.get(form__title="断线月报")
    assert draft.definition["notes"] == "按登记数填报"


def test_two_designers_do_not_overwrite_each_other(site: Site, page: Page) -> None:
    site.person("zhou", zhou_shichang="lead")
    sign_in(page, "zhou")
    page.goto("/forms/new")
    page.fill("#title", "两人月报")
    page.get_by_role("button", name="开始设计").click()
    page.wait_for_url("**/design")
    other = page.context.new_page()
    other.goto(page.url)
    other.fill("#design-notes", "乙写的")
    expect(other.locator("#design-saved")).to_have_text("已保存")
    page.fill("#design-notes", "甲写的")
    expect(page.locator("#design-saved")).to_contain_text("他人刚刚改动")
    draft = FormVersion.objects.get(form__title="两人月报")
    assert draft.definition["notes"] == "乙写的"
    kept = page.evaluate("() => Object.values(localStorage)")
    assert any("甲写的" in json.loads(text)["draft"] for text in kept)
