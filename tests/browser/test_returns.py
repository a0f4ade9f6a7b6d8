"""Filling in and reviewing in a real browser: the keys of a spreadsheet, nothing lost, corrected, accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.reporting.models import CellRemark, Evidence, Return, Submission
from tests.apps.reporting.making import OTHER
from tests.apps.reporting.pages import PROJECTS, PageWorld, wide
from tests.browser.conftest import Site, sign_in

pytestmark = pytest.mark.browser

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.querySelector(".sheet-input").dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def world(site: Site) -> PageWorld:
    """The small prefecture beside the sample units."""
    made = PageWorld()
    forget_directory()
    return made


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[Callable[[str], Page]]:
    """``window("filler")``: another person's browser; a script error in it fails the test."""
    opened, errors = [], []

    def make(username: str, **more: object) -> Page:
        size = {"width": 1366, "height": 768}
        context = chromium.new_context(base_url=site.url, locale="zh-CN", viewport=size, **more)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        sign_in(page, username)
        return page

    yield make
    for context in opened:
        context.close()
    assert not errors, errors


def cell(page: Page, address: str) -> Locator:
    return page.locator(f"td[data-a='{address}']")


def value(page: Page, address: str) -> Locator:
    return cell(page, address).locator(".v")


def open_return(page: Page, answer: Return) -> None:
    page.goto(f"/returns/{answer.pk}")
    page.wait_for_selector("body[data-ready]")


