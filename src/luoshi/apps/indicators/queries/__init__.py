"""Every read of this app that joins or adds up."""

from luoshi.apps.indicators.queries.catalogue import (
    IndicatorFilter,
    history,
    indicator_list,
    indicator_view,
    likely_duplicates,
    merge_preview,
)
from luoshi.apps.indicators.queries.merging import indicators_by_key, survivors, with_merged
from luoshi.apps.indicators.queries.observations import PRECEDENCE, Value, effective, known_at, observations
from luoshi.apps.indicators.queries.own import own_values
from luoshi.apps.indicators.queries.planning import proposals
from luoshi.apps.indicators.queries.rolling import RolledUp, rolled_up

__all__ = [
    "PRECEDENCE",
    "IndicatorFilter",
    "RolledUp",
    "Value",
    "effective",
    "history",
    "indicator_list",
    "indicator_view",
    "indicators_by_key",
    "known_at",
    "likely_duplicates",
    "merge_preview",
    "observations",
    "own_values",
    "proposals",
    "rolled_up",
    "survivors",
    "with_merged",
]
