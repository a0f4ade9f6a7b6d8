"""The workbench names the returns to fill in and to review, within its budget of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.apps.notices.models import Delivery, Notice
from luoshi.apps.organisations.models import Membership, Role
from luoshi.apps.reporting.models import Return
from tests.site.world import World, build

pytestmark = pytest.mark.django_db
BUDGET = 15


@pytest.fixture
def world() -> World:
    return build()


def home(client: Client, world: World, who: str) -> tuple[str, int]:
    client.force_login(world.users[who], backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/").content.decode()
    return page, len(queries)


def test_a_reporter_sees_what_to_fill_in(client: Client, world: World) -> None:
    page, _ = home(client, world, "reporter")
    assert f'href="/returns/{world.ids["answer"]}"' in page
    assert "去填报" in page
    assert 'id="reviews"' not in page


def test_a_lead_sees_what_to_review(client: Client, world: World) -> None:
    page, _ = home(client, world, "lead")
    assert f'href="/reviews/{world.ids["waiting"]}"' in page
    assert 'id="returns"' not in page


def test_an_outsider_sees_neither(client: Client, world: World) -> None:
    page, _ = home(client, world, "outsider")
    assert "示范户月报" not in page


def test_everybody_stays_within_the_budget(client: Client, world: World) -> None:
    for role in Role:
        for unit in (world.units["root"], world.units["county"]):
            Membership.objects.get_or_create(user=world.users["lead"], unit=unit, role=role)
    counted = {who: home(client, world, who)[1] for who in world.users}
    assert max(counted.values()) <= BUDGET, counted


def lacking(client: Client, world: World, who: str) -> str:
    client.force_login(world.users[who], backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/workbench/administration")
    assert len(queries) <= BUDGET
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_an_administrator_sees_what_is_to_be_put_right(client: Client, world: World) -> None:
    page, _ = home(client, world, "administrator")
    assert 'hx-get="/workbench/administration"' in page
    before = lacking(client, world, "administrator")
    assert "没有任职的人员" in before  # the stranger
    assert "role=none" in before
    assert "已送达" in before
    Membership.objects.filter(role=Role.REPORTER).delete()
    unit = Return.objects.get(pk=world.ids["answer"]).unit
    notice = Notice.objects.create(
        recipient=world.users["lead"], key="k", kind="k", title="催报", created_at=timezone.now()
    )
    given_up = {"channel": "mail", "notice": notice, "payload": {}}
    Delivery.objects.create(**given_up, key="m1", attempts=6, error="没有设置发信服务器")
    Delivery.objects.create(**given_up, key="m2", attempts=1, next_attempt_at=timezone.now())
    after = lacking(client, world, "administrator")
    assert f">{unit}</a>" in after
    assert f">{unit}</a>" not in before
    assert "没有送达的消息 <b>1</b> 条" in after
    assert "没有设置发信服务器（1 条）" in after


def test_nobody_else_does(client: Client, world: World) -> None:
    for who in ("reporter", "lead", "leader", "outsider"):
        assert lacking(client, world, who) == "404"
        assert "workbench/administration" not in home(client, world, who)[0]
