"""Reading a document into drafts: titled plans, outline, responsibilities, targets, deadlines and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    RewardDraft,
    Span,
    TableDraft,
    TargetDraft,
)

if TYPE_CHECKING:
    from luoshi.extraction.assembling import extract
    from luoshi.extraction.jsonl import records

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
    "RewardDraft",
    "Span",
    "TableDraft",
    "TargetDraft",
    "extract",
    "records",
]


def __getattr__(name: str) -> Any:
    """Load the rules only when something is read: a server that merely shows plans starts without compiling them."""
    if name == "extract":
        from luoshi.extraction.assembling import extract

        return extract
    if name == "records":
        from luoshi.extraction.jsonl import records

        return records
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
