"""Who may give to whom, whose gift counts, and that computing tells nobody what they may not see."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Membership, Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import actions, policies
from luoshi.apps.targets.actions import CellChange, Computation
from luoshi.apps.targets.errors import Invalid
from luoshi.apps.targets.letters import contents
from luoshi.apps.targets.models import Allocation, AllocationVersion, LetterJob, Share
from luoshi.apps.targets.queries import allocation_grid, unit_targets
from luoshi.apps.targets.queries.totals import given_total
from luoshi.site.tick import tick
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_actions import adopt, measured, observe, save
from tests.apps.targets.test_pages import client, give, patch

D = Decimal


def below(scene: Scene, revision: int, **more: Any) -> Any:
    """Change the northern county's draft as its own coordinator."""
    return actions.save_shares(
        acting_user=scene.user("north"), target=scene.target, unit=scene.units.north, revision=revision, **more
    )


def gift(scene: Scene, giver: Unit, *shares: tuple[Unit, str], ordinal: int = 1) -> None:
    """A version in force as it could be stored before giving was confined to the units below."""
    allocation, _ = Allocation.objects.get_or_create(target=scene.target, unit=giver)
    version = AllocationVersion.objects.create(
        allocation=allocation, ordinal=ordinal, method="typed", adopted_at=timezone.now()
    )
    Share.objects.bulk_create(
        Share(version=version, unit=unit, period="2026", value=D(value)) for unit, value in shares
    )


def test_a_county_gives_to_units_below_it_alone(scene: Scene) -> None:
    give(scene)
    units = scene.units
    for stray in (units.south, units.trade, units.state, units.north):
        with pytest.raises(Invalid, match="只能分解给所属的单位"):
            below(scene, 0, add_units=[scene.townships[0].pk, stray.pk])
    saved = below(scene, 0, add_units=[scene.townships[0].pk, units.north_farm.pk])
    with pytest.raises(Invalid, match="不在单位库中"):
        below(scene, saved.revision, add_units=[2**40])
    api = f"/api/v1/targets/{scene.target.pk}/allocation"
    body = json.dumps({"unit": "north", "revision": saved.revision, "add_units": [units.south.pk]})
    answer = client(scene, "north").patch(api, body, content_type="application/json")
    assert answer.status_code == 422 and "南屏县" in answer.json()["detail"]
    form = {"unit": "north", "revision": saved.revision, "text": "南屏县\t99999"}
    pasted = client(scene, "north").post(f"/targets/{scene.target.pk}/allocation/paste", form)
    assert pasted.status_code == 422 and "南屏县" in pasted.content.decode()
    with pytest.raises(Invalid, match="只能分解给所属的单位"):
        actions.import_annex(
            acting_user=scene.user("north"),
            target=scene.target,
            unit=units.north,
            revision=saved.revision,
            table=scene.plan.plantables.get(),
            columns={1: "2026"},
            units={1: units.south.pk},
            cadence="yearly",
            cumulative=True,
        )
    panel = client(scene, "north").get(f"/targets/{scene.target.pk}/allocation/rows", {"unit": "north"})
    assert "石桥乡" in panel.content.decode() and "本级" not in panel.content.decode()


def test_a_row_that_has_become_a_stranger_is_not_adopted(scene: Scene) -> None:
    give(scene)
    township = scene.townships[0]
    saved = below(scene, 0, add_units=[township.pk])
    saved = below(scene, saved.revision, changes=[CellChange(township.pk, "2026", "5")])
    Share.objects.filter(version=saved.version, unit=township).update(unit=scene.units.south)
    with pytest.raises(Invalid, match="南屏县不在北川县"):
        actions.adopt_allocation(
            acting_user=scene.user("north"), target=scene.target, unit=scene.units.north, revision=saved.revision
        )


def test_the_owner_gives_within_its_government(scene: Scene) -> None:
    with pytest.raises(Invalid, match="只能分解给"):
        save(scene, 0, add_units=[scene.units.state.pk])
    save(scene, 0, add_units=[scene.townships[0].pk, scene.units.trade.pk])
    other = Unit.objects.add_root(
        {"key": "far", "name": "远山州人民政府", "short_name": "远山州", "kind": "prefecture"}
    )
    with pytest.raises(Invalid, match="远山州不在"):
        save(scene, 1, add_units=[other.pk])
    # A plan of a department: every unit of its prefecture. One of a county's department: those of the county.
    plan = type(scene.plan).objects.get(pk=scene.plan.pk)
    keys = {}
    for owner in (scene.units.farm, scene.units.north_farm):
        plan.owner = owner
        plan.save()
        target = Target.objects.select_related("plan__owner").get(pk=scene.target.pk)
        keys[owner.key] = set(policies.receivers(target, owner).values_list("key", flat=True))
    assert keys["farm"] == {"yunling", "north", "south", "trade", "north-farm", "n-hill", "n-lake"}
    assert keys["north-farm"] == {"north", "n-hill", "n-lake"}


