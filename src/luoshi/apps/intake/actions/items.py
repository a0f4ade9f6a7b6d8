"""Deciding on items: accept, correct, reject, undo, add; each once, on the revision that the person saw."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from luoshi.apps.intake import drafting, outline, values
from luoshi.apps.intake.actions.locking import current_item, open_draft
from luoshi.apps.intake.departed import departed_items
from luoshi.apps.intake.errors import Invalid, Stale
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, ItemState
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.queries import directory

SURE = 0.9
ACCEPT, CORRECT, REJECT, RESTORE = "accept", "correct", "reject", "restore"
DECISIONS = (ACCEPT, CORRECT, REJECT, RESTORE)
#: Under this name the data of a measure that was joined to another keeps where its items went: for the undo.
MERGED = "merged"
_CELLS_KEPT, _CELL_KEPT = 200, 100  # of a table's corrections in the journal
_WORDS = {ACCEPT: "确认", CORRECT: "更正", REJECT: "剔除", RESTORE: "撤销"}


def decide(
    *,
    acting_user: Any,
    item: DraftItem,
    decision: str,
    revision: int,
    data: Mapping[str, Any] | None = None,
    measure_key: str | None = None,
) -> DraftItem:
    """Decide on one item.

    ``accept`` takes it as read, ``correct`` with the values of ``data`` (and under another measure when ``measure_key``
    is given), ``reject`` leaves it out, ``restore`` undoes: back to what was read, still to be confirmed. Raises
    ``Stale`` when someone decided meanwhile, ``Invalid`` with a message for each field, ``Closed``.

    The same decision sent again by the same person (the answer was lost on the way) is taken as done.
    """
    if decision not in DECISIONS:
        raise Invalid({"": "没有这种操作。"})
    with transaction.atomic():
        draft = open_draft(acting_user, item.draft_id)
        try:
            current = current_item(draft, item.pk, revision)
        except Stale as stale:
            if _is_repeat(stale.item, acting_user, decision, revision, data, measure_key):
                return stale.item
            raise
        before, read = _snapshot(current), current.data
        back = current.data.get(MERGED) if decision != REJECT else None
        _apply(current, decision, data)
        if back:
            _move_back(draft, current, back)
        if measure_key is not None and current.kind != ItemKind.MEASURE:
            current.measure_key = outline.require_measure(draft, measure_key)
        _stamp(current, acting_user)
        current.save()
        after = _snapshot(current) | _cell_changes(read, current)
        act = Act(action=f"{_WORDS[decision]}识别项", target=current, before=before, after=after)
        record(acting_user=acting_user, acts=[act])
    return current


def _outcome(item: DraftItem, decision: str, data: Mapping[str, Any] | None) -> tuple[str, Any]:
    """State and data after a decision."""
    by_hand = item.original is None
    if decision == ACCEPT:
        if item.state == ItemState.REJECTED or item.state == ItemState.PENDING:
            data = _without_merge(item.data)
            if by_hand:
                return ItemState.ADDED, data
            return ItemState.ACCEPTED if data == item.original else ItemState.CORRECTED, data
        return item.state, item.data
    if decision == REJECT:
        return ItemState.REJECTED, item.data
    if decision == RESTORE:
        return (ItemState.ADDED, _without_merge(item.data)) if by_hand else (ItemState.PENDING, item.original)
    cleaned = _with_units(item.draft, item.kind, values.clean_correction(item.kind, data or {}, item.data))
    if by_hand:
        return ItemState.ADDED, cleaned
    return ItemState.ACCEPTED if cleaned == item.original else ItemState.CORRECTED, cleaned


def _without_merge(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != MERGED}


def _move_back(draft: Draft, measure: DraftItem, merged: Mapping[str, Any]) -> None:
    """Put back under a measure what ``merge_measure`` took from it and nobody has moved since."""
    for start in range(0, len(merged["items"]), 500):
        ids = merged["items"][start : start + 500]
        draft.items.filter(pk__in=ids, measure_key=merged["into"]).update(
            measure_key=measure.data["key"], revision=F("revision") + 1
        )


def _with_units(draft: Draft, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Names that were typed without choosing a unit are looked up like printed ones; a key that the register does not
    hold is no choice."""
    if kind == ItemKind.RESPONSIBILITY:
        data = values.with_known_units(data, directory())
    if values.unknown_names(kind, data):
        names = drafting.names_as_of(draft)
        for role in values.ROLES:
            data[role] = [
                entry if not values.is_unknown(entry) else names.entries([entry["name"]])[0] for entry in data[role]
            ]
    return data


