"""Supervision over HTTP: the same rules as on the pages, refusals as problem documents in Chinese."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.models import Order, OrderState, Proposal
from luoshi.cli.orders import orders_command
from luoshi.periods import local_date
from tests.apps.supervision.making import at
from tests.apps.supervision.test_escalation import a_return, laddered

pytestmark = pytest.mark.django_db


class Caller:
    """A program that signs in with a person's token."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {issue_token(acting_user=user, user=user, name='试验')}"

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}")

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json")


def test_an_order_from_first_to_last(world):
    office, worker = Caller(world.office), Caller(world.worker)
    body = {"owner": "ylz", "title": "加快开工", "text": "请限期开工。", "clock": "ordinary"}
    made = office.post("orders", **body, units=["qsx", "bsx"])
    assert made.status_code == 201
    assert [row["unit"]["key"] for row in made.json()] == ["qsx", "bsx"]
    pk = made.json()[0]["id"]
    assert worker.get("orders").json()["total"] == 1
    seen = worker.get(f"orders/{pk}").json()
    assert (seen["state"], seen["may"], len(seen["stages"])) == ("assigned", ["accept"], 1)
    refused = worker.post(f"orders/{pk}/answer", text="办完了")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "此件还没有签收，不能报结；请先签收。"
    assert worker.post(f"orders/{pk}/accept", handler="李平", revision=seen["revision"]).json()["handler"] == "李平"
    stale = worker.post(f"orders/{pk}/accept", revision=0)
    assert stale.status_code == 409 and "刚刚有人办理过" in stale.json()["detail"]
    assert worker.post(f"orders/{pk}/answer", text="办完了", stage=1).json()["state"] == "answered"
    assert worker.post(f"orders/{pk}/close").status_code == 403
    assert office.post(f"orders/{pk}/close", text="属实").json()["state"] == "closed"
    assert [step["action"] for step in office.get(f"orders/{pk}").json()["steps"]][-1] == "close"
    assert Caller(world.town_worker).get(f"orders/{pk}").status_code == 404
    assert office.get("orders?state=ended").json()["total"] == 1


def test_clocks_and_proposals_beside_plans(world):
    office, chief = Caller(world.office), Caller(world.chief)
    body = {
        "owner": "ylz",
        "name": "两步",
        "stages": [{"title": "方案", "days": 5, "working": True}, {"title": "结果", "months": 1}],
    }
    made = office.post("clocks", **body)
    assert made.status_code == 201
    clock = made.json()
    assert clock["words"] == "方案5个工作日内，结果1个月内" and clock["owner"]["key"] == "ylz"
    assert chief.post("clocks", **body).status_code == 404, "in one's own office's name only"
    assert office.post("clocks", **body | {"stages": [{"title": "空"}]}).status_code == 422
    there = f"clocks/{clock['id']}"
    assert chief.get(there).status_code == 404
    changed = {"name": "一步", "stages": [{"title": "结果", "days": 9}], "revision": 0}
    put = office.client.put(f"/api/v1/{there}", changed, content_type="application/json")
    assert (put.status_code, put.json()["words"]) == (200, "结果9日内")
    assert office.client.put(f"/api/v1/{there}", changed, content_type="application/json").status_code == 409
    assert (
        office.post("orders", owner="ylz", units=["qsx"], title="甲", text="乙", clock=clock["key"]).status_code == 201
    )
    assert office.post(f"{there}/stop").json()["active"] is False
    assert (
        office.post("orders", owner="ylz", units=["qsx"], title="甲", text="乙", clock=clock["key"]).status_code == 422
    )
    shipped = next(row for row in office.get("clocks").json()["items"] if row["key"] == "urgent")
    assert office.post(f"clocks/{shipped['id']}/stop").status_code == 403
    Proposal.objects.create(
        office=world.root,
        ladder=world.ladder(),
        unit=world.county,
        trigger="order-overdue",
        count=1,
        rung="reminder",
        sentence="逾期",
        event="order:1",
        order=Order.objects.get(),
        proposed_at=at(20),
    )
    (row,) = office.get("escalations").json()["items"]
    assert (row["plan_id"], row["office"]["key"]) == (None, "ylz")
    assert office.post(f"escalations/{row['id']}/dismiss", reason="已办结").json()["state"] == "dismissed"
    assert chief.get("escalations").json()["total"] == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"units": ["nowhere"], "clock": "ordinary"}, "没有代码为“nowhere”的单位"),
        ({"units": ["qsx"], "clock": "never"}, "没有代码为“never”的办理时限"),
        ({"units": ["qsx"]}, "请选择办理时限"),
        ({"units": ["qsx"], "clock": "ordinary", "due_on": "2999-01-01"}, "二者取一"),
        ({"units": ["qsx"], "due_on": "9999-12-31"}, "最多三年"),
    ],
)
def test_what_is_refused(world, more, said):
    answer = Caller(world.office).post("orders", owner="ylz", title="加快开工", text="开工", **more)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert not Order.objects.exists()


def test_far_days_are_refused_not_stumbled_over(world):
    order = world.answered()
    office = Caller(world.office)
    for until in ("9999-12-31", "0001-01-01"):
        assert office.post(f"orders/{order.pk}/send-back", reason="再核", until=until).status_code == 422
    order.refresh_from_db()
    assert (order.state, local_date(order.due_at).year) == (OrderState.ANSWERED, 2026)


def test_proposals_and_duties(world):
    laddered(world)
    a_return(world, world.county)
    list(actions.propose_escalations(now=at(20), lights=False))
    office = Caller(world.office)
    pk = Proposal.objects.get().pk
    assert office.get("escalations?state=proposed").json()["items"][0]["rung"] == "reminder"
    assert Caller(world.worker).get(f"escalations/{pk}").status_code == 404
    assert office.post(f"escalations/{pk}/take", rung="interview").status_code == 422
    assert office.post(f"escalations/{pk}/take").json()["state"] == "taken"
    assert office.post(f"escalations/{pk}/dismiss", reason="否").status_code == 409
    duty = actions.create_duty(acting_user=world.office, owner=world.root, name="一线", cadence="monthly", count=3)
    (holder,) = actions.add_holders(
        acting_user=world.office,
        duty_id=duty.pk,
        people=[actions.Person(unit=world.county, name="何敏")],
        first_day=at(1, month=1).date(),
    )
    worker = Caller(world.worker)
    entry = worker.post(f"duties/{duty.pk}/entries", holder=holder.pk, day="2026-09-01", text="到工地")
    assert entry.status_code == 201
    assert worker.get(f"duties/{duty.pk}?year=2026").json()["holders"][0]["total"] == 1
    assert worker.post(f"duties/entries/{entry.json()['id']}/withdraw", reason="重复").json()["withdrawn"] is True
    assert Caller(world.other_worker).get(f"duties/{duty.pk}").status_code == 404


def test_the_command_line(world):
    world.in_work()
    shown = CliRunner().invoke(orders_command, ["list"])
    assert shown.exit_code == 0, shown.output
    assert "督〔2026〕1号\t办理中\t青石县\t加快项目开工" in shown.output
    assert CliRunner().invoke(orders_command, ["escalate"]).output.strip() == "没有新的建议。"