def test_only_a_gift_from_above_counts(scene: Scene) -> None:
    indicator = measured(scene)
    units, township = scene.units, scene.townships[0]
    give(scene)
    gift(scene, units.north, (units.south, "99999"), (units.trade, "5"), (units.north, "1"), (township, "300"))
    # The later gift of the prefecture has the greater row numbers and does not lose by that.
    saved = save(scene, 3, changes=[CellChange(units.south.pk, "2026", "801")])
    adopt(scene, saved.revision, "调整")

    def reached(unit: Unit) -> list[Decimal]:
        return [share.value for share in unit_targets(unit.pk, [indicator.pk], "2026-03").get(indicator.pk, [])]

    assert [reached(unit) for unit in (units.south, units.trade, units.north, township)] == [[801], [], [700], [300]]
    totals = [given_total(scene.target, unit) for unit in (units.south, units.trade, units.north, township)]
    assert totals == [801, None, 700, 300]
    letters = contents(scene.plan, [units.south, units.north, township], 2026)
    assert [letters[unit.pk]["targets"][0]["value"] for unit in (units.south, units.north, township)] == [
        "不低于801户",
        "不低于700户",
        "不低于300户",
    ]
    assert "99,999" not in client(scene, "south").get("/allocations").content.decode()
    # What a unit gives that was given nothing itself does not count either.
    gift(scene, units.state, (units.south, "801"), ordinal=3)
    assert [reached(unit) for unit in (units.south, units.north, township)] == [[801], [], []]
    assert "300户" not in client(scene, "north").get("/allocations").content.decode()


def test_weights_are_taken_of_what_the_person_sees(scene: Scene) -> None:
    give(scene)
    indicator = measured(scene)
    hill, lake = scene.townships
    saved = save(scene, 3, add_units=[hill.pk], remove_units=[scene.units.north.pk])
    owned = Indicator.objects.create(
        key="hidden",
        name="市场主体",
        unit_of_measure="户",
        kind="stock",
        unit_aggregation="sum",
        time_aggregation="last",
        owner=scene.units.trade,
    )
    for one in (owned, indicator):
        observe(one, scene.units.south, "2025", "4321")
        observe(one, hill, "2025", "1000")

    def preview(name: str, how: Computation) -> Any:
        place = {"acting_user": scene.user(name), "target": scene.target, "unit": scene.units.state}
        return actions.preview_shares(**place, how=how)

    by_hidden = Computation("weights", weight_indicator=owned.pk, weight_period="2025")
    assert saved.revision and len(preview("office", by_hidden)) == 2
    # The lead of the measure sees no values of an indicator that another department owns.
    with pytest.raises(Invalid, match="无权查看"):
        preview("farm", by_hidden)
    assert len(preview("farm", Computation("last-year"))) == 2
    Indicator.objects.filter(pk=indicator.pk).update(owner=scene.units.trade)
    with pytest.raises(Invalid, match="无权查看"):
        preview("farm", Computation("last-year"))
    # Nor are last year's figures of the prefecture told by the trajectory's form.
    for quarter, value in enumerate(("13", "29", "61", "100"), 1):
        observe(indicator, scene.units.state, f"2025Q{quarter}", value)
    url, asked = f"/targets/{scene.target.pk}/trajectory", {"kind": "last-year", "cadence": "quarterly"}
    assert 'value="29"' in client(scene, "office").get(url, asked).content.decode()
    assert 'value="29"' not in client(scene, "farm").get(url, asked).content.decode()
    assert lake.pk


def test_a_job_of_someone_who_lost_the_role_ends_in_words(scene: Scene) -> None:
    give(scene)
    ids = [scene.units.north.pk, scene.units.south.pk]
    job = LetterJob.objects.create(plan=scene.plan, year=2026, unit_ids=ids, created_by=scene.people["office"])
    LetterJob.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    Membership.objects.filter(user=scene.people["office"]).update(unit=scene.units.north)
    assert "接续了 1 次中断的责任书生成。" in list(tick())
    job.refresh_from_db()
    assert (job.state, job.done) == ("failed", 0) and "没有办理此方案责任书的权限" in job.problem
    assert not any("责任书" in line for line in tick())
    office = client(scene, "office")
    part = office.get(f"/letters/jobs/{job.pk}").content.decode()
    assert "已停止" in part and job.problem in part and "every 2s" not in part
    assert job.problem in office.get("/letters").content.decode()


@pytest.mark.parametrize("unit", ["\ud800", "a\x00", "x\udfff"])
def test_text_that_no_database_keeps_is_refused(scene: Scene, unit: str) -> None:
    give(scene)
    answer = patch(client(scene, "office"), scene, 3, unit=unit)
    assert answer.status_code == 422 and answer.json()["message"] == "发送的内容有误。"


def test_rates_of_single_periods_are_not_added_up(scene: Scene) -> None:
    indicator = measured(scene, "flow")
    Target.objects.filter(pk=scene.target.pk).update(unit_of_measure="%", value=D(10))
    scene.target = Target.objects.select_related("plan__owner").get(pk=scene.target.pk)
    north, hill = scene.units.north, scene.townships[0]
    saved = save(scene, 0, add_units=[north.pk], cadence="quarterly", cumulative=False)
    saved = save(scene, saved.revision, changes=[CellChange(north.pk, f"2026Q{n}", "10") for n in (1, 2, 3, 4)])
    keep = Computation("keep", cadence="yearly")
    place = {"acting_user": scene.user("office"), "target": scene.target, "unit": scene.units.state}
    assert actions.preview_shares(**place, how=keep) == {(north.pk, "2026"): 10}
    adopt(scene, saved.revision)
    assert given_total(scene.target, north) == 10
    below(scene, 0, add_units=[hill.pk])
    assert allocation_grid(scene.user("north"), scene.target, north).total == 10
    (share,) = unit_targets(north.pk, [indicator.pk], "2026-06")[indicator.pk]
    assert share.value == 10
