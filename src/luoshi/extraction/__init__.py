"""Reading a document into drafts: titled plans, outline, responsibilities, targets, deadlines and tables."""

from luoshi.extraction.extract import extract
from luoshi.extraction.jsonl import records
from luoshi.extraction.model import (
    Comparator,
    Context,
    DeadlineDraft,
    DeadlineRule,
    Extraction,
    Found,
    MeasureDraft,
    Paragraph,
    Piece,
    PlanDraft,
    ResponsibilityDraft,
    Span,
    TableDraft,
    TargetDraft,
)

__all__ = [
    "Comparator",
    "Context",
    "DeadlineDraft",
    "DeadlineRule",
    "Extraction",
    "Found",
    "MeasureDraft",
    "Paragraph",
    "Piece",
    "PlanDraft",
    "ResponsibilityDraft",
    "Span",
    "TableDraft",
    "TargetDraft",
    "extract",
    "records",
]
