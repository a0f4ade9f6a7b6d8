"""The annex of the real 2018 plan, from the uploaded file to shares in force, its figures as printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from luoshi.apps.intake.actions import publish
from luoshi.apps.organisations.actions import grant_membership, load_units
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.actions import adopt_allocation, import_annex
from luoshi.apps.targets.queries import allocation_grid, shares_in_force
from luoshi.apps.targets.queries.annexes import Proposal, proposals, tables_of
from luoshi.apps.targets.years import plan_year
from luoshi.units import UnitDirectory
from tests.apps.intake.factories import make_upload, run_jobs

#: Counties → what each carries by the end of each quarter (working target), as the annex prints it.
QUARTERS = {
    "楚雄市": (540, 1620, 2290, 2695),
    "双柏县": (165, 495, 700, 825),
    "牟定县": (165, 495, 700, 825),
    "南华县": (250, 740, 1050, 1240),
    "姚安县": (190, 570, 800, 945),
    "大姚县": (250, 750, 1060, 1250),
    "永仁县": (150, 450, 640, 755),
    "元谋县": (250, 750, 1070, 1255),
    "武定县": (300, 900, 1280, 1495),
    "禄丰县": (440, 1330, 1880, 2210),
    "开发区": (300, 900, 1280, 1505),
}


@pytest.fixture
def plan_2018(shared: Path, person: Any) -> tuple[Any, Any]:
    """The published plan, and a coordinator of the prefecture."""
    user, data = person("tongchou"), shared / "data"
    load_units(acting_user=None, directory=UnitDirectory.from_csv(data / "units.csv", data / "unit-names.csv"))
    owner = Unit.objects.get(key="chuxiong-zhou")
    grant_membership(acting_user=None, user=user, unit=owner, role="coordinator")
    file = next((shared / "seeds").glob("000_*.txt"))
    # The file is a gazette; the first plan with both its annexes is enough.
    text = "\n".join(file.read_text(encoding="utf-8").splitlines()[:112])
    upload = make_upload(user, owner, text, file.name)
    assert run_jobs() == 1
    draft = upload.drafts.order_by("ordinal").first()
    assert draft is not None
    return publish(acting_user=user, draft=draft, include_from=0.0).plan, user


def _target(plan: Any, value: int) -> Target:
    rows = Target.objects.filter(plan=plan, value=value, unit_of_measure="户", retired_in=None)
    found = rows.select_related("plan__owner").order_by("line", "pk").first()
    assert found is not None
    return found


def _proposal(target: Target) -> Proposal:
    year = plan_year(target)
    assert year == 2018
    return proposals(target, year, tables_of(target))[0]


def _take(user: Any, target: Target, proposal: Proposal) -> Any:
    way = proposal.readings[0]
    return import_annex(
        acting_user=user,
        target=target,
        unit=target.plan.owner,
        revision=0,
        table=proposal.table,
        columns={index: str(period) for index, period in way.columns},
        units={row.row.index: row.unit.pk for row in proposal.rows if row.unit},
        cadence=way.cadence,
        cumulative=way.cumulative,
    )


@pytest.mark.shared
@pytest.mark.django_db
def test_the_first_annex_shares_out_the_working_target(plan_2018: tuple[Any, Any]) -> None:
    plan, user = plan_2018
    target = _target(plan, 15000)
    proposal = _proposal(target)
    way = proposal.readings[0]
    # Quarters, cumulative, because the last one's printed total is the target.
    assert [str(period) for _, period in way.columns] == ["2018Q1", "2018Q2", "2018Q3", "2018Q4"]
    assert (way.cumulative, way.printed_total) == (True, 15000)
    assert proposal.rows[-1].total and proposal.rows[-1].unit is None
    # Names as of 2018: the zone's short name and the county's former one.
    assert [row.name for row in proposal.rows if row.unit is None and not row.total] == []
    saved = _take(user, target, proposal)
    adopt_allocation(acting_user=user, target=target, unit=plan.owner, revision=saved.revision)
    names = {row.unit.pk: row.name for row in proposal.rows if row.unit}
    rows = shares_in_force(target_ids=[target.pk])
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(names[row.unit_id], {})[row.period] = row.value
    assert {name: tuple(values[f"2018Q{n}"] for n in (1, 2, 3, 4)) for name, values in found.items()} == QUARTERS
    grid = allocation_grid(user, target, plan.owner)
    assert grid.sums is not None and grid.sums.kept
    assert grid.sums.given_out == grid.printed_total == grid.total == 15000
    assert [column.total for column in grid.columns] == [3000, 9000, 12750, 15000]
    # Every share leads to the line on which its county stands.
    lines = proposal.table.version.document.lines()
    for share in rows:
        assert share.cell is not None
        assert lines[share.cell[0] - 1].startswith(names[share.unit_id])


@pytest.mark.shared
@pytest.mark.django_db
def test_the_other_columns_are_known_by_their_totals(plan_2018: tuple[Any, Any]) -> None:
    plan, user = plan_2018
    for value, column, first in (
        (4280, "企业", 700),
        (10310, "个体工商户", 1935),
        (410, "农民专业合作社", 60),
        (4420, "企业", 724),
        (420, "农民专业合作社", 61),
    ):
        target = _target(plan, value)
        proposal = _proposal(target)
        way = proposal.readings[0]
        assert way.printed_total == value
        ((index, period),) = way.columns
        assert proposal.table.header[index].endswith(f"/{column}")
        assert str(period) == "2018"
        _take(user, target, proposal)
        grid = allocation_grid(user, target, plan.owner)
        assert grid.rows[0].total == first
        assert grid.sums is not None and grid.sums.kept


@pytest.mark.shared
@pytest.mark.django_db
def test_what_the_annex_prints_otherwise_stays_visible(plan_2018: tuple[Any, Any]) -> None:
    plan, user = plan_2018
    # The text says 15.2 万户, the annex 152,320: both are shown, neither is changed.
    target = _target(plan, 152000)
    proposal = _proposal(target)
    way = next(way for way in proposal.readings if way.printed_total == 152320)
    assert proposal.table.header[way.columns[0][0]].endswith("达到户数")
    import_annex(
        acting_user=user,
        target=target,
        unit=plan.owner,
        revision=0,
        table=proposal.table,
        columns={way.columns[0][0]: "2018"},
        units={row.row.index: row.unit.pk for row in proposal.rows if row.unit},
        cadence="yearly",
        cumulative=True,
    )
    grid = allocation_grid(user, target, plan.owner)
    assert (grid.total, grid.printed_total) == (152000, 152320)
    assert grid.printed_differs
    assert grid.sums is not None
    assert (grid.sums.given_out, grid.sums.over) == (152320, 320)
