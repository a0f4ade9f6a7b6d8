"""Every write of supervision."""

from luoshi.apps.supervision.actions.assigning import assign_below, assign_order, issue_orders
from luoshi.apps.supervision.actions.clocks import create_clock, edit_clock, stop_clock
from luoshi.apps.supervision.actions.drafting import Wanted, draft_order, draft_orders, edit_draft
from luoshi.apps.supervision.actions.duties import (
    Person,
    add_holders,
    create_duty,
    edit_duty,
    end_holder,
    enter_duty,
    stop_duty,
    withdraw_entry,
)
from luoshi.apps.supervision.actions.escalating import dismiss_proposal, propose_escalations, take_proposal
from luoshi.apps.supervision.actions.evidence import attach_order_evidence
from luoshi.apps.supervision.actions.extending import ask_extension, extend, refuse_extension
from luoshi.apps.supervision.actions.interviews import (
    cancel_interview,
    close_interview,
    plan_interview,
    record_accountability,
    record_interview,
)
from luoshi.apps.supervision.actions.ladders import (
    create_ladder,
    edit_ladder,
    set_office_ladder,
    set_plan_ladder,
    stop_ladder,
    stop_office_ladder,
    stop_plan_ladder,
)
from luoshi.apps.supervision.actions.reminding import remind_orders
from luoshi.apps.supervision.actions.reviewing import (
    chase_order,
    close_order,
    pass_stage,
    reopen_order,
    send_order_back,
    withdraw_order,
)
from luoshi.apps.supervision.actions.working import accept_order, answer_order, report_on_order

__all__ = [
    "Person",
    "Wanted",
    "accept_order",
    "add_holders",
    "answer_order",
    "ask_extension",
    "assign_below",
    "assign_order",
    "attach_order_evidence",
    "cancel_interview",
    "chase_order",
    "close_interview",
    "close_order",
    "create_clock",
    "create_duty",
    "create_ladder",
    "dismiss_proposal",
    "draft_order",
    "draft_orders",
    "edit_clock",
    "edit_draft",
    "edit_duty",
    "edit_ladder",
    "end_holder",
    "enter_duty",
    "extend",
    "issue_orders",
    "pass_stage",
    "plan_interview",
    "propose_escalations",
    "record_accountability",
    "record_interview",
    "refuse_extension",
    "remind_orders",
    "reopen_order",
    "report_on_order",
    "send_order_back",
    "set_office_ladder",
    "set_plan_ladder",
    "stop_clock",
    "stop_duty",
    "stop_ladder",
    "stop_office_ladder",
    "stop_plan_ladder",
    "take_proposal",
    "withdraw_entry",
    "withdraw_order",
]
