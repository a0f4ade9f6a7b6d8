"""What was confirmed once is not confirmed again: items that read as what is in force, and drafts taken up again.

A published draft may hold items that nobody had decided on. ``resume`` takes it up again; publishing it gives the next
version of the same plan, in which all that was published before stands as it is.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from luoshi.apps.intake.actions.keeping import undecided
from luoshi.apps.intake.actions.locking import CLOSED, locked_draft
from luoshi.apps.intake.actions.publishing import assemble
from luoshi.apps.intake.errors import Closed
from luoshi.apps.intake.models import Draft, DraftState, ItemState
from luoshi.apps.intake.policies import require_keeper, supersedable_plans
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans import actions as plans

TAKE_OVER = "沿用现行版本"
NEWER = "这份方案已有更新的一版，这一版的其余各项不能再补确认。请在新版的草稿里办理。"


def is_latest(draft: Draft) -> bool:
    """Whether nothing newer was published of the plan that the draft became."""
    version = draft.version
    return version is not None and not version.plan.versions.filter(ordinal__gt=version.ordinal).exists()


def accept_unchanged(draft: Draft) -> Act | None:
    """Confirm the pending items that read as what the plan in force has, inside the caller's transaction; gives the act
    to be written down, ``None`` where there was none."""
    if draft.supersedes is None:
        return None
    items = list(draft.items.order_by("position", "pk"))
    same = undecided(draft, items, assemble, plans.in_force(draft.supersedes)).unchanged
    ids = [item.pk for item in same]
    _set(draft, ids, ItemState.PENDING, ItemState.ACCEPTED)
    return Act(action=TAKE_OVER, target=draft, after={"items": ids}) if ids else None


def release_unchanged(draft: Draft) -> None:
    """Undo that, save what people have decided since: the draft is compared with another plan, or with none."""
    entries = Entry.objects.filter(object_type=draft._meta.label_lower, object_id=str(draft.pk), action=TAKE_OVER)
    ids = {pk for after in entries.values_list("after", flat=True) for pk in (after or {}).get("items", ())}
    _set(draft, sorted(ids), ItemState.ACCEPTED, ItemState.PENDING)


def _set(draft: Draft, ids: list[int], before: ItemState, after: ItemState) -> None:
    at = timezone.now() if after == ItemState.ACCEPTED else None
    for start in range(0, len(ids), 500):
        draft.items.filter(pk__in=ids[start : start + 500], state=before, decided_by=None).update(
            state=after, revision=F("revision") + 1, decided_at=at
        )


def resume(*, acting_user: Any, draft: Draft) -> Draft:
    """Take a published draft up again (补确认), so that the rest of its items can be decided on.

    It becomes the draft of the next version of its plan; nothing in the ledger changes until that is published. Raises
    ``Closed`` where a newer version was published.
    """
    with transaction.atomic():
        draft = locked_draft(draft.pk)
        require_keeper(acting_user, draft.owner)
        if draft.state == DraftState.OPEN:
            return draft
        if draft.state != DraftState.PUBLISHED or draft.version is None:
            raise Closed(CLOSED[DraftState.DISCARDED])
        if not is_latest(draft):
            raise Closed(NEWER)
        version = draft.version
        allowed = supersedable_plans(acting_user).filter(pk=version.plan_id).exists()
        require(allowed, "只有方案发文单位的统筹办或系统管理员可以补确认。")
        before = {"state": draft.state, "plan": version.plan_id, "version": version.ordinal}
        draft.state, draft.version, draft.supersedes = DraftState.OPEN, None, version.plan
        draft.save(update_fields=("state", "version", "supersedes", "updated_at"))
        acts = [Act(action="补确认", target=draft, before=before, after={"state": draft.state})]
        if same := accept_unchanged(draft):
            acts.append(same)
        record(acting_user=acting_user, acts=acts)
    return draft
