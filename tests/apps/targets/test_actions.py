"""What the actions keep: joint numbers, layouts, versions, the journal; what others read of them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from luoshi.apps.indicators.models import Indicator, Observation, TargetIndicator
from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.models import Notice
from luoshi.apps.targets import actions
from luoshi.apps.targets.actions import CellChange, Computation
from luoshi.apps.targets.errors import Closed, Invalid, Stale
from luoshi.apps.targets.letters import contents, write_letter
from luoshi.apps.targets.models import AllocationVersion
from luoshi.apps.targets.queries import allocation_grid, shares_in_force, target_progress, unit_targets
from luoshi.apps.targets.reading import period_of_name, readings
from luoshi.apps.targets.values import ValueProblem, parse_value
from luoshi.periods import SHANGHAI, Period
from luoshi.progress import Light
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_pages import client, give

D = Decimal
EARLY = dt.datetime(2026, 2, 1, tzinfo=SHANGHAI)


def save(scene: Scene, revision: int, **more: Any) -> Any:
    """Change the draft at the top as the office."""
    return actions.save_shares(
        acting_user=scene.user("office"), target=scene.target, unit=scene.units.state, revision=revision, **more
    )


def adopt(scene: Scene, revision: int, reason: str = "", now: dt.datetime | None = None) -> Any:
    """Bring it into force."""
    return actions.adopt_allocation(
        acting_user=scene.user("office"),
        target=scene.target,
        unit=scene.units.state,
        revision=revision,
        reason=reason,
        now=now,
    )


def quarters(scene: Scene, *figures: tuple[Any, tuple[str, ...]]) -> Any:
    """A quarterly draft with the figures of some units."""
    saved = save(scene, 0, add_units=[unit.pk for unit, _ in figures], cadence="quarterly")
    changes = [CellChange(unit.pk, f"2026Q{n}", text) for unit, texts in figures for n, text in enumerate(texts, 1)]
    return save(scene, saved.revision, changes=changes)


def measured(scene: Scene, kind: str = "cumulative") -> Indicator:
    """The indicator that tells whether the target is reached."""
    indicator = Indicator.objects.create(
        key="jtnc",
        name="新增家庭农场",
        unit_of_measure="户",
        kind=kind,
        unit_aggregation="sum",
        time_aggregation="last",
        owner=scene.units.farm,
    )
    TargetIndicator.objects.create(target=scene.target, indicator=indicator)
    return indicator


def observe(indicator: Indicator, unit: Any, period: str, value: str, source: str = "self-reported") -> None:
    """A value that was reported."""
    span = Period.parse(period)
    Observation.objects.create(
        indicator=indicator,
        unit=unit,
        period=period,
        first_day=span.first_day,
        last_day=span.last_day,
        value=D(value),
        source=source,
        recorded_at=EARLY,
        origin="demo",
    )


def test_a_number_carried_together_counts_once(scene: Scene) -> None:
    north, south = scene.units.north, scene.units.south
    saved = quarters(scene, (north, ("100", "", "", "600")), (south, ("200", "", "", "900")))
    keys = [(unit.pk, "2026Q1") for unit in (north, south)]
    saved = save(scene, saved.revision, join=keys)
    first, second = allocation_grid(scene.user("office"), scene.target, scene.units.state).rows
    assert (first.cells[0].value, first.cells[0].first, first.cells[0].partners) == (300, True, "南屏县")
    assert (second.cells[0].value, second.cells[0].first) == (None, False)
    # Typed into either cell it is one number.
    saved = save(scene, saved.revision, changes=[CellChange(south.pk, "2026Q1", "350")])
    grid = allocation_grid(scene.user("office"), scene.target, scene.units.state)
    assert grid.columns[0].total == 350
    adopt(scene, saved.revision)
    # Who asks for one of them is told the number that it carries with others.
    rows = shares_in_force(target_ids=[scene.target.pk], unit_ids=[south.pk])
    assert {row.value for row in rows if row.period == "2026Q1"} == {None, 350}
    # The holder leaves: the number stays with the other.
    saved = save(scene, saved.revision + 1, remove_units=[north.pk])
    (row,) = allocation_grid(scene.user("office"), scene.target, scene.units.state).rows
    assert (row.cells[0].value, row.cells[0].joint) == (350, "")
    with pytest.raises(Invalid, match="两个单位"):
        save(scene, saved.revision, join=[(south.pk, "2026Q2")])


def test_other_periods_keep_what_can_be_kept(scene: Scene) -> None:
    north = scene.units.north
    saved = quarters(scene, (north, ("100", "300", "", "600")))

    def values() -> dict[str, Decimal | None]:
        return {share.period: share.value for share in AllocationVersion.objects.get().shares.all()}

    saved = save(scene, saved.revision, cumulative=False)
    assert values() == {"2026Q1": 100, "2026Q2": 200, "2026Q3": None, "2026Q4": 300}
    saved = save(scene, saved.revision, cumulative=True, cadence="monthly")
    assert {period: value for period, value in values().items() if value is not None} == {
        "2026-03": 100,
        "2026-06": 300,
    }
    with pytest.raises(Invalid, match="没有这种周期"):
        save(scene, saved.revision, cadence="daily")


def test_a_version_begins_from_what_is_in_force(scene: Scene) -> None:
    give(scene)
    with pytest.raises(Closed, match="没有待下达的草稿"):
        adopt(scene, 3)
    saved = save(scene, 3, changes=[CellChange(scene.units.north.pk, "2026", "650")])
    assert saved.version.ordinal == 2
    assert [row.value for row in shares_in_force(target_ids=[scene.target.pk])] == [700, 800]
    with pytest.raises(Stale):
        save(scene, 3)
    revision = actions.discard_draft(
        acting_user=scene.user("office"), target=scene.target, unit=scene.units.state, revision=saved.revision
    )
    saved = save(scene, revision, changes=[CellChange(scene.units.north.pk, "2026", "640")])
    with pytest.raises(Invalid, match="请写明原因"):
        adopt(scene, saved.revision)
    adopt(scene, saved.revision, "受灾调整")
    # The northern county's coordinator heard of both, the southern reporter decides nothing and of neither.
    titles = list(Notice.objects.filter(recipient=scene.people["north"]).order_by("pk").values_list("title", flat=True))
    assert titles == ["云岭州下达目标：新增家庭农场", "云岭州调整目标：新增家庭农场"]
    assert not Notice.objects.filter(recipient=scene.people["south"]).exists()
    acts = list(Entry.objects.order_by("sequence").values_list("action", flat=True))
    assert acts[-3:] == ["弃用分解草稿", "修改目标分解", "下达目标分解"]
    entry = Entry.objects.filter(action="修改目标分解").order_by("sequence").last()
    assert entry is not None
    assert entry.before["cells"] == {f"{scene.units.north.pk} 2026": "700"}
    assert entry.after["cells"] == {f"{scene.units.north.pk} 2026": "640"}
    assert verify().ok
    with pytest.raises(PermissionDenied):
        actions.save_shares(
            acting_user=scene.user("trade"), target=scene.target, unit=scene.units.state, revision=revision + 2
        )


def test_a_part_that_was_not_given_cannot_be_shared_out(scene: Scene) -> None:
    with pytest.raises(Invalid, match="还没有把任务下达"):
        actions.save_shares(acting_user=scene.user("north"), target=scene.target, unit=scene.units.north, revision=0)


def test_shares_of_last_year(scene: Scene) -> None:
    give(scene)
    indicator = measured(scene)
    how = Computation(units_by="last-year")
    arguments = {"acting_user": scene.user("office"), "target": scene.target, "unit": scene.units.state, "how": how}
    with pytest.raises(Invalid, match="上年没有这些单位的数"):
        actions.preview_shares(**arguments)
    observe(indicator, scene.units.north, "2025-12", "100")
    observe(indicator, scene.units.north, "2025-11", "90")
    with pytest.raises(Invalid, match="上年缺南屏县的数"):
        actions.preview_shares(**arguments)
    observe(indicator, scene.units.south, "2025", "60")
    observe(indicator, scene.units.south, "2025", "50", "verified")  # the verified figure counts
    assert actions.preview_shares(**arguments) == {
        (scene.units.north.pk, "2026"): 1000,
        (scene.units.south.pk, "2026"): 500,
    }


def test_what_a_unit_must_reach_stands_beside_its_cells(scene: Scene) -> None:
    indicator = measured(scene)
    saved = quarters(scene, (scene.units.north, ("140", "420", "595", "700")), (scene.units.south, ("", "", "", "800")))
    adopt(scene, saved.revision, now=EARLY)
    (share,) = unit_targets(scene.units.north.pk, [indicator.pk], "2026-06")[indicator.pk]
    assert (share.value, share.period, share.expected, share.comparator) == (700, "2026", 420, ">=")
    (share,) = unit_targets(scene.units.north.pk, [indicator.pk], "2026-05")[indicator.pk]
    assert share.expected is not None and 140 < share.expected < 420
    # The plan's owner: the target itself, evenly by month where nothing was set.
    (share,) = unit_targets(scene.units.state.pk, [indicator.pk], "2026-03")[indicator.pk]
    assert (share.value, share.expected) == (1500, 375)
    points = [(Period.parse(f"2026Q{n}"), D(part)) for n, part in enumerate(("0.2", "0.6", "0.85", "1"), 1)]
    actions.set_trajectory(
        acting_user=scene.user("office"), target=scene.target, kind="printed", cadence="quarterly", points=points
    )
    (share,) = unit_targets(scene.units.state.pk, [indicator.pk], "2026-03")[indicator.pk]
    assert share.expected == 300
    before = EARLY - dt.timedelta(days=1)
    assert unit_targets(scene.units.north.pk, [indicator.pk], "2026-06", as_of=before) == {}
    assert unit_targets(scene.units.north.pk, [indicator.pk], "2027-06") == {}
    assert unit_targets(scene.units.trade.pk, [indicator.pk], "2026-06") == {}


def test_progress_names_its_tier(scene: Scene) -> None:
    indicator = measured(scene)
    type(scene.target).objects.filter(pk=scene.target.pk).update(tier="work")
    scene.target.refresh_from_db()
    saved = quarters(scene, (scene.units.north, ("140", "420", "595", "700")), (scene.units.south, ("", "", "", "800")))
    adopt(scene, saved.revision)
    observe(indicator, scene.units.north, "2026-03", "133")
    observe(indicator, scene.units.state, "2026-03", "400")
    found = target_progress(scene.target, period="2026-03")
    assert found.tier == "工作目标"
    north, south = found.units
    assert (north.goal, north.expected, north.actual, north.light) == (700, 140, 133, Light.YELLOW)
    assert (south.actual, south.light) == (None, Light.GREY)
    assert found.whole is not None and (found.whole.expected, found.whole.light) == (375, Light.GREEN)
    stretch = type(scene.target).objects.get(pk=scene.target.pk)
    stretch.pk, stretch.tier, stretch.value = None, "stretch", D(1700)
    stretch.save()
    TargetIndicator.objects.create(target=stretch, indicator=indicator)
    office = client(scene, "office")
    office.get("/letters")
    with CaptureQueriesContext(connection) as asked:
        page = office.get(f"/targets/{scene.target.pk}/tiers").content.decode()
    assert len(asked) <= 15, [query["sql"] for query in asked.captured_queries]
    assert "奋斗目标" in page and "≥ 1,700户" in page and "425" in page  # a quarter of 1700 is due by March
    assert "工作目标" in page and "未报" in page and "略慢" in page
    own = client(scene, "south").get(f"/targets/{scene.target.pk}/tiers").content.decode()
    assert "南屏县" in own and "北川县" not in own


def test_the_same_content_gives_the_same_bytes(scene: Scene) -> None:
    saved = quarters(scene, (scene.units.north, ("140", "420", "595", "700")))
    adopt(scene, saved.revision)
    found = contents(scene.plan, [scene.units.north, scene.units.farm], 2026)
    content = found[scene.units.north.pk]
    first = write_letter(content)
    assert first == write_letter(json.loads(json.dumps(content)))
    assert write_letter(found[scene.units.farm.pk]) != first
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {entry.date_time[0] for entry in packed.infolist()} == {1980}
    word = Document(io.BytesIO(first))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "2026年目标责任书" in text and "责任单位：北川县人民政府" in text
    targets, duties, signatures = word.tables
    assert [cell.text for cell in targets.rows[1].cells] == [
        "1",
        "新增家庭农场",
        "—",
        "不低于700户",
        "第一季度 累计140户\n第二季度 累计420户\n第三季度 累计595户\n第四季度 累计700户",
        "2026年12月31日",
    ]
    assert [cell.text for cell in duties.rows[1].cells][1:3] == ["一、（二）培育新型经营主体", "责任"]
    assert "负责人（签字）" in signatures.rows[0].cells[1].text
    assert found[scene.units.farm.pk]["targets"][0]["led"]


def test_the_api_answers_as_the_page_does(scene: Scene) -> None:
    give(scene)
    office, url = client(scene, "office"), f"/api/v1/targets/{scene.target.pk}/allocation"
    found = office.get(url).json()
    assert (found["state"], found["revision"], found["given_out"], found["left_over"]) == ("adopted", 3, "1500", "0")
    cells = [{"unit": scene.units.north.pk, "period": "2026", "value": None}]

    def patch(browser: Client, revision: int) -> Any:
        body = json.dumps({"revision": revision, "cells": cells})
        return browser.patch(url, body, content_type="application/json")

    answer = patch(office, 3)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["left_over"]) == ("draft", "700")
    late = patch(office, 3)
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert "没有丢失" in late.json()["detail"]
    south = client(scene, "south").get(url).json()
    assert south["partial"] and south["state"] == "adopted" and south["given_out"] is None
    assert [row["unit"]["key"] for row in south["rows"]] == ["south"]
    assert patch(client(scene, "south"), 4).status_code == 403
    assert office.get(url, {"as_of": "2020-01-01T00:00:00+08:00"}).json()["state"] == "none"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.5"),
        ("１２３", "123"),
        ("1.5万户", "15000"),
        ("2亿", "200000000"),
        ("-3.2", "-3.2"),
        ("—", None),
        (" ", None),
        ("0", "0"),
    ],
)
def test_figures_as_people_type_them(text: str, value: str | None) -> None:
    assert parse_value(text, "户") == (None if value is None else D(value))


@pytest.mark.parametrize("text", ["七百", "1e5", "1.2.3", "1.1234567", "9" * 19, "NaN", "约5"])
def test_what_is_no_figure(text: str) -> None:
    with pytest.raises(ValueProblem):
        parse_value(text, "户")


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("工作目标时序进度（户）/一季度", "2026Q1"),
        ("第4季度", "2026Q4"),
        ("2026 年/1—6 月/增长 (%)", "2026-06"),
        ("2026 年 1—12 月", "2026-12"),
        ("上半年", "2026H1"),
        ("全年", "2026"),
        ("2025年1—6月", None),
        ("企业", None),
    ],
)
def test_periods_in_the_names_of_columns(name: str, period: str | None) -> None:
    found = period_of_name(name, 2026)
    assert (str(found) if found else None) == period


def test_single_quarters_are_told_from_cumulative_ones() -> None:
    rows = [["甲县", "10", "20", "30", "40"], ["乙县", "5", "5", "5", "5"]]
    (best, *_) = readings(
        ["县", "一季度", "二季度", "三季度", "四季度"], rows, year=2026, value=D(120), indicator="甲", tier=""
    )
    assert (best.cumulative, [column for column, _ in best.columns]) == (False, [1, 2, 3, 4])


def test_a_merged_cell_of_the_annex_is_one_number(scene: Scene) -> None:
    table = scene.plan.plantables.select_related("version__document").get()
    document = table.version.document
    # The file marks the last column of both counties as one cell, below a header of one row.
    cells = [[1, 5, "1500", 2, 1], [3, 5, "1510", 1, 1]]
    document.tables = [{"first_line": 100, "last_line": 103, "width": 6, "cells": cells}]
    document.save()
    actions.import_annex(
        acting_user=scene.user("office"),
        target=scene.target,
        unit=scene.units.state,
        revision=0,
        table=table,
        columns={5: "2026"},
        units={0: scene.units.north.pk, 1: scene.units.south.pk},
        cadence="yearly",
        cumulative=True,
    )
    grid = allocation_grid(scene.user("office"), scene.target, scene.units.state)
    north, south = (row.cells[0] for row in grid.rows)
    assert north.joint == south.joint != ""
    assert (north.value, south.value, grid.columns[0].total) == (700, None, 700)
    assert grid.printed_total == 1510
