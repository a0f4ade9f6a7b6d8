"""A target, its trajectory, what was reached, and what the year will end with."""

from luoshi.progress.forecasting import OUTLOOK_WORDS, BacktestRow, Forecast, Outlook, backtest, forecast
from luoshi.progress.lights import (
    Goal,
    Light,
    Thresholds,
    completion,
    is_worse,
    light,
    schedule_ratio,
    severity,
)
from luoshi.progress.measuring import Direction, first_turned, gap, needed_speed, rank, remaining
from luoshi.progress.methods import Method
from luoshi.progress.series import Kind, cumulated
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
    "OUTLOOK_WORDS",
    "BacktestRow",
    "Direction",
    "Forecast",
    "Goal",
    "Kind",
    "Light",
    "Method",
    "Outlook",
    "Thresholds",
    "Trajectory",
    "TrajectoryError",
    "backtest",
    "completion",
    "cumulated",
    "first_turned",
    "forecast",
    "from_last_year",
    "from_printed",
    "from_table",
    "gap",
    "is_worse",
    "light",
    "linear",
    "needed_speed",
    "rank",
    "remaining",
    "rounded",
    "schedule_ratio",
    "severity",
    "year_periods",
]
