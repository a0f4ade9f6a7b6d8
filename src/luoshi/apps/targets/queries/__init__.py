"""Reads on allocations, trajectories and letters."""

from luoshi.apps.targets.queries.in_force import (
    ShareRow,
    TargetShare,
    shares_in_force,
    unit_targets,
    versions_in_force,
)

__all__ = (
    "ShareRow",
    "TargetShare",
    "shares_in_force",
    "unit_targets",
    "versions_in_force",
)
