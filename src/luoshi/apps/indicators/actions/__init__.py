"""Every write of this app."""

from luoshi.apps.indicators.actions.catalogue import (
    create_indicator,
    edit_indicator,
    link_targets,
    merge_indicators,
)
from luoshi.apps.indicators.actions.observing import (
    Fact,
    Recorded,
    record_observations,
    withdraw_observations,
)
from luoshi.apps.indicators.actions.planning import Created, Wanted, create_from_plan

__all__ = [
    "Created",
    "Fact",
    "Recorded",
    "Wanted",
    "create_from_plan",
    "create_indicator",
    "edit_indicator",
    "link_targets",
    "merge_indicators",
    "record_observations",
    "withdraw_observations",
]
