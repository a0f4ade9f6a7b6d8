"""Extractions as plain records, one object each, in the schema of ``docs/extraction.md``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from luoshi.extraction.model import (
    DeadlineDraft,
    Extraction,
    Found,
    MeasureDraft,
    PlanDraft,
    ResponsibilityDraft,
    RewardDraft,
    TableDraft,
    TargetDraft,
)

Record = dict[str, Any]


def records(extraction: Extraction) -> Iterator[Record]:
    """One JSON-ready record for each object: each plan, followed by its measures and findings in the order of lines.

    Numbers are whole where they are, dates are ``YYYY-MM-DD``. ``plan`` is the index of the plan in the document.
    """
    for index, plan in enumerate(extraction.plans):
        yield _plan(extraction.document, index, plan)
        found: list[Found] = [
            *plan.measures,
            *plan.targets,
            *plan.responsibilities,
            *plan.deadlines,
            *plan.rewards,
            *plan.tables,
        ]
        for item in sorted(found, key=lambda item: item.spans[0]):
            yield _found(extraction.document, index, item)


def _plan(document: str, index: int, plan: PlanDraft) -> Record:
    return {
        "doc": document,
        "line": plan.first_line,
        "line_end": plan.last_line,
        "kind": "plan",
        "text": plan.title,
        "plan": index,
        "title": plan.title,
        "number": plan.number,
        "date": _plain(plan.issued_on),
        "year": plan.context.year,
    }


def _found(document: str, index: int, item: Found) -> Record:
    kind, fields = _fields(item)
    return {
        "doc": document,
        "line": item.line,
        "kind": kind,
        "text": item.text,
        **{name: _plain(value) for name, value in fields.items()},
        "plan": index,
        "measure": item.measure,
        "spans": [[span.line, span.start, span.end] for span in item.spans],
        "found_by": item.rule,  # not "rule": a deadline has a rule of its own
        "certainty": round(item.certainty, 3),
        "reason": item.reason,
    }


def _fields(item: Found) -> tuple[str, Record]:
    """The kind of an object and its own fields; absent ones (no range, no day) are left out."""
    match item:
        case TargetDraft():
            fields: Record = {
                "indicator": item.indicator,
                "comparator": item.comparator.value,
                "value": item.value,
                "unit": item.unit,
                "change": item.change,
                "direction": item.direction,
                "year": item.year,
            }
            if item.value_max is not None:
                fields["value_max"] = item.value_max
            return "target", fields
        case ResponsibilityDraft():
            fields = {
                "lead": item.lead,
                "co": item.co,
                "responsible": item.responsible,
                "supporting": item.supporting,
            }
            return "responsibility", fields | ({"implied": item.implied} if item.implied else {})
        case DeadlineDraft():
            fields = {"rule": item.deadline.value}
            fields |= {name: value for name in ("date", "day", "days") if (value := getattr(item, name)) is not None}
            if item.working:
                fields["working"] = True
            return "deadline", fields
        case RewardDraft():
            fields = {
                "word": item.word,
                "condition": item.condition,
                "amount": item.amount,
                "unit": item.unit,
                "basis": item.basis,
                "cap": item.cap,
                "recurrence": item.recurrence,
            }
            if item.amount_max is not None:
                fields["amount_max"] = item.amount_max
            return "reward", fields
        case TableDraft():
            return "table", {
                "line_end": item.line_end,
                "title": item.title,
                "header": item.header,
                "rows": item.rows,
                "table_kind": item.table_kind,
            }
        case MeasureDraft():
            return "measure", {
                "line_end": item.last_line,
                "path": item.labels,
                "key": item.key,
                "title": item.title,
            }
    raise TypeError(f"no record for {type(item).__name__}")


def _plain(value: object) -> object:
    """A JSON-ready value: numbers whole where they are, dates in ISO form, lists for tuples."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
