"""A target, its trajectory and what was reached."""

from luoshi.progress.lights import Goal, Light, Thresholds, completion, light, schedule_ratio
from luoshi.progress.trajectory import (
    Trajectory,
    TrajectoryError,
    from_last_year,
    from_printed,
    from_table,
    linear,
    rounded,
    year_periods,
)

__all__ = [
    "Goal",
    "Light",
    "Thresholds",
    "Trajectory",
    "TrajectoryError",
    "completion",
    "from_last_year",
    "from_printed",
    "from_table",
    "light",
    "linear",
    "rounded",
    "schedule_ratio",
    "year_periods",
]
