"""Every read of this app that joins or adds up."""

from luoshi.apps.indicators.queries.merging import indicators_by_key, survivors, with_merged
from luoshi.apps.indicators.queries.observations import PRECEDENCE, Value, effective, known_at, observations

__all__ = [
    "PRECEDENCE",
    "Value",
    "effective",
    "indicators_by_key",
    "known_at",
    "observations",
    "survivors",
    "with_merged",
]
