"""One measure or one target: what hangs on it, where it stands, what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

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
    """One act on an object, its changes as (field, before, after) in words, and what else is to be said of it."""

    entry: Entry
    changes: list[tuple[str, str, str]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Further:
    """What an app above did to an object: the journal's entries of it, and how each reads."""

    condition: Q
    types: frozenset[str]  # the entries' object types
    told: Callable[[Entry], HistoryEntry]


#: Tells what else happened to an object, as far as a person sees it; ``None`` where nothing can have.
MoreHistory = Callable[[Any, Any], Further | None]
_MORE_HISTORY: list[MoreHistory] = []


def extend_history(function: MoreHistory) -> None:
    """Let an app above tell what it did to the objects of a plan; it is asked with the person and the object."""
    if function not in _MORE_HISTORY:
        _MORE_HISTORY.append(function)


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


def object_history(user: Any, row: Any) -> list[HistoryEntry]:
    """What happened to an object, the newest first: one query, and those that the apps above need to say which."""
    own = Q(object_type=row._meta.label_lower, object_id=str(row.pk))
    further = [found for function in _MORE_HISTORY if (found := function(user, row)) is not None]
    condition = own
    for found in further:
        condition |= found.condition
    history = []
    for entry in Entry.objects.filter(condition).order_by("-sequence")[:HISTORY_SHOWN]:
        if entry.object_type == row._meta.label_lower:
            history.append(HistoryEntry(entry, _changes(row, entry)))
        else:
            history.extend(one.told(entry) for one in further if entry.object_type in one.types)
    return history


def _changes(row: Any, entry: Entry) -> list[tuple[str, str, str]]:
    before = entry.before if isinstance(entry.before, dict) else {}
    after = entry.after if isinstance(entry.after, dict) else {}
    return [
        (_field_words(row, name), _plain(before.get(name)), _plain(after.get(name)))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


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
        object_history(user, measure),
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
        object_history(user, target),
    )
