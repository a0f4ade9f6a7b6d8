"""What a version changed, ready to be shown side by side: before at the left, after at the right.

The changes of a published version are read from its journal entry, so that they stay what they were on that day.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.apps.journal.models import Entry
from luoshi.apps.plans import policies
from luoshi.apps.plans.kinds import KINDS
from luoshi.apps.plans.models import Plan, PlanVersion, Provenance
from luoshi.apps.plans.publication import Change
from luoshi.apps.plans.publishing import PUBLISH, PUBLISH_VERSION
from luoshi.apps.plans.words import plain_number

WHAT_WORDS = {"added": "新增", "changed": "更改", "retired": "取消", "kept": "保留"}
KIND_WORDS = {name: kind.label for name, kind in KINDS.items()}

_FIELD_WORDS = {"text": "原句", "units": "对应单位", "measure": "所属措施", "rows": "表体", "header": "表头"}
_LONGEST_MARKED = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters; ``marked`` when the other side does not have it."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field before and after; ``kept`` when the value before stays although the new reading says otherwise."""

    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One line of a difference; ``named`` tells that the fields themselves say which object it is."""

    what: str
    what_label: str
    kind: str
    kind_label: str
    text: str
    line: int
    object_id: int | None
    by_hand: bool
    fields: tuple[FieldDifference, ...] = ()
    named: bool = False


def differing(changes: Iterable[Change], *, what: str = "", kind: str = "") -> list[Change]:
    """The changes worth a line: everything but what was kept without a word by hand; narrowed by what and kind."""
    return [
        change
        for change in changes
        if (change.what != "kept" or change.by_hand) and what in ("", change.what) and kind in ("", change.kind)
    ]


def difference_rows(changes: Iterable[Change]) -> list[DifferenceRow]:
    """The changes as lines to be shown by ``plans/_difference.html``; no query."""
    return [
        DifferenceRow(
            change.what,
            WHAT_WORDS[change.what],
            change.kind,
            KIND_WORDS[change.kind],
            change.text,
            change.line,
            change.existing_id,
            change.by_hand,
            tuple(_field(change, name, *pair) for name, pair in (change.fields or {}).items()),
            not {"text", "title", "name"}.isdisjoint(change.fields or {}),
        )
        for change in changes
    ]


def stored_changes(version: PlanVersion) -> list[Change]:
    """The changes that the version made, as the journal holds them; none for a first version. One query."""
    after = (
        Entry.objects.filter(object_type=version._meta.label_lower, object_id=str(version.pk), action=PUBLISH_VERSION)
        .values_list("after", flat=True)
        .first()
    )
    return [
        Change(
            row["what"],
            row["kind"],
            row["text"],
            row["line"],
            row["id"],
            {name: (before, now) for name, (before, now) in row["fields"].items()} if row["fields"] else None,
            row["by_hand"],
        )
        for row in (after or {}).get("changes", ())
    ]


def titles_of(versions: Sequence[PlanVersion]) -> dict[int, str]:
    """The title that each version (of one plan) bore when it was published, by row number: one query.

    The journal holds the title of the first version, and of a later one where it changed.
    """
    numbers = {str(version.pk): version.pk for version in versions}
    entries = Entry.objects.filter(
        object_type=PlanVersion._meta.label_lower, object_id__in=numbers, action__in=(PUBLISH, PUBLISH_VERSION)
    )
    written = {numbers[row[0]]: (row[1] or {}).get("title", "") for row in entries.values_list("object_id", "after")}
    found, title = {}, ""
    for version in sorted(versions, key=lambda version: version.ordinal):
        found[version.pk] = title = written.get(version.pk) or title
    return found


def visible_changes(user: Any, plan: Plan, changes: Sequence[Change]) -> list[Change]:
    """The changes of objects that the person sees: all for an overseer, else those under their own measures."""
    if policies.sees_whole(user, plan):
        return list(changes)
    seen: dict[str, set[int]] = {}
    for name, visible in (
        ("measure", policies.visible_measures),
        ("target", policies.visible_targets),
        ("responsibility", policies.visible_responsibilities),
        ("deadline", policies.visible_deadlines),
        ("table", policies.visible_tables),
    ):
        if any(change.kind == name for change in changes):
            seen[name] = set(visible(user, retired=True).filter(plan=plan).order_by().values_list("pk", flat=True))
    return [change for change in changes if change.existing_id in seen[change.kind]]


def _field(change: Change, name: str, before: Any, after: Any) -> FieldDifference:
    model = KINDS[change.kind].model
    label = _FIELD_WORDS.get(name) or str(model._meta.get_field(name).verbose_name)
    kept = change.by_hand and name not in ("text", "measure")
    if name == "rows":
        return FieldDifference(label, *_table_rows(before, after), kept)
    old, new = _words(model, name, before), _words(model, name, after)
    if name in ("text", "title") and max(len(old), len(new)) <= _LONGEST_MARKED:
        return FieldDifference(label, *_marked(old, new), kept)
    return FieldDifference(label, (Piece(old, marked=True),), (Piece(new, marked=True),), kept)


def _words(model: type[Provenance], name: str, value: Any) -> str:
    """A value in words: choices by their label, figures without trailing zeros, empty ones as 无."""
    if name in ("units", "header"):
        return "、".join(value) or "无"
    if value is None or value == "":
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name in ("value", "value_max"):
        return plain_number(Decimal(value))
    if name in ("text", "measure"):
        return str(value)
    choices = dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))


def _marked(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in runs, what only one side has marked."""
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i < j:
            left.append(Piece(old[i:j], tag != "equal"))
        if k < m:
            right.append(Piece(new[k:m], tag != "equal"))
    return tuple(left), tuple(right)


def _table_rows(old: Any, new: Any) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The rows that only one side has, one a line."""
    one, two = [tuple(row) for row in old], [tuple(row) for row in new]
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if tag != "equal":
            left += [Piece("｜".join(row) + "\n", marked=True) for row in one[i:j]]
            right += [Piece("｜".join(row) + "\n", marked=True) for row in two[k:m]]
    return tuple(left), tuple(right)
