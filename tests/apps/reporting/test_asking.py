"""Which forms ask for an indicator, on the indicator's page."""

from __future__ import annotations

import copy
from typing import Any

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.reporting.models import Form, FormVersion
from luoshi.apps.reporting.queries.asking import forms_asking
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
