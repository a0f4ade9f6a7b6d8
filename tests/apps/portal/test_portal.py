"""What the public may read, and what it may not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.apps.organisations.models import Role
from luoshi.apps.plans import actions
from luoshi.apps.plans.models import Plan
from tests.apps.plans import bulk
from tests.apps.plans.making import make_document, make_prefecture, make_user, sample


@pytest.fixture
def units(db):
    return make_prefecture()


@pytest.fixture
def office(units):
    return make_user("杨帆", (Role.COORDINATOR, units.state))


@pytest.fixture
def plan(units, office):
    return actions.publish(acting_user=office, publication=sample(units, make_document())).plan


def test_a_plan_is_read_only_while_it_is_public(client, plan, office) -> None:
    address = f"/public/plans/{plan.pk}"
    assert client.get(address).status_code == 404
    assert plan.title not in client.get("/public").content.decode()
    actions.set_public(acting_user=office, plan=plan, public=True)
    assert plan.title in client.get("/public").content.decode()
    assert client.get(address).status_code == 200
    actions.set_public(acting_user=office, plan=plan, public=False)
    assert client.get(address).status_code == 404


def test_the_public_sees_measures_and_targets_but_no_people(client, plan, office) -> None:
    chief = make_user("高远", (Role.LEADER, plan.owner))
    actions.add_instruction(acting_user=chief, plan=plan, text="内部批示。")
    actions.set_public(acting_user=office, plan=plan, public=True)
    page = client.get(f"/public/plans/{plan.pk}").content.decode()
    assert 'class="target"' in page and 'class="measure"' in page
    assert 'class="responsibility"' not in page and 'class="deadline"' not in page
    for hidden in ("杨帆", "高远", "内部批示", "/measures/", "/targets/", "/ledger", "/documents/"):
        assert hidden not in page


def test_a_plan_without_a_version_is_no_public_plan(client, office) -> None:
    plan = Plan.objects.create(title="空方案", owner=office.memberships.get().unit, is_public=True)
    assert client.get(f"/public/plans/{plan.pk}").status_code == 404
    assert "空方案" not in client.get("/public").content.decode()


def test_the_public_pages_keep_their_budget(client, db) -> None:
    units = bulk.make_units(3, 1, 1)
    plans = [bulk.make_plan(number, 200, units, units[0]) for number in (2, 4)]
    for address in ("/public", f"/public/plans/{plans[0].pk}"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= 5, address


def test_plans_are_found_by_their_words(client, plan, office) -> None:
    actions.set_public(acting_user=office, plan=plan, public=True)
    assert plan.title in client.get("/public?text=乡村 产业").content.decode()
    assert "没有找到" in client.get("/public?text=教育").content.decode()
    assert client.get("/public?page=x").status_code == 200
