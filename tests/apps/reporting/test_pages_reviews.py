"""Reviewing: the list by trust, one return compared, many at once."""

from __future__ import annotations

import json

import pytest

from luoshi.apps.reporting.actions import pass_stage, save_cells, send_back, submit_return
from luoshi.apps.reporting.models import Return, ReturnState
from tests.apps.reporting.making import GOOD
from tests.apps.reporting.pages import PageWorld
from tests.apps.reporting.test_pages_returns import MOST_QUERIES, sheet, signed_in, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db) -> PageWorld:
    return PageWorld()


@pytest.fixture
def waiting(world):
    """Two counties' returns at the lead's stage: the first one with a jump, the second one without doubt."""
    version = world.form(stages=("lead",))
    before = world.now_due(version, back=1)
    for key, filler in (("qsx", world.filler), ("bsx", world.other_filler)):
        submitted(world, before[key], filler=filler)
        pass_stage(acting_user=world.lead, answer_id=before[key].pk)
    answers = world.now_due(version)
    cells = {"s.all.n": "90", "s.firm.n": "65", "s.shop.n": "25"}
    save_cells(acting_user=world.filler, answer_id=answers["qsx"].pk, cells=cells, reasons={"s.firm.n": "集中登记"})
    submit_return(acting_user=world.filler, answer_id=answers["qsx"].pk, channel="web")
    submitted(world, answers["bsx"], {"s.all.n": "33", "s.firm.n": "12", "s.shop.n": "21"}, world.other_filler)
    return answers


def post(client, url, body):
    return client.post(url, json.dumps(body), content_type="application/json")


def test_the_doubtful_come_first(world, waiting, django_assert_max_num_queries):
    lead = signed_in(world.lead)
    with django_assert_max_num_queries(MOST_QUERIES):
        response = lead.get("/reviews")
    rows = response.context["rows"]
    assert [row["unit"] for row in rows] == ["青石县", "白水县"]
    assert rows[0]["doubts"] == ["1 处与上期或预计相差大"]
    assert rows[1]["doubts"] == []
    assert "没有疑点" in response.content.decode()
    assert [row["unit"] for row in lead.get("/reviews?unit=bsx").context["rows"]] == ["白水县"]
    assert "没有等您审核的报表" in signed_in(world.reviewer).get("/reviews").content.decode()


def test_many_at_once_each_for_itself(world, waiting):
    one, two = waiting["qsx"], waiting["bsx"]
    pass_stage(acting_user=world.second_lead, answer_id=one.pk)  # another was quicker
    lead = signed_in(world.lead)
    response = lead.post("/reviews/accept", {"return": [f"{one.pk}:1", f"{two.pk}:1", "x:y", "9999999:1"]}, follow=True)
    results = {row["name"].split("　")[0]: (row["failed"], row["words"]) for row in response.context["results"]}
    assert results["白水县"] == (False, "已通过，计入汇总。")
    assert results["报表"][0], "told, without naming what the person does not see"
    assert set(Return.objects.filter(pk__in=(one.pk, two.pk)).values_list("state", flat=True)) == {"accepted"}
    assert lead.get("/reviews").context["results"] is None, "told once"


def test_what_came_in_anew_is_not_passed_unseen(world, waiting):
    answer = waiting["bsx"]
    send_back(acting_user=world.lead, answer_id=answer.pk, reason="不符")
    submitted(world, answer, {"s.all.n": "34", "s.shop.n": "22"}, world.other_filler)
    lead = signed_in(world.lead)
    response = lead.post("/reviews/accept", {"return": [f"{answer.pk}:1"]}, follow=True)
    assert "重新报送" in response.context["results"][0]["words"]
    assert post(lead, f"/reviews/{answer.pk}/pass", {"submission": 1}).status_code == 409
    back = post(lead, f"/reviews/{answer.pk}/send-back", {"submission": 1, "reason": "不符"})
    assert "重新报送" in back.json()["message"]
    answer.refresh_from_db()
    assert answer.state == ReturnState.IN_REVIEW
    page = lead.get(f"/reviews/{answer.pk}")
    assert {row["place"]: (row["before"], row["after"]) for row in page.context["changes"]} == {
        "“培育情况”“合计”“累计（户）”": ("33", "34"),
        "“培育情况”“个体户”“累计（户）”": ("21", "22"),
    }
    assert sheet(page)["last_cells"]["s.shop.n"] == "21"
    assert post(lead, f"/reviews/{answer.pk}/pass", {"submission": 2}).json()["url"] == "/reviews"


def test_the_page_compares_and_says_what_follows(world, waiting, django_assert_max_num_queries):
    lead = signed_in(world.lead)
    lead.get(f"/reviews/{waiting['qsx'].pk}")
    with django_assert_max_num_queries(MOST_QUERIES):
        response = lead.get(f"/reviews/{waiting['qsx'].pk}")
    assert [row["reason"] for row in response.context["explained"]] == ["集中登记"]
    data = sheet(response)
    assert (data["previous"]["s.firm.n"], data["editable"]) == ("10", False)
    assert "计入汇总" in data["pass_words"]
    assert response.context["next_url"] == f"/reviews/{waiting['bsx'].pk}"


def test_sent_back_with_remarks(world, waiting):
    lead, answer = signed_in(world.lead), waiting["qsx"]
    url = f"/reviews/{answer.pk}/send-back"
    assert post(lead, url, {"reason": " "}).status_code == 422
    assert post(lead, url, {"reason": "核对", "remarks": {"s.none.n": "无"}}).status_code == 422
    assert post(lead, url, {"reason": "核对", "remarks": {"s.firm.n": "偏大", "s.shop.n": " "}}).status_code == 200
    data = sheet(signed_in(world.filler).get(f"/returns/{answer.pk}"))
    assert [(remark["address"], remark["text"]) for remark in data["remarks"]] == [("s.firm.n", "偏大")]


def test_who_does_not_review_here_is_told_why(world):
    version = world.form()
    answer = world.now_due(version)["qsx"]
    submitted(world, answer, GOOD)
    lead = signed_in(world.lead)
    page = lead.get(f"/reviews/{answer.pk}")
    assert "正等本单位审核，不用您办理" in page.content.decode()
    assert 'id="pass"' not in page.content.decode()
    assert post(lead, f"/reviews/{answer.pk}/pass", {"submission": 1}).status_code == 403
    own = world.person("both", world.county, "reviewer")
    assert post(signed_in(own), f"/reviews/{answer.pk}/pass", {"submission": 1}).status_code == 200


def test_the_list_costs_the_same_for_many(world, django_assert_max_num_queries):
    version = world.form(stages=("lead",))
    for back in range(8, 0, -1):
        answers = world.now_due(version, back=back)
        cells = {"s.all.n": str(60 - 2 * back), "s.firm.n": str(30 - back), "s.shop.n": str(30 - back)}
        submitted(world, answers["qsx"], cells)
        submitted(world, answers["bsx"], cells, world.other_filler)
    lead = signed_in(world.lead)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert len(lead.get("/reviews").context["rows"]) == 16
