"""Figures: by county with its towns, as of a day; the race; what assessment takes; months read from returns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from luoshi.apps.organisations.actions import load_units
from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects import actions
from luoshi.apps.projects.models import Project
from luoshi.apps.projects.queries import assessment_figures, pipeline_figures, race_standings
from luoshi.periods import Period
from luoshi.units import Unit as LibraryUnit
from luoshi.units import UnitDirectory
from tests.apps.conftest import UNITS
from tests.apps.projects.making import approve, enter, move, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(prefecture: Any) -> dict[str, Project]:
    """A year: a county with a zone in it, planned starts of which some have begun."""
    more = [
        *UNITS,
        ("qs-yq", "青石产业园区", "青石园区", "zone", "qsx"),
        ("qs-z", "青石镇", "青石镇", "township", "qsx"),
    ]
    rows = [
        LibraryUnit(key=key, name=name, short_name=short, kind=kind, parent=up) for key, name, short, kind, up in more
    ]
    load_units(acting_user=None, directory=UnitDirectory(rows, []))
    found = {
        "begun": enter("县里已开工项目", "qsx", wan="1000", code="2026-532300-04-01-000001"),
        "town": enter("镇里没有开工项目", "qs-z", wan="2000"),
        "zone": enter("园区已开工项目", "qs-yq", wan="3000", code="2026-532300-04-01-100002"),
        "late": enter("白水没有开工项目", "bsx", wan="4000"),
        "reserve": enter("白水储备项目", "bsx", wan="9000"),
        "across": enter("跨县水网项目", "ylz", wan="7000", sort="infrastructure"),
    }
    for name in ("begun", "town", "zone", "late"):
        actions.set_year_plan(
            acting_user=None,
            project_id=found[name].pk,
            year=2026,
            investment=Decimal(10_000_000),
            start_on=dt.date(2026, 4, 1),
        )
    actions.set_year_plan(
        acting_user=None, project_id=found["reserve"].pk, year=2026, investment=Decimal(15_000_000), listed=False
    )
    for name in ("begun", "zone"):
        approve(found[name], start="2026-04-20")
        move(found[name], "preparation", "2026-02-01")
        move(found[name], "started", "2026-04-20")
    said = actions.Month(month=Decimal(5_000_000), funds=Decimal(6_000_000))
    actions.record_progress(acting_user=None, project_id=found["begun"].pk, period="2026-05", said=said)
    actions.record_progress(acting_user=None, project_id=found["across"].pk, period="2026-05", said=said)
    passed = (
        actions.Passed(kind="signed", actual_on=dt.date(2026, 1, 20)),
        actions.Passed(kind="performed", actual_on=dt.date(2026, 3, 20)),
    )
    actions.set_milestones(acting_user=None, project_id=found["begun"].pk, rows=passed)
    return found


def test_figures_by_county_as_of_a_day(year: dict[str, Project], coordinator: Any, person: Any) -> None:
    def at(day: str, user: Any = coordinator, **more: Any) -> Any:
        return pipeline_figures(user, year=2026, day=dt.date.fromisoformat(day), **more)

    july = at("2026-07-15")
    rows = {row.name: row for row in july.rows}
    assert list(rows) == ["青石县", "青石园区", "白水县", "跨县市"]
    # A town counts with its county, the zone in the county for itself.
    assert (rows["青石县"].counted.planned, rows["青石县"].start_rate) == (2, 50)
    assert (rows["青石园区"].start_rate, rows["白水县"].start_rate, rows["跨县市"].start_rate) == (100, 0, None)
    assert july.mark is not None and july.mark.percent == 60
    assert (rows["白水县"].reserve_number, rows["白水县"].reserve_investment) == (2, Decimal("2.5"))
    assert rows["青石县"].investment_rate == 25 and july.whole.industrial_share == 50
    assert (rows["青石县"].fulfilment_rate, rows["青石县"].funds_rate, rows["青石县"].production_rate) == (100, 60, 0)
    assert rows["白水县"].concentration == 100 and july.whole.number == 6
    assert rows["青石园区"].conversion("preparation") == 100 and rows["白水县"].conversion("reserve") == 0
    # Earlier, nothing had begun, and May's money was not yet known while May was not over.
    assert at("2026-04-19").whole.counted.begun == 0 and at("2026-05-30").whole.counted.invested == 0
    assert at("2026-01-04").whole.number == 0
    assert {row.name for row in at("2026-07-15", by="industry").rows} == {"未分类"}
    # A county's people see the county's alone.
    mine = at("2026-07-15", user=person("tian", bsx="reporter"))
    assert [row.name for row in mine.rows] == ["白水县"] and mine.whole.number == 2


def test_the_race_ranks_units_each_for_itself(year: dict[str, Project]) -> None:
    race = race_standings(unit("ylz"), year=2026, day=dt.date(2026, 6, 30))
    table = [(str(row.unit), row.rank, row.reached, row.gap) for row in race.rows]
    assert table == [("青石园区", 1, True, 40), ("青石县", 2, False, -10), ("白水县", 3, False, -60)]
    assert race.mark is not None and race.mark.month == 6
    assert (race.whole.counted.planned, race.whole.counted.begun) == (4, 2)
    assert [row.places[0] for row in race.rows] == [3, 2, 1]


def test_assessment_takes_the_figures(year: dict[str, Project], django_assert_max_num_queries: Any) -> None:
    units = {row.key: row.pk for row in Unit.objects.all()}
    as_of = dt.datetime(2026, 7, 15, 4, tzinfo=dt.UTC)
    with django_assert_max_num_queries(25):
        facts = assessment_figures["projects-start-rate"].reader(
            Period.parse("2026Q2"), [units["qsx"], units["qs-yq"], units["ylz"]], as_of
        )
    assert facts[units["qsx"]].value == 50 and "计划开工2个，已开工1个" in facts[units["qsx"]].source
    assert facts[units["ylz"]].value == 50 and facts[units["qs-yq"]].value == 100
    assert "/projects/figures?" in facts[units["qsx"]].reference["url"] and facts[units["qsx"]].previous is None
    fact = assessment_figures["projects-reserve-number"].reader(Period.parse("2026Q2"), [units["bsx"]], as_of)
    assert fact[units["bsx"]].value == 2 and "谋划储备2个" in fact[units["bsx"]].source
    assert len({figure.title for figure in assessment_figures.values()}) == len(assessment_figures)
    # Read together, all of them take the same sums, and say what each says alone.
    shared: dict[Any, Any] = {}
    wanted, second = [units["qsx"], units["bsx"]], Period.parse("2026Q2")
    with django_assert_max_num_queries(25):
        together = {key: one.read(second, wanted, as_of, shared) for key, one in assessment_figures.items()}
    for key in ("projects-start-rate", "projects-conversion", "projects-funds"):
        assert together[key] == assessment_figures[key].reader(second, wanted, as_of)
