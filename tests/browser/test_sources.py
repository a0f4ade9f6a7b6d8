"""Each of the five real sources, from the upload to a number in the ledger that leads back to its sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from luoshi.apps.intake.models import Draft, DraftState, ItemState
from luoshi.apps.organisations.actions import load_units
from luoshi.apps.plans.models import Plan, Target
from luoshi.units import UnitDirectory
from tests.browser.conftest import Site, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.shared]

#: Source number → at least how many titled documents stand in it, and how many of them hold measures.
SOURCES = {"000": (10, 10), "001": (6, 5), "002": (12, 8), "003": (6, 5), "004": (4, 3)}


@pytest.fixture
def prefecture(site: Site, shared: Path) -> Site:
    """The prefecture to which the sources belong."""
    data = shared / "data"
    load_units(acting_user=None, directory=UnitDirectory.from_csv(data / "units.csv", data / "unit-names.csv"))
    site.person("zhou", chuxiong_zhou="coordinator")
    return site


@pytest.mark.parametrize("number", sorted(SOURCES))
def test_from_the_source_to_the_ledger_and_back(page: Page, prefecture: Site, shared: Path, number: str) -> None:
    (path,) = (shared / "seeds").glob(f"{number}_*.txt")
    documents, with_measures = SOURCES[number]
    sign_in(page, "zhou")
    page.goto("/uploads")
    page.set_input_files("#files", str(path))
    rows = page.locator("tbody.upload", has_text=path.name).locator(".upload-draft")
    expect(rows.first).to_be_visible(timeout=60_000)
    assert rows.count() >= documents
    drafts = [draft for draft in Draft.objects.order_by("ordinal") if draft.items.filter(kind="measure").exists()]
    assert len(drafts) >= with_measures

    # The draft with the most targets is confirmed: the sure ones at once.
    draft = max(drafts, key=lambda each: each.items.filter(kind="target").count())
    page.goto(f"/drafts/{draft.pk}")
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    page.click("#accept-sure")
    expect(page.locator("#accept-sure")).to_be_hidden(timeout=30_000)
    expect(page.locator("#save-sign")).to_have_text("已保存", timeout=30_000)
    accepted = draft.items.filter(state=ItemState.ACCEPTED).count()
    assert accepted > draft.items.count() / 2
    page.click("#publish")
    page.click("#publish-form button[type=submit]")
    page.wait_for_url(re.compile(r"/plans/\d+$"), timeout=60_000)
    draft.refresh_from_db()
    assert draft.state == DraftState.PUBLISHED
    plan = Plan.objects.get()

    # The ledger holds its tasks; a number leads to its sentence, marked.
    page.goto(f"/ledger?plan={plan.pk}")
    tasks = plan.measures.filter(is_task=True).count()
    expect(page.locator("main")).to_contain_text(f"{tasks:,} 项任务")
    target = Target.objects.filter(plan=plan).order_by("line", "pk").first()
    page.goto(f"/targets/{target.pk}")
    page.locator(f"a[href*='/source?'][href*='target-{target.pk}']").first.click()
    marked = page.locator("mark.is-current")
    expect(marked.first).to_be_visible()
    shown = "".join(marked.all_inner_texts())
    assert re.sub(r"\s", "", shown) in re.sub(r"\s", "", target.text) or re.sub(r"\s", "", target.text) in re.sub(
        r"\s", "", shown
    )
