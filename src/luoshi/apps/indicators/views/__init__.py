"""Pages of indicators and their values."""

from luoshi.apps.indicators.views.catalogue import (
    indicator_detail,
    indicator_edit,
    indicator_export,
    indicator_list,
    indicator_new,
)
from luoshi.apps.indicators.views.merging import duplicates, merge
from luoshi.apps.indicators.views.observations import observation_export, observation_grid, value_history
from luoshi.apps.indicators.views.planning import from_plan
from luoshi.apps.indicators.views.statistics import (
    mapping_delete,
    statistics,
    statistics_file,
    statistics_map,
    statistics_new,
    statistics_result,
    statistics_withdraw,
)
from luoshi.apps.indicators.views.verification import (
    verification,
    verification_decide,
    verification_withdraw,
)

__all__ = [
    "duplicates",
    "from_plan",
    "indicator_detail",
    "indicator_edit",
    "indicator_export",
    "indicator_list",
    "indicator_new",
    "mapping_delete",
    "merge",
    "observation_export",
    "observation_grid",
    "statistics",
    "statistics_file",
    "statistics_map",
    "statistics_new",
    "statistics_result",
    "statistics_withdraw",
    "value_history",
    "verification",
    "verification_decide",
    "verification_withdraw",
]
