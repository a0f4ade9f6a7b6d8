"""Standings: many targets, units and periods from one set of queries; thresholds; what the year will end with."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.apps.indicators.models import Indicator, Observation, TargetIndicator
from luoshi.apps.journal.models import Entry
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import actions
from luoshi.apps.targets.actions import CellChange
from luoshi.apps.targets.errors import Invalid, Stale
from luoshi.apps.targets.models import Allocation, AllocationVersion, ProgressRule, Share
from luoshi.apps.targets.queries import forecasts, standings, standings_seen, target_progress
from luoshi.periods import SHANGHAI, Cadence, Period
from luoshi.progress import Light, Method, Outlook
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_actions import EARLY, adopt, measured, observe, quarters, save
from tests.apps.targets.test_pages import client, give

D = Decimal
MOST_QUERIES = 8


def month(number: int, year: int = 2026) -> Period:
    """A month."""
    return Period(Cadence.MONTHLY, year, number)


def targets_of(scene: Scene) -> list[Target]:
    """The targets of the plan, as a board reads them."""
    return list(Target.objects.filter(plan=scene.plan, retired_in=None).select_related("plan__owner").order_by("pk"))


@pytest.fixture
def shared_out(scene: Scene) -> Indicator:
    """700 and 800 of the 1500, both counties reporting until March, the northern one until April."""
    give(scene)
    indicator = measured(scene)
    for number, value in ((1, "70"), (2, "110"), (3, "150"), (4, "235")):
        observe(indicator, scene.units.north, str(month(number)), value)
    for number, value in ((1, "70"), (2, "140"), (3, "240")):
        observe(indicator, scene.units.south, str(month(number)), value)
    return indicator


def test_each_unit_stands_in_the_targets_tier_with_a_reason(scene: Scene, shared_out: Indicator) -> None:
    found = standings(targets_of(scene))
    target = scene.target.pk
    assert found.latest[target] == month(3), "one of two has reported April"
    north, south = found.of_target(target, month(4))
    assert (north.unit, north.goal, north.expected, north.actual) == (scene.units.north, 700, D("233.333331"), 235)
    assert (north.light, south.light) == (Light.GREEN, Light.GREY)
    assert north.reason == "2026年4月完成235户，达到应达数233.33户（100.7%）。"
    assert south.reason == "2026年4月未报。"
    march = found.get(target, scene.units.north.pk)
    assert march is not None and march.light is Light.RED
    assert march.reason == "2026年3月为150户，未达应达数175户（85.7%），差25户，低于黄灯下限90%。"
    assert (march.gap, march.gap_to_schedule) == (550, 25)
    assert march.needed_speed() == D(550) / 9
    (observation,) = march.observation_ids
    assert Observation.objects.get(pk=observation).value == 150
    whole = found.whole(target, month(3))
    assert whole is not None and (whole.actual, whole.goal) == (390, 1500), "what both reached"
    assert found.ranks(target, month(3)) == {scene.units.north.pk: 2, scene.units.south.pk: 1}
    assert found.get(target, scene.units.trade.pk) is None, "was given nothing"
    assert found.get(target, scene.units.north.pk, month(3, 2025)) is None, "another year"


def test_history_tells_what_got_worse_and_since_when(scene: Scene, shared_out: Indicator) -> None:
    found = standings(targets_of(scene), history=True)
    target, north, south = scene.target.pk, scene.units.north.pk, scene.units.south.pk
    assert found.periods(target) == tuple(month(number) for number in range(1, 4))
    assert found.turned(target, north) == month(3)
    observe(shared_out, scene.units.south, str(month(4)), "150")
    found = standings(targets_of(scene), history=True)
    lights = found.lights(target, north)
    assert list(lights.values()) == [Light.GREEN, Light.YELLOW, Light.RED, Light.GREEN]
    for period, light in lights.items():
        one = found.get(target, north, period)
        assert one is not None and one.light is light, "the short way says the same"
    assert found.turned(target, north) == month(4)
    assert found.turned(target, north, month(3)) == month(3)
    assert found.turned(target, south) == month(4)
    ((before, now), *_) = found.worse()
    assert (before.unit_id, before.light, now.light) == (south, Light.GREEN, Light.RED)
    assert found.before(now) == before


def test_months_asked_for_are_judged_alike(scene: Scene, shared_out: Indicator) -> None:
    whole_year = standings(targets_of(scene))
    for kind in ("cumulative", "flow"):
        Indicator.objects.filter(pk=shared_out.pk).update(kind=kind)
        whole_year = standings(targets_of(scene))
        some = standings(targets_of(scene), periods=[month(2), month(3)])
        assert some.latest[scene.target.pk] == month(3)
        for unit in (scene.units.north.pk, scene.units.south.pk, scene.units.state.pk):
            for period in (month(2), month(3)):
                one, other = (found.get(scene.target.pk, unit, period) for found in (some, whole_year))
                assert one == other and one is not None and one.actual is not None
    assert standings(targets_of(scene), periods=[month(3, 2025)]).latest[scene.target.pk] is None


def test_as_of_a_moment(scene: Scene, shared_out: Indicator) -> None:
    before = EARLY - dt.timedelta(days=1)
    found = standings(targets_of(scene), as_of=before)
    assert found.of_target(scene.target.pk) == [], "nothing was given out yet"
    now = target_progress(scene.target, as_of=dt.datetime.now(tz=SHANGHAI))
    assert [one.actual for one in now.units] == [150, 240]


def test_who_sees_some_units_is_told_of_these(scene: Scene, shared_out: Indicator) -> None:
    south = standings_seen(scene.user("south"), targets_of(scene))
    assert [one.unit_id for one in south.of_target(scene.target.pk)] == [scene.units.south.pk]
    assert south.whole(scene.target.pk) is None
    head = south.headline(scene.target.pk)
    assert head is not None and (head.unit_id, head.actual) == (scene.units.south.pk, 240)
    assert south.latest[scene.target.pk] == month(3), "what others reported is not known"
    for name in ("office", "leader"):
        seen = standings_seen(scene.user(name), targets_of(scene))
        assert len(seen.of_target(scene.target.pk)) == 2
    assert standings_seen(None, targets_of(scene)).whole(scene.target.pk) is not None


def many(scene: Scene, indicator: Indicator, targets: int, months: int) -> list[Target]:
    """More targets like the first, each with its own indicator, shared out to both counties, reported every month."""
    units = (scene.units.north, scene.units.south, scene.units.farm)
    made = []
    for number in range(targets):
        target = Target.objects.get(pk=scene.target.pk)
        target.pk, target.indicator = None, f"目标{number}"
        target.save()
        own = Indicator.objects.get(pk=indicator.pk)
        own.pk, own.key, own.name = None, f"many-{targets}-{number}", f"指标{targets}-{number}"
        own.save()
        TargetIndicator.objects.create(target=target, indicator=own)
        allocation = Allocation.objects.create(target=target, unit=scene.units.state)
        version = AllocationVersion.objects.create(allocation=allocation, ordinal=1, method="typed", adopted_at=EARLY)
        Share.objects.bulk_create(Share(version=version, unit=unit, period="2026", value=500) for unit in units)
        Observation.objects.bulk_create(
            Observation(
                indicator=own,
                unit=unit,
                period=str(period),
                first_day=period.first_day,
                last_day=period.last_day,
                value=40 * period.number,
                source="self-reported",
                recorded_at=EARLY,
                origin="demo",
            )
            for unit in units
            for period in (month(number) for number in range(1, months + 1))
        )
        made.append(target)
    return made


def test_eight_queries_at_any_size(scene: Scene, shared_out: Indicator) -> None:
    asked = []
    for targets, months in ((1, 2), (12, 6)):
        many(scene, shared_out, targets, months)
        with CaptureQueriesContext(connection) as queries:
            rows = Target.objects.filter(plan=scene.plan, indicator__startswith="目标").order_by("pk")
            found = standings(rows, history=True)
            assert len([one for one in found if one.light]) >= 3 * targets
            for target in found.measured:
                assert found.lights(target, scene.units.north.pk)
            assert found.worse() is not None
        asked.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            assert forecasts(found)
        asked.append(len(queries))
        Target.objects.filter(indicator__startswith="目标").update(indicator="早先的")
    assert asked[0] == asked[2] <= MOST_QUERIES
    assert asked[1] == asked[3] <= 3


def test_flows_and_quarters_are_found_under_the_month_that_ends_them(scene: Scene, shared_out: Indicator) -> None:
    Observation.objects.all().delete()
    Indicator.objects.filter(pk=shared_out.pk).update(kind="flow")
    for number in range(1, 4):
        observe(shared_out, scene.units.north, str(month(number)), "50")
    observe(shared_out, scene.units.south, "2026Q1", "210")
    found = standings(targets_of(scene))
    for period in (month(3), Period(Cadence.QUARTERLY, 2026, 1)):
        assert [one.actual for one in found.of_target(scene.target.pk, period)] == [150, 210]
    north = found.get(scene.target.pk, scene.units.north.pk, month(3))
    assert north is not None and len(north.observation_ids) == 3
    Observation.objects.filter(period="2026-02").delete()
    gap = standings(targets_of(scene)).get(scene.target.pk, scene.units.north.pk, month(3))
    assert gap is not None and gap.actual is None, "never across a gap"


def test_a_cap_is_told_turned_round(scene: Scene, shared_out: Indicator) -> None:
    Target.objects.filter(pk=scene.target.pk).update(comparator="<=")
    found = standings(targets_of(scene))
    one = found.get(scene.target.pk, scene.units.south.pk, month(3))
    assert one is not None and one.light is Light.RED
    assert one.reason == "2026年3月为240户，超过应控数200户（83.3%），超40户，低于黄灯下限90%。"
    assert (one.gap, one.gap_to_schedule) == (-560, 40)
    assert one.needed_speed() == D(560) / 9


def test_merged_indicators_are_read_as_the_kept_one(scene: Scene, shared_out: Indicator) -> None:
    kept = Indicator.objects.create(
        key="kept",
        name="家庭农场",
        unit_of_measure="户",
        kind="cumulative",
        unit_aggregation="sum",
        time_aggregation="last",
        owner=scene.units.farm,
    )
    observe(kept, scene.units.north, str(month(3)), "160")
    Indicator.objects.filter(pk=shared_out.pk).update(merged_into=kept, merged_at=EARLY)
    found = standings(targets_of(scene))
    actual = {
        period: one.actual
        for period in (month(3), month(4))
        if (one := found.get(scene.target.pk, scene.units.north.pk, period)) is not None
    }
    assert actual == {month(3): 160, month(4): 235}, "of the same source the kept one's counts"
    observe(shared_out, scene.units.north, str(month(3)), "170", "verified")
    one = standings(targets_of(scene)).get(scene.target.pk, scene.units.north.pk, month(3))
    assert one is not None and (one.actual, one.source) == (170, "verified")


def set_lights(scene: Scene, name: str, green: str, yellow: str, revision: int = 0, **more: Any) -> ProgressRule:
    """Choose the thresholds of the plan as somebody."""
    more.setdefault("reason", "州政府常务会议定")
    return actions.set_thresholds(
        acting_user=scene.user(name), plan=scene.plan, green=D(green), yellow=D(yellow), revision=revision, **more
    )


def test_a_plan_chooses_its_lights(scene: Scene, shared_out: Indicator) -> None:
    def light() -> Light | None:
        one = standings(targets_of(scene)).get(scene.target.pk, scene.units.north.pk, month(3))
        assert one is not None
        return one.light

    assert light() is Light.RED
    first = dt.datetime(2026, 5, 1, tzinfo=SHANGHAI)
    set_lights(scene, "office", "0.95", "0.8", now=first)
    assert light() is Light.YELLOW
    set_lights(scene, "office", "0.85", "0.7", revision=1, now=first + dt.timedelta(days=30))
    assert light() is Light.GREEN
    # What was judged at a moment is judged alike again.
    Allocation.objects.get()
    AllocationVersion.objects.update(adopted_at=EARLY)
    for days, expected in ((-1, Light.RED), (1, Light.YELLOW), (31, Light.GREEN)):
        then = standings(targets_of(scene), as_of=first + dt.timedelta(days=days))
        one = then.get(scene.target.pk, scene.units.north.pk, month(3))
        assert one is not None and one.light is expected
    entry = Entry.objects.filter(action="设定亮灯标准").latest("sequence")
    assert (entry.before["green"], entry.after["green"], entry.after["reason"]) == ("0.95", "0.85", "州政府常务会议定")


def test_thresholds_are_checked(scene: Scene) -> None:
    for green, yellow in (("0.9", "0.9"), ("0.8", "0.9"), ("1", "0"), ("2.5", "1"), ("0.95555", "0.9")):
        with pytest.raises(Invalid):
            set_lights(scene, "office", green, yellow)
    with pytest.raises(Invalid, match="依据或原因"):
        set_lights(scene, "office", "1", "0.8", reason=" ")
    for name in ("leader", "north", "reporter", "farm", "nobody"):
        with pytest.raises(PermissionDenied):
            set_lights(scene, name, "1", "0.8")
    set_lights(scene, "office", "1", "0.8")
    with pytest.raises(Stale):
        set_lights(scene, "second", "1", "0.85")
    with pytest.raises(Invalid, match="没有改动"):
        set_lights(scene, "second", "1", "0.8", revision=1)
    assert ProgressRule.objects.get().revision == 1


def test_the_lights_page_sets_and_lists(scene: Scene, shared_out: Indicator) -> None:
    office, url = client(scene, "office"), f"/plans/{scene.plan.pk}/lights"
    page = office.get(url).content.decode()
    assert "系统假定" in page and "新增家庭农场" in page and "绿灯下限" in page
    refused = office.post(url, {"green": "80", "yellow": "九十", "reason": "试", "revision": 0})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "不是数" in text and 'value="80"' in text and 'value="九十"' in text
    done = office.post(url, {"green": "95%", "yellow": "80", "reason": "办公会议定", "revision": 0})
    assert done.status_code == 302
    page = office.get(url).content.decode()
    assert "办公会议定" in page and "系统假定" not in page and "达到应达数的95%" in page
    late = office.post(url, {"green": "96", "yellow": "80", "reason": "晚到", "revision": 0})
    assert late.status_code == 422 and "没有丢失" in late.content.decode() and 'value="96"' in late.content.decode()
    assert client(scene, "leader").post(url, {"green": "96"}).status_code == 403
    south = client(scene, "south").get(url).content.decode()
    assert "设定标准" not in south and "南屏县" in south and "北川县" not in south
    assert client(scene, "nobody").get(url).status_code == 404
    for name in ("office", "south"):
        browser = client(scene, name)
        browser.get("/letters")
        for path in (url, f"{url}/summary", f"/plans/lights?plan={scene.plan.pk}&plan=x"):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            assert len(queries) <= 15, (name, path, [query["sql"][:90] for query in queries])


def test_the_plan_shows_its_targets_by_light(scene: Scene, shared_out: Indicator) -> None:
    observe(shared_out, scene.units.south, str(month(4)), "150")
    office = client(scene, "office")
    part = office.get(f"/plans/{scene.plan.pk}/lights/summary").content.decode()
    assert "进度最慢的1项" in part and "1 个单位滞后" in part and "light-red" in part
    # Ahead as a whole, one county is red all the same.
    observe(shared_out, scene.units.state, str(month(4)), "600")
    part = office.get(f"/plans/{scene.plan.pk}/lights/summary").content.decode()
    assert "进度最慢的1项" in part and "南屏县" in part and "light-green" in part
    Observation.objects.filter(unit=scene.units.state).delete()
    cells = office.get(f"/plans/lights?plan={scene.plan.pk}").content.decode()
    assert f'id="plan-lights-{scene.plan.pk}"' in cells and "light=red" in cells
    assert f"/plans/{scene.plan.pk}/lights/summary" in office.get(f"/plans/{scene.plan.pk}").content.decode()
    assert f"plan={scene.plan.pk}" in office.get("/plans").content.decode()


def past_years(scene: Scene, indicator: Indicator, unit: Any) -> None:
    """Three past years of which a tenth was reached by March, as growing as they were: 600, 660, 720."""
    for year, whole in ((2023, 600), (2024, 660), (2025, 720)):
        for number, share in ((2, "0.05"), (3, "0.1"), (6, "0.4"), (12, "1")):
            observe(indicator, unit, str(month(number, year)), str(whole * D(share)))


def test_the_year_is_foretold_from_past_years(scene: Scene, shared_out: Indicator) -> None:
    past_years(scene, shared_out, scene.units.south)
    found = standings(targets_of(scene))
    told = forecasts(found)
    south = told[scene.target.pk, scene.units.south.pk]
    assert (south.method, south.value, south.backtest_error, south.outlook) == (Method.SEASONAL, 2400, 0, Outlook.SURE)
    assert "前3年到3月平均完成全年的10.0%" in south.basis
    north = told[scene.target.pk, scene.units.north.pk]
    assert north.method is Method.TRAJECTORY and round(north.value) == 705
    whole = told[scene.target.pk, scene.units.state.pk]
    assert whole.since == month(3), "the whole is known as far as both have reported"
    early = forecasts(found, [(scene.target.pk, scene.units.south.pk)], until=month(2))
    assert early[scene.target.pk, scene.units.south.pk].value == 2800


def test_own_quarters_are_the_trajectory_of_a_unit(scene: Scene) -> None:
    indicator = measured(scene)
    saved = quarters(scene, (scene.units.north, ("140", "420", "595", "700")))
    adopt(scene, saved.revision)
    observe(indicator, scene.units.north, "2026-03", "70")
    told = forecasts(standings(targets_of(scene)))[scene.target.pk, scene.units.north.pk]
    assert (told.method, told.value) == (Method.TRAJECTORY, 350)
    assert "应完成全年的20.0%" in told.basis


def test_what_is_carried_together_is_foretold_together(scene: Scene) -> None:
    indicator = measured(scene)
    north, south = scene.units.north, scene.units.south
    saved = save(scene, 0, add_units=[north.pk, south.pk])
    saved = save(
        scene,
        saved.revision,
        changes=[CellChange(north.pk, "2026", "1000")],
        join=[(north.pk, "2026"), (south.pk, "2026")],
    )
    adopt(scene, saved.revision)
    for unit in (north, south):
        past_years(scene, indicator, unit)
        observe(indicator, unit, "2026-03", "60")
    told = forecasts(standings(targets_of(scene)))
    for unit in (north, south):
        assert told[scene.target.pk, unit.pk].value == 1200
    alone = forecasts(standings(targets_of(scene), unit_ids={south.pk}))
    assert (scene.target.pk, south.pk) not in alone, "the partner's figures are not told"


def test_the_target_page_shows_what_lies_ahead(scene: Scene, shared_out: Indicator) -> None:
    past_years(scene, shared_out, scene.units.south)
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/tiers"
    page = office.get(url, {"period": "2026-03"}).content.decode()
    assert "全年预测" in page and "今后平均每月需完成" in page and "平均误差" in page
    assert "差25户" in page and "2,400户" in page
    changed = office.get(url, {"period": "2026-03"}, headers={"HX-Request": "true", "HX-Trigger-Name": "period"})
    assert changed["HX-Replace-Url"] == f"/targets/{scene.target.pk}?period=2026-03"
    assert "HX-Replace-Url" not in office.get(url, {"period": "2026-03"})
    office.get("/letters")
    with CaptureQueriesContext(connection) as queries:
        office.get(url)
    assert len(queries) <= 15


def test_progress_over_the_api(scene: Scene, shared_out: Indicator) -> None:
    past_years(scene, shared_out, scene.units.south)
    office, url = client(scene, "office"), f"/api/v1/targets/{scene.target.pk}/progress"
    found = office.get(url, {"period": "2026-03"}).json()
    north, south = found["units"]
    assert (found["tier"], found["period"], found["yellow"]) == ("未分档", "2026-03", "0.9")
    assert (north["light"], north["gap_to_schedule"], north["needed_monthly"], north["turned"]) == (
        "red",
        "25",
        "61.111111",
        "2026-03",
    )
    assert (south["forecast"]["value"], south["forecast"]["method"], south["forecast"]["outlook"]) == (
        "2400",
        "seasonal",
        "sure",
    )
    assert found["whole"]["actual"] == "390"
    own = client(scene, "south").get(url).json()
    assert own["whole"] is None and [row["unit"]["key"] for row in own["units"]] == ["south"]
    assert office.get(url, {"period": "2025-03"}).status_code == 422
    assert office.get(url, {"period": "三月"}).status_code == 422
    assert office.get(url, {"as_of": "2020-01-01"}).json()["units"] == []

    lights = f"/api/v1/plans/{scene.plan.pk}/lights"
    assert office.get(lights).json()["assumed"]

    def patch(name: str, **body: Any) -> Any:
        return client(scene, name).patch(lights, json.dumps(body), content_type="application/json")

    values = {"green": "0.95", "yellow": "0.8", "reason": "办公会议定"}
    assert patch("office", revision=0, **values).json()["revision"] == 1
    assert patch("office", revision=0, **values | {"green": "0.96"}).status_code == 409
    assert patch("office", revision=1, **values | {"yellow": "0.97"}).status_code == 422
    assert patch("leader", revision=1, **values).status_code == 403
    assert patch("nobody", revision=1, **values).status_code == 404