def saved(page: Page) -> None:
    """Wait until everything has reached the server."""
    expect(page.locator("#save-sign")).to_have_class(re.compile("is-saved"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def confirm(page: Page, label: str) -> None:
    """Press a button of the dialog that asks again."""
    page.locator("dialog .sheet-dialog-foot button", has_text=label).click()


def test_a_return_from_the_first_key_to_its_acceptance(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    page = window("filler")
    page.goto("/returns")
    page.click("a.btn-primary:has-text('填报')")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#submit")).to_be_disabled()
    expect(page.locator("#submit-why")).to_have_text("还有 3 格未填，填好后才能报送")

    # Type over, go down with Enter; a wrong text is told at once and stays.
    cell(page, "s.all.n").click()
    page.keyboard.type("３１")
    press(page, "Enter")
    page.keyboard.type("abc")
    press(page, "Enter")
    expect(value(page, "s.all.n")).to_have_text("31")
    expect(cell(page, "s.firm.n")).to_have_class(re.compile("is-hard"))
    saved(page)
    expect(value(page, "s.firm.n")).to_have_text("abc")
    press(page, "Control+z")
    expect(value(page, "s.firm.n")).to_have_text("")
    press(page, "Control+y")
    expect(value(page, "s.firm.n")).to_have_text("abc")

    # A block from a spreadsheet; the computed column is passed over, and computed by the server.
    cell(page, "s.firm.n").click()
    page.evaluate(PASTE, "10\t4\t99\t说明\n20\t5\t99\t")
    expect(value(page, "s.shop.n")).to_have_text("20")
    expect(value(page, "s.firm.d")).to_have_text("6")
    saved(page)
    # The total does not agree: the server says so at its cell, and in the list, from where one gets there.
    expect(cell(page, "s.all.n")).to_have_class(re.compile("is-hard"))
    expect(page.locator("#submit-why")).to_have_text("还有 1 处须改正，改好后才能报送")
    page.click("#problem-sums button.is-hard")
    page.click("#problem-panel .jump")
    expect(cell(page, "s.all.n")).to_have_class(re.compile("is-at"))
    press(page, "F2", "Backspace")
    page.keyboard.type("0")
    press(page, "Enter")
    expect(page.locator("#submit")).to_be_enabled()
    page.click("#submit")
    expect(page.locator("dialog")).to_contain_text("报送给本单位审核")
    confirm(page, "报送给本单位审核")
    expect(page.locator("#messages")).to_contain_text("已报送")
    expect(page.locator(".page-header .state")).to_have_text("待本单位审核")

    # Recalled and submitted again.
    page.click("button:has-text('撤回修改')")
    page.click("dialog button:has-text('撤回修改')")
    page.wait_for_selector("#submit:enabled")
    page.click("#submit")
    confirm(page, "报送给本单位审核")
    expect(page.locator("#messages")).to_contain_text("已报送")

    # The reviewer writes a remark on a cell and sends the return back.
    reviewer = window("reviewer")
    reviewer.goto("/reviews")
    reviewer.click("a:has-text('打开')")
    reviewer.wait_for_selector("body[data-ready]")
    cell(reviewer, "s.shop.n").click()
    reviewer.keyboard.type("x")
    expect(reviewer.locator("#remark-text")).to_have_value("x")
    reviewer.fill("#remark-text", "与台账不符")
    reviewer.click("#send-back")
    confirm(reviewer, "退回")
    expect(reviewer.locator("#messages")).to_contain_text("已退回")
    assert CellRemark.objects.get().address == "s.shop.n"

    # The unit corrects it; typing a value does not touch the rest.
    open_return(page, answer)
    expect(page.locator(".banner-sent-back")).to_contain_text("请按 1 处意见")
    expect(cell(page, "s.shop.n")).to_have_class(re.compile("is-at"))
    expect(page.locator("#cell-strip")).to_contain_text("与台账不符")
    page.keyboard.type("21")
    press(page, "Enter")
    cell(page, "s.all.n").click()
    page.keyboard.type("31")
    press(page, "Enter")
    page.wait_for_selector("#submit:enabled")
    page.click("#submit")
    confirm(page, "报送给本单位审核")
    expect(page.locator("#messages")).to_contain_text("已报送")

    # What changed is marked; passed on, then accepted in bulk.
    reviewer.goto(f"/reviews/{answer.pk}")
    reviewer.wait_for_selector("body[data-ready]")
    expect(cell(reviewer, "s.shop.n")).to_have_class(re.compile("is-changed"))
    expect(cell(reviewer, "s.shop.n")).to_contain_text("原为 20")
    expect(cell(reviewer, "s.firm.n")).not_to_have_class(re.compile("is-changed"))
    reviewer.click("#pass")
    confirm(reviewer, "转州市场局审核")
    expect(reviewer.locator("#messages")).to_contain_text("转州市场局审核")
    lead = window("lead")
    lead.goto("/reviews")
    lead.check("#tick-all")
    lead.click("#accept")
    confirm(lead, "通过 1 份")
    expect(lead.locator("#results")).to_contain_text("计入汇总")
    answer.refresh_from_db()
    assert (answer.state, Submission.objects.filter(answer=answer).count()) == ("accepted", 3)
    assert answer.cells["s.shop.n"] == "21"


def test_rows_choices_units_days_and_files(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form("projects", PROJECTS))["qsx"]
    page = window("filler")
    open_return(page, answer)
    first = page.locator("section[data-section=p] tbody tr").first.locator("td")
    first.nth(0).click()
    page.keyboard.type("云岭药材加工厂")
    press(page, "Tab", "F2", "ArrowDown", "ArrowDown", "Enter")
    expect(first.nth(1)).to_contain_text("农业")
    first.nth(2).click()
    page.keyboard.type("白水")
    expect(page.locator(".sheet-list [role=option]").first).to_contain_text("白水县")
    press(page, "Tab")
    expect(first.nth(2)).to_contain_text("白水县")
    page.keyboard.type("2026.3.5")
    press(page, "Tab")
    expect(first.nth(3)).to_contain_text("2026年3月5日")
    page.keyboard.type("1.2万")  # what only the server can read
    press(page, "Tab")
    page.keyboard.type("300")
    press(page, "Enter")
    saved(page)
    answer.refresh_from_db()
    [row] = answer.rows["p"]
    kept = {name: answer.cells.get(f"p.{row}.{name}") for name in ("name", "kind", "unit", "start", "done")}
    assert kept == {"name": "云岭药材加工厂", "kind": "farm", "unit": "bsx", "start": "2026-03-05", "done": "300"}

    # Evidence of the wrong kind is refused, of the right kind kept.
    first.nth(7).click()
    page.set_input_files("dialog input[type=file]", {"name": "工具.exe", "mimeType": "a/b", "buffer": b"MZ"})
    confirm(page, "上传")
    expect(page.locator("#sheet-toasts")).to_contain_text("不收")
    first.nth(7).click()
    page.set_input_files("dialog input[type=file]", {"name": "现场.pdf", "mimeType": "a/b", "buffer": b"%PDF-1.4 x"})
    confirm(page, "上传")
    expect(first.nth(7)).to_contain_text("现场.pdf")
    assert Evidence.objects.get().address == f"p.{row}.proof"

    # Rows: added, pasted beyond the last one, removed, and back.
    rows = page.locator("section[data-section=p] tbody tr")
    page.click("button:has-text('加一行')")
    expect(rows).to_have_count(2)
    page.evaluate(PASTE, "甲项目\t工业\n乙项目\t服务业\n丙项目\t不知道")
    expect(rows).to_have_count(4)
    expect(rows.nth(3).locator("td").nth(1)).to_have_class(re.compile("is-hard"))
    rows.nth(2).locator("th").click()
    page.click("button:has-text('删除所选行')")
    expect(rows).to_have_count(3)
    saved(page)
    answer.refresh_from_db()
    assert [answer.cells[f"p.{key}.name"] for key in answer.rows["p"]] == ["云岭药材加工厂", "甲项目", "丙项目"]
    press(page, "Control+z")
    expect(rows).to_have_count(4)
    saved(page)
    answer.refresh_from_db()
    assert [answer.cells[f"p.{key}.name"] for key in answer.rows["p"]][2] == "乙项目"

    # Fill down, and clear.
    rows.nth(1).locator("td").nth(1).click()
    press(page, "Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    expect(rows.nth(3).locator("td").nth(1)).to_contain_text("工业")
    press(page, "Delete")
    expect(rows.nth(1).locator("td").nth(1).locator(".v")).to_have_text("")
    saved(page)


def test_a_lost_line_loses_nothing(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    page = window("filler")
    open_return(page, answer)
    page.context.set_offline(True)
    cell(page, "s.firm.n").click()
    page.keyboard.type("12")
    press(page, "Enter")
    expect(page.locator("#save-sign")).to_have_text("离线，已存在本机，恢复后自动上传")
    expect(page.locator("#submit")).to_be_disabled()
    answer.refresh_from_db()
    assert answer.cells == {}
    # The page is closed and opened again: the line is back, what was typed is there and goes up by itself.
    page.close()
    context = page.context
    context.set_offline(False)
    again = context.new_page()
    open_return(again, answer)
    expect(value(again, "s.firm.n")).to_have_text("12")
    expect(again.locator("#sheet-toasts")).to_contain_text("已恢复")
    saved(again)
    answer.refresh_from_db()
    assert answer.cells == {"s.firm.n": "12"}
    # And without a reload: as soon as the line is back.
    context.set_offline(True)
    cell(again, "s.shop.n").click()
    again.keyboard.type("7")
    press(again, "Enter")
    expect(again.locator("#save-sign")).to_have_class(re.compile("is-offline"))
    context.set_offline(False)
    saved(again)
    answer.refresh_from_db()
    assert answer.cells["s.shop.n"] == "7"


def test_a_page_drawn_before_the_save_arrived_takes_it_over(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    page = window("filler")
    address = f"/returns/{answer.pk}"
    before = page.request.get(address).text()
    open_return(page, answer)
    cell(page, "s.firm.n").click()
    page.keyboard.type("12")
    press(page, "Enter")
    saved(page)
    # Reloaded as the line came back: the server drew the page while the save was still on its way.
    page.route(f"**{address}", lambda route: route.fulfill(body=before, content_type="text/html; charset=utf-8"))
    open_return(page, answer)
    expect(value(page, "s.firm.n")).to_have_text("12")
    saved(page)
    cell(page, "s.shop.n").click()
    page.keyboard.type("7")
    press(page, "Enter")
    saved(page)
    answer.refresh_from_db()
    assert answer.cells == {"s.firm.n": "12", "s.shop.n": "7"}


def test_a_total_is_offered_once_its_parts_are_there(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    page = window("filler")
    open_return(page, answer)
    total = cell(page, "s.all.n")
    cell(page, "s.firm.n").click()
    page.keyboard.type("1200")
    press(page, "Enter")
    expect(total.locator(".use-sum")).to_have_count(0)  # one part is still blank
    cell(page, "s.shop.n").click()
    page.keyboard.type("34")
    press(page, "Enter")
    expect(total).to_contain_text("分项合计 1,234")
    total.locator(".use-sum").click()
    expect(value(page, "s.all.n")).to_have_text("1,234")
    expect(total.locator(".use-sum")).to_have_count(0)
    saved(page)
    answer.refresh_from_db()
    assert answer.cells["s.all.n"] == "1234"


def test_an_answer_that_is_lost_is_no_conflict(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    page = window("filler")
    open_return(page, answer)
    lost = []

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)  # the server has it, the browser does not hear so
            route.abort()

    page.route("**/cells", lose)
    cell(page, "s.firm.n").click()
    page.keyboard.type("12")
    press(page, "Enter")
    expect(page.locator("#save-sign")).to_have_class(re.compile("is-offline"))
    cell(page, "s.shop.n").click()
    page.keyboard.type("3")
    press(page, "Enter")
    saved(page)
    expect(page.locator("dialog")).to_have_count(0)
    answer.refresh_from_db()
    assert (lost, answer.cells) == ([200], {"s.firm.n": "12", "s.shop.n": "3"})


def test_two_people_at_once(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    one, two = window("filler"), window("filler2")
    open_return(one, answer)
    open_return(two, answer)
    cell(one, "s.firm.n").click()
    one.keyboard.type("10")
    press(one, "Enter")
    saved(one)
    # Another cell: both are kept, and the other's shows up.
    cell(two, "s.shop.n").click()
    two.keyboard.type("20")
    press(two, "Enter")
    expect(value(two, "s.firm.n")).to_have_text("10")
    saved(two)
    # The same cell: both values are shown, one is chosen.
    cell(one, "s.all.n").click()
    one.keyboard.type("30")
    press(one, "Enter")
    saved(one)
    cell(two, "s.all.n").click()
    two.keyboard.type("33")
    press(two, "Enter")
    dialog = two.locator("dialog")
    expect(dialog).to_contain_text("我填的：33")
    expect(dialog).to_contain_text("filler同志填的：30")
    answer.refresh_from_db()
    assert answer.cells["s.all.n"] == "30", "nothing is overwritten before it was chosen"
    dialog.locator("input[type=radio]").nth(1).check()
    confirm(two, "按选择保存")
    expect(value(two, "s.all.n")).to_have_text("30")
    saved(two)
    cell(one, "s.all.n").click()
    one.keyboard.type("31")
    press(one, "Enter")
    saved(one)
    cell(two, "s.all.n").click()
    two.keyboard.type("34")
    press(two, "Enter")
    confirm(two, "按选择保存")
    saved(two)
    answer.refresh_from_db()
    assert answer.cells == {"s.all.n": "34", "s.firm.n": "10", "s.shop.n": "20"}


def test_an_ended_session_keeps_what_was_typed(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    page = window("filler")
    open_return(page, answer)
    page.context.clear_cookies()
    cell(page, "s.firm.n").click()
    page.keyboard.type("12")
    press(page, "Enter")
    expect(page.locator("#save-sign")).to_contain_text("登录已过期，内容已存在本机")
    page.click("#save-sign a")
    page.fill("input[name=login]", "filler")
    page.fill("input[name=password]", "qingshan-lvshui-7")
    press(page, "Enter")
    page.wait_for_selector("body[data-ready]")
    expect(value(page, "s.firm.n")).to_have_text("12")
    saved(page)
    answer.refresh_from_db()
    assert answer.cells == {"s.firm.n": "12"}


def test_five_hundred_cells_go_up_together(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form("wide", wide()))["qsx"]
    page = window("filler")
    open_return(page, answer)
    sent: list[int] = []
    page.on("request", lambda request: sent.append(len(request.post_data or "")) if request.method == "PATCH" else None)
    cell(page, "w.r0.c0").click()
    block = "\n".join("\t".join(str(row * 10 + column) for column in range(10)) for row in range(50))
    page.evaluate(PASTE, block)
    expect(value(page, "w.r49.c9")).to_have_text("499")
    saved(page)
    answer.refresh_from_db()
    assert (len(answer.cells), len(sent)) == (500, 1)
    # Copied out again as a spreadsheet takes it.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == block
    press(page, "Control+z")
    expect(value(page, "w.r49.c9")).to_have_text("")
    saved(page)
    answer.refresh_from_db()
    assert answer.cells == {}


def test_known_numbers_are_used_again(world: PageWorld, window: Callable[[str], Page]) -> None:
    answer = world.now_due(world.form())["qsx"]
    other = world.now_due(world.form("other", OTHER))["qsx"]
    page = window("filler")
    open_return(page, other)
    cell(page, "t.firm.v").click()
    page.keyboard.type("13")
    press(page, "Enter")
    saved(page)
    open_return(page, answer)
    expect(cell(page, "s.firm.n")).to_contain_text("已报 13")
    cell(page, "s.firm.n").locator(".use-given").click()
    expect(value(page, "s.firm.n")).to_have_text("13")
    expect(cell(page, "s.firm.n")).to_contain_text("与已报数一致")
    # A different one asks for a reason, which is given beside the cell.
    cell(page, "s.firm.n").click()
    page.keyboard.type("14")
    press(page, "Enter")
    expect(cell(page, "s.firm.n")).to_have_class(re.compile("is-soft"))
    press(page, "ArrowUp")
    reason = page.locator("#cell-strip input.reason")
    reason.fill("口径不同")
    press(page, "Enter")
    expect(cell(page, "s.firm.n")).to_have_class(re.compile("is-explained"))
    saved(page)
    answer.refresh_from_db()
    assert answer.reasons == {"s.firm.n": "口径不同"}
