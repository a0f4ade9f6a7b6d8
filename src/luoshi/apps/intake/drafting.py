"""From what extraction gives to rows: drafts and their items, in bulk."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Q
from rapidfuzz import fuzz

from luoshi.apps.intake import values
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, Upload
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans.models import Plan, SourceDocument
from luoshi.documents import Document
from luoshi.extraction.model import (
    DeadlineDraft,
    Extraction,
    Found,
    MeasureDraft,
    PlanDraft,
    ResponsibilityDraft,
    TableDraft,
    TargetDraft,
)
from luoshi.units import NameKind, UnitDirectory, fold

# Room between neighbours, so that an item added by hand finds its place without renumbering.
STEP = 16
_REVISED = re.compile(r"\((?:\d{4}年)?(?:修订|修改|修正|调整|更新)[^()]{0,4}\)$")
LIKE_TITLE = 85.0  # likeness of two titles (0 to 100) from which a shared number makes them one plan


def without_nulls(document: Document) -> Document:
    """The document without the one character that PostgreSQL cannot store; positions stay."""
    if "\x00" not in document.text:
        return document
    return replace(
        document,
        lines=tuple(replace(line, text=line.text.replace("\x00", "\ufffd")) for line in document.lines),
        tables=tuple(
            replace(table, cells=tuple(replace(cell, text=cell.text.replace("\x00", "\ufffd")) for cell in table.cells))
            for table in document.tables
        ),
    )


def stored_tables(document: Document) -> list[dict[str, Any]]:
    """The tables as ``SourceDocument.tables`` keeps them."""
    return [
        {
            "first_line": table.first_line,
            "last_line": table.last_line,
            "width": table.width,
            "cells": [[c.row, c.column, c.text, c.row_span, c.column_span] for c in table.cells],
        }
        for table in document.tables
    ]


def resolution_date(issued_on: dt.date | None, year: int | None) -> dt.date | None:
    """The date as of which a plan's unit names are read: its own, else the beginning of its year."""
    return issued_on or (dt.date(year, 1, 1) if year else None)


