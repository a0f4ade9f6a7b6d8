"""The burden meter: cells and hours, trend, what two forms ask twice, who is told."""

from __future__ import annotations

import copy
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.notices.models import Notice
from luoshi.apps.reporting.actions.forms import create_form, publish_form_version, save_form_version
from luoshi.apps.reporting.actions.rounds import open_rounds
from luoshi.apps.reporting.models import FormVersion, Return, ReturnState
from luoshi.apps.reporting.queries.burden import burden, cells_asked, duplicates
from luoshi.forms import from_json
from luoshi.periods import Period, local_date
from tests.apps.reporting.making import MONTHLY, OTHER, World, at
from tests.apps.reporting.test_forms import browser

SEPTEMBER = Period.parse("2026-09")
TODAY = local_date(at(20))


def test_cells_are_those_that_somebody_types() -> None:
    asked = cells_asked(from_json(MONTHLY))
    assert asked.fixed == 9, "three rows, four columns of which one is computed"
    assert asked.total({}) == 11, "and at least one project of two cells"
    assert asked.total({"p": ["x1", "x2", "x3"]}) == 15
    blocked = copy.deepcopy(MONTHLY)
    blocked["sections"][0]["rows"][1]["blocked"] = ["note", "d"]
    assert cells_asked(from_json(blocked)).fixed == 8, "a computed cell that does not apply was none before"


def test_forms_cells_and_hours_of_a_month(world: World) -> None:
    world.form(minutes_a_cell=Decimal("2"))
    world.form("other", OTHER, reporters=(world.county,))
    open_rounds(now=at(1))
    found = burden(world.coordinator, SEPTEMBER)
    rows = {row.unit.key: (row.forms, row.cells, row.hours) for row in found.units}
    assert rows == {
        "qsx": (2, 12, Decimal(11 * 2 + 1) / 60),
        "bsx": (1, 11, Decimal(11 * 2) / 60),
    }
    assert [row.unit.key for row in found.units] == ["qsx", "bsx"], "the most burdened first"
    assert [(row.form.key, row.units, row.cells) for row in found.forms] == [("monthly", 2, 22), ("other", 1, 1)]
    assert len(found.trend) == 12 and found.trend[-1].month == SEPTEMBER
    assert (found.trend[-1].returns, found.trend[-1].cells) == (3, 23)
    assert found.trend[-2].cells == 0

    Return.objects.filter(unit=world.county, round__form__key="monthly").update(rows={"p": ["x1", "x2"]})
    Return.objects.filter(unit=world.other).update(state=ReturnState.EXEMPT)
    found = burden(world.coordinator, SEPTEMBER)
    assert [(row.unit.key, row.cells) for row in found.units] == [("qsx", 14)], "rows count, exempt units do not"
    one = burden(world.coordinator, SEPTEMBER, unit=world.other)
    assert one.total == 0


def test_the_workbook_holds_all_units_not_one_page(world: World) -> None:
    units = [world._unit(world.root, f"u{n}", f"第{n}局", f"第{n}局", "department") for n in range(105)]
    world.form(reporters=tuple(units))
    open_rounds(now=at(1))
    response = browser(world.coordinator).get("/burden?month=2026-09&format=xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content)))
    named = {str(row[0]) for row in book.get_sheet_by_index(0).to_python() if row}
    assert {str(unit) for unit in units} <= named
    assert len(burden(world.coordinator, SEPTEMBER).units) == 100


def test_everybody_sees_what_their_own_units_are_asked(world: World) -> None:
    world.form()
    open_rounds(now=at(1))
    assert [row.unit.key for row in burden(world.filler, SEPTEMBER).units] == ["qsx"]
    assert burden(world.stranger, SEPTEMBER).total == 0
    # The lead collects the form, but the units are not theirs.
    assert burden(world.lead, SEPTEMBER).total == 0


def test_an_indicator_asked_twice_names_both_forms(world: World) -> None:
    world.form(first_period="2026-08")
    world.form("other", OTHER, reporters=(world.county,))
    (found,) = duplicates(world.coordinator, TODAY)
    assert (found.indicator.key, found.first.key, found.second.key) == ("firms", "monthly", "other")
    assert [unit.key for unit in found.units] == ["qsx"]
    assert duplicates(world.other_filler, TODAY) == [], "not asked of the other county"
    assert len(duplicates(world.filler, TODAY)) == 1
    page = browser(world.coordinator).get("/burden?month=2026-09").content.decode()
    assert "企业户数" in page and "市场主体月报" in page and "项目月报" in page
    (row,) = browser(world.coordinator).get("/api/v1/forms/duplicates").json()
    assert row["forms"] == ["市场主体月报", "项目月报"]


def test_merged_indicators_are_one(world: World) -> None:
    world.form()
    other = copy.deepcopy(OTHER)
    other["sections"][0]["rows"][0]["indicator"] = "qiye"
    merged = Indicator.objects.create(
        key="qiye",
        name="企业数",
        unit_of_measure="户",
        kind="stock",
        unit_aggregation="sum",
        time_aggregation="last",
        owner=world.root,
    )
    world.form("other", other, reporters=(world.county,))
    assert duplicates(world.coordinator, TODAY) == []
    merged.merged_into = Indicator.objects.get(key="firms")
    merged.save()
    assert [one.indicator.key for one in duplicates(world.coordinator, TODAY)] == ["firms"]


@pytest.mark.parametrize("change", ["cadence", "retired", "reporters", "about"])
def test_what_is_not_asked_twice(world: World, change: str) -> None:
    world.form()
    definition: dict[str, Any] = copy.deepcopy(OTHER)
    if change == "about":  # the other form asks about another unit
        definition["sections"][0]["rows"][0]["unit"] = "qsx-hcz"
    reporters = (world.township,) if change == "reporters" else (world.county,)
    version = world.form("other", definition, reporters=reporters)
    if change == "cadence":
        FormVersion.objects.filter(pk=version.pk).update(cadence="quarterly")
    if change == "retired":
        version.form.is_active = False
        version.form.save()
    assert duplicates(world.coordinator, TODAY) == []


def test_a_department_that_reports_for_a_county_asks_twice_too(world: World) -> None:
    world.form()
    definition: dict[str, Any] = copy.deepcopy(OTHER)
    definition["sections"][0]["rows"][0]["unit"] = "bsx"
    world.form("other", definition, reporters=(world.department,))
    (found,) = duplicates(world.coordinator, TODAY)
    assert [unit.key for unit in found.units] == ["bsx"]


def test_publishing_tells_the_coordinating_office(world: World) -> None:
    world.form()
    form = create_form(acting_user=world.lead, title="又一张月报", owner=world.department)
    changes = {"definition": OTHER, "reporters": [world.county.pk]}
    save_form_version(acting_user=world.lead, form=form, revision=0, changes=changes)
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08", now=at(1))
    notice = Notice.objects.get(recipient=world.coordinator)
    assert "市场主体月报" in notice.text and "又一张月报" in notice.text and "企业户数" in notice.text
    assert not Notice.objects.filter(recipient=world.filler).exists()
