"""Which forms ask for an indicator, on the indicator's page."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

from django.db import transaction

from luoshi.apps.indicators.actions import record_observations
from luoshi.apps.indicators.facts import Fact
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.indicators.queries.grid import GridFilter, grid
from luoshi.apps.reporting.models import Form, FormVersion, Return
from luoshi.apps.reporting.queries.asking import blanks, forms_asking
from luoshi.periods import local_date
from tests.apps.reporting.making import MONTHLY, OTHER, World, at
from tests.apps.reporting.test_forms import browser

TODAY = local_date(at(20))


def _titles(user: Any, key: str) -> list[str]:
    return [one.form.title for one in forms_asking(user, Indicator.objects.get(key=key), TODAY)]


def test_the_forms_in_use_that_ask_for_it(world: World) -> None:
    world.form()
    world.form("other", OTHER, reporters=(world.other,))
    assert _titles(world.coordinator, "firms") == ["市场主体月报", "项目月报"]
    assert _titles(world.coordinator, "shops") == ["市场主体月报"]
    assert _titles(world.filler, "firms") == ["市场主体月报"], "the other form is not asked of their county"
    assert _titles(world.stranger, "firms") == []
    Form.objects.filter(key="monthly").update(is_active=False)
    assert _titles(world.coordinator, "shops") == []


def test_only_the_version_in_force_counts(world: World) -> None:
    first = world.form()
    definition = copy.deepcopy(MONTHLY)
    definition["sections"][0]["rows"][2] = {"key": "shop", "label": "个体户"}  # type: ignore[index]
    for ordinal, published in ((2, None), (3, at(1))):
        FormVersion.objects.create(
            form=first.form, ordinal=ordinal, definition=definition, cadence="monthly", due_kind="day-after", due_day=3,
            first_period="2026-09", first_day=at(1).date() if published else None, published_at=published,
        )  # fmt: skip
        expected = ["市场主体月报"] if published is None else []
        assert _titles(world.coordinator, "shops") == expected, "a draft changes nothing"


def test_forms_that_ask_for_a_merged_indicator_count(world: World) -> None:
    world.form()
    Indicator.objects.filter(key="shops").update(merged_into=Indicator.objects.get(key="entities"))
    Form.objects.filter(key="monthly").update(title="月报")
    definition = copy.deepcopy(OTHER)
    definition["sections"][0]["rows"][0]["indicator"] = "shops"  # type: ignore[index]
    world.form("other", definition)
    assert _titles(world.coordinator, "entities") == ["月报", "项目月报"]


def test_the_page_of_an_indicator_leads_to_them(world: World, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        world.form(f"form-{number}")
    client = browser(world.coordinator)
    assert 'hx-get="/indicators/firms/forms"' in client.get("/indicators/firms").content.decode()
    with django_assert_max_num_queries(15):
        page = client.get("/indicators/firms/forms").content.decode()
    assert page.count('href="/forms/form-') == 20
    assert "每月3日前报上月" in page
    Form.objects.update(is_active=False)
    assert "在用的报表都不填报此指标" in client.get("/indicators/firms/forms").content.decode()


def test_a_blank_of_the_grid_says_whether_it_was_asked_for(world: World, django_assert_max_num_queries: Any) -> None:
    """未报 is only who was asked and is late; who was asked of nothing, was let off, or has time left, is not."""
    world.form(reporters=(world.county, world.other))
    world.opened()
    Return.objects.filter(unit=world.other).update(state="exempt")
    firms, units = Indicator.objects.get(key="firms"), (world.county, world.other, world.township)
    with transaction.atomic():
        facts = [Fact(firms.pk, unit.pk, "2026-07", Decimal(5)) for unit in units]
        record_observations(acting_user=None, facts=facts, source="statistics", origin="import")
    asked = ("firms",), [unit.pk for unit in units], ["2026-07", "2026-08"]
    early, late = blanks(*asked, at(2)), blanks(*asked, at(20))
    assert early == {(world.county.pk, "2026-08"): "waiting", (world.other.pk, "2026-08"): "exempt"}
    assert late == early | {(world.county.pk, "2026-08"): "missing"}
    with django_assert_max_num_queries(12):
        found = grid(world.coordinator, firms, GridFilter(year=2026, cadence="monthly"), TODAY)
    august = {row.unit.key: row.cells[7].blank for row in found.rows}
    assert august == {"qsx": "missing", "bsx": "exempt", "qsx-hcz": "not-asked"}
    page = browser(world.coordinator).get("/observations?indicator=firms&year=2026").content.decode()
    assert "不要求报" in page and ">免报<" in page and ">未报<" in page
    # What no form asks for stays as it was: nobody says who should report.
    assert blanks(("taxes",), *asked[1:], at(20)) == {}
