"""Every read of this app that joins or counts."""

# schemes and adoptions
from luoshi.apps.assessment.queries.schemes import (
    STATES,
    Difference,
    GroupRows,
    ItemRow,
    Reading,
    SchemeFilter,
    adoptable,
    adoption_list,
    differences,
    groups_of,
    readings_of,
    runs_of,
    scheme_list,
    sources_by_item,
    versions_of,
)
from luoshi.apps.assessment.queries.tables import table_links

__all__ = [
    "STATES",
    "Difference",
    "GroupRows",
    "ItemRow",
    "Reading",
    "SchemeFilter",
    "adoptable",
    "adoption_list",
    "differences",
    "groups_of",
    "readings_of",
    "runs_of",
    "scheme_list",
    "sources_by_item",
    "table_links",
    "versions_of",
]
