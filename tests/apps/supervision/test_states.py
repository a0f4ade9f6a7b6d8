"""The state machine: every pair of state and act, and what no sequence of acts can reach."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.apps.supervision.errors import NotNow
from luoshi.apps.supervision.models import InterviewState, OrderAction, OrderState
from luoshi.apps.supervision.states import INTERVIEWS, ORDERS, InterviewAct

#: What may be done, written down a second time: state → act → where it leads.
ALLOWED = {
    "draft": {"assign": "assigned", "withdraw": "withdrawn"},
    "assigned": {"accept": "in-work", "chase": "assigned", "withdraw": "withdrawn"},
    "in-work": {
        "report": "in-work",
        "answer": "answered",
        "chase": "in-work",
        "ask-extension": "in-work",
        "extend": "in-work",
        "refuse-extension": "in-work",
        "assign-below": "in-work",
        "withdraw": "withdrawn",
    },
    "answered": {
        "pass": "in-work",
        "close": "closed",
        "send-back": "sent-back",
        "extend": "answered",
        "refuse-extension": "answered",
        "withdraw": "withdrawn",
    },
    "sent-back": {
        "report": "sent-back",
        "answer": "answered",
        "chase": "sent-back",
        "ask-extension": "sent-back",
        "extend": "sent-back",
        "refuse-extension": "sent-back",
        "assign-below": "sent-back",
        "withdraw": "withdrawn",
    },
    "closed": {"reopen": "in-work"},
    "withdrawn": {},
}


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("action", OrderAction)
def test_every_pair(state, action):
    to = ALLOWED[state.value].get(action.value)
    assert ORDERS.allows(state.value, action) == (to is not None)
    if to is not None:
        assert ORDERS.next(state.value, action).value == to
        return
    with pytest.raises(NotNow) as caught:
        ORDERS.next(state.value, action)
    message = str(caught.value)
    assert message == ORDERS.refusal(state, action)
    assert re.fullmatch(r"此件[^a-zA-Z]+不能[^a-zA-Z]+。", message)


@given(st.lists(st.sampled_from(list(OrderAction)), max_size=40))
def test_nothing_is_closed_without_an_answer_since_it_was_in_work(actions):
    state, answered = OrderState.DRAFT, False
    for action in actions:
        if not ORDERS.allows(state, action):
            continue
        before, state = state, ORDERS.next(state, action)
        if action is OrderAction.ANSWER:
            answered = True
        elif state in (OrderState.IN_WORK, OrderState.SENT_BACK) and before is not state:
            answered = False  # passed on, sent back or opened again: the next close needs another answer
        if state is OrderState.CLOSED and before is not state:
            assert answered and before is OrderState.ANSWERED


def test_every_state_can_be_reached_and_all_but_withdrawn_left():
    assert set(ORDERS.transitions.values()) | {OrderState.DRAFT} == set(OrderState)
    assert {state for state, _ in ORDERS.transitions} == set(OrderState) - {OrderState.WITHDRAWN}


@pytest.mark.parametrize("state", InterviewState)
@pytest.mark.parametrize("act", InterviewAct)
def test_interviews(state, act):
    allowed = {("planned", "record"): "held", ("planned", "cancel"): "cancelled", ("held", "record"): "held"}
    allowed["held", "close"] = "closed"
    to = allowed.get((state.value, act.value))
    assert (InterviewState(to) if to else None) == INTERVIEWS.transitions.get((state, act))
    if to is None:
        with pytest.raises(NotNow, match=r"^这次约谈.+，不能.+。$"):
            INTERVIEWS.next(state, act)
    else:
        assert INTERVIEWS.next(state, act).value == to
