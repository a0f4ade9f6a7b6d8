"""Every write of investment promotion."""

from luoshi.apps.investment.actions.activities import (
    ActivityFacts,
    LeaderFacts,
    attach_activity_evidence,
    create_activity,
    edit_activity,
    withdraw_activity,
)
from luoshi.apps.investment.actions.claims import claim_lead, decide_claims, declare_same, withdraw_claim
from luoshi.apps.investment.actions.funds import Amount, check_funds, load_statistics, report_funds
from luoshi.apps.investment.actions.keeping import (
    place_enterprise,
    remind_leads,
    remove_link,
    save_enterprise,
    save_group,
    save_link,
    set_figure_target,
)
from luoshi.apps.investment.actions.leads import LeadFacts, add_visit, attach_evidence, create_lead, edit_lead
from luoshi.apps.investment.actions.moving import move_lead

__all__ = [
    "ActivityFacts",
    "Amount",
    "LeadFacts",
    "LeaderFacts",
    "add_visit",
    "attach_activity_evidence",
    "attach_evidence",
    "check_funds",
    "claim_lead",
    "create_activity",
    "create_lead",
    "decide_claims",
    "declare_same",
    "edit_activity",
    "edit_lead",
    "load_statistics",
    "move_lead",
    "place_enterprise",
    "remind_leads",
    "remove_link",
    "report_funds",
    "save_enterprise",
    "save_group",
    "save_link",
    "set_figure_target",
    "withdraw_activity",
    "withdraw_claim",
]
