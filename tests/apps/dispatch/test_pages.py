"""The pages: what stands on them, what is kept when it is refused, and how many queries they take."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import Decision, EarlyWarning, Meeting, WarningState
from luoshi.apps.dispatch.pack import briefing, pack_docx
from luoshi.apps.dispatch.queries import meeting_page
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.publishing import contents
from tests.apps.dispatch.making import at, decided, held, meeting, months, report, rule, warned
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_pages import client

MOST = 15


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def full(scene: Scene) -> dict[str, Any]:
    """One of everything."""
    warning = warned(scene)
    problem = actions.raise_problem(
        acting_user=scene.user("reporter"), unit=scene.units.north, text="缺登记人员。", plan=scene.plan, now=at(9)
    )
    decision = decided(scene)
    following = meeting(scene, title="下次调度会", on=timezone.now() + dt.timedelta(days=9))
    return {
        "warning": warning,
        "problem": problem,
        "decision": decision,
        "closed": decision.meeting,
        "planned": following,
    }


def crowd(scene: Scene, found: dict[str, Any]) -> None:
    """Forty more of each, of forty more units."""
    root = Unit.objects.get(pk=scene.units.state.pk)
    for number in range(40):
        values = {"key": f"more{number}", "name": f"第{number}县", "short_name": f"第{number}县", "kind": "county"}
        unit = Unit.objects.add_child(Unit.objects.get(pk=root.pk), values)
        warning = EarlyWarning.objects.get(pk=found["warning"].pk)
        warning.pk, warning.unit, warning.subject = None, unit, f"target:{number + 900}"
        warning.save()
        Decision.objects.create(
            meeting=found["closed"], ordinal=number + 2, text="补齐。", unit=unit, due_on=dt.date(2026, 5, 1)
        ).supporting.add(scene.units.south)
        actions.raise_problem(acting_user=None, unit=unit, text="缺人。", asked=scene.units.farm, plan=scene.plan)
        Meeting.objects.create(
            owner=scene.units.state, title=f"第{number}次会", period="2026-04", held_at=at(25), state="planned"
        )


PAGES: dict[str, Callable[[dict[str, Any]], str]] = {
    "home": lambda found: "/dispatch",
    "bench": lambda found: "/dispatch/bench",
    "warnings": lambda found: "/warnings?state=all",
    "warning": lambda found: f"/warnings/{found['warning'].pk}",
    "rules": lambda found: "/warnings/rules",
    "rule": lambda found: f"/warnings/rules/{found['warning'].rule_id}",
    "rule-new": lambda found: "/warnings/rules/new",
    "problems": lambda found: "/problems",
    "problem": lambda found: f"/problems/{found['problem'].pk}",
    "problem-new": lambda found: "/problems/new",
    "meetings": lambda found: "/meetings?state=all",
    "meeting-planned": lambda found: f"/meetings/{found['planned'].pk}",
    "meeting-closed": lambda found: f"/meetings/{found['closed'].pk}",
    "meeting-edit": lambda found: f"/meetings/{found['planned'].pk}/edit",
    "meeting-new": lambda found: "/meetings/new",
    "series": lambda found: "/meetings/series",
    "series-new": lambda found: "/meetings/series/new",
    "pack": lambda found: f"/meetings/{found['closed'].pk}/pack.docx",
    "decisions": lambda found: "/decisions",
    "decision": lambda found: f"/decisions/{found['decision'].pk}",
    "api-warnings": lambda found: "/api/v1/warnings",
    "api-meeting": lambda found: f"/api/v1/meetings/{found['closed'].pk}",
    "api-decisions": lambda found: "/api/v1/decisions",
    "api-problems": lambda found: "/api/v1/problems",
}


def queries_of(browser: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(address).status_code == 200, address
    return len(seen)


def test_each_page_takes_as_many_queries_however_much_there_is(scene: Scene) -> None:
    found = full(scene)
    browser = client(scene, "office")
    few = {name: queries_of(browser, page(found)) for name, page in PAGES.items()}
    crowd(scene, found)
    many = {name: queries_of(browser, page(found)) for name, page in PAGES.items()}
    assert {name: count for name, count in many.items() if count > MOST} == {}
    assert {name: (few[name], count) for name, count in many.items() if count > few[name]} == {}


def test_the_room_takes_as_many_queries_however_much_is_decided(scene: Scene) -> None:
    warned(scene)
    sitting = held(scene)
    browser, address = client(scene, "office"), f"/meetings/{sitting.pk}"

    def decide(number: int) -> None:
        actions.record_decision(
            acting_user=scene.user("office"),
            meeting_id=sitting.pk,
            text=f"第{number}条。",
            unit=scene.units.north,
            supporting=[scene.units.south],
            due_on=dt.date(2026, 5, 1),
        )

    decide(0)
    assert queries_of(browser, address) <= MOST, "even where the register is not in the process yet"
    few = queries_of(browser, address)
    for number in range(1, 31):
        decide(number)
    assert queries_of(browser, address) == few


def test_home_says_who_is_behind_what_was_promised_and_what_is_next(scene: Scene) -> None:
    found = full(scene)
    page = text_of(client(scene, "office").get("/dispatch"))
    for words in ("谁落后", "北川县", found["warning"].sentence, "下次调度会", "北川县五月底前补齐家庭农场登记。"):
        assert words in page
    assert "逾期" in page, "the answer was due in April"
    mine = text_of(client(scene, "reporter").get("/dispatch"))
    assert "去应策（1）" in mine
    assert "没有预警，也没有未办结的事项" in text_of(client(scene, "nobody").get("/dispatch"))


def test_answering_on_the_page(scene: Scene) -> None:
    warning = warned(scene)
    browser, address = client(scene, "reporter"), f"/warnings/{warning.pk}"
    page = text_of(browser.get(address))
    assert "报应策措施" in page and "撤销预警" not in page
    refused = browser.post(f"{address}/answer", {"text": "逐乡镇摸排", "until": "2020-01-01"})
    assert refused.status_code == 422
    assert "逐乡镇摸排" in refused.content.decode() and "今天以后" in refused.content.decode()
    until = (timezone.localdate() + dt.timedelta(days=20)).isoformat()
    assert browser.post(f"{address}/answer", {"text": "逐乡镇摸排", "until": until}).status_code == 302
    warning.refresh_from_db()
    assert warning.state == WarningState.ANSWERED
    over = text_of(client(scene, "office").get(address))
    assert "退回应策" in over and "逐乡镇摸排" in over and "报应策措施" not in over


def test_a_rule_on_the_page(scene: Scene) -> None:
    months(scene)
    browser = client(scene, "office")
    typed = {"owner": "yunling", "kind": "red-again", "periods": "2", "answer_days": "5", "working": "on"}
    assert browser.post("/warnings/rules/new", typed).status_code == 302
    page = text_of(browser.get("/warnings/rules"))
    assert "连续2期亮红灯" in page and "5个工作日内应策" in page
    wrong = typed | {"kind": "below-mark", "indicator": "jtnc", "marks": "4月 40"}
    refused = browser.post("/warnings/rules/new", wrong)
    assert refused.status_code == 422 and "4月 40" in refused.content.decode()
    shares = browser.post("/warnings/rules/new", wrong | {"marks": "4月=40%"})
    assert shares.status_code == 422 and "计量单位是户，节点要求不能写百分数" in shares.content.decode()
    right = wrong | {"marks": "4月=40，6月底＝60"}
    assert browser.post("/warnings/rules/new", right).status_code == 302
    assert "4月底40户、6月底60户" in text_of(browser.get("/warnings/rules"))


def test_the_marks_of_a_race_are_set_on_the_page_and_warn(scene: Scene) -> None:
    """A start rate computed of two indicators, with the marks as a plan prints them; answered, followed, over."""
    started, planned = (
        Indicator.objects.create(
            key=key, name=name, unit_of_measure="个", kind="cumulative", cadence="monthly", owner=scene.units.state
        )
        for key, name in (("started", "开工项目"), ("planned", "计划项目"))
    )
    Indicator.objects.create(
        key="start-rate",
        name="项目开工率",
        unit_of_measure="%",
        kind="rate",
        unit_aggregation="ratio-of-sums",
        decimals=1,
        owner=scene.units.state,
        formula={"kind": "ratio", "numerator": "started", "denominator": "planned", "scale": "100"},
    )
    for unit, by_month in ((scene.units.north, {4: 7, 6: 14}), (scene.units.south, {4: 8, 6: 9})):
        for month, value in by_month.items():
            report(planned, unit, f"2026-{month:02}", "20")
            report(started, unit, f"2026-{month:02}", str(value))
    typed = {
        "owner": "yunling",
        "kind": "below-mark",
        "indicator": "start-rate",
        "marks": "4月底=40%，6月底=60%，9月底=80%，11月底=90%",
        "answer_days": "5",
        "working": "on",
    }
    office = client(scene, "office")
    assert office.post("/warnings/rules/new", typed).status_code == 302
    assert "4月底40%、6月底60%、9月底80%、11月底90%" in text_of(office.get("/warnings/rules"))
    (april,) = actions.raise_warnings(now=at(6, month=5))
    assert april.sentence == "北川县“项目开工率”2026年4月为35%，低于4月底的节点要求40%，差5%。"
    assert "低于4月底的节点要求40%" in text_of(client(scene, "reporter").get(f"/warnings/{april.pk}"))
    (closed,) = actions.follow_warnings(now=at(6, month=7))
    assert closed == april and "达到6月底的节点要求60%" in closed.steps.last().text
    (june,) = actions.raise_warnings(now=at(6, month=7))
    assert june.unit == scene.units.south and "为45%，低于6月底的节点要求60%" in june.sentence


def test_planning_a_meeting_on_the_page(scene: Scene) -> None:
    months(scene)
    rule(scene)
    browser = client(scene, "office")
    typed = {
        "title": "四月调度会",
        "owner": "云岭州",
        "kind": "dispatch",
        "held_at": "2026-04-25T09:00",
        "units": ["north", "南屏县"],
        "plans": [str(scene.plan.pk)],
    }
    answer = browser.post("/meetings/new", typed)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    found = Meeting.objects.get()
    page = text_of(browser.get(answer["Location"]))
    for words in ("新增家庭农场：1个单位滞后", "175", "滞后", "南屏县", "确定并封存"):
        assert words in page
    item = found.items.get()
    kept = browser.post(
        f"/meetings/{found.pk}/agenda/{item.pk}/text",
        json.dumps({"text": "请农业局先说", "seen": ""}),
        content_type="application/json",
    )
    assert kept.json() == {"seen": "请农业局先说"}
    late = browser.post(
        f"/meetings/{found.pk}/agenda/{item.pk}/text",
        json.dumps({"text": "另写的", "seen": ""}),
        content_type="application/json",
    )
    assert (late.status_code, late.json()["theirs"]) == (409, "请农业局先说")
    assert browser.post(f"/meetings/{found.pk}/fix").status_code == 302
    assert browser.post(f"/meetings/{found.pk}/agenda").status_code == 422, "a fixed agenda is not drawn anew"
    county = text_of(client(scene, "reporter").get(f"/meetings/{found.pk}"))
    assert "下载会议材料" in county and "确定并封存" not in county and "请农业局先说" in county


def test_the_room_keeps_what_is_typed(scene: Scene) -> None:
    warned(scene)
    sitting = held(scene)
    browser = client(scene, "office")
    url, fetch = f"/meetings/{sitting.pk}/decisions", {"X-Requested-With": "fetch"}
    first = browser.post(url, {"text": "北川县补登记", "unit": "北川县", "key": "r1"}, headers=fetch).json()
    assert first["errors"] == {} and Decision.objects.get().unit == scene.units.north
    unknown = {"text": "北川县补登记", "unit": "没有这个局", "decision": first["id"], "revision": first["revision"]}
    second = browser.post(url, unknown, headers=fetch).json()
    assert "没有找到单位" in second["errors"]["unit"]
    assert Decision.objects.get().text == "北川县补登记", "the words are kept all the same"
    draft = browser.get(f"/meetings/{sitting.pk}/minutes/draft").json()["text"]
    assert "北川县补登记" in draft and "参会：北川县、南屏县。" in draft
    refused = browser.post(f"/meetings/{sitting.pk}/close", {"minutes": "写好的纪要"})
    assert refused.status_code == 422
    assert "写好的纪要" in refused.content.decode() and "第1条缺承办单位、期限" in refused.content.decode()
    assert "正在开会" in text_of(client(scene, "reporter").get(f"/meetings/{sitting.pk}"))


def test_the_pack_is_an_official_document(scene: Scene) -> None:
    found = full(scene)
    answer = client(scene, "office").get(f"/meetings/{found['closed'].pk}/pack.docx")
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    data = b"".join(answer.streaming_content)
    said = str(contents(data))
    for words in (
        "四月调度会会议纪要",
        "一、会议纪要",
        "二、议定事项",
        "新增家庭农场",
        "缺登记人员。",
        "云岭州人民政府",
    ):
        assert words in said, words
    page = meeting_page(None, found["closed"].pk)
    assert page is not None and pack_docx(briefing(page)) == data, "the same bytes again"


def test_figures_that_change_later_do_not_change_the_pack(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    actions.fix_agenda(acting_user=scene.user("office"), meeting_id=found.pk, now=at(24))
    page = meeting_page(None, found.pk)
    assert page is not None
    before = pack_docx(briefing(page))
    scene.target.measured_by.indicator.observations.update(value=1)
    again = meeting_page(None, found.pk)
    assert again is not None and pack_docx(briefing(again)) == before


def test_a_problem_on_the_page(scene: Scene) -> None:
    browser = client(scene, "reporter")
    typed = {"unit": "north", "text": "缺登记人员。", "asked": "州农业农村局", "plan": ""}
    answer = browser.post("/problems/new", typed)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    page = text_of(browser.get(answer["Location"]))
    assert "州农业农村局" in page and "记为已解决" in page
    refused = browser.post(f"{answer['Location']}/settle", {"outcome": " "})
    assert refused.status_code == 422 and "请写明怎样解决的" in refused.content.decode()
    assert "请贵单位配合" in text_of(client(scene, "farm").get(answer["Location"]))


def test_a_decision_on_the_page(scene: Scene) -> None:
    months(scene)
    decision = decided(scene)
    address = f"/decisions/{decision.pk}"
    assert client(scene, "reporter").post(f"{address}/report", {"text": "办完了", "finish": "1"}).status_code == 302
    page = text_of(client(scene, "office").get(address))
    assert "办完了" in page and "办结" in page
    assert client(scene, "office").post(f"{address}/close", {"text": ""}).status_code == 302
    decision.refresh_from_db()
    assert decision.state == "closed"


@pytest.mark.parametrize("address", ["/warnings", "/problems", "/decisions", "/meetings", "/dispatch"])
def test_odd_addresses_show_the_page(scene: Scene, address: str) -> None:
    full(scene)
    browser = client(scene, "office")
    for query in ("state=x&plan=0&unit=x&kind=y&page=99", "plan=99999999999&meeting=-1&mine=2", "page=x"):
        assert browser.get(f"{address}?{query}").status_code == 200


def test_without_dispatch_there_is_something_to_do_next(scene: Scene) -> None:
    page = text_of(client(scene, "office").get("/warnings"))
    assert "还没有预警" in page and "设置预警规则" in page
    assert "还没有会议安排" in text_of(client(scene, "office").get("/meetings/series"))
    assert "没有要开的会" in text_of(client(scene, "reporter").get("/meetings"))
