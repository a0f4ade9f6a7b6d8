"""Every read of investment promotion that joins or counts."""

from luoshi.apps.investment.queries.assessing import ITEMS, assessment_figures
from luoshi.apps.investment.queries.leads import (
    LeadFilter,
    contests,
    lead_list,
    lead_page,
    pipeline,
    twin_pairs,
    wait_counts,
)
from luoshi.apps.investment.queries.others import (
    ActivityFilter,
    FundsFilter,
    activity_list,
    chain_graph,
    chain_rows,
    chain_view,
    enterprise_list,
    funds_list,
    group_list,
    project_leads,
    signed_rates,
    statistics_beside,
    waiting_funds,
)
from luoshi.apps.investment.queries.overview import assessment_overview
from luoshi.apps.investment.queries.standing import explanation, scoped_units, tables

__all__ = [
    "ITEMS",
    "ActivityFilter",
    "FundsFilter",
    "LeadFilter",
    "activity_list",
    "assessment_figures",
    "assessment_overview",
    "chain_graph",
    "chain_rows",
    "chain_view",
    "contests",
    "enterprise_list",
    "explanation",
    "funds_list",
    "group_list",
    "lead_list",
    "lead_page",
    "pipeline",
    "project_leads",
    "scoped_units",
    "signed_rates",
    "statistics_beside",
    "tables",
    "twin_pairs",
    "wait_counts",
    "waiting_funds",
]
