"""Two people at one form: what the second would undo unseen is refused, and what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.apps.accounts.actions import change_person
from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.actions import change_unit
from luoshi.apps.organisations.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client: Client, person: Callable[..., Any]) -> Any:
    """The administrator of the prefecture, signed in."""
    user = person("zhouguan", ylz="administrator")
    client.force_login(user)
    return user


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_a_person_changed_meanwhile(client: Client, chief: Any, person: Callable[..., Any]) -> None:
    zhao = person("zhao", qsx="reporter")
    address = reverse("administration:person", args=(zhao.pk,))
    sent = {"display_name": "赵新", "username": "zhao", "phone": ""}
    seen = _seen(client.get(address).content.decode())
    change_person(acting_user=chief, user=zhao, fields={"phone": "13800000000"})
    refused = client.post(address, {**sent, "seen": seen})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "他人修改了这里的内容，没有保存" in page
    assert 'value="赵新"' in page
    assert User.objects.get(pk=zhao.pk).phone == "13800000000"
    # Told so, the person may insist.
    assert client.post(address, {**sent, "seen": _seen(page)}).status_code == 302
    assert User.objects.get(pk=zhao.pk).display_name == "赵新"


def test_another_mistake_does_not_hide_the_change(client: Client, chief: Any, person: Callable[..., Any]) -> None:
    zhao = person("zhao", qsx="reporter")
    address = reverse("administration:person", args=(zhao.pk,))
    seen = _seen(client.get(address).content.decode())
    change_person(acting_user=chief, user=zhao, fields={"phone": "13800000000"})
    page = client.post(address, {"display_name": "", "username": "zhao", "seen": seen}).content.decode()
    assert _seen(page) == seen
    again = client.post(address, {"display_name": "赵新", "username": "zhao", "seen": _seen(page)})
    assert again.status_code == 422


def test_a_unit_changed_meanwhile(client: Client, chief: Any) -> None:
    unit = Unit.objects.get(key="qsx")
    address = reverse("administration:register-unit", args=(unit.pk,))
    sent = {"name": unit.name, "short_name": "青石", "kind": unit.kind, "note": "我的说明"}
    seen = _seen(client.get(address).content.decode())
    change_unit(acting_user=chief, unit=unit, fields={"note": "他的说明"})
    refused = client.post(address, {**sent, "seen": seen})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "他人修改了这里的内容，没有保存" in page
    assert "我的说明" in page
    assert Unit.objects.get(pk=unit.pk).note == "他的说明"
    assert client.post(address, {**sent, "seen": _seen(page)}).status_code == 302
    assert Unit.objects.get(pk=unit.pk).note == "我的说明"
