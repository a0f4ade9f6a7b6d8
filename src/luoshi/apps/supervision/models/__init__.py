"""What supervision keeps."""

from luoshi.apps.supervision.models.duties import (
    Duty,
    DutyEntry,
    DutyHolder,
)
from luoshi.apps.supervision.models.escalation import (
    Accountability,
    ChosenLadder,
    Interview,
    InterviewState,
    Ladder,
    Proposal,
    ProposalState,
    Rung,
    Scope,
    Trigger,
    subject_of,
)
from luoshi.apps.supervision.models.orders import (
    Clock,
    Extension,
    Order,
    OrderAction,
    OrderEvidence,
    OrderStage,
    OrderState,
    OrderStep,
    Origin,
)

__all__ = [
    "Accountability",
    "ChosenLadder",
    "Clock",
    "Duty",
    "DutyEntry",
    "DutyHolder",
    "Extension",
    "Interview",
    "InterviewState",
    "Ladder",
    "Order",
    "OrderAction",
    "OrderEvidence",
    "OrderStage",
    "OrderState",
    "OrderStep",
    "Origin",
    "Proposal",
    "ProposalState",
    "Rung",
    "Scope",
    "Trigger",
    "subject_of",
]
