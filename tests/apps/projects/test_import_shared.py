"""The list of a hundred projects of a real plan, from the document to stored projects."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from luoshi.apps.organisations.actions import load_units
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, PlanTable, PlanVersion, SourceDocument
from luoshi.apps.projects import actions
from luoshi.apps.projects.models import Project, ProjectOrigin, Twin
from luoshi.documents import read
from luoshi.extraction import extract
from luoshi.units import UnitDirectory

pytestmark = pytest.mark.shared


@pytest.fixture
def table(db: None, shared: Path) -> PlanTable:
    """The plan's list as extraction reads it, in the database with the real units."""
    data = shared / "data"
    load_units(acting_user=None, directory=UnitDirectory.from_csv(data / "units.csv", data / "unit-names.csv"))
    (path,) = (shared / "seeds").glob("004_*.txt")
    drafts = [(plan, table) for plan in extract(read(path)).plans for table in plan.tables]
    ((draft, found),) = [(plan, table) for plan, table in drafts if "100个重大产业项目" in table.title]
    document = SourceDocument.objects.create(
        name=path.name, format="txt", sha256="0" * 64, size=1, text="", line_count=1, file="documents/x.txt"
    )
    plan = Plan.objects.create(
        title=draft.title[:300], year=2023, issued_on=draft.issued_on, owner=Unit.objects.get(key="chuxiong-zhou")
    )
    version = PlanVersion.objects.create(
        plan=plan, ordinal=1, document=document, first_line=1, last_line=1, published_at="2023-03-01T00:00:00Z"
    )
    return PlanTable.objects.create(
        plan=plan,
        version=version,
        title=found.title,
        header=list(found.header),
        rows=[list(row) for row in found.rows],
        text=found.title,
        line=1,
        line_end=2,
    )


def test_the_hundred_projects_come_in_to_the_digit(table: PlanTable) -> None:
    owner = table.plan.owner
    found = actions.begin_table_import(acting_user=None, owner=owner, table_id=table.pk)
    rows = {row["label"]: row for row in found.rows}
    assert list(rows) == [str(number) for number in range(1, 101)]
    assert [row["errors"] for row in found.rows if row["errors"]] == []
    assert sum(Decimal(row["total"]) for row in found.rows) == Decimal("16240116.3") * 10_000
    # Possible twins are shown to each other, and nobody else is.
    pairs = {frozenset((label, twin["row"])) for label, row in rows.items() for twin in row["twins"]}
    assert pairs == {frozenset(("27", "85")), frozenset(("77", "94"))}
    # The row whose name holds a number that stands alone can be read in two ways; it is the only one.
    assert [label for label, row in rows.items() if len(row["readings"]) > 1] == ["92"]
    assert [one["total"] for one in rows["92"]["readings"]] == ["106000000.00", "36000000.00"]
    # Headings become industries and their chains.
    assert (rows["1"]["industry"], rows["1"]["chain"]) == ("绿色能源和绿色制造", "绿色硅")
    assert (rows["26"]["industry"], rows["26"]["chain"]) == ("高原特色现代农业和绿色食品制造", "")
    assert len({row["industry"] for row in rows.values()}) == 7
    assert rows["25"]["unit"] == owner.pk and "合称" in "".join(rows["25"]["warnings"])
    assert [label for label, row in rows.items() if not row["lead"]] == []

    projects = actions.take_import(acting_user=None, import_id=found.pk, year=2023)
    assert len(projects) == 100
    assert sum(Project.objects.values_list("total", flat=True)) == Decimal("162401163000")
    assert ProjectOrigin.objects.get(label="92").readings[1]["total"] == "36000000.00"
    assert {
        frozenset((twin.first.origins.get().label, twin.second.origins.get().label)) for twin in Twin.objects.all()
    } == pairs
    by_place = {one.origins.get().label: one for one in projects}
    assert str(by_place["4"].unit) == "楚雄高新区" and by_place["71"].total == Decimal("22903200000")


def test_the_other_reading_and_a_second_import(table: PlanTable) -> None:
    owner = table.plan.owner
    found = actions.begin_table_import(acting_user=None, owner=owner, table_id=table.pk)
    (row,) = [one for one in found.rows if one["label"] == "92"]
    others = [one["row"] for one in found.rows if one["label"] != "92"]
    (project,) = actions.take_import(acting_user=None, import_id=found.pk, skipped=others, readings={row["row"]: 1})
    assert project.total == Decimal(36_000_000) and "3600" not in project.name
    again = actions.begin_table_import(acting_user=None, owner=owner, table_id=table.pk)
    with pytest.raises(actions.importing.ImportRefused) as refused:
        actions.take_import(acting_user=None, import_id=again.pk)
    assert refused.value.problems == ("第 92 行：已经入库，不用再导入",)
    assert Project.objects.count() == 1