def _apply(item: DraftItem, decision: str, data: Mapping[str, Any] | None) -> None:
    item.state, item.data = _outcome(item, decision, data)
    item.unknown_names = values.unknown_names(item.kind, item.data)


def _is_repeat(
    item: DraftItem,
    acting_user: Any,
    decision: str,
    revision: int,
    data: Mapping[str, Any] | None,
    measure_key: str | None,
) -> bool:
    if item.revision != revision + 1 or item.decided_by_id != getattr(acting_user, "pk", None):
        return False
    if measure_key is not None and item.kind != ItemKind.MEASURE and item.measure_key != measure_key:
        return False
    return _outcome(item, decision, data) == (item.state, item.data)


def _stamp(item: DraftItem, acting_user: Any) -> None:
    item.revision += 1
    item.decided_by, item.decided_at = acting_user, timezone.now()


def _snapshot(item: DraftItem) -> dict[str, Any]:
    found = {"state": item.state, "data": item.data, "measure_key": item.measure_key}
    if item.kind == ItemKind.TABLE:  # a whole table in each entry would swell the journal
        found["data"] = {name: item.data[name] for name in ("title", "line_end")}
    return found


def _cell_changes(before: Mapping[str, Any], item: DraftItem) -> dict[str, Any]:
    """For the journal: the cells of a table that a decision changed, ``[row, column, before, after]``; row 0: header.

    Where rows came or went, their number; of very many changes the first ones and how many there are.
    """
    if item.kind != ItemKind.TABLE or before == item.data:
        return {}
    old, new = ([data["header"], *data["rows"]] for data in (before, item.data))
    if len(old) != len(new):
        return {"row_count": [len(old) - 1, len(new) - 1]}
    changed = []
    for row, (was, now) in enumerate(zip(old, new, strict=True)):
        for column, (a, b) in enumerate(itertools.zip_longest(was, now, fillvalue="")):
            if a != b:
                changed.append([row, column + 1, a[:_CELL_KEPT], b[:_CELL_KEPT]])
    return {"cells": changed[:_CELLS_KEPT], "cell_count": len(changed)} if changed else {}


def sure_items(draft: Draft, threshold: float = SURE) -> QuerySet[DraftItem]:
    """The pending items that ``accept_sure`` would take: sure enough, and no unit unknown."""
    sure = draft.items.filter(state=ItemState.PENDING, certainty__gte=threshold, unknown_names=0)
    return sure.exclude(pk__in=departed_items(draft))


def accept_sure(*, acting_user: Any, draft: Draft, threshold: float = SURE) -> list[int]:
    """Accept every pending item that is at least so sure and names no unknown unit; gives the ids of the items."""
    if not 0.5 <= threshold <= 1:
        raise Invalid({"threshold": "把握的下限应在 50% 至 100% 之间。"})
    with transaction.atomic():
        draft = open_draft(acting_user, draft.pk)
        ids = list(sure_items(draft, threshold).values_list("pk", flat=True))
        set_state(ids, ItemState.ACCEPTED, acting_user)
        if ids:
            after = {"threshold": threshold, "items": ids}
            record(acting_user=acting_user, acts=[Act(action="全部确认", target=draft, after=after)])
    return ids


def restore_many(*, acting_user: Any, draft: Draft, item_ids: Sequence[int]) -> list[int]:
    """Undo a bulk acceptance: those of the items that are still just accepted wait again; gives their ids."""
    with transaction.atomic():
        draft = open_draft(acting_user, draft.pk)
        # No row has a number that the database could not hold: SQLite refuses it even in a question.
        possible = [pk for pk in item_ids[:5000] if 0 < pk < 2**63]
        ids = list(draft.items.filter(pk__in=possible, state=ItemState.ACCEPTED).values_list("pk", flat=True))
        set_state(ids, ItemState.PENDING, acting_user)
        if ids:
            record(acting_user=acting_user, acts=[Act(action="撤销全部确认", target=draft, after={"items": ids})])
    return ids


