"""Draft schemes from the scoring tables that plans print: what can be read is, what cannot is marked for a person."""

from luoshi.scoring.drafting.assembling import TO_CONFIRM, ItemOrigin, SchemeDraft, draft_schemes
from luoshi.scoring.drafting.columns import is_scoring_table

__all__ = ["TO_CONFIRM", "ItemOrigin", "SchemeDraft", "draft_schemes", "is_scoring_table"]
