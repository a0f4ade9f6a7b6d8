"""What dispatch keeps."""

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
from luoshi.apps.dispatch.models.warnings import (
    EarlyWarning,
    Problem,
    ProblemState,
    WarningAction,
    WarningKind,
    WarningRule,
    WarningState,
    WarningStep,
    Watch,
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
    "Watch",
]
