"""Every write of this app."""

from luoshi.apps.indicators.actions.catalogue import (
    create_indicator,
    edit_indicator,
    link_targets,
    merge_indicators,
)
from luoshi.apps.indicators.actions.observing import (
    Recorded,
    record_observations,
    withdraw_observations,
)
from luoshi.apps.indicators.actions.planning import Created, Wanted, create_from_plan
from luoshi.apps.indicators.actions.statistics import (
    delete_mapping,
    import_statistics,
    same_file,
    save_mapping,
    withdraw_import,
)
from luoshi.apps.indicators.actions.verifying import Decision, verify_values, withdraw_verified
from luoshi.apps.indicators.facts import Fact

__all__ = [
    "Created",
    "Decision",
    "Fact",
    "Recorded",
    "Wanted",
    "create_from_plan",
    "create_indicator",
    "delete_mapping",
    "edit_indicator",
    "import_statistics",
    "link_targets",
    "merge_indicators",
    "record_observations",
    "same_file",
    "save_mapping",
    "verify_values",
    "withdraw_import",
    "withdraw_observations",
    "withdraw_verified",
]
