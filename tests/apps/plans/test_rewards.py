"""奖补规则: read from the plan as drafts, corrected, confirmed; seen by others only then."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.models import Role
from luoshi.apps.plans.errors import RewardChanged
from luoshi.apps.plans.models import Plan, PlanVersion, RewardRule
from luoshi.apps.plans.rewards import decide_rewards, edit_reward, read_rewards, visible_rewards, words_of
from tests.apps.plans.making import Prefecture, make_document, make_prefecture, make_user

pytestmark = pytest.mark.django_db
TEXT = """云岭州支持企业升规若干措施
云政发〔2026〕9号
一、鼓励企业升规
（一）对首次升规的工业企业，一次性奖励15万元；对连续两年保持增长的，每年再奖励5万元，单户累计不超过30万元。
（二）对符合条件的技改项目，按设备投资额的10%给予补助，单个项目最高500万元。
二、强化要素保障
（三）州财政安排资金3亿元支持园区建设。"""


class Scene:
    """A plan of the prefecture with three rules, its coordinator, and a leader who reads."""

    def __init__(self) -> None:
        self.units: Prefecture = make_prefecture()
        self.office = make_user("office", (Role.COORDINATOR, self.units.state))
        self.leader = make_user("leader", (Role.LEADER, self.units.state))
        self.plan = Plan.objects.create(
            title="云岭州支持企业升规若干措施", year=2026, owner=self.units.state, is_public=True
        )
        self.publish(TEXT)

    def publish(self, text: str) -> PlanVersion:
        """A version of the plan with this text."""
        document = make_document(f"{PlanVersion.objects.count()}.txt", text)
        return PlanVersion.objects.create(
            plan=self.plan,
            ordinal=PlanVersion.objects.count() + 1,
            document=document,
            first_line=1,
            last_line=document.line_count,
            published_at=dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC),
        )

    def read(self) -> list[RewardRule]:
        """The rules, read."""
        read_rewards(acting_user=self.office, plan=self.plan)
        return list(RewardRule.objects.filter(retired_in=None).order_by("line", "pk"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_what_a_plan_promises_is_read_with_its_place(scene: Scene) -> None:
    rules = scene.read()
    assert [(rule.line, words_of(rule)) for rule in rules] == [
        (4, "一次性奖励15万元"),
        (4, "每年奖励5万元，最高30万元"),
        (5, "按设备投资额的10%补助，最高500万元"),
    ], "what is only set aside is no reward"
    assert rules[0].condition == "对首次升规的工业企业"
    lines = TEXT.split("\n")
    for rule in rules:
        assert "".join(lines[line - 1][start:end] for line, start, end in rule.spans) == rule.text
    assert read_rewards(acting_user=scene.office, plan=scene.plan) == (0, 0), "safe to repeat"
    assert verify().ok


def test_drafts_are_seen_by_who_manages_the_plan_confirmed_ones_by_all(scene: Scene) -> None:
    first, second, third = scene.read()
    assert visible_rewards(scene.office, scene.plan).count() == 3
    assert not visible_rewards(scene.leader, scene.plan).exists()
    seen = {first.pk: first.revision, third.pk: third.revision}
    assert decide_rewards(acting_user=scene.office, plan=scene.plan, rules=seen, state="confirmed") == 2
    decide_rewards(acting_user=scene.office, plan=scene.plan, rules={second.pk: 0}, state="rejected")
    assert list(visible_rewards(scene.leader, scene.plan)) == [first, third]
    with pytest.raises(RewardChanged):
        decide_rewards(acting_user=scene.office, plan=scene.plan, rules={first.pk: 0}, state="rejected")
    with pytest.raises(Http404):
        decide_rewards(acting_user=scene.office, plan=scene.plan, rules={999_999: 0}, state="confirmed")


def test_a_later_version_keeps_what_was_said_of_the_same_words(scene: Scene) -> None:
    first, second, _ = scene.read()
    edit_reward(acting_user=scene.office, plan=scene.plan, rule_id=first.pk, values={"cap": Decimal(200000)})
    version = scene.publish(TEXT.replace("一、鼓励", "前言\n一、鼓励").replace("每年再奖励5万元", "每年再奖励6万元"))
    assert read_rewards(acting_user=scene.office, plan=scene.plan) == (1, 1)
    first.refresh_from_db()
    assert (first.version, first.line, first.cap, first.state, first.origin) == (
        version,
        5,
        200000,
        "confirmed",
        "corrected",
    )
    second.refresh_from_db()
    assert second.retired_in == version
    assert "每年奖励6万元，最高30万元" in [words_of(rule) for rule in visible_rewards(scene.office, scene.plan)]


def test_the_page(scene: Scene) -> None:
    office, page = browser(scene.office), f"/plans/{scene.plan.pk}/rewards"
    assert "还没有奖补规则" in office.get(page).content.decode()
    assert browser(scene.leader).post(f"{page}/read").status_code == 403
    assert office.post(f"{page}/read").status_code == 302
    with CaptureQueriesContext(connection) as asked:
        shown = office.get(page).content.decode()
    assert len(asked) <= 15, [one["sql"][:120] for one in asked]
    assert "按设备投资额的10%补助，最高500万元" in shown and shown.count("btn-primary") == 1
    assert "line=5#L5" in shown.replace("&amp;", "&")
    rule = RewardRule.objects.order_by("line", "pk").first()
    assert rule is not None
    typed = {"word": "奖励", "amount": "十五万", "condition": "首次升规的", "revision": "0"}
    refused = office.post(f"{page}/{rule.pk}", typed)
    assert refused.status_code == 422 and 'value="十五万"' in refused.content.decode(), "what was typed is kept"
    assert office.post(f"{page}/{rule.pk}", typed | {"amount": "", "cap": ""}).status_code == 422, "no figure at all"
    good = typed | {"amount": "150,000", "unit_of_measure": "元", "recurrence": "once"}
    assert office.post(f"{page}/{rule.pk}", good).status_code == 302
    assert office.post(f"{page}/{rule.pk}", good).status_code == 409, "somebody has changed it since"
    leader = browser(scene.leader).get(page).content.decode()
    assert "首次升规的" in leader and "技改项目" not in leader and "更正" not in leader
    assert office.post(f"{page}/decide", {"state": "confirmed"}).status_code == 422, "nothing was ticked"
    others = [f"{row.pk}:{row.revision}" for row in RewardRule.objects.filter(state="draft")]
    assert office.post(f"{page}/decide", {"state": "confirmed", "rule": others}).status_code == 302
    assert "技改项目" in browser(scene.leader).get(page).content.decode()


def test_over_the_api(scene: Scene) -> None:
    def caller(user: Any) -> Client:
        client = Client()
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {issue_token(acting_user=user, user=user, name='试验')}"
        return client

    office, leader, path = caller(scene.office), caller(scene.leader), f"/api/v1/plans/{scene.plan.pk}/rewards"
    assert office.post(f"{path}/read").json() == {"fresh": 3, "gone": 0}
    assert leader.post(f"{path}/read").status_code == 403
    rows = office.get(path).json()
    assert rows["total"] == 3 and leader.get(path).json()["total"] == 0
    row = rows["items"][2]
    assert (row["amount"], row["unit_of_measure"], row["basis"], row["cap"]) == ("10", "%", "设备投资额", "5000000")
    said = {"state": "confirmed", "revision": row["revision"]}
    json = {"content_type": "application/json"}
    assert office.post(f"{path}/{row['id']}/decide", said, **json).json()["state"] == "confirmed"
    assert office.post(f"{path}/{row['id']}/decide", said, **json).status_code == 409
    changed = {"word": "补助", "amount": "12", "unit_of_measure": "%", "basis": "设备投资额", "cap": "4000000"}
    assert office.put(f"{path}/{row['id']}", changed, **json).json()["words"] == "按设备投资额的12%补助，最高400万元"
    assert office.put(f"{path}/{row['id']}", changed | {"amount": "2", "amount_max": "1"}, **json).status_code == 422
    assert leader.get(path).json()["items"][0]["amount"] == "12"
