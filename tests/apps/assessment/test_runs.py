"""The life of a run: opened, typed, shown, disputed, corrected, final; its snapshot gives the same result again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.computing import verify
from luoshi.apps.assessment.errors import Invalid, NotNow, Stale
from luoshi.apps.assessment.models import Run, RunFact, RunState, RunStep
from luoshi.apps.assessment.policies import visible_runs
from luoshi.apps.journal.actions import verify as verify_journal
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.models import Notice
from tests.apps.assessment.making_runs import World, at, draft, make_adoption, make_world, shown


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    """Five counties and an adoption."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


def standing(run: Run) -> dict[str, tuple[Any, Decimal]]:
    return {key: (one["rank"], Decimal(one["total"])) for key, one in run.snapshot["standing"].items()}


def test_a_preview_freezes_what_was_scored(world: World) -> None:
    run = shown(world)
    assert run.state == RunState.PREVIEW
    rows = {row["unit"]: row for row in run.snapshot["result"]}
    north = {one["item"]: one for one in rows["北川县"]["items"]}
    # 1: of 4 units with a target (东山县 has none) 80 % is third; 西屏县 brought nothing and keeps its place.
    assert (north["1"]["rank"], north["1"]["units"], Decimal(north["1"]["points"])) == (3, 4, Decimal(15))
    assert Decimal(north["2"]["points"]) == 20 and Decimal(north["3"]["points"]) == 15
    # 4: 70 and 90 are left out: 82.5 of 100.
    assert Decimal(north["4"]["points"]) == Decimal("16.5") and Decimal(north["5"]["points"]) == 10
    assert Decimal(rows["北川县"]["total"]) == Decimal("76.5")
    assert {one["item"]: one["status"] for one in rows["东山县"]["items"]}["1"] == "不适用"
    assert {one["item"]: one["status"] for one in rows["西屏县"]["items"]}["2"] == "未报"
    assert standing(run)["north"] == (rows["北川县"]["rank"], Decimal("76.5"))
    assert verify(run.snapshot, run.digest).ok
    # Five working days after the 6th of April 2026 (a holiday), in Shanghai.
    assert run.objections_until is not None and run.objections_until.astimezone(at(1).tzinfo).date() == dt.date(
        2026, 4, 13
    )
    told = Notice.objects.filter(kind="assessment-previewed")
    assert set(told.values_list("recipient__username", flat=True)) >= {"north", "south", "east", "west", "hill"}
    assert told.get(recipient__username="north").url == f"/assessment/{run.pk}/units/north"
    assert verify_journal().ok


def test_a_changed_snapshot_is_found(world: World) -> None:
    run = shown(world)
    for row in run.snapshot["result"]:
        if row["unit"] == "高岭县":
            row["total"], row["rank"] = "99.000000", 1
    found = verify(run.snapshot, run.digest)
    assert not found.ok and "摘要不符" in found.problems[0] and "高岭县存档为99.000000分第1名" in found.problems[1]


def test_who_sees_a_run(world: World) -> None:
    run = draft(world)
    assert set(visible_runs(world.user("north"))) == set()
    assert set(visible_runs(world.user("leader"))) == {run}
    assert set(visible_runs(world.user("trade"))) == {run}, "checks an item"
    assert set(visible_runs(world.user("farm"))) == set()
    actions.preview_run(acting_user=world.office, run_id=run.pk, now=at(6))
    assert set(visible_runs(world.user("north"))) == {run}
    assert set(visible_runs(world.user("nobody"))) == set()


