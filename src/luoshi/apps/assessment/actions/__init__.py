"""Every write of this app."""

# schemes and adoptions

# runs
from luoshi.apps.assessment.actions.evidence import check_evidence, offer_evidence
from luoshi.apps.assessment.actions.facts import drop_typed, enter_fact, enter_rows
from luoshi.apps.assessment.actions.objections import answer_objection, file_objection, withdraw_objection
from luoshi.apps.assessment.actions.runs import (
    correct_run,
    create_run,
    draw_facts,
    extend_objections,
    finalise_run,
    preview_run,
    withdraw_run,
)

__all__ = [
    "answer_objection",
    "check_evidence",
    "correct_run",
    "create_run",
    "draw_facts",
    "drop_typed",
    "enter_fact",
    "enter_rows",
    "extend_objections",
    "file_objection",
    "finalise_run",
    "offer_evidence",
    "preview_run",
    "withdraw_objection",
    "withdraw_run",
]
