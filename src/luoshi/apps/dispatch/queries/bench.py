"""What of dispatch waits for a person, for the workbench: warnings to answer, decisions to carry out or to close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from luoshi.apps.dispatch.models import Decision, DecisionState, EarlyWarning, WarningState
from luoshi.apps.dispatch.policies import CONVENERS, answerable_warnings, convened, own_decisions
from luoshi.apps.organisations.policies import authority

SHOWN = 8


@dataclass(frozen=True, slots=True)
class DispatchBench:
    """The most urgent of each, one more than are shown."""

    warnings: list[EarlyWarning]
    decisions: list[Decision]
    to_close: list[Decision]

    @property
    def nothing(self) -> bool:
        """Whether nothing waits."""
        return not (self.warnings or self.decisions or self.to_close)


def dispatch_bench(user: Any) -> DispatchBench:
    """What waits for the person: three queries."""
    warnings = answerable_warnings(user).filter(state=WarningState.OPEN).select_related("unit", "rule")
    mine = own_decisions(user).filter(state=DecisionState.OPEN).select_related("unit", "meeting")
    to_close: list[Decision] = []
    if authority(user).holds(*CONVENERS):
        reported = Decision.objects.filter(convened(user), state=DecisionState.REPORTED)
        to_close = list(reported.select_related("unit", "meeting").order_by("due_on", "pk")[: SHOWN + 1])
    return DispatchBench(
        list(warnings.order_by("due_at", "unit__path", "pk")[: SHOWN + 1]),
        list(mine.order_by("due_on", "pk")[: SHOWN + 1]),
        to_close,
    )