class Names:
    """Resolves printed names as of one date."""

    def __init__(self, units: UnitDirectory, date: dt.date | None) -> None:
        self._units, self._date = units, date

    def entries(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """``{"name", "units"}`` for each; ``open`` marks a group that the plans themselves leave open (有关部门)."""
        return [self._entry(name[:120]) for name in names]

    def _entry(self, name: str) -> dict[str, Any]:
        found = self._units.resolve(name, self._date)
        entry: dict[str, Any] = {"name": name, "units": list(found.keys)}
        if not found.keys and found.matched and found.kind is NameKind.GROUP and not found.nearest:
            entry["open"] = True
        return entry


def data_of(found: Found, names: Names, tasks: set[str] | None = None) -> tuple[str, dict[str, Any]]:
    """Kind and ``data`` of a found object, as ``DraftItem`` describes them."""
    if isinstance(found, MeasureDraft):
        return ItemKind.MEASURE, {
            "key": found.key,
            "labels": list(found.labels),
            "title": found.title[:300],
            "is_task": tasks is None or found.key in tasks,
            "last_line": found.last_line,
        }
    if isinstance(found, TargetDraft):
        return ItemKind.TARGET, {
            "indicator": found.indicator[:200],
            "comparator": found.comparator.value,
            "value": values.plain(found.value),
            "value_max": None if found.value_max is None else values.plain(found.value_max),
            "unit": found.unit[:20],
            "change": found.change,
            "direction": found.direction,
            "year": found.year,
            "tier": "",
        }
    if isinstance(found, ResponsibilityDraft):
        printed = {role: getattr(found, role) for role in values.ROLES}
        printed["responsible"] += found.implied  # 以下均需各县市人民政府落实，不再列出
        return ItemKind.RESPONSIBILITY, {role: names.entries(entries) for role, entries in printed.items()}
    if isinstance(found, DeadlineDraft):
        return ItemKind.DEADLINE, {
            "rule": found.deadline.value,
            "date": found.date.isoformat() if found.date else None,
            "day": found.day,
            "days": found.days,
            "working": found.working,
        }
    assert isinstance(found, TableDraft)
    return ItemKind.TABLE, {
        "title": found.title[:300],
        "header": list(found.header),
        "rows": [list(row) for row in found.rows],
        "line_end": found.line_end,
    }


def _tasks(plan: PlanDraft) -> set[str]:
    """The measures that someone must carry out: those with objects of their own, and the leaves of the outline."""
    own = {
        found.measure for found in (*plan.targets, *plan.responsibilities, *plan.deadlines) if found.measure is not None
    }
    parents = {measure.parent for measure in plan.measures}
    return own | {measure.key for measure in plan.measures if measure.key not in parents}


def _items(draft: Draft, plan: PlanDraft, names: Names) -> list[DraftItem]:
    tasks = _tasks(plan)
    found: list[Found] = [
        *plan.measures,
        *plan.tables,
        *plan.responsibilities,
        *plan.targets,
        *plan.deadlines,
    ]
    # In the order of the text; a measure before what stands in its own first line.
    found.sort(key=lambda f: (f.line, not isinstance(f, MeasureDraft), f.spans[0].start))
    rows = []
    for index, one in enumerate(found, 1):
        kind, data = data_of(one, names, tasks)
        rows.append(
            DraftItem(
                draft=draft,
                kind=kind,
                position=index * STEP,
                measure_key=(one.measure or "") if kind != ItemKind.MEASURE else "",
                line=one.line,
                text=one.text,
                spans=[[span.line, span.start, span.end] for span in one.spans],
                data=data,
                original=data,
                rule=one.rule[:60],
                certainty=min(max(one.certainty, 0.0), 1.0),
                reason=one.reason[:300],
                unknown_names=values.unknown_names(kind, data),
            )
        )
    return rows


def _year(year: int | None) -> int | None:
    return year if year is not None and 1900 <= year <= 2200 else None


def earlier_plan(owner_id: int, title: str, number: str, year: int | None) -> int | None:
    """The plan in force of which a document is probably the next version: the same title and year, or the same number
    and nearly the same title (the plans of one notice share its number). Gives the latest one's row number."""
    wanted, same_number = _bare(title), Q(number=number) if number else Q(pk__in=())
    rows = Plan.objects.filter(same_number | Q(year=year), owner_id=owner_id).order_by("-pk")
    for pk, known, its_number, its_year in rows.values_list("pk", "title", "number", "year"):
        if _bare(known) == wanted and its_year == year:
            return pk
        if number and its_number == number and fuzz.ratio(_bare(known), wanted) >= LIKE_TITLE:
            return pk
    return None


def _bare(title: str) -> str:
    """A title in comparable form, without the bracket that calls it revised."""
    return _REVISED.sub("", fold(title))


def store_drafts(upload: Upload, source: SourceDocument, extraction: Extraction) -> list[Draft]:
    """Drafts and items of an upload, inside the caller's transaction."""
    units = directory()
    drafts, items = [], []
    for ordinal, plan in enumerate(extraction.plans, 1):
        title, number = (plan.title.strip() or upload.name)[:300], (plan.number or "")[:60]
        drafts.append(
            Draft(
                upload=upload,
                document=source,
                ordinal=ordinal,
                title=title,
                number=number,
                issued_on=plan.issued_on,
                year=_year(plan.context.year),
                last_year=_year(plan.context.last_year),
                first_line=plan.first_line,
                last_line=plan.last_line,
                owner_id=upload.owner_id,
                supersedes_id=earlier_plan(upload.owner_id, title, number, _year(plan.context.year)),
            )
        )
    Draft.objects.bulk_create(drafts)
    for draft, plan in zip(drafts, extraction.plans, strict=True):
        items += _items(draft, plan, Names(units, resolution_date(draft.issued_on, draft.year)))
    DraftItem.objects.bulk_create(items, batch_size=200)
    return drafts


def names_as_of(draft: Draft) -> Names:
    """A resolver of printed names for a draft."""
    return Names(directory(), resolution_date(draft.issued_on, draft.year))
