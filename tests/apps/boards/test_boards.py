"""Boards: one reading each, the figures of the target's own page, files, and what is said of a bad address."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.apps.boards import queries
from luoshi.apps.boards.actions import create_display
from luoshi.apps.boards.asking import asked
from luoshi.apps.boards.keeping import Kept
from luoshi.apps.indicators.actions import record_observations
from luoshi.apps.indicators.facts import Fact
from luoshi.apps.indicators.models import Indicator, TargetIndicator
from luoshi.apps.organisations.models import Membership, Role
from luoshi.apps.plans.models import Target
from luoshi.progress import Light
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_actions import EARLY, observe
from tests.apps.targets.test_pages import client

MOST_QUERIES = 15


def boards_of(scene: Scene) -> list[str]:
    """The address of every board that has something to show."""
    return ["/board", "/board/grid", "/board/worse", f"/board/units/{scene.units.north.key}", "/board/indicators/jtnc"]


def test_every_county_has_its_lights_and_the_worst_is_named(scene: Scene, burning: Indicator) -> None:
    board = queries.prefecture_board(scene.user("office"), asked(scene.user("office"), {}))
    rows = {row.unit: row for row in board.places}
    assert set(rows) == {scene.units.north, scene.units.south}
    north, south = rows[scene.units.north], rows[scene.units.south]
    assert (north.light, north.good, north.judged, north.place) == (Light.RED, 0, 1, 2)
    assert (south.light, south.share, south.place) == (Light.GREEN, 100, 1)
    assert north.sentence == "北川县：滞后1项。"
    (worst,) = board.worst
    assert (worst.unit, worst.actual) == (scene.units.north, 150)
    assert board.wholes[Light.GREEN] == 1, "390 of 375"
    assert board.read.period_words == "截至2026年3月" or "2026年3月" in board.read.period_words


def test_a_unit_that_was_given_nothing_has_no_light(scene: Scene, burning: Indicator) -> None:
    ask = asked(scene.user("office"), {})
    grid = queries.plan_grid(scene.user("office"), ask)
    assert scene.units.trade not in grid.units
    assert [unit.pk for unit in grid.units] == [scene.units.north.pk, scene.units.south.pk]
    row = next(row for row in grid.rows if row.target == scene.target)
    assert [one.light for one in row.cells if one] == [Light.RED, Light.GREEN]


def test_missing_is_grey_and_never_zero(scene: Scene, burning: Indicator) -> None:
    ask = asked(scene.user("office"), {"period": "2026-04"})
    board = queries.prefecture_board(scene.user("office"), ask)
    assert [row.light for row in board.places] == [Light.GREY, Light.GREY]
    assert [row.place for row in board.places] == [None, None]
    assert board.worst == []
    page = client(scene, "office").get("/board?period=2026-04").content.decode()
    assert "未报" in page


def test_what_turned_is_told_with_both_lights(scene: Scene, burning: Indicator) -> None:
    user = scene.user("office")
    board = queries.worse_board(user, asked(user, {}))
    ((before, now),) = [pair for pair in board.worse if pair[1].unit == scene.units.north]
    assert (before.light, now.light) == (Light.GREEN, Light.RED)
    later = queries.worse_board(user, asked(user, {"period": "2026-04"}))
    assert {now.unit for _, now in later.silent} >= {scene.units.north, scene.units.south}


def test_an_indicator_over_units_and_months(scene: Scene, burning: Indicator) -> None:
    user = scene.user("office")
    board = queries.indicator_board(user, asked(user, {}), burning)
    assert [str(period) for period in board.periods] == ["2026-01", "2026-02", "2026-03"]
    north = next(row for row in board.rows if row.unit == scene.units.north)
    assert [cell.actual for cell in north.cells if cell] == [70, 120, 150]
    assert north.place == 2
    assert board.whole is not None and board.whole.cells[-1] is not None and board.whole.cells[-1].actual == 390


def test_a_unit_over_all_its_targets(scene: Scene, burning: Indicator) -> None:
    user = scene.user("office")
    board = queries.unit_board(user, asked(user, {}), scene.units.north)
    (row,) = board.rows
    assert [light for _, light in row.lights] == [Light.GREEN, Light.GREEN, Light.RED]
    assert row.since is not None and str(row.since) == "2026-03"
    assert (row.place, row.of) == (2, 2)
    assert row.needed == "61.11户" or row.needed.startswith("61")


def test_another_year_and_another_moment(scene: Scene, burning: Indicator) -> None:
    user = scene.user("office")
    assert queries.prefecture_board(user, asked(user, {"period": "2025-03"})).targets == 0
    before = (EARLY - dt.timedelta(days=1)).isoformat()
    assert queries.prefecture_board(user, asked(user, {"as_of": before})).worst == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("plan=999999", "没有所选的方案"),
        ("plan=%00", "没有所选的方案"),
        ("tier=x", "没有所选的目标档次"),
        ("period=2026-13", "“2026-13”不是期别"),
        ("as_of=gestern", "“gestern”不是时点"),
    ],
)
def test_a_bad_address_is_said_and_the_board_shown(scene: Scene, burning: Indicator, query: str, told: str) -> None:
    answer = client(scene, "office").get(f"/board?{query}")
    if "%00" in query:
        assert answer.status_code == 400
        return
    assert answer.status_code == 200 and told in answer.content.decode()
    assert client(scene, "office").get(f"/api/v1/boards/prefecture?{query}").status_code == 422


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_board_is_a_file_too(scene: Scene, burning: Indicator, kind: str) -> None:
    for path in boards_of(scene):
        answer = client(scene, "office").get(f"{path}?format={kind}")
        assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment"), path
        body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert len(body) > 100
        if kind == "csv":
            assert "北川县" in body.decode("utf-8-sig"), path


def test_who_sees_one_county_is_told_of_that_one(scene: Scene, burning: Indicator) -> None:
    page = client(scene, "reporter").get("/board").content.decode()
    assert "北川县" in page and "南屏县" not in page
    assert client(scene, "reporter").get(f"/board/units/{scene.units.north.key}").status_code == 200
    assert client(scene, "reporter").get(f"/board/units/{scene.units.south.key}").status_code == 404
    found = client(scene, "reporter").get("/api/v1/boards/grid").json()
    assert [unit["name"] for unit in found["units"]] == ["北川县"]
    assert client(scene, "nobody").get("/board").status_code == 200
    assert client(scene, "nobody").get("/api/v1/boards/prefecture").json()["places"] == []


def test_the_api_tells_what_the_page_shows(scene: Scene, burning: Indicator) -> None:
    browser = client(scene, "office")
    found = browser.get("/api/v1/boards/prefecture").json()
    assert [(row["name"], row["light"], row["place"]) for row in found["places"]] == [
        ("北川县", "red", 2),
        ("南屏县", "green", 1),
    ]
    unit = browser.get(f"/api/v1/boards/units/{scene.units.north.key}").json()
    assert unit["rows"][0]["actual"] == "150" and unit["rows"][0]["since"] == "2026-03"
    assert len(unit["rows"][0]["observations"]) == 1
    months = browser.get("/api/v1/boards/indicators/jtnc").json()
    assert [cell["actual"] for cell in months["rows"][1]["cells"]] == ["70", "120", "150"]
    assert len(browser.get("/api/v1/boards/worse").json()["worse"]) >= 1
    page = browser.get("/board").content.decode()
    drawn = json.loads(page.split('id="board-figures" type="application/json">')[1].split("</script>")[0])
    assert drawn["tiles"], "nobody drew these counties"
    assert [place["unit"] for place in drawn["places"]] == [scene.units.north.key, scene.units.south.key]


def crowd(scene: Scene, burning: Indicator, number: int) -> None:
    """Further targets of the plan, measured and reported."""
    for n in range(number):
        target = Target.objects.get(pk=scene.target.pk)
        target.pk = None
        target.indicator = f"目标{n}"
        target.save()
        indicator = Indicator.objects.create(
            key=f"more-{n}",
            name=f"指标{n}",
            unit_of_measure="户",
            kind="cumulative",
            unit_aggregation="sum",
            time_aggregation="last",
            owner=scene.units.farm,
        )
        TargetIndicator.objects.create(target=target, indicator=indicator)
        observe(indicator, scene.units.state, "2026-03", "100")


def test_boards_ask_the_same_few_queries_at_any_size(scene: Scene, burning: Indicator) -> None:
    crowd(scene, burning, 12)
    for path in [
        *boards_of(scene),
        f"/board/units/{scene.units.north.key}/part",
        "/board/bench",
        "/api/v1/boards/grid",
    ]:
        browser = client(scene, "office")
        browser.get(path)
        with CaptureQueriesContext(connection) as asked_first:
            assert browser.get(path).status_code == 200
        assert len(asked_first) <= MOST_QUERIES, (path, [one["sql"][:150] for one in asked_first])


def test_the_workbench_tells_each_what_is_theirs(scene: Scene, burning: Indicator) -> None:
    leader = client(scene, "leader").get("/board/bench").content.decode()
    assert "最慢的单位" in leader and "北川县" in leader
    county = client(scene, "reporter").get("/board/bench").content.decode()
    assert "北川县的目标进度" in county and "差25户" in county
    assert client(scene, "nobody").get("/board/bench").content.decode().strip() == ""


def test_from_a_board_of_the_past_to_the_targets_page_of_that_moment(scene: Scene, burning: Indicator) -> None:
    browser = client(scene, "office")
    before = (EARLY - dt.timedelta(days=1)).date().isoformat()
    for path in boards_of(scene):
        page = html.unescape(browser.get(f"{path}?as_of={before}").content.decode())
        assert not re.findall(r'href="/targets/\d+(?:\?(?!.*as_of)[^"]*)?"', page), path
    page = browser.get(f"/targets/{scene.target.pk}?period=2026-03&as_of={before}").content.decode()
    there = html.unescape(re.search(r'hx-get="(/targets/\d+/tiers[^"]*)"', page)[1])  # type: ignore[index]
    assert there == f"/targets/{scene.target.pk}/tiers?period=2026-03&as_of={before}"
    then = browser.get(there).content.decode()
    assert "时所知道的情况" in then and "390" not in then
    now = browser.get(f"/targets/{scene.target.pk}/tiers?period=2026-03").content.decode()
    assert "时所知道的情况" not in now and "390" in now
    chosen = browser.get(there, headers={"HX-Request": "true", "HX-Trigger-Name": "period"})
    assert chosen["HX-Replace-Url"] == f"/targets/{scene.target.pk}?period=2026-03&as_of={before}"


def test_screens_are_changed_by_who_keeps_them(scene: Scene) -> None:
    """Whoever keeps some unit's screens sees those of others without the button that would be refused."""
    office, county = scene.user("office"), scene.user("reporter")
    Membership.objects.create(user=county, unit=scene.units.north, role=Role.COORDINATOR)
    Membership.objects.create(user=county, unit=scene.units.state, role=Role.LEADER)
    for owner, name, user in ((scene.units.state, "全州", office), (scene.units.north, "北川", county)):
        create_display(acting_user=user, owner=owner, name=name, pages="/board\n/board/grid", seconds="20")
    page = client(scene, "reporter").get("/board/displays").content.decode()
    assert page.count("开始轮播") == 2 and page.count(">修改</a>") == 1
    assert client(scene, "office").get("/board/displays").content.decode().count(">修改</a>") == 2
    assert page.count("btn-primary") == 1, "one next step"


