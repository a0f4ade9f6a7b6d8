"""A whole month in the sample prefecture: targets shared out, a form published, 27 units report, late ones are found.

The server's clock is set to the days of the story (September and October 2026); nothing else is put in its place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files import File
from playwright.sync_api import Page, expect

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.accounts.models import User
from luoshi.apps.indicators.actions import link_targets
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.intake.actions import accept_sure, discard, process_upload, publish, receive_upload
from luoshi.apps.journal.actions import verify
from luoshi.apps.notices.models import Notice
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.reporting.models import CellRemark, Return, Round, Submission
from luoshi.apps.targets.queries import shares_in_force
from luoshi.cli.demo_history import COUNTIES, DEPARTMENTS
from luoshi.site.tick import tick
from tests.apps.reporting.workbooks import texts_of
from tests.browser.conftest import Site
from tests.browser.month import Clock, Program, block, figures, fill_workbook, observed
from tests.browser.test_returns import PASTE, cell, confirm, open_return, press, saved, value, window

__all__ = ["window"]  # a fixture
pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)

PLAN = "云岭州2026年“四大攻坚行动”实施方案.docx"
PERIOD = "2026-09"
UNITS = (*COUNTIES, *DEPARTMENTS)
#: What each county carries of the 5200 enterprises; the zone's figure is mistyped first.
SHARES = dict(zip(COUNTIES, (485, 460, 430, 520, 380, 470, 350, 440, 410, 390, 865), strict=True))
TYPED, PASTED, MENDED = "yunjiang-shi", "qingling-shi", "zhou-fgw"
FAULTY_BOOK, BOOKS = "baixi-xian", ("hongyan-xian", "zhou-gongxin")
LATE, NEVER = ("yuechi-xian", "zhou-lincao"), ("zhuwu-xian", "zhou-toucu")
SENT_BACK = "jintang-xian"
BY_API = tuple(
    key for key in UNITS if key not in (TYPED, PASTED, MENDED, FAULTY_BOOK, *BOOKS, *LATE, *NEVER)
)  # fmt: skip
Window = Callable[[str], Page]


def shoot(page: Page, name: str) -> None:
    """Keep a picture where ``$LUOSHI_SCREENS`` says so."""
    if folder := os.environ.get("LUOSHI_SCREENS"):
        page.screenshot(path=str(Path(folder) / f"month-{name}.png"))


def said(key: str) -> dict[str, str]:
    """What a unit reports: about three quarters of the year's share by the end of September."""
    place = UNITS.index(key)
    return figures(SHARES.get(key, 40) * 3 // 4 + place % 5, 2000 + 37 * place)


def answer_of(key: str) -> Return:
    return Return.objects.select_related("round").get(unit__key=key, round__period=PERIOD)


def clerk(key: str) -> str:
    return f"tb-{key}"


@pytest.fixture
def clock(site: Site, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(monkeypatch)
    made.set(9, 18, 9)
    return made


@pytest.fixture
def plan(site: Site, clock: Clock) -> Plan:
    """The sample plan, read and published by the coordinating office; the people of the month."""
    office = site.person("tongchou", yunling_zhou="coordinator")
    site.person("shichang", zhou_shichang="lead")
    for key in UNITS:
        site.person(clerk(key), **{key: "reporter"})
    with (site.project / "samples" / PLAN).open("rb") as handle:
        upload = receive_upload(
            acting_user=office,
            file=File(handle, name=PLAN),
            owner=Unit.objects.get(key="yunling-zhou"),
            enqueue=False,
        )
    process_upload(upload.pk)
    for draft in upload.drafts.order_by("ordinal"):
        if not draft.items.filter(kind="measure").exists():
            discard(acting_user=office, draft=draft)
            continue
        accept_sure(acting_user=office, draft=draft, threshold=0.5)
        publish(acting_user=office, draft=draft)
    return Plan.objects.get()


def test_a_whole_month(site: Site, clock: Clock, plan: Plan, window: Window, tmp_path: Path) -> None:
    target = Target.objects.get(plan=plan, indicator="净增企业", retired_in=None)
    office = window("tongchou")
    share_out(office, target)
    form = publish_form(office)
    indicator = Indicator.objects.get(key="market-net-enterprise")
    link_targets(acting_user=User.objects.get(username="tongchou"), links={target.pk: indicator})

    # Nothing opens before its day; on the day the tick opens it, once, and tells the clerks.
    assert not Round.objects.exists()
    assert list(tick()) == []
    clock.set(9, 23, 8, 30)
    assert "开放了《市场主体培育发展月报》2026年9月的填报。" in list(tick())
    assert list(tick()) == []
    assert Return.objects.count() == len(UNITS) == 27
    told = Notice.objects.filter(kind="reporting-opened").values_list("recipient__username", flat=True)
    assert sorted(told) == sorted(clerk(key) for key in UNITS)

    clock.set(10, 1, 10)
    fill_by_typing(window(clerk(TYPED)))
    fill_by_pasting(window(clerk(PASTED)))
    fill_and_mend(window(clerk(MENDED)))
    fill_faulty_workbook(window(clerk(FAULTY_BOOK)), tmp_path)
    for key in BOOKS:
        fill_by_workbook(window(clerk(key)), key, tmp_path)
    for key in BY_API:
        report_by_program(site, key)
    repeat_by_program(site, BY_API[0])
    clock.set(10, 4, 10)
    for key in LATE:
        report_by_program(site, key, late=True)
    assert Submission.objects.count() == len(UNITS) - len(NEVER)
    assert dict.fromkeys(Submission.objects.values_list("channel", flat=True)).keys() == {"web", "workbook", "api"}

    # A day after the due moment those who are missing are chased, nobody else; the lead unit has their names.
    clock.set(10, 5, 9)
    list(tick())
    chased = Notice.objects.filter(kind="reporting-reminder").values_list("recipient__username", flat=True)
    assert sorted(chased) == sorted(clerk(key) for key in NEVER)
    missing = Notice.objects.get(kind="reporting-missing", recipient__username="shichang")
    assert missing.text == "竹坞县、州投资促进局"

    lead = window("shichang")
    send_one_back(lead)
    accept_the_rest(lead)
    clock.set(10, 6, 9)
    corrected = correct(window(clerk(SENT_BACK)))
    lead = window("shichang")
    accept_the_corrected(lead)
    look_at_who_was_late(lead, form)

    # The database holds what was typed, no more and no less.
    reported = {key: said(key) for key in UNITS if key not in NEVER} | {SENT_BACK: corrected}
    expected = {(key, name, count) for key, cells in reported.items() for name, count in observed(cells).items()}
    rows = Observation.objects.filter(period=PERIOD, superseded_at=None, source="self-reported")
    found = rows.values_list("unit__key", "indicator__key", "value")
    assert {(key, name, int(count)) for key, name, count in found} == expected
    assert len(expected) == rows.count() == Observation.objects.count() == 25 * 8
    assert verify().ok
    follow_a_number(lead, int(corrected["progress.enterprise.added"]) - int(corrected["progress.enterprise.closed"]))


def share_out(page: Page, target: Target) -> None:
    """The coordinating office pastes what each county carries, mends a figure, adopts."""
    page.goto(f"/targets/{target.pk}/allocation")
    page.get_by_role("button", name="选择单位").click()
    page.locator("#panel button[data-group]", has_text="高新区").click()
    shoot(page, "01-units")
    page.get_by_role("button", name="确定").click()
    rows = page.locator("#grid tbody tr")
    expect(rows).to_have_count(11)
    shown = [row.strip() for row in rows.locator("th").all_inner_texts()]
    assert shown == [str(Unit.objects.get(key=key)) for key in COUNTIES]
    rows.first.locator("td.share").click()
    mistyped = [*list(SHARES.values())[:-1], 900]
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        const given = {clipboardData: data, bubbles: true, cancelable: true};
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", given)); }""",
        "\r\n".join(map(str, mistyped)),
    )
    expect(page.locator("#sum-bar .is-over")).to_contain_text("超分 35")
    shoot(page, "02-over")
    rows.nth(10).locator("td.share").click()
    page.keyboard.type("865")
    page.keyboard.press("Enter")
    expect(page.locator("#sum-bar .is-kept")).to_be_visible()
    expect(page.locator("#save-state")).to_have_text("已保存")
    page.get_by_role("button", name="下达", exact=True).click()
    page.get_by_role("button", name="确认下达").click()
    expect(page.get_by_text("第1版分解已下达")).to_be_visible()
    shoot(page, "03-adopted")
    keys = dict(Unit.objects.values_list("pk", "key"))
    given = {keys[row.unit_id]: int(row.value or 0) for row in shares_in_force(target_ids=[target.pk])}
    assert given == SHARES


def publish_form(page: Page) -> str:
    """A ready-made form for the market regulator, asked of 27 units; gives its key."""
    page.goto("/forms/ready-made")
    page.click("a:has-text('市场主体培育发展月报')")
    shoot(page, "04-ready-made")
    page.fill("#owner", "州市场监管局")
    page.get_by_role("button", name="启用").click()
    page.wait_for_url("**/design")
    page.get_by_label("按合称加入").select_option("各县市、云岭高新区")
    expect(page.locator("#reporters .card-title")).to_have_text("填报单位（11 个）")
    for number, key in enumerate(DEPARTMENTS, 12):
        name = str(Unit.objects.get(key=key))
        page.get_by_placeholder("搜索单位，逐个加入").fill(name)
        page.locator("#reporters [role=option]").filter(has_text=name).first.click()
        expect(page.locator("#reporters .card-title")).to_have_text(f"填报单位（{number} 个）")
    shoot(page, "05-design")
    page.click("#design-publish")
    page.wait_for_url("**/publish")
    page.select_option("#first_period", PERIOD)
    shoot(page, "06-publish")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("#messages")).to_contain_text("第1版已发布，从2026年9月起填报")
    shoot(page, "07-published")
    return page.url.rsplit("/", 1)[1]


