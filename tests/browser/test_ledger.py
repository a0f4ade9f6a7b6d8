"""The ledger in a real browser: filter, address, export, and from a number to its sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans import actions
from luoshi.apps.plans.models import Plan, Target
from tests.apps.plans.making import deadline, duty, make_document, measure, publication, target
from tests.browser.conftest import Site, sign_in

pytestmark = pytest.mark.browser

LINES = (
    "云岭州2026年绿色食品产业行动方案",
    "一、重点任务",
    "（一）壮大经营主体。年内新培育龙头企业8户，带动农户1.2万户以上。（牵头单位：州农业农村局）",
    "（二）建设加工园区。9月底前建成标准厂房20万平方米。（牵头单位：州财政局）",
)


def span(line: int, part: str) -> tuple[tuple[int, int, int], ...]:
    """Where a part of a line stands."""
    start = LINES[line - 1].index(part)
    return ((line, start, start + len(part)),)


@pytest.fixture
def office(site: Site) -> User:
    return site.person("yang", yunling_zhou="coordinator")


@pytest.fixture
def plan(site: Site, office: User) -> Plan:
    farm, money = Unit.objects.get(key="zhou-nongye"), Unit.objects.get(key="zhou-caizheng")
    document = make_document("绿色食品方案.txt", text="\n".join(LINES))
    growers = {"text": "带动农户1.2万户以上", "line": 3, "spans": span(3, "带动农户1.2万户以上")}
    parts = {
        "measures": (
            measure("0001", ("一、",), "重点任务", is_task=False, line=2, spans=span(2, LINES[1])),
            measure("0001.0001", ("一、", "（一）"), "壮大经营主体", line=3, text=LINES[2], spans=span(3, LINES[2])),
            measure("0001.0002", ("一、", "（二）"), "建设加工园区", line=4, text=LINES[3], spans=span(4, LINES[3])),
        ),
        "targets": (
            target("0001.0001", "带动农户", "12000", **growers),
            target("0001.0002", "标准厂房", "200000", unit_of_measure="平方米", line=4, spans=span(4, "20万平方米")),
        ),
        "responsibilities": (
            duty("0001.0001", "lead", "州农业农村局", farm, line=3, spans=span(3, "州农业农村局")),
            duty("0001.0002", "lead", "州财政局", money, line=4, spans=span(4, "州财政局")),
        ),
        "deadlines": (deadline("0001.0002", line=4, spans=span(4, "9月底前"), text="9月底前"),),
    }
    owner = Unit.objects.get(key="yunling-zhou")
    return actions.publish(acting_user=office, publication=publication(owner, document, **parts)).plan


def rows(page: Page) -> list[str]:
    """The keys of the measures shown."""
    return page.locator("#ledger tr[data-measure]").evaluate_all("rows => rows.map(row => row.dataset.measure)")


def test_a_filter_lives_in_the_address(page: Page, plan: Plan, office: User) -> None:
    sign_in(page, "yang")
    page.goto("/ledger")
    assert len(rows(page)) == 2
    page.fill("#ledger-filter input[name=text]", "标准厂房")
    page.select_option("#ledger-filter select[name=kind]", "target")
    page.click("#ledger-filter button[type=submit]")
    expect(page.locator("#ledger-count")).to_contain_text("共 1 项任务")
    address, found = page.url, rows(page)
    assert len(found) == 1
    asked = address.partition("?")[2]
    assert "kind=target" in asked and "unit=" not in asked and "due=" not in asked, "empty fields stay out"
    page.goto("/ledger")
    page.goto(address)
    assert rows(page) == found
    assert page.input_value("#ledger-filter input[name=text]") == "标准厂房"


def test_dates_show_when_a_span_is_asked_for(page: Page, plan: Plan, office: User) -> None:
    sign_in(page, "yang")
    page.goto("/ledger")
    expect(page.locator(".due-range")).to_be_hidden()
    page.select_option("#ledger-filter select[name=due]", "range")
    page.fill("#ledger-filter input[name=first]", "2026-12-01")
    page.fill("#ledger-filter input[name=last]", "2026-12-31")
    page.click("#ledger-filter button[type=submit]")
    expect(page.locator("#ledger-count")).to_contain_text("共 1 项任务")
    expect(page.locator(".due-range")).to_be_visible()
    assert "first=2026-12-01" in page.url


def test_the_export_holds_the_rows_shown(page: Page, plan: Plan, office: User, tmp_path: Path) -> None:
    sign_in(page, "yang")
    page.goto("/ledger?text=%E5%86%9C%E6%88%B7")
    with page.expect_download() as download:
        page.click("#export")
    file = tmp_path / "ledger.xlsx"
    download.value.save_as(file)
    assert re.fullmatch(r"台账-\d{8}-\d{4}\.xlsx", download.value.suggested_filename)
    book = CalamineWorkbook.from_path(file)
    table = book.get_sheet_by_name("台账").to_python()
    assert [row[9] for row in table[1:]] == ["第3行"]
    assert table[1][4] == "带动农户 ≥ 1.2万户"


def test_a_number_leads_to_its_sentence_and_back(page: Page, plan: Plan, office: User) -> None:
    sign_in(page, "yang")
    page.goto("/ledger")
    page.click("#ledger a.figure:has-text('1.2万户')")
    current = page.locator("mark.is-current")
    expect(current).to_have_text("带动农户1.2万户以上")
    expect(current).to_be_in_viewport()
    assert page.url.endswith("#L3")
    current.hover()
    card = page.locator("#source-card")
    expect(card).to_contain_text("不低于1.2万户")
    expect(card).to_contain_text("壮大经营主体")
    current.click()
    card.locator("a", has_text="带动农户").click()
    page.wait_for_url(f"**/targets/{Target.objects.get(indicator='带动农户').pk}")
    expect(page.locator(".big-figure")).to_have_text("≥ 1.2万户")


def test_marks_are_reached_by_the_keyboard(page: Page, plan: Plan, office: User) -> None:
    sign_in(page, "yang")
    page.goto(f"/plans/{plan.pk}/source")
    page.locator("#source mark.deadline").first.focus()
    page.keyboard.press("Enter")
    card = page.locator("#source-card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("时限")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.uncheck(".legend input[data-kind=target]")
    expect(page.locator("#source")).to_have_class(re.compile("hide-target"))


def test_opening_a_plan_to_the_public_is_asked_first(page: Page, plan: Plan, office: User) -> None:
    sign_in(page, "yang")
    page.goto(f"/plans/{plan.pk}")
    asked: list[str] = []

    def refuse(dialog) -> None:  # type: ignore[no-untyped-def]
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.click("button:has-text('对外公开')")
    page.wait_for_timeout(200)
    plan.refresh_from_db()
    assert asked and not plan.is_public
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('对外公开')")
    page.wait_for_selector("a:has-text('公开页面')")
    plan.refresh_from_db()
    assert plan.is_public
