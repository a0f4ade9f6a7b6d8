"""Every write on forms, rounds and returns."""

from luoshi.apps.reporting.actions.rounds import freeze_round, open_rounds
from luoshi.apps.reporting.actions.saving import Saved, save_cells
from luoshi.apps.reporting.actions.submitting import submit_return

__all__ = [
    "Saved",
    "freeze_round",
    "open_rounds",
    "save_cells",
    "submit_return",
]
