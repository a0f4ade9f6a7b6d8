"""The pages on which returns are filled in: what stands on them, what their script is answered, what they cost."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.reporting.actions import (
    freeze_round,
    pass_stage,
    recall_return,
    reopen_return,
    save_cells,
    send_back,
    submit_return,
)
from luoshi.apps.reporting.models import Evidence, Return, ReturnState, ReturnStep, Round
from luoshi.apps.reporting.queries.returns import returns_to_fill
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.reporting.views.answers import left_in_words, state_of
from tests.apps.reporting.making import GOOD, OTHER
from tests.apps.reporting.pages import PROJECTS, PageWorld, wide

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def world(db) -> PageWorld:
    forget_directory()
    return PageWorld()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(world) -> Client:
    return signed_in(world.filler)


def patch(client, answer, cells, revision=0, **more):
    body = {"cells": cells, "revision": revision, "rows": None, "reasons": None} | more
    return client.patch(f"/returns/{answer.pk}/cells", json.dumps(body), content_type="application/json")


def sheet(response):
    text = response.content.decode()
    mark = '<script id="sheet" type="application/json">'
    start = text.index(mark) + len(mark)
    return json.loads(text[start : text.index("</script>", start)])


def submitted(world, answer, cells=GOOD, filler=None, hours=30):
    who, now = filler or world.filler, answer.round.due_at - dt.timedelta(hours=hours)
    save_cells(acting_user=who, answer_id=answer.pk, cells=cells, now=now)
    return submit_return(acting_user=who, answer_id=answer.pk, channel="web", now=now)


def test_the_list_says_what_is_due_when(world, client):
    late = world.now_due(world.form("other", OTHER), due_in=-dt.timedelta(days=3))["qsx"]
    world.now_due(world.form("wide", wide(2, 2)), due_in=dt.timedelta(days=9))
    back = world.now_due(world.form(), due_in=dt.timedelta(days=2))["qsx"]
    submitted(world, back)
    send_back(acting_user=world.reviewer, answer_id=back.pk, reason="与台账不符")
    text = client.get("/returns").content.decode()
    places = [text.index(words) for words in ("被退回，请改正", "已逾期，请尽快报送", "以后截止")]
    assert places == sorted(places)
    assert "已逾期3天" in text
    assert "还有9天" in text or "还有8天" in text
    assert text.count("btn-primary") == 1
    assert f'href="/returns/{back.pk}">去改正' in text
    assert late.round.form.title in text


def test_filters_live_in_the_address(world, client):
    world.now_due(world.form("other", OTHER))
    monthly = world.now_due(world.form())["qsx"]
    world.now_due(monthly.round.version, back=1)
    found = client.get("/returns", {"form": "monthly", "period": monthly.round.period}).context["groups"]
    assert [row["pk"] for group in found for row in group["rows"]] == [monthly.pk]
    assert "没有符合条件的报表" in client.get("/returns?form=none").content.decode()
    assert client.get("/returns?form=none&page=99&state=nonsense&unit=%E4%B8%AD").status_code == 200


def test_tabs_hold_what_is_under_way_done_and_over(world, client):
    version = world.form()
    review, done, over = (world.now_due(version, back=back)["qsx"] for back in (0, 1, 2))
    submitted(world, review)
    Return.objects.filter(pk=done.pk).update(state=ReturnState.ACCEPTED)
    Round.objects.filter(pk=over.round_id).update(frozen_at=timezone.now())

    def shown(tab):
        groups = client.get(f"/returns?state={tab}").context["groups"]
        return [row["pk"] for group in groups for row in group["rows"]]

    assert (shown("review"), shown("done"), shown("missed"), shown("")) == ([review.pk], [done.pk], [over.pk], [])
    assert set(shown("all")) == {review.pk, done.pk, over.pk}


def test_a_person_without_a_part_in_it_is_told_so(world):
    assert "您还不是任何单位的填报员" in signed_in(world.stranger).get("/returns").content.decode()


def test_who_reports_for_nobody_is_led_to_the_forms(world):
    world.now_due(world.form())
    page = signed_in(world.lead).get("/returns")
    assert page.context["tabs"] == () and "看报表和报送情况" in page.content.decode()


def test_tabs_carry_counts(world, client):
    version = world.form()
    review, done, over = (world.now_due(version, back=back)["qsx"] for back in (0, 1, 2))
    submitted(world, review)
    Return.objects.filter(pk=done.pk).update(state=ReturnState.ACCEPTED)
    Round.objects.filter(pk=over.round_id).update(frozen_at=timezone.now())
    counts = [tab["count"] for tab in client.get("/returns").context["tabs"]]
    assert counts == [0, 1, 1, 1, 3]


def test_what_was_sent_back_stays_in_the_list_when_the_round_is_frozen(world, client):
    back = world.now_due(world.form())["qsx"]
    submitted(world, back)
    send_back(acting_user=world.reviewer, answer_id=back.pk, reason="与台账不符")
    freeze_round(acting_user=world.lead, round_id=back.round_id)
    page = client.get("/returns").content.decode()
    assert f'href="/returns/{back.pk}">去改正' in page
    assert [row.pk for row in returns_to_fill(world.filler)] == [back.pk]
    assert patch(client, back, {"s.firm.m": "5"}, revision=Return.objects.get(pk=back.pk).revision).status_code == 200
    assert submit_return(acting_user=world.filler, answer_id=back.pk, channel="web").ordinal == 2


def test_the_filler_reads_why_it_came_back_and_why_it_was_opened_again(world, client):
    answer = world.now_due(world.form())["qsx"]
    submitted(world, answer)
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="与台账不符")
    Round.objects.filter(pk=answer.round_id).update(frozen_at=timezone.now())
    reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="核定数有变")
    asked = client.get(f"/returns/{answer.pk}").context["asked_again"]
    assert [(step["label"], step["reason"]) for step in asked] == [("退回", "与台账不符"), ("重开", "核定数有变")]
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web")
    assert client.get(f"/returns/{answer.pk}").context["asked_again"] == []
    recall_return(acting_user=world.filler, answer_id=answer.pk)
    assert len(client.get(f"/returns/{answer.pk}").context["asked_again"]) == 2, "what was recalled answered nothing"


def test_taking_back_names_the_deadline(world, client):
    answer = world.now_due(world.form())["qsx"]
    submitted(world, answer)
    page = client.get(f"/returns/{answer.pk}").content.decode()
    due = moment_in_words(Round.objects.get().due_at)
    assert f"撤回后须在 {due} 前重新报送，否则计为未报" in page
    assert 'class="btn" type="submit" title="审核前可以撤回' in page, "no coloured button"


@pytest.mark.parametrize("user", ["filler", "lead", "reviewer", "leader"])
def test_the_page_of_a_return_costs_little(world, django_assert_max_num_queries, user):
    first = world.now_due(world.form(), back=1)["qsx"]
    submitted(world, first)
    pass_stage(acting_user=world.reviewer, answer_id=first.pk)
    pass_stage(acting_user=world.lead, answer_id=first.pk)
    answer = world.now_due(first.round.version)["qsx"]
    submitted(world, answer, {"s.all.n": "40", "s.firm.n": "15", "s.shop.n": "25"})
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="不符", remarks={"s.firm.n": "偏大"})
    person = signed_in(getattr(world, user))
    person.get(f"/returns/{answer.pk}")  # the form's definition and the catalogue are read once and kept
    with django_assert_max_num_queries(MOST_QUERIES):
        assert person.get(f"/returns/{answer.pk}").status_code == 200


def test_the_list_costs_the_same_for_many(world, client, django_assert_max_num_queries):
    version = world.form()
    for back in range(24):
        world.now_due(version, back=back)
    Round.objects.update(late_until=timezone.now() + dt.timedelta(days=3))
    client.get("/returns")
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get("/returns?state=all").context["total"] == 24


def test_the_sheet_holds_what_the_grid_needs(world, client):
    version = world.form()
    before = world.now_due(version, back=1)["qsx"]
    submitted(world, before)
    answer = world.now_due(version)["qsx"]
    data = sheet(client.get(f"/returns/{answer.pk}"))
    assert data["editable"]
    assert data["previous"]["s.firm.n"] == "10"
    assert [section["repeated"] for section in data["sections"]] == [False, True]
    assert data["sections"][0]["fields"][2]["formula"] == "n - m"
    assert sheet(signed_in(world.lead).get(f"/returns/{answer.pk}"))["editable"] is False


def test_cells_are_kept_and_judged(world, client):
    answer = world.now_due(world.form())["qsx"]
    body = patch(client, answer, {"s.firm.n": "1.2万", "s.firm.m": "5"}).json()
    assert body["cells"] == {"s.firm.n": "12000", "s.firm.m": "5"}
    assert body["computed"] == {"s.firm.d": "11995"}
    body = patch(client, answer, {"s.all.n": "很多"}, body["revision"]).json()
    assert [(problem["address"], problem["code"]) for problem in body["problems"]] == [("s.all.n", "type")]
    answer.refresh_from_db()
    assert answer.cells["s.all.n"] == "很多", "what was typed is not lost"


def test_a_page_that_is_behind_is_brought_up(world, client):
    answer = world.now_due(world.form())["qsx"]
    other = signed_in(world.second_filler)
    patch(client, answer, {"s.firm.n": "10"})
    body = patch(other, answer, {"s.shop.n": "20"}).json()
    assert body["state"]["cells"] == {"s.firm.n": "10", "s.shop.n": "20"}
    refused = patch(other, answer, {"s.firm.n": "11"}, revision=0)
    assert refused.status_code == 409
    assert refused.json()["cells"]["s.firm.n"] == "10"
    assert refused.json()["by"] == "filler2同志", "who saved last"


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        '{"cells": [], "revision": 0}',
        '{"cells": {"s.firm.n": 5}, "revision": 0}',
        '{"cells": {}, "revision": "x"}',
        '{"cells": {}, "revision": -1}',
        '{"cells": {}, "revision": 1e400}',
        '{"cells": {}, "revision": null}',
        '{"cells": {}, "rows": {"p": "r1"}, "revision": 0}',
        '{"cells": {}, "rows": {"p": [1]}, "revision": 0}',
        '{"cells": {"s.firm.note": "\\ud800"}, "revision": 0}',
        '{"cells": {"s.firm.note": "a\\u0000"}, "revision": 0}',
        '{"cells": {}, "reasons": {"s.firm.n": 1}, "revision": 0}',
    ],
)
def test_nonsense_is_refused_in_words(world, client, body):
    answer = world.now_due(world.form())["qsx"]
    response = client.patch(f"/returns/{answer.pk}/cells", body, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["message"]
    answer.refresh_from_db()
    assert answer.revision == 0


def test_submitting_tells_what_stops_it(world, client):
    answer = world.now_due(world.form())["qsx"]
    body = json.dumps({"revision": 0, "key": "one"})
    refused = client.post(f"/returns/{answer.pk}/submit", body, content_type="application/json")
    assert refused.status_code == 422
    assert {problem["address"] for problem in refused.json()["problems"]} == set(GOOD)
    save_cells(acting_user=world.filler, answer_id=answer.pk, cells=GOOD)
    for _ in range(2):  # a second click changes nothing
        body = json.dumps({"revision": 1, "key": "two"})
        assert client.post(f"/returns/{answer.pk}/submit", body, content_type="application/json").status_code == 200
    assert answer.submissions.count() == 1
    assert "待本单位审核" in client.get(f"/returns/{answer.pk}").content.decode()


def test_scripts_are_told_to_sign_in(world):
    answer = world.now_due(world.form())["qsx"]
    response = patch(Client(), answer, {"s.firm.n": "1"})
    assert (response.status_code, response.json()["message"]) == (401, "登录已过期，请重新登录。")


def test_who_does_not_report_changes_nothing(world):
    answer = world.now_due(world.form())["qsx"]
    assert patch(signed_in(world.lead), answer, {"s.firm.n": "1"}).status_code == 403
    assert patch(signed_in(world.other_filler), answer, {"s.firm.n": "1"}).status_code == 404


def test_evidence_is_kept_and_handed_out(world, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = world.now_due(world.form("projects", PROJECTS))["qsx"]
    patch(client, answer, {"p.r1.name": "药材厂"}, rows={"p": ["r1"]})
    url = f"/returns/{answer.pk}/evidence"

    def put(name, data):
        return client.post(url, {"address": "p.r1.proof", "file": SimpleUploadedFile(name, data)})

    assert "不收" in put("a.exe", b"MZ").json()["message"]
    assert "不符" in put("a.pdf", b"MZ").json()["message"]
    assert "空" in put("a.pdf", b"").json()["message"]
    body = put("现场.pdf", b"%PDF-1.7 x").json()
    found = Evidence.objects.get()
    assert (body["value"], body["files"][str(found.pk)]["name"]) == (str(found.pk), "现场.pdf")
    handed = client.get(f"{url}/{found.pk}")
    assert b"".join(handed.streaming_content) == b"%PDF-1.7 x"
    assert handed["Content-Disposition"].startswith("attachment")
    assert signed_in(world.other_filler).get(f"{url}/{found.pk}").status_code == 404
    body = client.post(url, {"address": "p.r1.proof", "remove": found.pk}).json()
    assert body["value"] is None
    settings.LUOSHI_UPLOAD_LIMIT = 100
    assert "超过" in put("b.pdf", b"%PDF-" + b"x" * 500).json()["message"]


def test_recalled_until_somebody_reviewed(world, client):
    answer = world.now_due(world.form())["qsx"]
    submitted(world, answer)
    assert "撤回修改" in client.get(f"/returns/{answer.pk}").content.decode()
    client.post(f"/returns/{answer.pk}/recall")
    answer.refresh_from_db()
    assert answer.state == ReturnState.OPEN
    submitted(world, answer)
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    assert "撤回修改" not in client.get(f"/returns/{answer.pk}").content.decode()
    text = client.post(f"/returns/{answer.pk}/recall", follow=True).content.decode()
    assert "不能撤回" in text


def test_opened_again_with_a_reason(world):
    answer = world.now_due(world.form())["qsx"]
    submitted(world, answer)
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    pass_stage(acting_user=world.lead, answer_id=answer.pk)
    lead, url = signed_in(world.lead), f"/returns/{answer.pk}/reopen"
    assert f'href="{url}"' in lead.get(f"/returns/{answer.pk}").content.decode()
    refused = lead.post(url, {"reason": " "})
    assert (refused.status_code, "请写明重开的理由" in refused.content.decode()) == (422, True)
    assert lead.post(url, {"reason": "统计局核定"}).status_code == 302
    text = signed_in(world.filler).get(f"/returns/{answer.pk}").content.decode()
    assert "统计局核定" in text
    assert "已重开" in text


def test_the_past_is_shown_as_it_was(world, client, django_assert_max_num_queries):
    answer = world.now_due(world.form())["qsx"]
    submitted(world, answer)
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="不符")
    submitted(world, answer, {"s.all.n": "31", "s.shop.n": "21"}, hours=20)
    with django_assert_max_num_queries(MOST_QUERIES):
        first = client.get(f"/returns/{answer.pk}/history/1")
    assert sheet(first)["cells"]["s.shop.n"] == "20"
    assert "不是现在的" in first.content.decode()
    second = client.get(f"/returns/{answer.pk}/history/2")
    assert second.context["history"]["changed"] == 2
    assert client.get(f"/returns/{answer.pk}/history/3").status_code == 404


def test_every_state_has_its_words(world):
    version = world.form()
    answer = world.now_due(version)["qsx"]
    now = timezone.now()
    assert state_of(answer, now).label == "待填报"
    assert state_of(answer, now + dt.timedelta(days=3)).late == "逾期未报"
    assert (state_of(answer, now + dt.timedelta(days=30)).label, state_of(answer, now).late) == ("未报", "")
    answer.submitted_at = now + dt.timedelta(days=3)
    answer.state, answer.stage = ReturnState.IN_REVIEW, "lead"
    assert (state_of(answer).label, state_of(answer).late) == ("待州市场局审核", "迟报")
    answer.state, answer.stage = ReturnState.EXEMPT, ""
    assert state_of(answer).label == "免报"


def test_exempt_returns_say_why(world, client):
    answer = world.now_due(world.form())["qsx"]
    Return.objects.filter(pk=answer.pk).update(state=ReturnState.EXEMPT)
    ReturnStep.objects.create(
        answer=answer, action="exempt", from_state="open", to_state="exempt", reason="无此项业务", at=timezone.now()
    )
    assert "本期免报：无此项业务" in client.get(f"/returns/{answer.pk}").content.decode()


def test_a_frozen_return_says_what_to_do(world, client):
    answer = world.now_due(world.form())["qsx"]
    Round.objects.update(frozen_at=timezone.now())
    response = client.get(f"/returns/{answer.pk}")
    assert "要改动，请收表单位重开" in response.content.decode()
    assert sheet(response)["editable"] is False
    assert patch(client, answer, {"s.firm.n": "1"}).json()["closed"]
    reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="补报")
    assert sheet(client.get(f"/returns/{answer.pk}"))["editable"]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (dt.timedelta(days=8, hours=5), ("还有8天", "later")),
        (dt.timedelta(days=2, hours=3), ("还有2天3小时", "soon")),
        (dt.timedelta(hours=5), ("今天截止，还有5小时", "today")),
        (dt.timedelta(minutes=20), ("今天截止，还有20分钟", "today")),
        (dt.timedelta(hours=16), ("还有16小时", "soon")),
        (-dt.timedelta(hours=2), ("已逾期2小时", "late")),
        (-dt.timedelta(days=4, hours=2), ("已逾期4天", "late")),
    ],
)
def test_how_long_is_left(left, words):
    now = dt.datetime(2026, 9, 3, 10, tzinfo=timezone.get_default_timezone())
    assert left_in_words(now + left, now) == words


def test_units_are_found_by_a_part_of_their_name(world, client):
    answer = world.now_due(world.form("projects", PROJECTS))["qsx"]
    found = client.get(f"/returns/{answer.pk}/units", {"q": "白"}).json()["units"]
    assert found == [{"key": "bsx", "label": "白水县"}]
