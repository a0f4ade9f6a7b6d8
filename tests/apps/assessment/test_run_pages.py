"""The pages of runs: what they say, to whom, and with how many queries."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.models import AdoptionUnit, Evidence, Objection, Run, RunFact, RunState
from luoshi.apps.organisations.models import Unit
from tests.apps.assessment.making_runs import World, at, draft, make_world, shown

MOST_QUERIES = 15
PDF = b"%PDF-1.4\n%"


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    """Five counties and an adoption."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


@pytest.fixture
def sign_in(world: World) -> Callable[[str], Client]:
    """A browser of a person."""

    def make(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name])
        return client

    return make


def page(client: Client, address: str, **query: Any) -> str:
    """The text of a page, read within its budget of queries."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(address, query)
    assert answer.status_code == 200, (address, answer.status_code)
    texts = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(texts) <= MOST_QUERIES, f"{address}: {len(texts)}\n" + "\n".join(text[:200] for text in texts)
    return answer.content.decode()


def test_every_page_of_a_shown_run(world: World, sign_in: Callable[[str], Client]) -> None:
    first = shown(world, "2025Q4", at(10, 1))
    actions.finalise_run(acting_user=world.office, run_id=first.pk, reason="无异议", now=at(12, 1))
    run = draft(world)
    RunFact.objects.filter(run=run, unit=world.counties["hill"], item="3").update(value=4)
    actions.preview_run(acting_user=world.office, run_id=run.pk)
    actions.file_objection(
        acting_user=world.user("west"), run_id=run.pk, unit_id=world.counties["west"].pk, item="2",
        wanted=Decimal("9.5"), text="增幅已报，请补入。",
    )  # fmt: skip
    office, west = sign_in("office"), sign_in("west")
    base = f"/assessment/{run.pk}"
    # More units than a page of queries could ask one by one.
    text = page(office, "/assessment")
    assert "西屏县的异议" in text and "招商竞赛" in text
    league = page(office, base)
    assert "高岭县" in league and "76.50" in league and "未报 1" in league and "不适用 1" in league
    assert "上升" in league, "高岭县 has won places against the last quarter"
    assert "核对一致" not in league and "完全一致" in page(office, base, verify=1)
    assert page(west, base).count('class="is-own"') == 1
    assert "5" in page(office, base, sort="1")
    item = page(office, f"{base}/items/1")
    assert "在4个单位中" in item and "无目标" in item and "没有到位资金不得分" in item
    unit = page(west, f"{base}/units/west")
    assert "总分" in unit and "再完成3次" in unit and "提出异议" in unit and "2025年第四季度" in unit
    assert "增幅已报" in unit and "增幅已报" not in page(sign_in("north"), f"{base}/units/west")
    compared = page(office, f"{base}/compare")
    assert "高岭县由第" in compared and "外出招商次数+20分" in compared
    sensitive = page(office, f"{base}/sensitivity")
    assert "末名得0分" in sensitive and "西屏县“到位资金增幅”改为9.5" in sensitive
    asked = page(office, f"{base}/sensitivity", ask=1, unit="north", item="3", value="0")
    assert "北川县由第" in asked or "北川县仍为第" in asked
    assert RunFact.objects.get(run=run, unit=world.counties["north"], item="3").value == 3, "nothing was stored"
    wrong = page(office, f"{base}/sensitivity", ask=1, unit="north", item="3", value="三次")
    assert "“三次”不是数字" in wrong and 'value="三次"' in wrong
    rows = page(west, f"{base}/objections")
    assert "认为应为" in rows and "9.5" in rows and "增幅已报" not in page(sign_in("north"), f"{base}/objections")
    trend = page(office, f"/assessment/trend/{world.adoption.pk}")
    assert "2025年第四季度" in trend and "trend-figures" in trend
    assert "考核得分" in page(west, "/assessment/units/west/part")
    for act in ("extend", "correct", "finalise", "withdraw"):
        assert 'class="btn btn' in page(office, f"{base}/{act}")
    assert office.get(f"{base}/preview").status_code == 302, "not in this state"
    book = office.get(f"{base}/export.xlsx")
    assert book.status_code == 200 and b"".join(book.streaming_content)[:2] == b"PK"


def test_a_county_with_three_hundred_others_asks_no_more(world: World, sign_in: Callable[[str], Client]) -> None:
    state = Unit.objects.get(pk=world.units.state.pk)
    for number in range(60):
        unit = Unit.objects.get(pk=state.pk).add_child(
            key=f"t{number}", name=f"第{number}镇", short_name=f"第{number}镇", kind="township"
        )
        AdoptionUnit.objects.create(adoption=world.adoption, unit=unit)
    run = draft(world)
    units = Unit.objects.filter(key__startswith="t").exclude(key="trade")
    RunFact.objects.bulk_create(
        RunFact(run=run, unit=unit, item=item, value=place, target=10, entered_at=at(5))
        for place, unit in enumerate(units)
        for item in ("1", "2", "3")
    )
    office = sign_in("office")
    page(office, f"/assessment/{run.pk}")
    grid = page(office, f"/assessment/{run.pk}/facts")
    assert "还差" in grid and "第59镇" in grid
    page(office, f"/assessment/{run.pk}/items/3")
    page(office, f"/assessment/{run.pk}/preview")
    page(office, "/assessment")


def test_figures_are_typed_and_pasted(world: World, sign_in: Callable[[str], Client]) -> None:
    run = actions.create_run(acting_user=world.office, adoption_id=world.adoption.pk, period="2026Q1")
    office, base = sign_in("office"), f"/assessment/{run.pk}/facts"
    north, south = world.counties["north"], world.counties["south"]
    answer = office.post(f"{base}/enter", {"unit": north.pk, "item": "3", "value": "三", "revision": 0}, follow=True)
    assert answer.status_code == 422 and "“三”不是数字" in answer.content.decode()
    answer = office.post(f"{base}/enter", {"unit": north.pk, "item": "3", "value": "3", "target": "4", "revision": 0})
    assert answer.status_code == 302
    pasted = "单位\t1\t1目标\t第3项\n南屏县\t1,200\t2000\t4\n西屏县\t\t500\t\n"
    answer = office.post(f"{base}/rows", {"text": pasted, "reason": "商务局统计", "revision": 1}, follow=True)
    assert "已录入 3 个数" in answer.content.decode()
    fact = RunFact.objects.get(run=run, unit=south, item="1")
    assert (fact.value, fact.target, fact.reason) == (1200, 2000, "商务局统计")
    west = RunFact.objects.get(run=run, unit=world.counties["west"], item="1")
    assert (west.value, west.target) == (None, 500)
    before = RunFact.objects.filter(run=run).count()
    wrong = "单位,项目,实际,目标\n北川县,3,5,4\n北川,9,1,\n某县,3,1,\n"
    answer = office.post(f"{base}/rows", {"text": wrong, "reason": "x", "revision": 2})
    told = answer.content.decode()
    assert (
        answer.status_code == 422
        and "没有存入任何数据" in told
        and "“某县”不在被考核单位中" in told
        and "某县,3,1" in told
    )
    assert RunFact.objects.filter(run=run).count() == before
    file = ContentFile(b"unit,item,value,target\nnorth,2,12.5%,\nhill,2,7,\n", name="数据.csv")
    assert office.post(f"{base}/rows", {"file": file, "reason": "x", "revision": 2}).status_code == 302
    assert RunFact.objects.get(run=run, unit=north, item="2").value == Decimal("12.5")
    # Somebody who looked before that must look again.
    late = office.post(f"{base}/enter", {"unit": north.pk, "item": "3", "value": "9", "revision": 2})
    assert late.status_code == 422 and "刚刚有人改过" in late.content.decode() and 'value="9"' in late.content.decode()
    assert office.post(f"{base}/drop", {"unit": north.pk, "item": "3", "revision": 3}).status_code == 302
    assert not RunFact.objects.filter(run=run, unit=north, item="3").exists()
    # The lead unit of item 3 types that item and no other.
    trade = sign_in("trade")
    given = {"unit": north.pk, "value": "2", "target": "4"}
    assert trade.post(f"{base}/enter", {**given, "item": "3"}).status_code == 302
    assert trade.post(f"{base}/enter", {**given, "item": "1"}).status_code == 403
    assert sign_in("north").post(f"{base}/enter", {**given, "item": "3"}).status_code == 404


def test_a_run_is_opened_shown_and_disputed_on_pages(world: World, sign_in: Callable[[str], Client]) -> None:
    office = sign_in("office")
    assert "招商竞赛" in page(office, "/assessment/new")
    answer = office.post("/assessment/new", {"adoption": world.adoption.pk, "period": "2026Q1"})
    run = Run.objects.get()
    assert answer.headers["Location"] == f"/assessment/{run.pk}"
    assert office.post("/assessment/new", {"adoption": world.adoption.pk, "period": "2026Q1"}).status_code == 422
    base = f"/assessment/{run.pk}"
    refused = office.post(f"{base}/preview", {"days": "3", "revision": run.revision})
    assert refused.status_code == 409 and "还没有任何数据" in refused.content.decode()
    north = world.counties["north"]
    office.post(f"{base}/facts/enter", {"unit": north.pk, "item": "3", "value": "3", "target": "4"})
    assert office.post(f"{base}/preview", {"days": "3"}).status_code == 302
    client = sign_in("north")
    file = ContentFile(PDF, name="报备表.pdf")
    answer = client.post(f"{base}/objections", {"unit": "north", "item": "3", "wanted": "4", "text": "", "file": file})
    assert answer.status_code == 422 and 'value="4"' in answer.content.decode()
    file = ContentFile(PDF, name="报备表.pdf")
    client.post(f"{base}/objections", {"unit": "north", "item": "3", "wanted": "4", "text": "已报备。", "file": file})
    objection = Objection.objects.get()
    assert (
        client.get(f"/assessment/objections/{objection.pk}/file")
        .headers["Content-Disposition"]
        .startswith("attachment")
    )
    assert sign_in("south").get(f"/assessment/objections/{objection.pk}/file").status_code == 404
    file = ContentFile(PDF, name="总结.pdf")
    assert client.post(f"{base}/units/north/evidence", {"item": "3", "file": file}).status_code == 302
    evidence = Evidence.objects.get()
    assert sign_in("south").get(f"/assessment/evidence/{evidence.pk}/file").status_code == 404
    trade = sign_in("trade")
    refuse = f"/assessment/evidence/{evidence.pk}/check"
    assert trade.post(refuse, {"outcome": "refuse", "answer": ""}).status_code == 422
    assert trade.post(refuse, {"outcome": "accept"}).status_code == 302
    assert client.post(refuse, {"outcome": "accept"}).status_code == 403
    assert b"".join(trade.get(f"/assessment/evidence/{evidence.pk}/file").streaming_content) == PDF
    answer = trade.post(f"/assessment/objections/{objection.pk}/answer", {"outcome": "uphold", "answer": "属实。"})
    assert answer.status_code == 302
    assert office.post(f"{base}/correct", {"reason": "采纳异议"}).status_code == 302
    new = Run.objects.get(corrects=run)
    assert office.post(f"/assessment/{new.pk}/preview", {"days": "1"}).status_code == 302
    assert office.post(f"/assessment/{new.pk}/finalise", {"reason": ""}).status_code == 409
    assert office.post(f"/assessment/{new.pk}/finalise", {"reason": "各单位书面无异议"}).status_code == 302
    new.refresh_from_db()
    assert new.state == RunState.FINAL
    assert "本次已由" in page(office, base) and "总结.pdf" in page(office, f"/assessment/{new.pk}/units/north")
