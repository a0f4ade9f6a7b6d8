"""Every write of this app."""

from luoshi.apps.indicators.actions.observing import (
    Fact,
    Recorded,
    record_observations,
    withdraw_observations,
)

__all__ = ["Fact", "Recorded", "record_observations", "withdraw_observations"]
