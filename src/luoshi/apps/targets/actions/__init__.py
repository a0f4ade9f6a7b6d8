"""Every write on allocations, trajectories and commitment letters."""

from luoshi.apps.targets.actions.adopting import adopt_allocation, discard_draft
from luoshi.apps.targets.actions.annexes import import_annex
from luoshi.apps.targets.actions.computing import Computation, compute_shares, preview_shares
from luoshi.apps.targets.actions.drafting import CellChange, Saved, save_shares
from luoshi.apps.targets.actions.letters import (
    draw_up_letters,
    draw_up_now,
    issue_letters,
    resume_jobs,
    sign_letter,
    withdraw_letter,
)
from luoshi.apps.targets.actions.pasting import Pasted, paste_shares
from luoshi.apps.targets.actions.thresholds import set_thresholds
from luoshi.apps.targets.actions.trajectories import set_trajectory

__all__ = (
    "CellChange",
    "Computation",
    "Pasted",
    "Saved",
    "adopt_allocation",
    "compute_shares",
    "discard_draft",
    "draw_up_letters",
    "draw_up_now",
    "import_annex",
    "issue_letters",
    "paste_shares",
    "preview_shares",
    "resume_jobs",
    "save_shares",
    "set_thresholds",
    "set_trajectory",
    "sign_letter",
    "withdraw_letter",
)
