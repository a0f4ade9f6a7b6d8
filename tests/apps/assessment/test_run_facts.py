"""Figures drawn from the ledgers: indicators and their targets, last year, punctuality, other runs, offered ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from luoshi.apps.assessment import actions
from luoshi.apps.assessment import sources as figure_sources
from luoshi.apps.assessment.models import ItemSource, RunFact
from luoshi.apps.indicators.figures import Figure, FigureFact
from luoshi.apps.indicators.models import Indicator, TargetIndicator
from luoshi.apps.targets.models import AllocationVersion
from luoshi.periods import Period
from tests.apps.assessment.making_runs import at, make_adoption, report
from tests.apps.targets.conftest import Scene, scene
from tests.apps.targets.test_actions import EARLY
from tests.apps.targets.test_pages import give

__all__ = ["scene"]  # a fixture

SCHEME = """
key: drawn
title: 取数试验
groups:
  - key: all
    title: 各项
    items:
      - {key: "1", title: 家庭农场, points: 20, unit: 户, method: {type: ranking}, basis: completion}
      - {key: "2", title: 本季新增, points: 20, unit: 户, method: {type: ranking}}
      - {key: "3", title: 同比, points: 20, unit: 户, method: {type: year-on-year, zero_at: 0, full_at: 50}}
      - {key: "4", title: 开工, points: 20, unit: 个, method: {type: target}}
      - {key: "5", title: 专项得分, points: 20, method: {type: share}}
      - {key: "6", title: 迟报, when_blank: 0, method: {type: deduction, points: 1}}
"""


def drawn(run: Any, item: str) -> dict[str, RunFact]:
    return {row.unit.key: row for row in RunFact.objects.filter(run=run, item=item).select_related("unit")}


def test_every_kind_of_source(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    give(scene)  # 700 for the north, 800 for the south
    AllocationVersion.objects.update(adopted_at=EARLY)
    common = {"unit_of_measure": "户", "unit_aggregation": "sum", "owner": scene.units.farm}
    farms = Indicator.objects.create(key="jtnc", name="家庭农场", kind="cumulative", time_aggregation="last", **common)
    new = Indicator.objects.create(key="xz", name="新增", kind="flow", time_aggregation="sum", **common)
    TargetIndicator.objects.create(target=scene.target, indicator=farms)
    north, south = scene.units.north, scene.units.south
    report(farms, north, "2026-03", "350")
    report(farms, north, "2025-03", "200", at(3))
    report(farms, south, "2026-02", "100")  # not for March: not reported
    for month, value in (("2026-01", "5"), ("2026-02", "6"), ("2026-03", "7")):
        report(new, north, month, value)
    report(new, south, "2026-01", "5")  # two months are missing
    owner, counties = scene.units.state, (north, south)
    other = make_adoption(owner, counties, SCHEME.replace("key: drawn", "key: other"), "other", "专项")
    before = actions.create_run(acting_user=scene.user("office"), adoption_id=other.pk, period="2026Q1", now=at(4))
    actions.enter_fact(acting_user=scene.user("office"), run_id=before.pk, unit_id=north.pk, item="4", value=Decimal(3),
                       target=Decimal(4), now=at(4))  # fmt: skip
    actions.preview_run(acting_user=scene.user("office"), run_id=before.pk, now=at(4))
    actions.finalise_run(acting_user=scene.user("office"), run_id=before.pk, reason="无异议", now=at(4, hour=10))
    total = Decimal(type(before).objects.get(pk=before.pk).snapshot["standing"]["north"]["total"])

    def starts(period: Period, unit_ids: Any, as_of: dt.datetime) -> dict[int, FigureFact]:
        assert str(period) == "2026Q1" and set(unit_ids) == {north.pk, south.pk}
        return {
            north.pk: FigureFact(
                Decimal(2), Decimal(8), "项目台账：新开工2个", reference={"url": "/projects?unit=north"}
            )
        }

    monkeypatch.setitem(figure_sources._registered, "projects", {"test-starts": Figure("新开工", starts, "个")})
    adoption = make_adoption(owner, counties, SCHEME, "drawn", "取数试验")
    source = {"adoption": adoption}
    ItemSource.objects.create(**source, item="1", kind="indicator", indicator=farms, parameters={"target_share": "25"})
    ItemSource.objects.create(**source, item="2", kind="indicator", indicator=new)
    ItemSource.objects.create(**source, item="3", kind="indicator", indicator=farms)
    ItemSource.objects.create(
        **source, item="4", kind="projects", parameters={"figure": "test-starts", "target_share": "50"}
    )
    ItemSource.objects.create(**source, item="5", kind="run", takes=other)
    ItemSource.objects.create(**source, item="6", kind="punctuality", parameters={"figure": "late"})
    office = scene.user("office")
    run = actions.create_run(acting_user=office, adoption_id=adoption.pk, period="2026Q1", now=at(5))
    one = drawn(run, "1")
    assert (one["north"].value, one["north"].target) == (350, 175)
    assert (one["south"].value, one["south"].target) == (None, 200)
    assert one["north"].reference["target"] == scene.target.pk and one["north"].reference["observations"]
    assert "家庭农场" in one["north"].source and "25%" in one["north"].source
    two = drawn(run, "2")
    assert two["north"].value == 18 and "south" not in two
    assert drawn(run, "3")["north"].previous == 200
    assert (drawn(run, "4")["north"].value, drawn(run, "4")["north"].target) == (2, 4)
    assert drawn(run, "5")["north"].value == total and drawn(run, "5")["north"].reference == {"run": before.pk}
    assert drawn(run, "6") == {}, "owed no returns"
    # What was typed beats what is drawn, with a reason, and stays when the ledgers are read again.
    given = {"acting_user": office, "run_id": run.pk, "unit_id": north.pk, "item": "1", "now": at(5)}
    with pytest.raises(ValidationError, match="写明理由"):
        actions.enter_fact(**given, value=Decimal(360), target=Decimal(175))
    actions.enter_fact(**given, value=Decimal(360), target=Decimal(175), reason="统计局更正函")
    report_later = report(farms, south, "2026-03", "120", at(6))
    actions.draw_facts(acting_user=office, run_id=run.pk, now=at(7))
    rows = RunFact.objects.filter(run=run, item="1")
    assert rows.get(unit=south).value == 120 and rows.get(unit=south).reference["observations"] == [report_later.pk]
    assert rows.get(unit=north, is_typed=True).value == 360 and rows.get(unit=north, is_typed=False).value == 350
    shown = actions.preview_run(acting_user=office, run_id=run.pk, now=at(7))
    facts = {(fact["key"], fact["item"]): fact for fact in shown.snapshot["facts"]}
    assert facts["north", "1"]["value"] == "360" and facts["north", "1"]["typed"]
    # As known at an earlier moment nothing of the 6th was known.
    early = actions.correct_run(acting_user=office, run_id=run.pk, reason="试")
    actions.draw_facts(acting_user=office, run_id=early.pk, as_of=at(5), now=at(8))
    assert drawn(early, "1")["south"].value is None
