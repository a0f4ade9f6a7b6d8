"""Pages that read plans: thin, each asks one query module and draws its rows."""

from luoshi.apps.plans.views.acts import measure_instruct, plan_instruct, plan_public
from luoshi.apps.plans.views.ledger import ledger, ledger_export
from luoshi.apps.plans.views.objects import measure_detail, target_detail
from luoshi.apps.plans.views.plans import document_file, plan_detail, plan_list, plan_matrix, plan_source, plan_tables
from luoshi.apps.plans.views.units import unit_detail, unit_list

__all__ = [
    "document_file",
    "ledger",
    "ledger_export",
    "measure_detail",
    "measure_instruct",
    "plan_detail",
    "plan_instruct",
    "plan_list",
    "plan_matrix",
    "plan_public",
    "plan_source",
    "plan_tables",
    "target_detail",
    "unit_detail",
    "unit_list",
]
