"""Forms drafted from a plan: from its blank report forms, and from its task lists (任务、措施、目标、时限、责任).

Everything here is a proposal for the designer: no database, no clock; tables and notes come in as texts.
"""

from luoshi.apps.reporting.drafting.columns import column_of
from luoshi.apps.reporting.drafting.due import DueFound, due_in
from luoshi.apps.reporting.drafting.forms import FormDraft, draft_of, is_draftable
from luoshi.apps.reporting.drafting.notes import table_notes

__all__ = ["DueFound", "FormDraft", "column_of", "draft_of", "due_in", "is_draftable", "table_notes"]
