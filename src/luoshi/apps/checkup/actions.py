"""Every write on findings: deciding, taking a decision back, checking again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from luoshi.apps.checkup import checking
from luoshi.apps.checkup.errors import StaleFinding
from luoshi.apps.checkup.items import corrected, targets_of
from luoshi.apps.checkup.models import Decision, Finding
from luoshi.apps.checkup.policies import may_decide
from luoshi.apps.intake import actions as intake
from luoshi.apps.intake.actions.locking import CLOSED, locked_draft
from luoshi.apps.intake.errors import Closed, Invalid
from luoshi.apps.intake.models import Draft, DraftItem, DraftState, ItemState
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require

#: What may be done with the target at the place that is not kept.
LEAVE, REJECT, CORRECT = "", "reject", "correct"
LONGEST_NOTE = 300
_KEEPING = {Decision.KEEP_FIRST: 0, Decision.KEEP_SECOND: 1}
_NOT_ALLOWED = "只有发文单位的统筹办或系统管理员可以处理体检所见。"


def decide(
    *,
    acting_user: Any,
    finding: Finding,
    decision: str,
    revision: int,
    note: str = "",
    other: str = LEAVE,
) -> Finding:
    """Say what is to be done about a finding; ``open`` takes the decision back.

    ``other`` rejects or corrects, in the same transaction, the targets at the place that is not kept (open drafts
    only); taking the decision back restores those that nobody has touched since. Raises ``StaleFinding`` when someone
    decided meanwhile, ``Invalid`` with a message for each field, ``Closed``, ``PermissionDenied``. The same decision of
    the same person sent again is taken as done.
    """
    note = _checked(finding, decision, note, other)
    with transaction.atomic():
        draft = _draft(acting_user, finding.draft_id)
        current = Finding.objects.get(pk=finding.pk)
        if current.revision != revision:
            if _is_repeat(current, acting_user, decision, revision, note):
                return current
            raise StaleFinding(current)
        before = {"decision": current.decision, "note": current.note}
        restored = _restore(acting_user, draft, current)
        current.changed_items = _settle(acting_user, draft, current, decision, other) if other else []
        current.decision, current.note = decision, note
        opened = decision == Decision.OPEN
        current.decided_by = None if opened else acting_user
        current.decided_at = None if opened else timezone.now()
        current.revision += 1
        current.save()
        after: dict[str, Any] = {"decision": current.decision, "note": current.note}
        items = [change["item"] for change in current.changed_items] or restored
        if items:
            after["items"] = items
        act = Act(action="撤销体检处理" if opened else "处理体检所见", target=current, before=before, after=after)
        record(acting_user=acting_user, acts=[act])
    return current


def _checked(finding: Finding, decision: str, note: str, other: str) -> str:
    """The note in its stored form; raises ``Invalid``."""
    note = " ".join(note.replace("\x00", "").split())
    errors = {}
    if decision not in Decision.values:
        errors["decision"] = "没有这种处理。"
    elif decision in _KEEPING and not finding.may_keep:
        errors["decision"] = "这里没有两个可以取舍的数。"
    if decision == Decision.DISMISSED and not note:
        errors["note"] = "请说明为什么不是问题。"
    if len(note) > LONGEST_NOTE:
        errors["note"] = f"说明最多 {LONGEST_NOTE} 字，现有 {len(note)} 字。"
    if other not in (LEAVE, REJECT, CORRECT) or (other and decision not in _KEEPING):
        errors["other"] = "只有保留甲或保留乙时，才能一并处理另一处的目标。"
    if errors:
        raise Invalid(errors)
    return "" if decision == Decision.OPEN else note


def _draft(acting_user: Any, draft_id: int) -> Draft:
    draft = locked_draft(draft_id)
    require(may_decide(acting_user, draft), _NOT_ALLOWED)
    if draft.state == DraftState.DISCARDED:
        raise Closed(CLOSED[DraftState.DISCARDED])
    return draft


def _is_repeat(finding: Finding, acting_user: Any, decision: str, revision: int, note: str) -> bool:
    if finding.revision != revision + 1 or (finding.decision, finding.note) != (decision, note):
        return False
    return decision == Decision.OPEN or finding.decided_by_id == getattr(acting_user, "pk", None)


def _settle(acting_user: Any, draft: Draft, finding: Finding, decision: str, other: str) -> list[dict[str, Any]]:
    """Reject or correct the targets at the other place; gives what they were before."""
    if draft.state != DraftState.OPEN:
        raise Closed(CLOSED[DraftState(draft.state)])
    kept = _KEEPING[Decision(decision)]
    sides = targets_of(draft, [finding])[finding.pk]
    items, value = sides.other(kept), sides.values[kept]
    changes = []
    for item in items:
        data = corrected(item, value) if other == CORRECT and value else None
        if other == CORRECT and data is None:
            continue
        before = {"item": item.pk, "state": item.state, "data": item.data}
        word = "correct" if other == CORRECT else "reject"
        done = intake.decide(acting_user=acting_user, item=item, decision=word, revision=item.revision, data=data)
        changes.append({**before, "revision": done.revision})
    if not changes:
        raise Invalid({"other": "另一处没有可以一并处理的目标，请只作记录。"})
    return changes


def _restore(acting_user: Any, draft: Draft, finding: Finding) -> list[int]:
    """Give the targets that the last decision changed back as they were, unless someone has touched them since."""
    restored = []
    if draft.state == DraftState.OPEN:
        known = {change["item"]: change for change in finding.changed_items}
        for item in DraftItem.objects.filter(draft=draft, pk__in=known).order_by("pk"):
            change = known[item.pk]
            if item.revision != change["revision"]:
                continue
            data, word = None, "restore"
            if change["state"] != ItemState.PENDING:
                word, data = ("accept", None) if item.state == ItemState.REJECTED else ("correct", change["data"])
            intake.decide(acting_user=acting_user, item=item, decision=word, revision=item.revision, data=data)
            restored.append(item.pk)
    return restored


def check_again(*, acting_user: Any, draft: Draft) -> int:
    """Run the check-up once more (names were made known, the rules were renewed); gives the number of findings."""
    require(may_decide(acting_user, draft), _NOT_ALLOWED)
    # Reading takes a while: nobody else's decision waits for it.
    found = checking.found_now(draft)[draft.pk]
    with transaction.atomic():
        draft = _draft(acting_user, draft.pk)
        before = draft.findings.count()
        checking.store_again(draft, found)
        after = draft.findings.count()
        act = Act(action="重新体检", target=draft, before={"count": before}, after={"count": after})
        record(acting_user=acting_user, acts=[act])
    return after