def paste_at(page: Page, address: str, text: str) -> None:
    cell(page, address).click()
    page.evaluate(PASTE, text)


def type_at(page: Page, address: str, text: str) -> None:
    cell(page, address).click()
    page.keyboard.type(text)
    press(page, "Enter")


def submit(page: Page) -> None:
    expect(page.locator("#submit")).to_be_enabled()
    page.click("#submit")
    label = page.locator("#submit").inner_text()
    confirm(page, label)
    expect(page.locator("#messages")).to_contain_text("已报送")


def fill_by_typing(page: Page) -> None:
    """Key by key; far from the target, so a reason is asked for; the target stands beside the cell."""
    page.goto("/returns")
    shoot(page, "08-returns")
    page.click("a.btn-primary:has-text('填报')")
    page.wait_for_selector("body[data-ready]")
    cells = said(TYPED)
    expect(cell(page, "progress.enterprise.net")).to_contain_text("485")
    cell(page, "progress.enterprise.added").click()
    # Enter goes down the column; far too few enterprises at first.
    for row in ("enterprise", "individual", "cooperative", "total"):
        fewer = 300 if row in ("enterprise", "total") else 0
        page.keyboard.type(str(int(cells[f"progress.{row}.added"]) - fewer))
        press(page, "Enter")
    for column in ("progress.{}.closed", "stock.{}.stock"):
        cell(page, column.format("enterprise")).click()
        for row in ("enterprise", "individual", "cooperative", "total"):
            page.keyboard.type(cells[column.format(row)])
            press(page, "Enter")
    type_at(page, "work.month.done", cells["work.month.done"])
    saved(page)
    expect(cell(page, "progress.enterprise.net")).to_have_class(re.compile("is-soft"))
    shoot(page, "09-soft")
    expect(page.locator("#submit-why")).to_contain_text("1 处须说明原因")
    cell(page, "progress.enterprise.net").click()
    expect(page.locator("#cell-strip")).to_contain_text("2026年目标 485，到本期应达 363.75")
    expect(page.locator("#cell-strip")).not_to_contain_text("363.75 485")
    reason = page.locator("#cell-strip input.reason")
    reason.fill("上半年集中清理长期停业户。")
    press(page, "Enter")
    expect(cell(page, "progress.enterprise.net")).to_have_class(re.compile("is-explained"))
    saved(page)
    # On second thoughts the figure was wrong: with the right one nothing needs to be explained.
    type_at(page, "progress.enterprise.added", cells["progress.enterprise.added"])
    type_at(page, "progress.total.added", cells["progress.total.added"])
    expect(cell(page, "progress.enterprise.net")).not_to_have_class(re.compile("is-soft"))
    saved(page)
    submit(page)
    shoot(page, "10-submitted")
    assert answer_of(TYPED).cells == cells


