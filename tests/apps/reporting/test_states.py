"""The state machine: every pair of state and act, allowed or refused in Chinese."""

from __future__ import annotations

import re

import pytest

from luoshi.apps.reporting.errors import NotNow
from luoshi.apps.reporting.models import ReturnState, StepAction
from luoshi.apps.reporting.states import EDITABLE, RETURNS, not_editable

#: What may be done, written down a second time: (state, act) → where it may lead.
ALLOWED = {
    ("open", "submit"): {"in-review"},
    ("open", "reopen"): {"open"},
    ("open", "exempt"): {"exempt"},
    ("sent-back", "submit"): {"in-review"},
    ("sent-back", "reopen"): {"sent-back"},
    ("in-review", "recall"): {"open", "sent-back"},
    ("in-review", "pass"): {"in-review"},
    ("in-review", "skip"): {"in-review"},
    ("in-review", "accept"): {"accepted"},
    ("in-review", "send-back"): {"sent-back"},
    ("accepted", "reopen"): {"sent-back"},
    ("exempt", "end-exemption"): {"open"},
}
PAIRS = [(state, action) for state in ReturnState for action in StepAction]


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_every_pair(state, action):
    expected = ALLOWED.get((state.value, action.value))
    assert RETURNS.allows(state, action) == bool(expected)
    if expected:
        assert RETURNS.next(state, action).value in expected
        assert {RETURNS.next(state.value, action, ReturnState(to)).value for to in expected} == expected
        return
    with pytest.raises(NotNow) as caught:
        RETURNS.next(state.value, action)
    message = str(caught.value)
    assert message == RETURNS.refusal(state, action)
    assert re.fullmatch(r"此表[^a-zA-Z]+不能[^a-zA-Z]+。", message)


def test_no_act_leads_where_the_table_does_not_say():
    with pytest.raises(ValueError, match="never leads"):
        RETURNS.next("open", StepAction.SUBMIT, ReturnState.ACCEPTED)


@pytest.mark.parametrize("state", [state for state in ReturnState if state not in EDITABLE])
def test_what_cannot_be_typed_into_says_why(state):
    assert re.fullmatch(r"此表[^a-zA-Z]+不能再填[^a-zA-Z]*。", not_editable(state))
