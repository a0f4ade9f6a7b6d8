"""Every pair of a state and an act is either in the table or refused with a sentence."""

from __future__ import annotations

import re

import pytest

from luoshi.apps.dispatch.errors import NotNow
from luoshi.apps.dispatch.models import (
    DecisionAction,
    DecisionState,
    MeetingState,
    ProblemState,
    WarningAction,
    WarningState,
)
from luoshi.apps.dispatch.states import (
    DECISIONS,
    MEETINGS,
    PROBLEMS,
    WARNINGS,
    MeetingAct,
    ProblemAct,
)

MACHINES = {
    "warnings": (WARNINGS, WarningState, WarningAction),
    "problems": (PROBLEMS, ProblemState, ProblemAct),
    "meetings": (MEETINGS, MeetingState, MeetingAct),
    "decisions": (DECISIONS, DecisionState, DecisionAction),
}
#: From these nothing leads on; what is settled or dropped of problems may be raised again.
ENDS = {
    "warnings": {WarningState.CLOSED, WarningState.WAIVED},
    "problems": set(),
    "meetings": {MeetingState.CLOSED, MeetingState.CANCELLED},
    "decisions": {DecisionState.CLOSED, DecisionState.DROPPED},
}
_SENTENCE = re.compile(r"此(预警|事项|会议)[一-鿿、；，]+，不能[一-鿿、；，“”]+。")


@pytest.mark.parametrize("name", MACHINES)
def test_every_pair_leads_somewhere_or_is_refused_in_words(name: str) -> None:
    machine, states, acts = MACHINES[name]
    for state in states:
        for act in acts:
            if machine.allows(state, act):
                assert machine.next(state, act) in states
            else:
                with pytest.raises(NotNow) as caught:
                    machine.next(state, act)
                assert _SENTENCE.fullmatch(str(caught.value)), str(caught.value)


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_is_reached_and_only_ends_are_ends(name: str) -> None:
    machine, states, _ = MACHINES[name]
    first = next(iter(states))
    reached, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        for (before, _), after in machine.transitions.items():
            if before == state and after not in reached:
                reached.add(after)
                waiting.append(after)
    assert reached == set(states)
    ends = {state for state in states if not any(before == state for before, _ in machine.transitions)}
    assert ends == ENDS[name]
