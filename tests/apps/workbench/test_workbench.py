"""What waits for a person."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from luoshi.apps.organisations.models import Role
from luoshi.apps.plans import actions
from tests.apps.plans.making import deadline, make_document, make_prefecture, make_user, sample

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def units(db):
    return make_prefecture()


@pytest.fixture
def office(units):
    return make_user("office", (Role.COORDINATOR, units.state))


@pytest.fixture
def plan(units, office):
    """One date in three days, one long past, one beyond two weeks."""
    today = timezone.localdate()
    days = (3, -40, 15)
    parts = {
        "deadlines": tuple(
            deadline(key, today + dt.timedelta(days=day), line=4)
            for key, day in zip(("0001.0001", "0001.0002", "0002.0001"), days, strict=True)
        )
    }
    return actions.publish(acting_user=office, publication=sample(units, make_document(), **parts)).plan


def home(client, user) -> str:
    client.force_login(user, backend=BACKEND)
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def part(page: str, name: str) -> str:
    """The text of one card."""
    found = page[page.index(f'id="{name}"') :]
    end = found.find('<div class="card card-dense" id=')
    return re.sub(r"<[^>]+>|\s+", " ", found[:end])


def test_a_visitor_is_sent_to_sign_in(client, db) -> None:
    assert client.get("/").url.startswith("/account/login/")


def test_due_and_overdue_are_apart(client, plan, units) -> None:
    page = home(client, make_user("farmer", (Role.LEAD, units.farm)))
    assert "扩大冷凉蔬菜基地" in part(page, "due") and "培育新型经营主体" not in part(page, "due")
    assert "培育新型经营主体" in part(page, "overdue") and "扩大冷凉蔬菜基地" not in part(page, "overdue")
    assert "牵头" in part(page, "due")


def test_only_my_units_count(client, plan, units) -> None:
    page = home(client, make_user("trader", (Role.LEAD, units.trade)))
    assert "两周内没有到期的任务" in page and "没有已过期限的任务" in page
    assert "云岭州商务局" in part(page, "units")


def test_new_remarks_and_versions_are_told(client, plan, units, office) -> None:
    chief = make_user("chief", (Role.LEADER, units.state))
    actions.add_instruction(acting_user=chief, plan=plan, text="请逐月通报。")
    page = home(client, make_user("farmer", (Role.LEAD, units.farm)))
    assert "请逐月通报。" in part(page, "instructions")
    assert "云岭州2026年乡村产业提升方案" in part(page, "versions")
    assert "请逐月通报。" not in home(client, make_user("nobody"))


def test_drafts_wait_for_those_who_keep_them(client, plan, units, office) -> None:
    assert 'id="drafts"' in home(client, office)
    assert 'id="drafts"' not in home(client, make_user("farmer", (Role.LEAD, units.farm)))


def test_someone_without_a_role_is_told_so(client, db) -> None:
    assert "还没有任职单位" in home(client, make_user("nobody"))