def set_state(ids: Sequence[int], state: ItemState, acting_user: Any) -> None:
    """Put many items into one state, inside the caller's transaction; the caller writes it down."""
    for start in range(0, len(ids), 500):
        DraftItem.objects.filter(pk__in=ids[start : start + 500]).update(
            state=state, revision=F("revision") + 1, decided_by=acting_user, decided_at=timezone.now()
        )


def add_item(
    *,
    acting_user: Any,
    draft: Draft,
    kind: str,
    spans: Iterable[Sequence[int]],
    data: Mapping[str, Any],
    measure_key: str | None = None,
) -> DraftItem:
    """Add what was not found, from characters of the source (``(line, start, end)`` each, at least one).

    It goes under ``measure_key``, or under the measure in whose text it stands. A new measure takes over what stands
    between its line and the next measure.
    """
    if kind not in (ItemKind.MEASURE, ItemKind.TARGET, ItemKind.RESPONSIBILITY, ItemKind.DEADLINE):
        raise Invalid({"kind": "这一类不能手工添加。"})
    with transaction.atomic():
        draft = open_draft(acting_user, draft.pk)
        places = outline.check_spans(draft, spans)
        text = outline.text_of(draft, places)
        place = outline.place_for(draft, places[0][0], places[0][1])
        if kind == ItemKind.MEASURE:
            key, labels = outline.new_key(draft, place)
            label = str(data.get("label") or "").strip()[:40]
            data = {**data, "key": key, "labels": [*labels, label], "last_line": places[-1][0]}
        cleaned = _with_units(draft, kind, values.clean(kind, data))
        if kind != ItemKind.MEASURE and measure_key is not None:
            under = outline.require_measure(draft, measure_key)
        else:
            under = "" if kind == ItemKind.MEASURE else place.measure_key
        item = DraftItem(
            draft=draft,
            kind=kind,
            position=place.position,
            measure_key=under,
            line=places[0][0],
            text=text,
            spans=[list(span) for span in places],
            data=cleaned,
            original=None,
            reason="人工添加",
            unknown_names=values.unknown_names(kind, cleaned),
            state=ItemState.ADDED,
            decided_by=acting_user,
            decided_at=timezone.now(),
        )
        item.save()
        moved = outline.take_over(draft, item, place) if kind == ItemKind.MEASURE else 0
        after = {**_snapshot(item), "kind": kind, "line": item.line, "moved": moved}
        record(acting_user=acting_user, acts=[Act(action="添加识别项", target=item, after=after)])
    return item


def merge_measure(*, acting_user: Any, item: DraftItem, revision: int) -> DraftItem:
    """Join a measure to the one before it (one sentence was taken for a heading): what stood below it moves there.

    Gives the rejected item; any decision that takes it up again moves them back. Raises ``Invalid``
    where there is no measure before, or others hang below this one.
    """
    with transaction.atomic():
        draft = open_draft(acting_user, item.draft_id)
        current = current_item(draft, item.pk, revision)
        if current.kind != ItemKind.MEASURE:
            raise Invalid({"": "只有措施可以并入上一条。"})
        target = outline.measure_before(draft, current)
        below = draft.items.filter(measure_key=current.data["key"])
        ids = list(below.values_list("pk", flat=True))
        below.update(measure_key=target.data["key"], revision=F("revision") + 1)
        before = _snapshot(current)
        current.state = ItemState.REJECTED
        if ids:
            current.data = {**current.data, MERGED: {"into": target.data["key"], "items": ids}}
        _stamp(current, acting_user)
        current.save()
        after = {**_snapshot(current), "into": target.data["key"], "moved": len(ids)}
        record(acting_user=acting_user, acts=[Act(action="并入上一条措施", target=current, before=before, after=after)])
    return current
