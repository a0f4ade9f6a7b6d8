"""Every change of a draft begins here: the draft's row is locked, so that deciding and publishing take turns."""

from __future__ import annotations

from typing import Any

from luoshi.apps.intake.errors import Closed, Stale
from luoshi.apps.intake.models import Draft, DraftItem, DraftState
from luoshi.apps.intake.policies import require_keeper

CLOSED = {
    DraftState.PUBLISHED: "这份草稿已经发布成台账，不能再改。要改动，请在台账中更正，或上传新版。",
    DraftState.DISCARDED: "这份草稿已弃用。要继续确认，请先恢复。",
}


def locked_draft(draft_id: int) -> Draft:
    """The draft's row, locked. Nothing is joined to it: where PostgreSQL had to wait for the lock, it gives the row as
    it is now, but joined rows as they were before."""
    return Draft.objects.select_for_update().get(pk=draft_id)


def open_draft(acting_user: Any, draft_id: int) -> Draft:
    """The draft, locked; raises ``Closed`` unless it still waits for people. Inside a transaction only."""
    draft = locked_draft(draft_id)
    require_keeper(acting_user, draft.owner)
    if draft.state != DraftState.OPEN:
        raise Closed(CLOSED[DraftState(draft.state)])
    return draft


def current_item(draft: Draft, item_id: int, revision: int) -> DraftItem:
    """The item as it stands now; raises ``Stale`` when someone decided on it after ``revision``."""
    item = DraftItem.objects.select_related("decided_by").get(pk=item_id, draft=draft)
    if item.revision != revision:
        raise Stale(item)
    return item
