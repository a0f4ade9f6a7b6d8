"""Every write on forms, rounds and returns."""

from luoshi.apps.reporting.actions.evidence import attach_evidence, remove_evidence
from luoshi.apps.reporting.actions.exempting import end_exemption, exempt_unit
from luoshi.apps.reporting.actions.prefilling import prefill_return
from luoshi.apps.reporting.actions.reviewing import (
    Accepted,
    accept_many,
    pass_stage,
    recall_return,
    reopen_return,
    send_back,
)
from luoshi.apps.reporting.actions.rounds import freeze_round, open_rounds, unfreeze_round
from luoshi.apps.reporting.actions.saving import Saved, save_cells
from luoshi.apps.reporting.actions.submitting import submit_return

__all__ = [
    "Accepted",
    "Saved",
    "accept_many",
    "attach_evidence",
    "end_exemption",
    "exempt_unit",
    "freeze_round",
    "open_rounds",
    "pass_stage",
    "prefill_return",
    "recall_return",
    "remove_evidence",
    "reopen_return",
    "save_cells",
    "send_back",
    "submit_return",
    "unfreeze_round",
]
