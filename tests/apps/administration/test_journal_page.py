"""The journal's page: who sees what, filters, paging by sequence, the chain's state."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from luoshi.apps.accounts.actions import change_person, issue_token
from luoshi.apps.accounts.models import ApiToken
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.journal.models import ChainHead, Entry
from luoshi.apps.organisations.actions import add_unit_name
from luoshi.apps.organisations.models import Unit

pytestmark = pytest.mark.django_db
Person = Callable[..., Any]


def _sequences(client: Client, **parameters: Any) -> list[int]:
    response = client.get(reverse("administration:journal"), parameters)
    assert response.status_code == 200
    return [int(number) for number in re.findall(r'<tr id="entry-(\d+)"', response.content.decode())]


def _by(*users: Any) -> list[int]:
    return list(Entry.objects.filter(actor__in=users).order_by("-sequence").values_list("sequence", flat=True))


def _act(user: Any) -> None:
    issue_token(acting_user=user, user=user, name="取数")


def test_who_sees_what(client: Client, person: Person) -> None:
    chief, leader = person("zhou", ylz="administrator"), person("leader", ylz="leader")
    county, below = person("county", qsx="coordinator"), person("below", qsx_czj="reporter")
    beside, head = person("beside", bsx="reporter"), person("head", ylz="coordinator")
    for user in (chief, county, below, beside, head):
        _act(user)
    client.force_login(chief)
    assert _sequences(client) == list(Entry.objects.order_by("-sequence").values_list("sequence", flat=True))
    client.force_login(county)
    assert _sequences(client) == _by(county, below)
    client.force_login(head)
    assert _sequences(client) == _by(chief, county, below, beside, head)
    for user in (leader, below):
        client.force_login(user)
        assert client.get("/journal").status_code == 403
        assert client.get("/journal/verify").status_code == 403
    assert Client().get("/journal")["Location"] == "/account/login/?next=/journal"


@pytest.fixture
def chief(client: Client, person: Person) -> Any:
    """The administrator of the prefecture, signed in."""
    user = person("zhou", ylz="administrator")
    client.force_login(user)
    return user


def test_before_and_after_in_words(client: Client, chief: Any, prefecture: dict[str, Unit], person: Person) -> None:
    other = person("zhao", qsx="reporter")
    change_person(acting_user=chief, user=other, fields={"phone": "0870-1"})
    page = client.get("/journal", {"action": "修改人员"}).content.decode()
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index('<tr id="entry-') :]))
    assert "zhou同志 修改人员 人员 zhao同志 电话 （空） → 0870-1" in row
    add_unit_name(acting_user=chief, name="州财政", units=[prefecture["ylz-czj"]])
    page = client.get("/journal", {"action": "登记单位名称"}).content.decode()
    for words in ("单位名称", "性质", "别称", "启用"):
        assert words in page


def test_filters(client: Client, chief: Any, person: Person) -> None:
    other = person("zhao", qsx="reporter")
    _act(other)
    token = ApiToken.objects.get()
    last = Entry.objects.order_by("-sequence").first()
    assert _sequences(client, person="zhao") == [last.sequence]
    assert _sequences(client, person="ZHAO同志") == [last.sequence]
    assert _sequences(client, action="接口令牌") == [last.sequence]
    assert _sequences(client, type="accounts.apitoken") == [last.sequence]
    assert _sequences(client, type="accounts.apitoken", id=str(token.pk)) == [last.sequence]
    assert _sequences(client, type="accounts.apitoken", id="0") == []
    assert _sequences(client, object="取数") == [last.sequence]
    day = last.at.astimezone().date().isoformat()
    assert last.sequence in _sequences(client, since=day, until=day)
    assert _sequences(client, until="2020-01-01") == []
    response = client.get("/journal", {"since": "2026-02-01", "until": "2026-01-01"})
    assert "早于" in response.content.decode()
    assert client.get("/journal", {"before": "x", "after": "", "since": "gestern"}).status_code == 200


@pytest.mark.parametrize("days", [{"until": "9999-12-31"}, {"since": "0001-01-01"}, {"since": "3000-01-01"}])
def test_days_without_a_moment_are_refused_in_words(client: Client, chief: Any, days: dict[str, str]) -> None:
    response = client.get("/journal", days)
    assert (response.status_code, "1900年至2999年" in response.content.decode()) == (200, True)
    assert _sequences(client, **days) == []
    assert _sequences(client, since="1900-01-01", until="2999-12-31")


def test_searches_of_any_length(client: Client, chief: Any) -> None:
    for name in ("person", "action", "object"):
        assert client.get("/journal", {name: "甲" * 60_000}).status_code == 200


def test_paging_by_sequence(client: Client, chief: Any) -> None:
    with transaction.atomic():
        record(acting_user=chief, acts=[Act(action="试写", target=chief, after={"n": n}) for n in range(250)])
    everything = list(Entry.objects.filter(action="试写").order_by("-sequence").values_list("sequence", flat=True))
    seen, parameters, pages = [], {"action": "试写"}, []
    while True:
        page = client.get("/journal", parameters).content.decode()
        pages.append([int(number) for number in re.findall(r'<tr id="entry-(\d+)"', page)])
        seen += pages[-1]
        older = re.search(r'rel="next" href="\?[^"]*before=(\d+)', page)
        if older is None:
            break
        parameters["before"] = older[1]
    assert seen == everything
    assert len(pages) == 3
    assert _sequences(client, action="试写", after=pages[1][0]) == pages[0]
    assert _sequences(client, action="试写", after=pages[2][0]) == pages[1]


def test_the_chains_state(client: Client, chief: Any) -> None:
    part = client.get("/journal/verify", headers={"HX-Request": "true"}).content.decode()
    assert "校验通过" in part
    assert "<html" not in part
    count = Entry.objects.count()
    # As if the last entry had been cut off together with its triggers.
    ChainHead.objects.update(sequence=F("sequence") + 1)
    page = client.get("/journal/verify").content.decode()
    assert "校验未通过" in page
    assert f"应有 {count + 1} 条，只有 {count} 条" in page
