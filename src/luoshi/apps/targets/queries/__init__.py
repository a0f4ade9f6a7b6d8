"""Reads on allocations, trajectories and letters; ``as_of`` is a parameter wherever the past can differ."""

from luoshi.apps.targets.queries.grid import Grid, allocation_grid, differences
from luoshi.apps.targets.queries.in_force import (
    ShareRow,
    TargetShare,
    shares_in_force,
    unit_targets,
    versions_in_force,
)
from luoshi.apps.targets.queries.letters import LetterFilter, letter_counts, letter_list
from luoshi.apps.targets.queries.progress import TargetProgress, UnitProgress, target_progress

__all__ = (
    "Grid",
    "LetterFilter",
    "ShareRow",
    "TargetProgress",
    "TargetShare",
    "UnitProgress",
    "allocation_grid",
    "differences",
    "letter_counts",
    "letter_list",
    "shares_in_force",
    "target_progress",
    "unit_targets",
    "versions_in_force",
)
