"""Several at once: each test first shows the race that there would be without the lock, then that there is none."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.actions import assigning, escalating, extending
from luoshi.apps.supervision.errors import NotNow, SupervisionError
from luoshi.apps.supervision.models import Extension, Order, OrderState, OrderStep, Proposal
from luoshi.apps.supervision.queries import replayed
from luoshi.machines import Machine
from tests.apps.intake.real_database import transactional_db
from tests.apps.reporting.test_at_once import LONG, meeting, together, without_locks
from tests.apps.supervision.making import World, at, day
from tests.apps.supervision.test_escalation import a_return, laddered

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small prefecture in a database with real transactions."""
    forget_directory()
    return World()


def two_reviewers(world: World, order: Order) -> list[Any]:
    return together(
        lambda: actions.close_order(acting_user=world.office, order_id=order.pk, now=at(8)),
        lambda: actions.send_order_back(acting_user=world.second_office, order_id=order.pk, reason="再核", now=at(8)),
    )


def decided(order: Order) -> list[str]:
    found = OrderStep.objects.filter(order=order, action__in=("close", "send-back"))
    return sorted(found.values_list("action", flat=True))


def test_two_reviewers_race_without_the_lock(world, monkeypatch):
    order = world.answered()
    meeting(monkeypatch, Machine, "next", LONG)
    with without_locks(monkeypatch):
        results = two_reviewers(world, order)
    assert decided(order) == ["close", "send-back"], f"both count, closed and sent back: {results}"


def test_two_reviewers(world, monkeypatch):
    order = world.answered()
    meeting(monkeypatch, Machine, "next")
    results = two_reviewers(world, order)
    assert len([one for one in results if isinstance(one, NotNow)]) == 1, results
    order.refresh_from_db()
    expected = {OrderState.CLOSED: ["close"], OrderState.SENT_BACK: ["send-back"]}
    assert decided(order) == expected[OrderState(order.state)]
    assert replayed(order.steps.all()) == order.state
    assert verify().ok


def two_requests(world: World, order: Order) -> list[Any]:
    def ask(user: Any, number: int) -> Any:
        return actions.ask_extension(acting_user=user, order_id=order.pk, until=day(number), reason="雨季", now=at(3))

    return together(lambda: ask(world.worker, 22), lambda: ask(world.chief, 24))


def test_two_requests_for_more_time_race_without_the_lock(world, monkeypatch):
    order = world.in_work()
    meeting(monkeypatch, extending, "local_date", LONG)  # after looking whether one waits
    with without_locks(monkeypatch):
        results = two_requests(world, order)
    # Only the last fence, a constraint, keeps the second one out: with an error in place of an answer.
    assert any(isinstance(one, IntegrityError) for one in results), results


def test_two_requests_for_more_time(world, monkeypatch):
    order = world.in_work()
    meeting(monkeypatch, extending, "local_date")
    results = two_requests(world, order)
    (refused,) = [one for one in results if isinstance(one, SupervisionError)]
    assert "等待审批" in str(refused)
    assert Extension.objects.count() == OrderStep.objects.filter(action="ask-extension").count() == 1
    assert verify().ok


def two_drafts(world: World) -> list[int]:
    units = (world.county, world.other)
    common = {"acting_user": world.office, "owner": world.root, "wanted": world.wanted(), "now": at(1)}
    return [actions.draft_order(**common, unit=unit).pk for unit in units]


def two_clerks(world: World, drafts: list[int]) -> list[Any]:
    return together(
        lambda: actions.assign_order(acting_user=world.office, order_id=drafts[0], now=at(1)),
        lambda: actions.assign_order(acting_user=world.second_office, order_id=drafts[1], now=at(1)),
    )


def test_two_clerks_number_at_once_race_without_the_lock(world, monkeypatch):
    drafts = two_drafts(world)
    meeting(monkeypatch, assigning, "_next_serial", LONG)
    with without_locks(monkeypatch):
        results = two_clerks(world, drafts)
    assert any(isinstance(one, IntegrityError) for one in results), "the same number twice: the constraint stops one"


def test_two_clerks_number_at_once(world, monkeypatch):
    drafts = two_drafts(world)
    meeting(monkeypatch, assigning, "_next_serial")
    results = two_clerks(world, drafts)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert sorted(Order.objects.values_list("serial", flat=True)) == [1, 2]
    assert verify().ok


def test_two_offices_number_at_once_each_for_itself(world):
    results = together(
        *(
            lambda user=user, owner=owner: [
                actions.issue_orders(
                    acting_user=user, owner=owner, units=[world.county], wanted=world.wanted(), now=at(1)
                )[0].serial
                for _ in range(4)
            ]
            for user, owner in ((world.office, world.root), (world.lead, world.department))
        )
    )
    assert results == [[1, 2, 3, 4]] * 2
    assert verify().ok


def two_ticks() -> list[Any]:
    return together(*[lambda: list(actions.propose_escalations(now=at(20), lights=False))] * 2)


def test_two_ticks_race_without_the_lock(world, monkeypatch):
    laddered(world)
    a_return(world, world.county)
    meeting(monkeypatch, escalating, "_known", LONG)
    with without_locks(monkeypatch):
        results = two_ticks()
    assert any(isinstance(one, IntegrityError) for one in results), "the constraint stops one tick in its work"


def test_two_ticks(world, monkeypatch):
    laddered(world)
    a_return(world, world.county)
    a_return(world, world.other)
    meeting(monkeypatch, escalating, "_known")
    results = two_ticks()
    assert sorted(len(one) for one in results) == [0, 1], results
    assert Proposal.objects.count() == 2
    assert verify().ok


def test_two_people_decide_one_proposal(world):
    laddered(world)
    a_return(world, world.county)
    list(actions.propose_escalations(now=at(20), lights=False))
    pk = Proposal.objects.get().pk
    results = together(
        lambda: actions.take_proposal(acting_user=world.office, proposal_id=pk, now=at(21)),
        lambda: actions.dismiss_proposal(acting_user=world.second_office, proposal_id=pk, reason="不必", now=at(21)),
    )
    assert len([one for one in results if isinstance(one, NotNow)]) == 1, results
    assert verify().ok


def test_handing_on_while_the_parent_is_closed(world):
    """Whatever comes first: a closed parent has no open children."""
    order = world.answered()
    actions.send_order_back(acting_user=world.office, order_id=order.pk, reason="再核", now=at(8))
    actions.answer_order(acting_user=world.worker, order_id=order.pk, text="已核。", now=at(9))

    def below() -> Any:
        return actions.assign_below(
            acting_user=world.chief,
            order_id=order.pk,
            units=[world.township],
            wanted=world.wanted(due_on=day(12)),
            now=at(9),
        )

    results = together(
        lambda: actions.close_order(acting_user=world.office, order_id=order.pk, now=at(9)),
        below,
        lambda: actions.send_order_back(acting_user=world.second_office, order_id=order.pk, reason="缺件", now=at(9)),
    )
    unexpected = [
        one for one in results if isinstance(one, Exception) and not isinstance(one, NotNow | PermissionDenied)
    ]
    assert not unexpected, results
    order.refresh_from_db()
    assert order.state != OrderState.CLOSED or not order.children.exists()