def test_an_answer_is_kept_until_anything_happens(scene: Scene, burning: Indicator) -> None:
    """Screens ask again and again: nothing is read for the same question, by whoever sees as much."""
    office, path = client(scene, "office"), "/api/v1/boards/grid"
    create_display(acting_user=scene.user("office"), owner=scene.units.state, name="一", pages="/board", seconds="20")
    first = office.get(path)
    with CaptureQueriesContext(connection) as again:
        kept = office.get(path)
    assert kept.content == first.content and kept["ETag"] == first["ETag"]
    assert not [one for one in again if "observation" in one["sql"]]
    assert office.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    # Others see less; another question has its own answer.
    assert client(scene, "reporter").get(path).content != first.content
    assert office.get(f"{path}?period=2026-02").content != first.content
    # Whatever is written is known at once.
    fact = Fact(burning.pk, scene.units.north.pk, "2026-03", Decimal(500))
    record_observations(acting_user=None, facts=[fact], source="statistics", origin="demo")
    assert office.get(path).content != first.content


def test_what_is_kept_has_an_end() -> None:
    kept = Kept(most=10)
    made = {name: kept.put(1, name, f"{name}234".encode()) for name in "ab"}
    assert kept.get(1, "a") == made["a"] and made["a"][0] == b"a234"
    third = kept.put(1, "c", b"c234")
    assert (kept.get(1, "a"), kept.get(1, "b"), kept.get(1, "c")) == (made["a"], None, third), "the longest unused goes"
    assert kept.get(2, "a") is None
    kept.put(2, "a", b"5")
    assert kept.get(1, "c") is None and kept.get(2, "a") is not None
