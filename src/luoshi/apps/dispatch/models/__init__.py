"""What dispatch keeps."""

from luoshi.apps.dispatch.models.warnings import (
    EarlyWarning,
    Problem,
    ProblemState,
    WarningAction,
    WarningKind,
    WarningRule,
    WarningState,
    WarningStep,
)
from luoshi.apps.dispatch.models.meetings import (
    AgendaItem,
    AgendaKind,
    Attendance,
    Decision,
    DecisionAction,
    DecisionState,
    DecisionStep,
    Meeting,
    MeetingKind,
    MeetingSeries,
    MeetingState,
)

__all__ = [
    "AgendaItem",
    "AgendaKind",
    "Attendance",
    "Decision",
    "DecisionAction",
    "DecisionState",
    "DecisionStep",
    "EarlyWarning",
    "Meeting",
    "MeetingKind",
    "MeetingSeries",
    "MeetingState",
    "Problem",
    "ProblemState",
    "WarningAction",
    "WarningKind",
    "WarningRule",
    "WarningState",
    "WarningStep",
]
