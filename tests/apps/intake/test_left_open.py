"""Names that mean nobody in particular (泛指): said by a person, published without units, and not called unknown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.apps.intake.actions import accept_sure, decide, publish, resolve_name
from luoshi.apps.intake.errors import Invalid
from luoshi.apps.intake.models import Draft, ItemKind
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.kinds import LEFT_OPEN
from luoshi.apps.plans.models import Responsibility
from tests.apps.intake.factories import first

pytestmark = pytest.mark.django_db


def _choose(client: Client, draft: Draft, **sent: Any) -> Any:
    address = reverse("intake:name-resolve", args=(draft.pk,))
    return client.post(address, json.dumps({"name": "州粮储局", **sent}), content_type="application/json")


def test_a_name_is_left_open(client: Client, coordinator: Any, draft: Draft) -> None:
    client.force_login(coordinator)
    answer = _choose(client, draft, open=True, remember=True)
    assert answer.status_code == 200
    assert answer.json()["items"]
    assert not draft.items.filter(unknown_names__gt=0).exists()
    # A correction of the same item keeps what was said of the name.
    item = next(item for item in draft.items.all() if any(e.get("open") for e in item.data.get("lead", ())))
    item = decide(acting_user=coordinator, item=item, decision="correct", revision=item.revision, data=item.data)
    assert item.unknown_names == 0
    draft.items.update(certainty=1.0)
    accept_sure(acting_user=coordinator, draft=draft)
    plan = publish(acting_user=coordinator, draft=draft).plan
    party = Responsibility.objects.filter(name="州粮储局").first()
    assert party is not None
    assert (party.reason, party.units.count()) == (LEFT_OPEN, 0)
    page = client.get(reverse("plans:detail", args=(plan.pk,))).content.decode()
    assert "未识别的单位名" not in page
    ledger = client.get(reverse("plans:ledger"), {"plan": plan.pk}).content.decode()
    assert "泛指，不派给具体单位" in ledger
    assert "单位名称未识别</span>" not in ledger
    narrowed = client.get(reverse("plans:ledger"), {"plan": plan.pk, "kind": "unknown-unit"}).content.decode()
    assert "没有符合条件的任务" in narrowed


def test_unknown_names_are_still_called_so(client: Client, coordinator: Any, draft: Draft) -> None:
    for item in draft.items.all():
        decide(acting_user=coordinator, item=item, decision="accept", revision=item.revision)
    plan = publish(acting_user=coordinator, draft=draft).plan
    client.force_login(coordinator)
    assert "未识别的单位名" in client.get(reverse("plans:detail", args=(plan.pk,))).content.decode()


def test_either_units_or_none(coordinator: Any, prefecture: dict[str, Unit], draft: Draft) -> None:
    with pytest.raises(Invalid):
        resolve_name(acting_user=coordinator, draft=draft, name="州粮储局", units=[])
    with pytest.raises(Invalid):
        resolve_name(
            acting_user=coordinator, draft=draft, name="州粮储局", units=[prefecture["ylz-czj"]], left_open=True
        )
    resolve_name(acting_user=coordinator, draft=draft, name="州粮储局", units=[], left_open=True)
    changed = resolve_name(acting_user=coordinator, draft=draft, name="州粮储局", units=[prefecture["ylz-czj"]])
    entries = [e for item in changed for role in ("lead", "responsible") for e in item.data[role]]
    assert {"name": "州粮储局", "units": ["ylz-czj"]} in entries


def test_names_are_remembered_only_by_who_looks_after_all(
    client: Client, coordinator: Any, person: Callable[..., Any], draft: Draft
) -> None:
    client.force_login(coordinator)
    assert '"remembers": true' in client.get(reverse("intake:draft", args=(draft.pk,))).content.decode()
    Draft.objects.filter(pk=draft.pk).update(owner=Unit.objects.get(key="qsx"))
    client.force_login(person("county", qsx="coordinator"))
    assert '"remembers": false' in client.get(reverse("intake:draft", args=(draft.pk,))).content.decode()
    assert first(draft, ItemKind.RESPONSIBILITY)
