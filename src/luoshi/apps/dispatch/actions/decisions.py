"""议定事项: typed while the meeting sits, then worked on and closed; those not closed come to the next meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from luoshi.apps.dispatch.actions.agendas import arranging
from luoshi.apps.dispatch.actions.locking import locked, moment
from luoshi.apps.dispatch.errors import NotNow, Overlap
from luoshi.apps.dispatch.models import (
    AgendaItem,
    Decision,
    DecisionAction,
    DecisionState,
    DecisionStep,
)
from luoshi.apps.dispatch.policies import may_convene, may_work, visible_decisions
from luoshi.apps.dispatch.states import DECISIONS, MeetingAct
from luoshi.apps.dispatch.telling import (
    DECISION,
    DECISION_BACK,
    DUE,
    settle_reported,
    settle_work,
    tell_reported,
    tell_workers,
)
from luoshi.apps.dispatch.texts import ANSWER, REASON, needed, needed_day, optional
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require

MOST_DECISIONS = 200
#: So many days before its due day a decision is called to mind.
REMIND_DAYS = 3
_NOT_DOING = "只有承办单位和配合单位可以报告进展。"
_NOT_RUNNING = "只有召集单位可以办理。"


def record_decision(
    *,
    acting_user: Any,
    meeting_id: int,
    text: str,
    unit: Unit | None = None,
    supporting: Sequence[Unit] = (),
    due_on: dt.date | None = None,
    item_id: int | None = None,
    decision_id: int | None = None,
    revision: int | None = None,
    key: str = "",
) -> Decision:
    """Keep a decision as it is being typed; words, unit and day may still be lacking.

    ``decision_id`` changes one that is there (``revision``: as it was seen; ``Overlap`` where somebody changed it
    meanwhile); ``key`` is the page's own for a new one: sent twice it is stored once. Typing is no act: what was
    decided goes to the journal with the minutes.
    """
    text = optional(text, "议定事项", ANSWER)
    if due_on is not None:
        needed_day(due_on, "期限")
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.RECORD)
        decision = _draft(meeting.pk, decision_id, key)
        if decision is None:
            number = _next_number(meeting.pk)
            if number > MOST_DECISIONS:
                raise NotNow(f"一次会议最多记{MOST_DECISIONS}条议定事项。")
            decision = Decision(meeting=meeting, ordinal=number, key=key[:40], state=DecisionState.DRAFT)
        elif revision is not None and revision != decision.revision and not _same(decision, text, unit, due_on):
            raise Overlap(f"第{decision.ordinal}条", decision.text)
        if due_on is not None and due_on < timezone.localtime(meeting.held_at).date():
            raise ValidationError("期限早于开会的日子，请核对。")
        if item_id is not None and not AgendaItem.objects.filter(meeting=meeting, pk=item_id).exists():
            raise NotNow("这一项已不在议程里，请刷新。")
        decision.text, decision.unit, decision.due_on, decision.item_id = text, unit, due_on, item_id
        decision.revision += bool(decision.pk)
        decision.save()
        decision.supporting.set([other for other in supporting if unit is None or other.pk != unit.pk])
    return decision


def _next_number(meeting_id: int) -> int:
    last = Decision.objects.filter(meeting=meeting_id).order_by("-ordinal").values_list("ordinal", flat=True).first()
    return (last or 0) + 1


def _draft(meeting_id: int, decision_id: int | None, key: str) -> Decision | None:
    rows = Decision.objects.filter(meeting=meeting_id)
    if decision_id is not None:
        found = rows.filter(pk=decision_id).first()
        if found is None:
            raise NotNow("这一条已被删去，请刷新。")
    else:
        found = rows.filter(key=key).first() if key else None
    if found is not None and found.state != DecisionState.DRAFT:
        raise NotNow("纪要已印发，议定事项不能再改。")
    return found


def _same(decision: Decision, text: str, unit: Unit | None, due_on: dt.date | None) -> bool:
    return (decision.text, decision.unit_id, decision.due_on) == (text, unit.pk if unit else None, due_on)


def discard_draft(*, acting_user: Any, meeting_id: int, decision_id: int) -> None:
    """Take off a decision that is still being typed; the journal keeps what it said."""
    with transaction.atomic():
        arranging(acting_user, meeting_id, MeetingAct.RECORD)
        decision = Decision.objects.filter(meeting=meeting_id, pk=decision_id).first()
        if decision is None:
            return
        if decision.state != DecisionState.DRAFT:
            raise NotNow("纪要已印发，议定事项不能再改。")
        act = Act(action="删去记录中的议定事项", target=decision, before={"事项": decision.text})
        record(acting_user=acting_user, acts=[act])
        decision.delete()


def report_on_decision(*, acting_user: Any, decision_id: int, text: str, now: dt.datetime | None = None) -> Decision:
    """Say how far it is; any of its units may."""
    text = needed(text, "进展", ANSWER)
    with transaction.atomic():
        decision = _worked_on(acting_user, decision_id)
        _step(decision, DecisionAction.REPORT, text, acting_user, moment(now))
        record(acting_user=acting_user, acts=[_act("报告议定事项进展", decision, decision.state, text)])
    return decision


def finish_decision(*, acting_user: Any, decision_id: int, text: str, now: dt.datetime | None = None) -> Decision:
    """Say that it is done, and how; who ran the meeting closes it or sends it back."""
    at = moment(now)
    text = needed(text, "办理结果", ANSWER)
    with transaction.atomic():
        decision = _worked_on(acting_user, decision_id)
        before = decision.state
        step = _step(decision, DecisionAction.FINISH, text, acting_user, at)
        settle_work(decision, now=at)
        tell_reported(decision, text, step.pk, now=at)
        record(acting_user=acting_user, acts=[_act("报完成议定事项", decision, before, text)])
    return decision


def send_decision_back(*, acting_user: Any, decision_id: int, reason: str, now: dt.datetime | None = None) -> Decision:
    """Find that what was reported is not enough: the unit goes on."""
    at = moment(now)
    reason = needed(reason, "退回的理由", REASON)
    with transaction.atomic():
        decision = _run(acting_user, decision_id)
        before = decision.state
        step = _step(decision, DecisionAction.SEND_BACK, reason, acting_user, at)
        settle_reported(decision, now=at)
        title = f"议定事项被退回：{decision.text[:60]}"
        tell_workers(decision, DECISION_BACK, title, reason, step.pk, now=at)
        record(acting_user=acting_user, acts=[_act("退回议定事项", decision, before, reason)])
    return decision


def close_decision(*, acting_user: Any, decision_id: int, text: str = "", now: dt.datetime | None = None) -> Decision:
    """Find it done. Who reported it as done does not close it."""
    at = moment(now)
    text = optional(text, "意见", REASON)
    with transaction.atomic():
        decision = _run(acting_user, decision_id)
        before = decision.state
        DECISIONS.next(before, DecisionAction.CLOSE)
        finished = DecisionStep.objects.filter(decision=decision, action=DecisionAction.FINISH).order_by("-pk").first()
        if acting_user is not None and finished is not None and finished.by_id == acting_user.pk:
            raise PermissionDenied("您报的完成，须由他人办结。")
        decision.closed_at = at
        _step(decision, DecisionAction.CLOSE, text, acting_user, at)
        settle_reported(decision, now=at)
        settle_work(decision, now=at)
        record(acting_user=acting_user, acts=[_act("办结议定事项", decision, before, text)])
    return decision


def move_decision(
    *,
    acting_user: Any,
    decision_id: int,
    due_on: dt.date | None,
    reason: str,
    now: dt.datetime | None = None,
) -> Decision:
    """Give it another day, with a reason; the day before stays on record."""
    at = moment(now)
    reason, due_on = needed(reason, "调整期限的理由", REASON), needed_day(due_on, "新的期限")
    with transaction.atomic():
        decision = _run(acting_user, decision_id)
        DECISIONS.next(decision.state, DecisionAction.MOVE)
        if due_on == decision.due_on:
            raise ValidationError("新的期限与原来的一样。")
        if due_on < timezone.localtime(at).date():
            raise ValidationError("新的期限应在今天或以后。")
        before = {"期限": decision.due_on and decision.due_on.isoformat()}
        decision.due_on = due_on
        step = _step(decision, DecisionAction.MOVE, reason, acting_user, at, due_on=due_on)
        title = f"议定事项期限改为{due_on:%Y-%m-%d}：{decision.text[:60]}"
        tell_workers(decision, DECISION, title, reason, step.pk, now=at)
        after = {"期限": due_on.isoformat(), "理由": reason}
        act = Act(action="调整议定事项期限", target=decision, before=before, after=after)
        record(acting_user=acting_user, acts=[act])
    return decision


def drop_decision(*, acting_user: Any, decision_id: int, reason: str, now: dt.datetime | None = None) -> Decision:
    """Say that it is not to be done any more, with a reason."""
    at = moment(now)
    reason = needed(reason, "取消的理由", REASON)
    with transaction.atomic():
        decision = _run(acting_user, decision_id)
        before = decision.state
        DECISIONS.next(before, DecisionAction.DROP)
        decision.closed_at = at
        settle_work(decision, now=at)
        settle_reported(decision, now=at)
        step = _step(decision, DecisionAction.DROP, reason, acting_user, at)
        tell_workers(decision, DECISION, f"议定事项已取消：{decision.text[:60]}", reason, step.pk, now=at)
        record(acting_user=acting_user, acts=[_act("取消议定事项", decision, before, reason)])
    return decision


def _worked_on(acting_user: Any, decision_id: int) -> Decision:
    decision = _visible(acting_user, decision_id)
    require(may_work(acting_user, decision), _NOT_DOING)
    return decision


def _run(acting_user: Any, decision_id: int) -> Decision:
    decision = _visible(acting_user, decision_id)
    require(may_convene(acting_user, decision.meeting.owner), _NOT_RUNNING)
    return decision


def _visible(acting_user: Any, decision_id: int) -> Decision:
    decision = locked(visible_decisions(acting_user), decision_id)
    if decision.state == DecisionState.DRAFT:
        raise Http404
    return decision


def _step(
    decision: Decision,
    action: DecisionAction,
    text: str,
    by: Any,
    at: dt.datetime,
    due_on: dt.date | None = None,
) -> DecisionStep:
    """Go to the state that the act leads to, and append it."""
    decision.state = DECISIONS.next(decision.state, action)
    decision.revision += 1
    decision.save(update_fields=("state", "due_on", "closed_at", "revision"))
    return DecisionStep.objects.create(decision=decision, action=action, text=text, due_on=due_on, by=by, at=at)


def _act(action: str, decision: Decision, before: str, text: str) -> Act:
    return Act(
        action=action,
        target=decision,
        before={"状态": DecisionState(before).label},
        after={"状态": decision.get_state_display(), "内容": text},
    )


def remind_decisions(*, now: dt.datetime | None = None) -> int:
    """Call to mind what falls due in a few days, and what is overdue; each once for its day. How many."""
    at = moment(now)
    today = timezone.localtime(at).date()
    near = Decision.objects.filter(state=DecisionState.OPEN, due_on__lte=today + dt.timedelta(days=REMIND_DAYS))
    rows = near.select_related("unit", "meeting").prefetch_related("supporting").order_by("due_on", "pk")
    told = 0
    for row in rows:
        assert row.due_on is not None  # a constraint of what is in force
        late = row.due_on < today
        title = f"议定事项{'已逾期' if late else '将到期'}（{row.due_on:%Y-%m-%d}）：{row.text[:60]}"
        # Steps have positive numbers: the days' own are negative.
        number = -int(f"{row.due_on:%Y%m%d}{int(late)}")
        with transaction.atomic():
            told += bool(tell_workers(row, DUE, title, f"{row.meeting.title}议定。", number, now=at))
    return told
