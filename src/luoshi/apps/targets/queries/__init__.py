"""Reads on allocations, trajectories and letters; ``as_of`` is a parameter wherever the past can differ."""

from luoshi.apps.targets.queries.forecasts import forecasts
from luoshi.apps.targets.queries.grid import Grid, allocation_grid, differences
from luoshi.apps.targets.queries.in_force import (
    ShareRow,
    TargetShare,
    shares_in_force,
    unit_targets,
    versions_in_force,
)
from luoshi.apps.targets.queries.letters import LetterFilter, letter_counts, letter_list
from luoshi.apps.targets.queries.progress import TargetProgress, target_progress
from luoshi.apps.targets.queries.standing import LIGHT_WORDS, Standing
from luoshi.apps.targets.queries.standings import Standings, standings, standings_seen, thresholds_of

__all__ = (
    "LIGHT_WORDS",
    "Grid",
    "LetterFilter",
    "ShareRow",
    "Standing",
    "Standings",
    "TargetProgress",
    "TargetShare",
    "allocation_grid",
    "differences",
    "forecasts",
    "letter_counts",
    "letter_list",
    "shares_in_force",
    "standings",
    "standings_seen",
    "target_progress",
    "thresholds_of",
    "unit_targets",
    "versions_in_force",
)
