"""State machines as one table each: which act leads from which state to which, and why an act is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

State = TypeVar("State", bound=str)
Act = TypeVar("Act", bound=str)


@dataclass(frozen=True, slots=True)
class Machine(Generic[State, Act]):
    """(state, act) → the states that it may lead to, the usual one first; whatever is absent is refused, in words.

    ``what``: the thing (此表); ``as_it_is``: each state as the middle of a sentence (正在审核); ``wanted``: each act
    (报送); ``hints``: what to do instead; ``refused``: the error that carries the sentence.
    """

    what: str
    refused: type[Exception]
    transitions: Mapping[tuple[State, Act], State | tuple[State, ...]]
    as_it_is: Mapping[State, str]
    wanted: Mapping[Act, str]
    hints: Mapping[tuple[State, Act], str] = field(default_factory=dict)

    def next(self, state: State | str, act: Act, prefer: State | None = None) -> State:
        """The state after an act; raises ``refused`` where it is forbidden.

        ``prefer`` chooses where an act may lead to several states; ``ValueError`` for one to which it never leads.
        """
        found = self.transitions.get(cast("tuple[State, Act]", (state, act)))
        if found is None:
            raise self.refused(self.refusal(state, act))
        allowed = found if isinstance(found, tuple) else (found,)
        if prefer is not None and prefer not in allowed:
            raise ValueError(f"{act} never leads from {state} to {prefer}")
        return prefer or allowed[0]

    def allows(self, state: State | str, act: Act) -> bool:
        """Whether the act may be done in the state."""
        return (state, act) in self.transitions

    def refusal(self, state: State | str, act: Act) -> str:
        """Why an act is forbidden in a state, in Chinese."""
        return f"{self.what}{self.situation(state)}，不能{self.wanted[act]}{self.hint(state, act)}。"

    def situation(self, state: State | str) -> str:
        """How things stand, as the middle of a sentence."""
        return self.as_it_is[cast("State", state)]

    def hint(self, state: State | str, act: Act) -> str:
        """What to do instead, behind a semicolon; empty where nothing helps."""
        hint = self.hints.get(cast("tuple[State, Act]", (state, act)), "")
        return f"；{hint}" if hint else ""
