"""Adding to the journal, and checking that nobody changed it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from luoshi.apps.journal.models import ChainHead, Entry

SYSTEM = "系统"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act to be written down: ``before`` and ``after`` hold the fields that changed."""

    action: str
    target: models.Model
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    label: str = ""


def _plain(value: Mapping[str, Any] | None) -> Any:
    """The value as JSON gives it back, so that a stored entry hashes to what was written."""
    return None if value is None else json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the entry's fields and the hash before it."""
    fields = [
        entry.sequence,
        entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.object_label,
        entry.before,
        entry.after,
        entry.previous_hash,
    ]
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def record(*, acting_user: Any, acts: Iterable[Act]) -> list[Entry]:
    """Write acts down, in order, inside the caller's transaction; ``acting_user`` ``None`` is the system itself.

    Call it last in an action: the chain's head stays locked until the transaction ends.
    """
    acts = list(acts)
    if not acts:
        return []
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("journal entries belong into the transaction of the act")
    head = ChainHead.objects.select_for_update().get(pk=1)
    # Milliseconds lost to a database's own resolution would break the hash; both engines keep microseconds.
    now = timezone.now()
    entries = []
    for act in acts:
        entry = Entry(
            sequence=head.sequence + 1,
            at=now,
            actor=acting_user,
            actor_name=str(acting_user) if acting_user else SYSTEM,
            action=act.action,
            object_type=act.target._meta.label_lower,
            object_id=str(act.target.pk),
            object_label=(act.label or str(act.target))[:300],
            before=_plain(act.before),
            after=_plain(act.after),
            previous_hash=head.hash,
        )
        entry.hash = entry_hash(entry)
        head.sequence, head.hash = entry.sequence, entry.hash
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=500)
    head.save(update_fields=("sequence", "hash"))
    return entries


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of walking the chain: ``broken_at`` is the sequence number of the first entry that does not fit."""

    entries: int
    broken_at: int | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether the whole chain holds."""
        return self.broken_at is None


def verify() -> Verification:
    """Recompute the chain from the first entry to the head, in bounded memory, while others go on writing."""
    # The head is read first: what is written meanwhile stands beyond it and is no fault.
    head = ChainHead.objects.get(pk=1)
    previous, expected = "0" * 64, 1
    for entry in Entry.objects.filter(sequence__lte=head.sequence).order_by("sequence").iterator(chunk_size=2000):
        if entry.sequence != expected:
            return Verification(expected - 1, expected, f"缺少第 {expected} 条")
        if entry.previous_hash != previous:
            return Verification(expected - 1, expected, f"第 {expected} 条与前一条不相接")
        if entry_hash(entry) != entry.hash:
            return Verification(expected - 1, expected, f"第 {expected} 条的内容被改动")
        previous, expected = entry.hash, expected + 1
    if (head.sequence, head.hash) != (expected - 1, previous):
        return Verification(expected - 1, expected, f"末尾缺少记录：应有 {head.sequence} 条，只有 {expected - 1} 条")
    # An entry and the head that counts it are committed together, so a later head counts every entry seen before.
    last = Entry.objects.aggregate(last=Max("sequence"))["last"] or 0
    if last > ChainHead.objects.get(pk=1).sequence:
        return Verification(expected - 1, expected, f"末尾多出记录：应有 {head.sequence} 条，最后一条却是第 {last} 条")
    return Verification(expected - 1)