def fill_by_pasting(page: Page) -> None:
    """A block of a spreadsheet; the computed column is left alone."""
    answer, cells = answer_of(PASTED), said(PASTED)
    open_return(page, answer)
    paste_at(page, "progress.enterprise.added", block(cells, "progress.added", "progress.closed"))
    expect(value(page, "progress.total.net")).not_to_have_text("")
    paste_at(page, "stock.enterprise.stock", block(cells, "stock.stock"))
    type_at(page, "work.month.done", cells["work.month.done"])
    saved(page)
    submit(page)
    assert answer_of(PASTED).cells == cells


def fill_and_mend(page: Page) -> None:
    """A total that does not agree stops the return until it is mended."""
    answer, cells = answer_of(MENDED), said(MENDED)
    open_return(page, answer)
    paste_at(page, "progress.enterprise.added", block(cells, "progress.added", "progress.closed"))
    paste_at(page, "stock.enterprise.stock", block(cells, "stock.stock"))
    type_at(page, "progress.total.added", str(int(cells["progress.total.added"]) + 1))
    type_at(page, "work.month.done", cells["work.month.done"])
    saved(page)
    expect(cell(page, "progress.total.added")).to_have_class(re.compile("is-hard"))
    expect(page.locator("#submit")).to_be_disabled()
    expect(page.locator("#submit-why")).to_have_text("还有 1 处须改正，改好后才能报送")
    shoot(page, "11-hard")
    type_at(page, "progress.total.added", cells["progress.total.added"])
    saved(page)
    submit(page)
    assert answer_of(MENDED).cells == cells


