"""The workbench names the returns to fill in and to review, within its budget of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.apps.organisations.models import Membership, Role
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
