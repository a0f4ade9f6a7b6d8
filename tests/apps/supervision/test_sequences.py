"""Whatever people do in whatever order: the timeline replays to the state, nothing is closed without an answer, no
parent is closed before its children, and every order is whole.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.apps.journal.actions import verify
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.models import Clock, Extension, Order, OrderState
from luoshi.apps.supervision.queries import order_page, replayed, visible_order
from luoshi.apps.supervision.states import ENDED
from tests.apps.supervision.making import at

pytestmark = pytest.mark.django_db
PEOPLE = ("office", "second_office", "worker", "chief", "town_worker", "other_worker")
REFUSED = (SupervisionError, PermissionDenied, ValidationError, Http404)

ACTS: dict[str, Callable[[Any, Order, dt.datetime], Any]] = {
    "accept": lambda user, order, now: actions.accept_order(acting_user=user, order_id=order.pk, now=now),
    "report": lambda user, order, now: actions.report_on_order(
        acting_user=user, order_id=order.pk, text="进展", now=now
    ),
    "answer": lambda user, order, now: actions.answer_order(acting_user=user, order_id=order.pk, text="办结", now=now),
    "pass": lambda user, order, now: actions.pass_stage(acting_user=user, order_id=order.pk, now=now),
    "close": lambda user, order, now: actions.close_order(acting_user=user, order_id=order.pk, now=now),
    "back": lambda user, order, now: actions.send_order_back(
        acting_user=user, order_id=order.pk, reason="再核", now=now
    ),
    "reopen": lambda user, order, now: actions.reopen_order(
        acting_user=user, order_id=order.pk, reason="反弹", until=(now + dt.timedelta(days=9)).date(), now=now
    ),
    "ask": lambda user, order, now: actions.ask_extension(
        acting_user=user, order_id=order.pk, until=(order.due_at + dt.timedelta(days=5)).date(), reason="雨", now=now
    ),
    "grant": lambda user, order, now: actions.extend(acting_user=user, extension_id=_waiting(order), now=now),
    "refuse": lambda user, order, now: actions.refuse_extension(
        acting_user=user, extension_id=_waiting(order), remark="不准", now=now
    ),
    "chase": lambda user, order, now: actions.chase_order(acting_user=user, order_id=order.pk, now=now),
    "withdraw": lambda user, order, now: actions.withdraw_order(
        acting_user=user, order_id=order.pk, reason="合并", now=now
    ),
}


def _waiting(order: Order) -> int:
    found = Extension.objects.filter(stage__order=order, granted=None).first()
    return found.pk if found else 0


def below(world: Any, user: Any, order: Order, now: dt.datetime) -> Any:
    return actions.assign_below(
        acting_user=user,
        order_id=order.pk,
        units=[world.township],
        wanted=world.wanted(due_on=max(now.date(), (now + dt.timedelta(days=1)).date())),
        now=now,
    )


def whole(order: Order) -> None:
    """What is always so."""
    steps = list(order.steps.order_by("pk"))
    assert replayed(steps) == order.state
    closed = [number for number, step in enumerate(steps) if step.action == "close"]
    for number in closed:
        before = steps[number - 1]
        assert before.action in ("answer", "extend", "refuse-extension"), "closed right after an answer"
    if order.state == OrderState.CLOSED:
        assert order.closed_at is not None
        assert order.stages.get(ordinal=order.stage).passed_at is not None
        assert not order.children.exclude(state__in=ENDED).exists()
    else:
        assert order.closed_at is None or order.state == OrderState.WITHDRAWN
    if order.state not in (OrderState.DRAFT, OrderState.WITHDRAWN):
        assert order.stages.get(ordinal=order.stage).due_at == order.due_at
    assert Extension.objects.filter(stage__order=order, granted=None).count() <= 1


class _Undo(Exception):
    """Ends an example: what it stored is undone."""


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    clock=st.sampled_from(["ordinary", "congress"]),
    # Two thirds of the acts by those who may do them, so that examples come far.
    course=st.lists(
        st.tuples(st.sampled_from([*ACTS, "below", "answer", "close", "pass"]), st.sampled_from(PEOPLE), st.booleans()),
        min_size=4,
        max_size=16,
    ),
)
def test_any_course(world, clock, course):
    with contextlib.suppress(_Undo), transaction.atomic():
        top = world.assigned(clock=Clock.objects.get(key=clock))
        now = at(1)
        for act, person, child in course:
            now += dt.timedelta(hours=5)
            order = (top.children.order_by("-pk").first() if child else None) or top
            order.refresh_from_db()
            user = getattr(world, person)
            with contextlib.suppress(*REFUSED), transaction.atomic():
                if act == "below":
                    below(world, user, order, now)
                else:
                    ACTS[act](user, order, now)
        for order in Order.objects.all():
            whole(order)
            seen = visible_order(world.office, order.pk)
            assert seen is not None
            assert order_page(world.office, seen, now).lines
        assert verify().ok
        raise _Undo
