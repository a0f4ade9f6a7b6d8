"""What supervision keeps."""

from luoshi.apps.supervision.models.duties import (
    Duty,
    DutyEntry,
    DutyHolder,
)
from luoshi.apps.supervision.models.escalation import (
    Accountability,
    Interview,
    InterviewState,
    Ladder,
    PlanLadder,
    Proposal,
    ProposalState,
    Rung,
    Trigger,
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
    "PlanLadder",
    "Proposal",
    "ProposalState",
    "Rung",
    "Trigger",
]