def test_what_a_run_refuses(world: World) -> None:
    run = draft(world)
    create = {"acting_user": world.office, "adoption_id": world.adoption.pk, "now": at(5)}
    with pytest.raises(NotNow, match="已有考核"):
        actions.create_run(**create, period="2026Q1")
    with pytest.raises(Invalid, match="还没有开始"):
        actions.create_run(**create, period="2026Q3")
    with pytest.raises(Invalid, match="没有2026年3月这一期"):
        actions.create_run(**create, period="2026-03")
    with pytest.raises(Invalid, match="起施行"):
        actions.create_run(**create, period="2024Q4")
    with pytest.raises(Invalid, match="不是期别"):
        actions.create_run(**create, period="春天")
    with pytest.raises(PermissionDenied):
        actions.preview_run(acting_user=world.user("trade"), run_id=run.pk)
    with pytest.raises(Http404):
        actions.preview_run(acting_user=world.user("north"), run_id=run.pk)
    with pytest.raises(Stale):
        actions.preview_run(acting_user=world.office, run_id=run.pk, revision=run.revision - 1)
    with pytest.raises(NotNow, match="请先公示"):
        actions.finalise_run(acting_user=world.office, run_id=run.pk)
    RunFact.objects.filter(run=run, item="3").update(target=Decimal(-4))
    with pytest.raises(Invalid, match="目标是负数"):
        actions.preview_run(acting_user=world.office, run_id=run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DRAFT and run.snapshot is None, "nothing was stored"
    RunFact.objects.filter(run=run).delete()
    with pytest.raises(NotNow, match="还没有任何数据"):
        actions.preview_run(acting_user=world.office, run_id=run.pk)


def test_an_upheld_objection_is_put_right_by_a_correction(world: World) -> None:
    old = shown(world)
    before = standing(old)
    objection = actions.file_objection(
        acting_user=world.user("hill"),
        run_id=old.pk,
        unit_id=world.counties["hill"].pk,
        item="3",
        wanted=Decimal(4),
        text="外出招商4次，已报备。",
        now=at(7),
    )
    assert Notice.objects.filter(kind="assessment-objected").values_list("recipient__username", flat=True).count() >= 2
    with pytest.raises(NotNow, match="1条异议没有答复"):
        actions.finalise_run(acting_user=world.office, run_id=old.pk, now=at(8))
    answered = actions.answer_objection(
        acting_user=world.user("trade"), objection_id=objection.pk, uphold=True, answer="报备表属实。", now=at(8)
    )
    assert answered.state == "upheld"
    assert Notice.objects.filter(kind="assessment-answered", recipient__username="hill").exists()
    with pytest.raises(NotNow, match="已采纳，请先更正"):
        actions.finalise_run(acting_user=world.office, run_id=old.pk, now=at(20))
    new = actions.correct_run(acting_user=world.office, run_id=old.pk, reason="高岭县外出招商次数更正", now=at(9))
    with pytest.raises(NotNow, match="正在更正"):
        actions.finalise_run(acting_user=world.office, run_id=old.pk, reason="不等了", now=at(20))
    old.refresh_from_db()
    assert old.state == RunState.PREVIEW, "stands until the correction is shown"
    fact = RunFact.objects.get(run=new, unit=world.counties["hill"], item="3")
    assert (fact.value, fact.target, fact.is_typed) == (4, 4, True) and "采纳异议：报备表属实" in fact.reason
    new = actions.preview_run(acting_user=world.office, run_id=new.pk, now=at(10))
    old.refresh_from_db()
    assert (old.state, new.state, new.ordinal) == (RunState.REPLACED, RunState.PREVIEW, 2)
    after = standing(new)
    assert after["hill"][1] == before["hill"][1] + 20 and after["north"][1] == before["north"][1]
    with pytest.raises(NotNow, match="提前定稿"):
        actions.finalise_run(acting_user=world.office, run_id=new.pk, now=at(11))
    final = actions.finalise_run(acting_user=world.office, run_id=new.pk, now=at(25))
    assert (
        final.state == RunState.FINAL
        and verify(final.snapshot, final.digest).ok
        and verify(old.snapshot, old.digest).ok
    )
    assert Notice.objects.filter(kind="assessment-final", recipient__username="hill").exists()
    # What is final may be corrected too; nobody else's run is touched.
    third = actions.correct_run(acting_user=world.office, run_id=final.pk, reason="统计数据修订", now=at(26))
    actions.withdraw_run(acting_user=world.office, run_id=third.pk, reason="不需要了", now=at(26))
    final.refresh_from_db()
    assert final.state == RunState.FINAL
    assert [step.action for step in RunStep.objects.filter(run=final)] == ["correct", "preview", "finalise"]
    assert Entry.objects.filter(action="考核定稿").count() == 1 and verify_journal().ok


def test_objections_have_their_time_and_their_people(world: World) -> None:
    run = shown(world)
    hill, north = world.counties["hill"], world.counties["north"]
    given = {"run_id": run.pk, "text": "数字不对。"}
    with pytest.raises(PermissionDenied):
        actions.file_objection(acting_user=world.user("north"), unit_id=hill.pk, now=at(7), **given)
    with pytest.raises(PermissionDenied, match="被考核单位"):
        actions.file_objection(acting_user=world.office, unit_id=hill.pk, now=at(7), **given)
    with pytest.raises(ValidationError, match="哪一项"):
        actions.file_objection(acting_user=world.user("hill"), unit_id=hill.pk, wanted=Decimal(1), now=at(7), **given)
    with pytest.raises(NotNow, match="异议期已满"):
        actions.file_objection(acting_user=world.user("hill"), unit_id=hill.pk, now=at(14), **given)
    actions.extend_objections(
        acting_user=world.office, run_id=run.pk, until=dt.date(2026, 4, 20), reason="有单位在外", now=at(14)
    )
    about = actions.file_objection(
        acting_user=world.user("hill"), unit_id=hill.pk, about_id=north.pk, item="1", now=at(14), **given
    )
    with pytest.raises(PermissionDenied):
        actions.answer_objection(
            acting_user=world.user("trade"), objection_id=about.pk, uphold=False, answer="不实。"
        )  # item 1 is not the department's to check
    with pytest.raises(PermissionDenied):
        actions.withdraw_objection(acting_user=world.user("north"), objection_id=about.pk)
    actions.withdraw_objection(acting_user=world.user("hill"), objection_id=about.pk, now=at(15))
    with pytest.raises(NotNow, match="已撤回"):
        actions.answer_objection(acting_user=world.office, objection_id=about.pk, uphold=False, answer="不实。")
    with pytest.raises(ValidationError, match="晚于"):
        actions.extend_objections(
            acting_user=world.office, run_id=run.pk, until=dt.date(2026, 4, 19), reason="再延", now=at(15)
        )


def test_the_year_is_combined_from_the_final_quarters(world: World) -> None:
    from luoshi.apps.assessment.models import ItemSource

    text = """
key: valley-year
title: 全年
parts:
  - {key: Q1, title: 一季度, scheme: valley-race}
  - {key: Q2, title: 二季度, scheme: valley-race}
combination: {title: 全年, formula: (Q1 + Q2) / 2}
"""
    year = make_adoption(
        world.units.state,
        world.counties.values(),
        text,
        "valley-year",
        "全年竞赛",
        cadence="yearly",
        first_period="2026",
    )
    for part in ("Q1", "Q2"):
        ItemSource.objects.create(adoption=year, item=part, kind="run", takes=world.adoption)
    run = actions.create_run(acting_user=world.office, adoption_id=year.pk, period="2026", now=at(5, 7))
    with pytest.raises(NotNow, match="2026年第一季度招商竞赛还没有定稿"):
        actions.preview_run(acting_user=world.office, run_id=run.pk, now=at(5, 7))
    totals = []
    for quarter, month in (("2026Q1", 4), ("2026Q2", 7)):
        part = shown(world, quarter, at(1, month))
        actions.finalise_run(acting_user=world.office, run_id=part.pk, reason="各单位无异议", now=at(2, month))
        totals.append(standing(part)["north"][1])
    run = actions.preview_run(acting_user=world.office, run_id=run.pk, now=at(6, 7))
    assert standing(run)["north"][1] == sum(totals) / 2
    assert verify(run.snapshot, run.digest).ok and len(run.snapshot["parts"]) == 2
