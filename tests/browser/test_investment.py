"""From a lead's first visit to its project, the county's count and the quarter's ranking, in a browser."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from luoshi.apps.accounts.models import User
from luoshi.apps.assessment import actions as assessing
from luoshi.apps.assessment.models import Adoption, Run
from luoshi.apps.investment.models import Lead
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import forget_directory
from luoshi.periods import Cadence, Period
from tests.browser.conftest import Site, sign_in

pytestmark = pytest.mark.browser


def paper(name: str) -> dict[str, object]:
    """A file that is taken."""
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7 paper"}


def adopted(office: User) -> Adoption:
    """The counties' quarter of annex 6, its figures from the ledger."""
    owner = Unit.objects.get(key="yunling-zhou")
    shipped = "zhaoshang-2023-county-quarter"
    made = assessing.create_scheme(acting_user=office, owner=owner, origin="shipped", shipped_key=shipped)
    units = Unit.objects.filter(key__in=("baixi-xian", "yunjiang-shi"))
    return assessing.adopt_scheme(
        acting_user=office,
        version=assessing.issue_version(acting_user=office, version_id=made.pk),
        owner=owner,
        cadence="quarterly",
        first_period=str(Period.containing(timezone.localdate(), Cadence.QUARTERLY)),
        terms=assessing.Terms(name="招商比学赶超", units=[(unit, "") for unit in units]),
        usual_sources=True,
    )


def test_from_the_first_visit_to_the_quarters_ranking(page: Page, site: Site) -> None:
    forget_directory()
    site.person("baixi-clerk", baixi_xian="reporter")
    today = f"{timezone.localdate()}"
    sign_in(page, "baixi-clerk")
    page.goto("/investment")
    page.get_by_role("link", name="登记线索").first.click()
    page.get_by_label("项目名称").fill("储能电站")
    page.get_by_label("投资方（企业全称）").fill("西海储能有限公司")
    page.get_by_label("计划投资额（亿元）").fill("15.5")
    page.locator("input[name=place]").fill("白溪县")
    page.locator("input[name=place]").press("Enter")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name="储能电站")).to_be_visible()

    page.locator("textarea[name=text]").fill("第一次见面，看了两块地")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("第一次见面，看了两块地").first).to_be_visible()

    for name in ("意向书.pdf", "协议.pdf"):
        panel = page.locator("form[action$='/move']")
        panel.locator("input[name=on]").fill(today)
        panel.locator("input[type=file]").set_input_files(paper(name))
        panel.get_by_role("button", name="转入下一状态").click()
        expect(page.get_by_text("已更新状态。")).to_be_visible()
        expect(page.get_by_role("link", name=name)).to_be_visible()
    lead = Lead.objects.get()
    assert lead.state == "signed" and lead.project is not None and lead.project.name == "储能电站"
    expect(page.get_by_text("计 100%")).to_be_visible()

    page.goto("/investment/counts")
    row = page.locator("tr", has=page.get_by_role("rowheader", name="白溪县"))
    row.locator("a[href*='figure=major-10']").click()
    expect(page.get_by_text("已签约，投资额15.5亿元")).to_be_visible()
    page.get_by_role("link", name="储能电站").click()
    page.locator(f"a[href='/projects/{lead.project_id}']").click()
    expect(page).to_have_url(re.compile(rf"/projects/{lead.project_id}$"))
    expect(page.get_by_text("储能电站").first).to_be_visible()

    # The office draws the quarter from the ledger and shows it.
    adoption = adopted(site.person("office", yunling_zhou="coordinator"))
    county = page.context.cookies()
    page.context.clear_cookies()
    sign_in(page, "office")
    page.goto(f"/assessment/new?adoption={adoption.pk}")
    page.click("button:has-text('取数计分')")
    expect(page.locator(".alert-success")).to_contain_text("已按台账取数")
    page.click("a:has-text('公示')")
    page.click("main button.btn-primary")
    expect(page.locator(".run-state").first).to_have_text("公示中")

    # The county reads why it has the points, down to the project.
    page.context.clear_cookies()
    page.context.add_cookies(county)
    page.goto(f"/assessment/{Run.objects.get().pk}/units/baixi-xian")
    signings = page.locator("#item-5")
    expect(signings).to_contain_text("第1名/2")
    expect(signings).to_contain_text("招商台账：项目1项计入")
    signings.get_by_role("link", name="台账").click()
    expect(page.get_by_role("link", name="储能电站")).to_be_visible()
    assert verify().ok
