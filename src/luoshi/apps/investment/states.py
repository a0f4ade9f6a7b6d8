"""What a lead may be moved to from where, as pages offer it; the rules stand in ``luoshi.promotion.stages``."""

from __future__ import annotations

from luoshi.apps.investment.models import LeadState
from luoshi.promotion import LADDER, Stage

COLOURS = {
    LeadState.LEAD: "secondary",
    LeadState.NEGOTIATING: "yellow",
    LeadState.SIGNED: "blue",
    LeadState.STARTED: "purple",
    LeadState.PRODUCING: "green",
    LeadState.LOST: "red",
}


def next_of(state: str) -> LeadState | None:
    """The next rung, ``None`` at the top and beside the ladder."""
    stage = Stage(state)
    if stage not in LADDER or stage is LADDER[-1]:
        return None
    return LeadState(LADDER[LADDER.index(stage) + 1].value)


def choices_from(state: str) -> list[tuple[str, str]]:
    """All that a lead may be moved to, the next rung first."""
    following = next_of(state)
    rest = [one for one in LeadState if one != state and one != following]
    if state == LeadState.PRODUCING:
        rest = [one for one in rest if one != LeadState.LOST]
    return [(one.value, str(one.label)) for one in ([following] if following else []) + rest]
