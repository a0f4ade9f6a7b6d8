"""The returns over HTTP."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.indicators.models import Observation
from luoshi.apps.reporting.models import Form, Round, Submission
from tests.apps.reporting.making import GOOD

pytestmark = pytest.mark.django_db


class Caller:
    """A program with a person's token."""

    def __init__(self, user):
        secret = issue_token(acting_user=user, user=user, name="试验")
        self.client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})

    def __call__(self, method, path, body=None, **headers):
        content = "" if body is None else json.dumps(body)
        response = self.client.generic(
            method, f"/api/v1/returns{path}", content, "application/json", headers={"Idempotency-Key": "", **headers}
        )
        return response.status_code, response.json()


@pytest.fixture
def answer(world):
    world.form()
    found = world.opened(now=timezone.now().replace(year=2026, month=9, day=1))
    # Open whenever the test runs.
    now = timezone.now()
    soon = {"due_at": now + timezone.timedelta(days=1), "late_until": now + timezone.timedelta(days=9)}
    Round.objects.update(**soon)
    return found


def test_a_unit_with_a_system_of_its_own(world, answer):
    filler, reviewer, lead = Caller(world.filler), Caller(world.reviewer), Caller(world.lead)
    status, listed = filler("GET", "?waiting=fill")
    assert (status, [row["id"] for row in listed["items"]]) == (200, [answer.pk])
    status, saved = filler("PATCH", f"/{answer.pk}/cells", {"cells": {"s.firm.n": 10, "s.firm.m": "4"}, "revision": 0})
    assert (status, saved["revision"], saved["computed"]) == (200, 1, {"s.firm.d": "6"})
    status, problem = filler("POST", f"/{answer.pk}/submissions", {})
    assert status == 422
    assert {(item["address"], item["code"], item["severity"]) for item in problem["problems"]} == {
        ("s.all.n", "required", "hard"),
        ("s.shop.n", "required", "hard"),
    }
    body = {"cells": GOOD | {"s.firm.m": 4}}
    status, first = filler("POST", f"/{answer.pk}/submissions", body, **{"Idempotency-Key": "k-1"})
    assert (status, first["ordinal"], first["late"], first["stage"]) == (201, 1, False, "unit")
    status, again = filler("POST", f"/{answer.pk}/submissions", body, **{"Idempotency-Key": "k-1"})
    assert (status, again) == (200, first)
    status, other = filler("POST", f"/{answer.pk}/submissions", {"cells": GOOD}, **{"Idempotency-Key": "k-1"})
    assert (status, "Idempotency-Key" in other["detail"]) == (409, True)
    assert Submission.objects.count() == 1

    remarks = {"s.firm.n": "请核对"}
    sent = reviewer("POST", f"/{answer.pk}/send-back", {"reason": "再核", "remarks": remarks, "ordinal": 1})
    assert (sent[0], sent[1]["state"]) == (200, "sent-back")
    status, sheet = filler("GET", f"/{answer.pk}")
    assert (status, sheet["remarks"][0]["text"], sheet["editable"]) == (200, "请核对", True)
    assert filler("POST", f"/{answer.pk}/submissions", {"revision": sheet["revision"]})[0] == 201
    assert filler("POST", f"/{answer.pk}/recall")[1]["state"] == "sent-back"
    assert filler("POST", f"/{answer.pk}/submissions", {})[0] == 201
    assert reviewer("POST", f"/{answer.pk}/pass", {"ordinal": 2})[0] == 409
    assert reviewer("POST", f"/{answer.pk}/pass", {"ordinal": 3})[1]["stage"] == "lead"
    status, done = lead("POST", "/accept", {"returns": [{"id": answer.pk, "ordinal": 3}, {"id": 999, "ordinal": 1}]})
    assert (status, done["done"], [row["id"] for row in done["refused"]]) == (200, [answer.pk], [999])
    assert Observation.objects.count() == 3
    status, steps = lead("GET", f"/{answer.pk}/timeline")
    assert [step["action"] for step in steps] == ["submit", "send-back", "submit", "recall", "submit", "pass", "accept"]
    assert lead("POST", f"/{answer.pk}/reopen", {"reason": "更正"})[1]["state"] == "sent-back"
    then = Submission.objects.get(ordinal=1).submitted_at.isoformat().replace("+", "%2B")
    status, past = lead("GET", f"/{answer.pk}?as_of={then}")
    assert (status, past["state"], past["stage"], past["submission"]) == (200, "in-review", "unit", 1)


def test_two_programs_at_one_cell(world, answer):
    first, second = Caller(world.filler), Caller(world.second_filler)
    assert first("PATCH", f"/{answer.pk}/cells", {"cells": {"s.firm.n": "1"}, "revision": 0})[0] == 200
    status, problem = second("PATCH", f"/{answer.pk}/cells", {"cells": {"s.firm.n": "2"}, "revision": 0})
    assert (status, problem["conflicts"]) == (409, [{"address": "s.firm.n", "mine": "2", "theirs": "1"}])


def test_others(world, answer):
    assert Caller(world.stranger)("GET", f"/{answer.pk}")[0] == 404
    assert Caller(world.other_filler)("PATCH", f"/{answer.pk}/cells", {"cells": {}})[0] == 404
    assert Caller(world.lead)("PATCH", f"/{answer.pk}/cells", {"cells": {}})[0] == 403
    assert Caller(world.filler)("POST", f"/{answer.pk}/pass", {})[0] == 409
    assert Caller(world.filler)("POST", f"/{answer.pk}/reopen", {"reason": "补报"})[0] == 403
    for bad in ("\x00", "\ud800"):
        assert Caller(world.filler)("PATCH", f"/{answer.pk}/cells", {"cells": {"s.firm.note": bad}})[0] == 422


def wide(cells: int) -> dict:
    """A form of so many cells, each observed."""
    fields = [{"key": "n", "label": "数", "type": "number", "observed": True}]
    rows = [{"key": f"r{number}", "label": f"指标{number}", "indicator": "firms"} for number in range(1)]
    rows += [{"key": f"x{number}", "label": f"项{number}"} for number in range(cells - 1)]
    return {"sections": [{"key": "s", "title": "表", "kind": "fixed", "fields": fields, "rows": rows}]}


def test_queries_do_not_grow_with_the_cells(world):
    counts = {}
    for number in (5, 500):
        version = world.form(f"wide-{number}", wide(number))
        answer = world.opened(now=timezone.now().replace(year=2026, month=9, day=1), form=version.form.key)
        Round.objects.update(late_until=timezone.now() + timezone.timedelta(days=900))
        filler = Caller(world.filler)
        cells = {f"s.x{n}.n": str(n) for n in range(number - 1)} | {"s.r0.n": "7"}
        filler("GET", f"/{answer.pk}")  # the definition is read once
        asked = []
        for method, path, body in (
            ("PATCH", "/cells", {"cells": cells}),
            ("GET", "", None),
            ("POST", "/submissions", {"cells": cells}),
        ):
            with CaptureQueriesContext(connection) as queries:
                status, _ = filler(method, f"/{answer.pk}{path}", body)
            assert status in (200, 201)
            asked.append(len(queries))
        # What another form knows of the same numbers is asked for besides.
        Form.objects.update(is_active=False)
        counts[number] = asked
    assert counts[5] == counts[500], counts
    assert counts[500][1] <= 15, counts