def download(page: Page, button: str, folder: Path) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_text(button).first.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file.read_bytes()


def upload(page: Page, key: str, data: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("input[type=file]", {"name": f"{key}.xlsx", "mimeType": kind, "buffer": data})
    page.get_by_role("button", name="上传并核对").click()


def fill_by_workbook(page: Page, key: str, folder: Path) -> None:
    """Downloaded, filled in offline, uploaded, looked over, submitted."""
    page.goto(f"/returns/{answer_of(key).pk}/upload")
    book = download(page, "下载填报表格", folder)
    upload(page, key, fill_workbook(book, said(key)))
    page.get_by_role("button", name=re.compile("采用并")).click()
    expect(page.locator("#messages")).to_contain_text("已报送")
    assert answer_of(key).cells == said(key)


def fill_faulty_workbook(page: Page, folder: Path) -> None:
    """With an error nothing is kept: the marked workbook comes back, is mended and uploaded again."""
    answer, cells = answer_of(FAULTY_BOOK), said(FAULTY_BOOK)
    page.goto(f"/returns/{answer.pk}/upload")
    shoot(page, "12-upload")
    book = download(page, "下载填报表格", folder)
    upload(page, FAULTY_BOOK, fill_workbook(book, cells | {"stock.individual.stock": "约一万户"}))
    expect(page.get_by_text("目前还没有保存任何内容")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("采用并"))).to_have_count(0)
    shoot(page, "13-upload-problems")
    marked = download(page, "下载标出错处的表格", folder)
    listed = " ".join(texts_of(marked)["需更正"].values())
    assert "约一万户" in listed
    assert answer_of(FAULTY_BOOK).cells == {}
    assert not Submission.objects.filter(answer=answer).exists()
    upload(page, FAULTY_BOOK, fill_workbook(marked, {"stock.individual.stock": cells["stock.individual.stock"]}))
    page.get_by_role("button", name=re.compile("采用并")).click()
    expect(page.locator("#messages")).to_contain_text("已报送")
    assert answer_of(FAULTY_BOOK).cells == cells


def program_of(site: Site, key: str) -> Program:
    user = User.objects.get(username=clerk(key))
    return Program(site.url, issue_token(acting_user=user, user=user, name="本单位业务系统"))


def report_by_program(site: Site, key: str, *, late: bool = False) -> None:
    """A unit's system asks what is to be filled in and submits it under a key of its own."""
    program = program_of(site, key)
    status, listed = program("GET", "?waiting=fill")
    assert (status, [row["unit"]["name"] for row in listed["items"]]) == (200, [Unit.objects.get(key=key).name])
    number = listed["items"][0]["id"]
    status, done = program("POST", f"/{number}/submissions", {"cells": said(key)}, key=f"{key}-{PERIOD}")
    assert (status, done["state"], done["stage"], done["late"]) == (201, "in-review", "lead", late), done


def repeat_by_program(site: Site, key: str) -> None:
    """The line broke before the answer came: sent again under the same key it counts once."""
    program, answer = program_of(site, key), answer_of(key)
    first = Submission.objects.get(answer=answer)
    status, again = program("POST", f"/{answer.pk}/submissions", {"cells": said(key)}, key=f"{key}-{PERIOD}")
    assert (status, again["id"]) == (200, first.pk)
    assert Submission.objects.filter(answer=answer).count() == 1


