"""Luoshi proposes what the ladder says; a person takes it, takes another rung, or dismisses it with a reason."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.supervision import telling
from luoshi.apps.supervision.actions.common import moment, plain
from luoshi.apps.supervision.errors import NotNow, Stale
from luoshi.apps.supervision.ladders import rung_for
from luoshi.apps.supervision.models import ChosenLadder, Proposal, ProposalState, Rung, Scope, Trigger
from luoshi.apps.supervision.policies import may_decide, visible_proposals
from luoshi.apps.supervision.queries.events import Event, events

NOT_ALLOWED = "只有方案发文单位（不属方案的，交办单位）的统筹办和牵头人员可以决定是否采取。"
REASON_LENGTH, SENTENCE_LENGTH = 300, 400
#: Rungs that need no record of their own: the others are taken by planning an interview or recording accountability.
AT_ONCE = (Rung.REMINDER, Rung.BULLETIN)


def propose_escalations(*, now: dt.datetime | None = None, lights: bool | None = None) -> Iterator[str]:
    """Propose what the ladders say of the latest events; safe to repeat. One Chinese line for each plan.

    The lights are looked at once a day, with ``lights`` at once (or not at all). Of several new events of a unit only
    the latest is proposed; those before count.
    """
    at = moment(now)
    ladders = list(
        ChosenLadder.objects.filter(ladder__is_active=True).select_related("ladder", "plan__owner", "office")
    )
    look = {
        row.plan_id
        for row in ladders
        if row.plan_id is not None and Trigger.LIGHT_RED in row.triggers and _wants_lights(row, at, lights)
    }
    by_scope: defaultdict[Scope, list[Event]] = defaultdict(list)
    for event in events(ladders, at, lights=look):
        by_scope[event.scope].append(event)
    for row in ladders:
        made = _propose(row, by_scope.get(row.scope, []), at, looked=row.plan_id in look)
        if made:
            yield f"{row.subject}提出 {len(made)} 条升级建议。"


def _wants_lights(row: ChosenLadder, at: dt.datetime, lights: bool | None) -> bool:
    if lights is not None:
        return lights
    return row.checked_at is None or timezone.localdate(row.checked_at) < timezone.localdate(at)


def _propose(row: ChosenLadder, found: list[Event], at: dt.datetime, *, looked: bool) -> list[Proposal]:
    """Store what is new of one plan or office; two ticks at once take turns at the row of its ladder."""
    latest, counts = _latest(found)
    if not latest and not looked:
        return []
    with transaction.atomic():
        locked = ChosenLadder.objects.select_for_update().filter(pk=row.pk).order_by("pk").first()
        if locked is None:
            return []
        if looked:
            locked.checked_at = at
            locked.save(update_fields=("checked_at",))
        known = _known(row.scope, latest)
        fresh = []
        units = Unit.objects.in_bulk({event.unit_id for event in latest})
        for event in latest:
            count = counts[event.unit_id, event.trigger]
            rung = rung_for(row.ladder.steps, event.trigger, count)
            if rung is None or (event.unit_id, event.trigger.value, event.key) in known:
                continue
            fresh.append(
                Proposal(
                    plan=row.plan,
                    office=row.office,
                    ladder=row.ladder,
                    unit=units[event.unit_id],
                    trigger=event.trigger,
                    count=count,
                    rung=rung,
                    sentence=_sentence(event, count, rung),
                    event=event.key,
                    snapshot=event.snapshot,
                    order_id=event.order_id,
                    warning_id=event.warning_id,
                    answer_id=event.answer_id,
                    proposed_at=at,
                )
            )
        if fresh:
            Proposal.objects.bulk_create(fresh)
            telling.tell_proposed(fresh, now=at)
            acts = [
                Act(
                    action="提出升级建议",
                    target=proposal,
                    label=proposal.sentence,
                    after={"单位": str(proposal.unit), "建议": Rung(proposal.rung).label, "第几次": proposal.count},
                )
                for proposal in fresh
            ]
            record(acting_user=None, acts=acts)
    return fresh


def _latest(found: list[Event]) -> tuple[list[Event], dict[tuple[int, Trigger], int]]:
    """The latest event of each unit and trigger, where it still stands, and how many there were this year."""
    counts: dict[tuple[int, Trigger], int] = {}
    last: dict[tuple[int, Trigger], Event] = {}
    for event in found:
        place = (event.unit_id, event.trigger)
        counts[place] = counts.get(place, 0) + 1
        last[place] = event
    return [event for event in last.values() if event.stands], counts


def _known(scope: Scope, latest: Collection[Event]) -> set[tuple[int, str, str]]:
    rows = Proposal.objects.filter(
        plan=scope.plan_id, office=scope.office_id, event__in={event.key for event in latest}
    )
    return set(rows.order_by().values_list("unit_id", "trigger", "event"))


def _sentence(event: Event, count: int, rung: Rung) -> str:
    tail = f"；{Trigger(event.trigger).label}今年第{count}次，建议{rung.label}。"
    return event.reason.rstrip("。")[: SENTENCE_LENGTH - len(tail)] + tail


def take_proposal(
    *,
    acting_user: Any,
    proposal_id: int,
    rung: str = "",
    reason: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Proposal:
    """Take a proposal whose rung is a reminder (the unit is told) or a bulletin (to be drawn).

    Another ``rung`` than the proposed one needs a reason. An interview is taken by ``plan_interview``, accountability
    by ``record_accountability``: both need to be written down.
    """
    at = moment(now)
    reason = plain(reason, "理由", most=REASON_LENGTH, required=False)
    with transaction.atomic():
        proposal = locked_proposal(acting_user, proposal_id, revision)
        chosen = rung or proposal.rung
        if chosen not in Rung.values:
            raise ValidationError("请选择要采取的措施。")
        if chosen not in AT_ONCE:
            raise ValidationError(f"{Rung(chosen).label}须另行登记，请到相应页面办理。")
        act = settle_proposal(acting_user, proposal, Rung(chosen), reason, at)
        if chosen == Rung.REMINDER:
            telling.tell_reminded(proposal, now=at)
        record(acting_user=acting_user, acts=[act])
    return proposal


def dismiss_proposal(
    *, acting_user: Any, proposal_id: int, reason: str, revision: int | None = None, now: dt.datetime | None = None
) -> Proposal:
    """Decide against a proposal, with the reason; the same event is not proposed again."""
    at, reason = moment(now), plain(reason, "不采取的理由", most=REASON_LENGTH)
    with transaction.atomic():
        proposal = locked_proposal(acting_user, proposal_id, revision)
        act = _decide(acting_user, proposal, ProposalState.DISMISSED, reason, at, "不采取升级建议")
        record(acting_user=acting_user, acts=[act])
    return proposal


def locked_proposal(acting_user: Any, proposal_id: int, revision: int | None = None) -> Proposal:
    """A proposal that waits, locked; ``Http404``, ``PermissionDenied``, ``NotNow`` where it is decided already."""
    if acting_user is not None and not visible_proposals(acting_user).filter(pk=proposal_id).exists():
        raise Http404
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).order_by("pk").first()
    if proposal is None:
        raise Http404
    require(may_decide(acting_user, proposal), NOT_ALLOWED)
    if proposal.state != ProposalState.PROPOSED:
        who = f"{proposal.decided_by}" if proposal.decided_by else "他人"
        raise NotNow(f"这条建议已由{who}决定：{ProposalState(proposal.state).label}。")
    if revision is not None and revision != proposal.revision:
        raise Stale("这条建议")
    return proposal


def settle_proposal(acting_user: Any, proposal: Proposal, rung: Rung, reason: str, at: dt.datetime) -> Act:
    """Mark a locked proposal as taken, with the rung that was chosen; inside the caller's transaction."""
    if rung != proposal.rung:
        if not reason:
            raise ValidationError(f"建议的是{Rung(proposal.rung).label}，改为{rung.label}须写明理由。")
        reason = f"改为{rung.label}：{reason}"[:REASON_LENGTH]
        proposal.rung = rung
    return _decide(acting_user, proposal, ProposalState.TAKEN, reason, at, f"采取升级建议：{rung.label}")


def _decide(
    acting_user: Any, proposal: Proposal, state: ProposalState, reason: str, at: dt.datetime, action: str
) -> Act:
    proposal.state, proposal.reason = state, reason
    proposal.decided_by, proposal.decided_at = acting_user, at
    proposal.revision += 1
    proposal.save(update_fields=("state", "reason", "rung", "decided_by", "decided_at", "revision"))
    after = {"单位": str(proposal.unit), "理由": reason}
    return Act(action=action, target=proposal, label=proposal.sentence, after=after)
