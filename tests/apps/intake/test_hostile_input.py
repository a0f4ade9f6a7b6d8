"""What no form sends: characters that cannot be stored, numbers without measure, keys that mean nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.apps.intake.models import Draft, DraftItem, ItemKind
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from tests.apps.intake.factories import first

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, coordinator: Any) -> Client:
    """Signed in as coordinator."""
    client.force_login(coordinator)
    return client


def _post(browser: Client, name: str, args: tuple[int, ...], body: Any) -> Any:
    sent = body if isinstance(body, str) else json.dumps(body)
    return browser.post(reverse(f"intake:{name}", args=args), sent, content_type="application/json")


def _decision(item: DraftItem, **data: Any) -> dict[str, Any]:
    return {"decision": "correct", "revision": item.revision, "data": {**item.data, **data}}


@pytest.mark.parametrize("character", ["\x00", "\ud800", "\udfff"])
def test_characters_that_cannot_be_stored_are_refused(character: str, browser: Client, draft: Draft) -> None:
    item, entries = first(draft, ItemKind.TARGET), Entry.objects.count()
    bad, span = f"产量{character}", [[item.line, *item.spans[0][1:]]]
    for answer in (
        _post(browser, "item-decide", (draft.pk, item.pk), _decision(item, indicator=bad)),
        _post(browser, "item-decide", (draft.pk, item.pk), _decision(item, tier=[{bad: 1}])),
        _post(browser, "item-add", (draft.pk,), {"kind": "target", "spans": span, "data": {**item.data, "unit": bad}}),
        _post(browser, "item-add", (draft.pk,), {"kind": "measure", "spans": span, "data": {"label": bad}}),
        _post(browser, "name-resolve", (draft.pk,), {"name": "州粮储局", "units": [bad]}),
        _post(browser, "name-resolve", (draft.pk,), {"name": "州粮储局", "new": {"name": bad, "kind": "other"}}),
    ):
        assert answer.status_code == 422
        assert "不能保存的字符" in answer.json()["message"]
    address = f"/api/v1/drafts/{draft.pk}/items/{item.pk}/decision"
    for data in ({"indicator": bad}, {"tier": [bad]}):
        answer = browser.post(address, json.dumps(_decision(item, **data)), content_type="application/json")
        assert answer.status_code == 422
        assert "不能保存的字符" in str(answer.json())
    item.refresh_from_db()
    assert (item.revision, Entry.objects.count()) == (0, entries)


def test_what_can_be_stored() -> None:
    assert is_storable({"a": [1, None, 2.5, {"产": "量😀"}], "b": True})
    assert not is_storable([[[{"a": {"b\x00": 1}}]]])


def test_numbers_without_measure_are_refused(browser: Client, draft: Draft) -> None:
    assert _post(browser, "accept-sure", (draft.pk,), f'{{"threshold": 1{"0" * 400}}}').status_code == 422
    for span in ("[Infinity, 0, 1]", "[1, -Infinity, 1]", "[NaN, 0, 1]", f"[1{'0' * 400}, 0, 1]"):
        answer = _post(browser, "item-suggest", (draft.pk,), f'{{"kind": "target", "spans": [{span}]}}')
        assert answer.status_code == 422
    answer = _post(browser, "accept-sure", (draft.pk,), "[" * 200_000)
    assert (answer.status_code, answer.json()["message"]) == (422, "发送的内容有误。")
    draft.items.update(certainty=1.0, unknown_names=0)
    ids = _post(browser, "accept-sure", (draft.pk,), {"threshold": 1}).json()["ids"]
    answer = _post(browser, "restore-many", (draft.pk,), {"ids": [10**30, -(10**30), 2**63, ids[0]]})
    assert (answer.status_code, answer.json()["ids"]) == (200, ids[:1])


def test_a_key_of_no_unit_is_no_choice(browser: Client, draft: Draft) -> None:
    item = first(draft, ItemKind.RESPONSIBILITY)
    lead = [
        {"name": "某某局", "units": ["no-such-unit"]},
        {"name": "州财政局", "units": ["no-such-unit"]},
        {"name": "县里", "units": ["qsx", "no-such-unit"]},
    ]
    answer = _post(browser, "item-decide", (draft.pk, item.pk), _decision(item, lead=lead))
    assert answer.status_code == 200
    assert answer.json()["item"]["unknown"] == DraftItem.objects.get(pk=item.pk).unknown_names > 0
    assert [entry["units"] for entry in answer.json()["item"]["data"]["lead"]] == [[], ["ylz-czj"], ["qsx"]]


def test_naming_a_unit_locks_the_draft_before_the_register(browser: Client, draft: Draft) -> None:
    """Deciding locks the draft, then the journal: naming that begins with the register would wait crosswise."""
    sent = {"name": "州粮储局", "new": {"name": "云岭州粮储局", "kind": "prefecture-department", "parent": "ylz"}}
    with CaptureQueriesContext(connection) as captured:
        assert _post(browser, "name-resolve", (draft.pk,), sent).status_code == 200
    assert Unit.objects.filter(name="云岭州粮储局").exists()
    asked = [query["sql"] for query in captured]
    began = next(n for n, sql in enumerate(asked) if sql.startswith(("SAVEPOINT", "BEGIN")))
    locks = [n for n, sql in enumerate(asked) if n > began and "intake_draft" in sql and "WHERE" in sql]
    if connection.features.has_select_for_update:
        locks = [n for n in locks if "FOR UPDATE" in asked[n]]
    register = [n for n, sql in enumerate(asked) if n > began and "organisations_" in sql and "WHERE" in sql]
    writes = [n for n, sql in enumerate(asked) if sql.startswith(("INSERT", "UPDATE"))]
    assert locks[0] < min(writes)
    assert locks[0] < next(n for n in register if "registerstate" in asked[n])