def send_one_back(page: Page) -> None:
    page.goto("/reviews")
    expect(page.locator("input[name=return]")).to_have_count(25)
    shoot(page, "14-reviews")
    page.goto(f"/reviews/{answer_of(SENT_BACK).pk}")
    page.wait_for_selector("body[data-ready]")
    cell(page, "progress.enterprise.added").click()
    page.fill("#remark-text", "登记系统多 2 户，请核对")
    shoot(page, "15-review")
    page.click("#send-back")
    page.locator("dialog textarea").fill("企业数与登记系统不符。")
    shoot(page, "16-send-back")
    confirm(page, "退回")
    expect(page.locator("#messages")).to_contain_text("已退回")
    remark = CellRemark.objects.get()
    assert (remark.address, remark.text) == ("progress.enterprise.added", "登记系统多 2 户，请核对")


def accept_the_rest(page: Page) -> None:
    page.goto("/reviews")
    page.check("#tick-all")
    expect(page.locator("#accept")).to_have_text("通过所选 24 份")
    page.click("#accept")
    shoot(page, "17-accept")
    confirm(page, "通过 24 份")
    expect(page.locator("#results li")).to_have_count(24)
    shoot(page, "18-accepted")
    assert Return.objects.filter(state="accepted").count() == 24


def correct(page: Page) -> dict[str, str]:
    """The clerk finds the remark at its cell, corrects two figures, submits again; gives what stands there now."""
    cells = said(SENT_BACK)
    open_return(page, answer_of(SENT_BACK))
    expect(page.locator(".banner-sent-back")).to_contain_text("企业数与登记系统不符")
    expect(cell(page, "progress.enterprise.added")).to_have_class(re.compile("is-at"))
    expect(page.locator("#cell-strip")).to_contain_text("登记系统多 2 户")
    shoot(page, "19-sent-back")
    changed = {
        address: str(int(cells[address]) + 2) for address in ("progress.enterprise.added", "progress.total.added")
    }
    for address, text in changed.items():
        type_at(page, address, text)
    saved(page)
    submit(page)
    assert answer_of(SENT_BACK).cells == cells | changed
    return cells | changed


def accept_the_corrected(page: Page) -> None:
    page.goto("/reviews")
    page.click("a:has-text('打开')")
    page.wait_for_selector("body[data-ready]")
    expect(cell(page, "progress.enterprise.added")).to_have_class(re.compile("is-changed"))
    expect(cell(page, "progress.enterprise.closed")).not_to_have_class(re.compile("is-changed"))
    shoot(page, "20-corrected")
    page.click("#pass")
    confirm(page, page.locator("#pass").get_attribute("data-label") or "")
    expect(page.locator("#messages")).to_be_visible()
    answer = answer_of(SENT_BACK)
    assert (answer.state, Submission.objects.filter(answer=answer).count()) == ("accepted", 2)


def look_at_who_was_late(page: Page, form: str) -> None:
    """Late are those who came after the due moment; who corrected later is not."""
    for state, keys in (("late", LATE), ("missing", NEVER)):
        page.goto(f"/forms/{form}/rounds/{PERIOD}?state={state}")
        names = [name.strip() for name in page.locator("#round tbody th").all_inner_texts()]
        assert names == [str(unit) for unit in Unit.objects.filter(key__in=keys).order_by("path")]
        shoot(page, f"21-{state}")
    figures_line = page.locator(".figures").inner_text().replace("\n", "")
    assert re.search(r"应报\s*27.*已报\s*25.*按时\s*23.*迟报\s*2.*未报\s*2", figures_line), figures_line
    page.goto(f"/forms/{form}/status")
    shoot(page, "22-status")
    expect(page.locator("#status .mark-missing")).to_have_count(2)
    expect(page.locator("#status .mark-late")).to_have_count(2)


def follow_a_number(page: Page, net: int) -> None:
    """From the table of values to its history, and from there to the cell that was typed."""
    page.goto("/observations?indicator=market-net-enterprise&year=2026")
    row = page.locator("#grid tbody tr").filter(has_text="金塘县")
    shoot(page, "23-observations")
    row.locator("a.figure", has_text=str(net)).click()
    shoot(page, "24-history")
    page.locator("#history a").first.click()
    page.wait_for_selector("body[data-ready]")
    address = "progress.enterprise.net"
    assert page.url.endswith(f"/returns/{answer_of(SENT_BACK).pk}#cell-{address}")
    expect(cell(page, address)).to_have_class(re.compile("is-at"))
    expect(value(page, address)).to_have_text(str(net))
    shoot(page, "25-cell")
