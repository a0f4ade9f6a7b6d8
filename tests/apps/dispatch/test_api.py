"""Dispatch over HTTP: what the pages do, with the same answers to who may not."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import Decision
from tests.apps.dispatch.making import at, decided, meeting, months, warned
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_pages import client


def post(browser: Client, address: str, **body: Any) -> Any:
    return browser.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


def test_a_warning_is_answered_and_sent_back(scene: Scene) -> None:
    warning = warned(scene)
    county, office = client(scene, "reporter"), client(scene, "office")
    listed = county.get("/api/v1/warnings?state=&mine=true").json()
    assert [row["id"] for row in listed["items"]] == [warning.pk]
    assert listed["items"][0]["unit"]["key"] == "north"
    until = (timezone.localdate() + dt.timedelta(days=9)).isoformat()
    assert post(office, f"warnings/{warning.pk}/answer", text="代答", until=until).status_code == 403
    answered = post(county, f"warnings/{warning.pk}/answer", text="补报登记。", until=until)
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    back = post(office, f"warnings/{warning.pk}/send-back", reason="不具体。").json()
    assert [step["action"] for step in back["steps"]] == ["raise", "answer", "send-back"]
    again = post(office, f"warnings/{warning.pk}/send-back", reason="再退。")
    assert (again.status_code, again.json()["title"]) == (409, "与现状冲突")
    assert client(scene, "south").get(f"/api/v1/warnings/{warning.pk}").status_code == 404


def test_a_problem_is_raised_and_settled(scene: Scene) -> None:
    browser = client(scene, "reporter")
    made = post(browser, "problems", unit="north", text="缺人。", asked="farm", plan=scene.plan.pk)
    assert (made.status_code, made.json()["asked"]["key"]) == (201, "farm")
    settled = post(browser, f"problems/{made.json()['id']}/settle", outcome="已增派。")
    assert settled.json()["state"] == "settled"
    for body in ({"unit": "south", "text": "代提"}, {"unit": "north", "text": "x", "asked": "没有"}, {"unit": "north"}):
        assert post(browser, "problems", **body).status_code == 422


def test_a_meeting_is_read_as_it_was_fixed(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    office, county = client(scene, "office"), client(scene, "reporter")
    assert county.get(f"/api/v1/meetings/{found.pk}").status_code == 404, "not before the agenda is fixed"
    fixed = post(office, f"meetings/{found.pk}/fix").json()
    assert (fixed["state"], len(fixed["digest"]), fixed["as_fixed"]) == ("ready", 64, True)
    assert post(office, f"meetings/{found.pk}/agenda").status_code == 409
    read = county.get(f"/api/v1/meetings/{found.pk}").json()
    assert read["items"][0]["snapshot"]["rows"][0]["unit"] == "北川县"
    assert post(county, f"meetings/{found.pk}/reopen", reason="改").status_code == 403


def test_drafts_and_minutes_in_writing_are_not_given_away(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    actions.fix_agenda(acting_user=scene.user("office"), meeting_id=found.pk, now=at(24))
    actions.hold_meeting(acting_user=scene.user("office"), meeting_id=found.pk, now=at(25))
    given = {"acting_user": scene.user("office"), "meeting_id": found.pk}
    actions.record_decision(**given, text="先记着。", unit=scene.units.north)
    actions.save_minutes(**given, text="还在写。")
    county = client(scene, "reporter").get(f"/api/v1/meetings/{found.pk}").json()
    assert (county["decisions"], county["minutes"]) == ([], "")
    office = client(scene, "office").get(f"/api/v1/meetings/{found.pk}").json()
    assert (len(office["decisions"]), office["minutes"]) == (1, "还在写。")
    assert client(scene, "office").get("/api/v1/decisions").json()["total"] == 0


def test_a_decision_is_carried_out(scene: Scene) -> None:
    months(scene)
    decision = decided(scene)
    county, office = client(scene, "reporter"), client(scene, "office")
    assert post(county, f"decisions/{decision.pk}/report", text="已补40户。").status_code == 200
    assert post(county, f"decisions/{decision.pk}/finish", text="补齐。").json()["state"] == "reported"
    assert post(county, f"decisions/{decision.pk}/close").status_code == 403
    assert post(office, f"decisions/{decision.pk}/close", text="属实。").json()["state"] == "closed"
    assert Decision.objects.get(pk=decision.pk).closed_at is not None
    late = post(office, f"decisions/{decision.pk}/move", due_on="2099-01-01", reason="改")
    assert late.status_code == 409 and "已办结" in late.json()["detail"]
