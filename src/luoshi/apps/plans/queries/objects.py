"""One measure or one target: what hangs on it, where it stands, what happened to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from luoshi.apps.journal.models import Entry
from luoshi.apps.plans.models import Instruction, Measure, Target
from luoshi.apps.plans.policies import visible_instructions, visible_measures, visible_targets
from luoshi.apps.plans.queries.rows import MeasureRow, measure_rows
from luoshi.apps.plans.queries.source import SourceLine, sentence_around

HISTORY_SHOWN = 50
CHILDREN_SHOWN = 200
RELATED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act on an object, its changes as (field, before, after) in words."""

    entry: Entry
    changes: list[tuple[str, str, str]]


def _plain(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return "；".join(f"{name} {_plain(item)}" for name, item in value.items())
    return str(value)


def _field_words(row: Any, name: str) -> str:
    """A field's name as people read it."""
    known = {field.name: field for field in row._meta.get_fields() if hasattr(field, "verbose_name")}
    return str(known[name].verbose_name) if name in known else name


def object_history(row: Any) -> list[HistoryEntry]:
    """What happened to an object, the newest first: one query."""
    entries = Entry.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk)).order_by("-sequence")
    history = []
    for entry in entries[:HISTORY_SHOWN]:
        before = entry.before if isinstance(entry.before, dict) else {}
        after = entry.after if isinstance(entry.after, dict) else {}
        changes = [
            (_field_words(row, name), _plain(before.get(name)), _plain(after.get(name)))
            for name in dict.fromkeys((*before, *after))
            if before.get(name) != after.get(name)
        ]
        history.append(HistoryEntry(entry, changes))
    return history


@dataclass(frozen=True, slots=True)
class MeasureView:
    """All that a measure's page shows."""

    row: MeasureRow
    sentence: list[SourceLine]
    children: list[MeasureRow]
    instructions: list[Instruction]
    history: list[HistoryEntry]


@dataclass(frozen=True, slots=True)
class TargetView:
    """All that a target's page shows."""

    target: Target
    measure: MeasureRow | None
    sentence: list[SourceLine]
    related: list[Target]
    history: list[HistoryEntry]


def measure_view(user: Any, measure: Measure, today: dt.date) -> MeasureView:
    """What the person sees of a measure; ``plan`` and ``version__document`` must have been selected: nine queries."""
    children = (
        visible_measures(user).filter(parent=measure).select_related("plan").order_by("position")[:CHILDREN_SHOWN]
    )
    below = list(children)
    row, *rest = measure_rows([measure, *below], today)
    instructions = visible_instructions(user).filter(measure=measure).select_related("author")
    return MeasureView(
        row,
        sentence_around(measure.version, measure, "measure"),
        rest,
        list(instructions.order_by("-created_at")),
        object_history(measure),
    )


def target_view(user: Any, target: Target, today: dt.date) -> TargetView:
    """What the person sees of a target; ``version__document`` and ``measure__plan`` must have been selected."""
    same: QuerySet[Target] = (
        visible_targets(user)
        .filter(indicator=target.indicator)
        .exclude(pk=target.pk)
        .select_related("plan")
        .order_by("year", "plan__year", "plan_id", "line", "pk")
    )
    return TargetView(
        target,
        measure_rows([target.measure], today)[0] if target.measure else None,
        sentence_around(target.version, target, "target"),
        list(same[:RELATED_SHOWN]),
        object_history(target),
    )
