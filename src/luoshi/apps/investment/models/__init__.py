"""What is stored of investment promotion."""

from luoshi.apps.investment.models.activities import (
    Activity,
    ActivityEvidence,
    ActivityEvidenceKind,
    ActivityHost,
    ActivityLeader,
    LeaderRank,
)
from luoshi.apps.investment.models.chains import ChainLink, ChainPlace, Gap, Standing, Tier
from luoshi.apps.investment.models.claims import ClaimDecision, FigureTarget, LeadClaim
from luoshi.apps.investment.models.funds import Checked, Funds, FundsKind, FundsSource
from luoshi.apps.investment.models.leads import (
    ChainRole,
    Enterprise,
    EvidenceKind,
    Lead,
    LeadEvidence,
    LeadMode,
    LeadMove,
    LeadSource,
    LeadState,
    LeadVisit,
    Size,
)
from luoshi.apps.investment.models.teams import FundsRule, Group

__all__ = [
    "Activity",
    "ActivityEvidence",
    "ActivityEvidenceKind",
    "ActivityHost",
    "ActivityLeader",
    "ChainLink",
    "ChainPlace",
    "ChainRole",
    "Checked",
    "ClaimDecision",
    "Enterprise",
    "EvidenceKind",
    "FigureTarget",
    "Funds",
    "FundsKind",
    "FundsRule",
    "FundsSource",
    "Gap",
    "Group",
    "Lead",
    "LeadClaim",
    "LeadEvidence",
    "LeadMode",
    "LeadMove",
    "LeadSource",
    "LeadState",
    "LeadVisit",
    "LeaderRank",
    "Size",
    "Standing",
    "Tier",
]
