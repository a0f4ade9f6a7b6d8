"""The agenda: written by the site, kept in hand by people, fixed for the meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from luoshi.apps.dispatch.actions.locking import locked, moment
from luoshi.apps.dispatch.agenda import Proposed, agenda_for, digest_of, place_for
from luoshi.apps.dispatch.errors import NotNow, Overlap
from luoshi.apps.dispatch.models import AgendaItem, AgendaKind, Meeting, MeetingState
from luoshi.apps.dispatch.policies import may_convene, visible_meetings
from luoshi.apps.dispatch.states import MEETINGS, MeetingAct
from luoshi.apps.dispatch.telling import tell_called
from luoshi.apps.dispatch.texts import REASON, TEXT, TITLE, needed, optional
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.telling import moment_in_words

NOT_YOURS = "只有召集单位可以办理。"
MOST_ITEMS = 1000


def arranging(acting_user: Any, meeting_id: int, act: MeetingAct) -> tuple[Meeting, str]:
    """The meeting's row, locked, for who runs it, and the state after the act."""
    meeting = locked(visible_meetings(acting_user), meeting_id)
    require(may_convene(acting_user, meeting.owner), NOT_YOURS)
    return meeting, MEETINGS.next(meeting.state, act)


def write_agenda(*, acting_user: Any, meeting_id: int, now: dt.datetime | None = None) -> Meeting:
    """Draw the agenda anew from what is known now.

    What people typed, added, moved or took off stays; an item that no longer applies goes, unless people wrote
    something to it: then it stays, marked as passed. Drawing is no act of anybody's: it makes no journal entry.
    """
    at = moment(now)
    proposed = _proposed(acting_user, meeting_id, at, now)
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.ARRANGE)
        _merge(meeting, proposed)
        meeting.drawn_at = at
        meeting.revision += 1
        meeting.save(update_fields=("drawn_at", "revision"))
    return meeting


def _proposed(acting_user: Any, meeting_id: int, at: dt.datetime, as_of: dt.datetime | None) -> list[Proposed]:
    """What the agenda should have: read before the meeting's row is locked, so that nobody waits meanwhile."""
    seen = visible_meetings(acting_user).filter(pk=meeting_id).select_related("owner").first()
    if seen is None or not MEETINGS.allows(seen.state, MeetingAct.ARRANGE):
        return []  # the act itself says why not
    return agenda_for(seen, now=at, as_of=as_of)


def _merge(meeting: Meeting, proposed: Sequence[Proposed]) -> None:
    items = list(AgendaItem.objects.filter(meeting=meeting).order_by("ordinal", "pk"))
    wanted = {one.key: one for one in proposed[:MOST_ITEMS]}
    kept: list[AgendaItem] = []
    for item in items:
        if not item.key:
            kept.append(item)
        elif one := wanted.pop(item.key, None):
            item.title, item.snapshot, item.unit = one.title, one.snapshot, one.unit
            kept.append(item)
        elif item.text or item.removed_for:
            item.snapshot = item.snapshot | {"passed": True}
            kept.append(item)
        else:
            item.delete()
    for one in wanted.values():
        item = AgendaItem(
            meeting=meeting,
            ordinal=0,
            kind=one.kind,
            key=one.key,
            title=one.title,
            snapshot=one.snapshot,
            unit=one.unit,
            target_id=one.target_id,
            warning_id=one.warning_id,
            problem_id=one.problem_id,
            decision_id=one.decision_id,
        )
        kept.insert(place_for([other.kind for other in kept], one.kind), item)
    _number(kept)
    AgendaItem.objects.bulk_update([item for item in kept if item.pk], ("ordinal", "title", "snapshot", "unit"))
    AgendaItem.objects.bulk_create([item for item in kept if not item.pk])


def _number(items: Sequence[AgendaItem]) -> None:
    for number, item in enumerate(items, 1):
        item.ordinal = number


def add_item(*, acting_user: Any, meeting_id: int, title: str, text: str = "", unit: Unit | None = None) -> AgendaItem:
    """Add a topic by hand, at the end."""
    title, text = needed(title, "议题", TITLE), optional(text, "情况", TEXT)
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.ARRANGE)
        last = AgendaItem.objects.filter(meeting=meeting).order_by("-ordinal").first()
        if last is not None and last.ordinal >= MOST_ITEMS:
            raise NotNow(f"议程最多{MOST_ITEMS}项。")
        item = AgendaItem.objects.create(
            meeting=meeting,
            ordinal=last.ordinal + 1 if last else 1,
            kind=AgendaKind.TOPIC,
            title=title,
            text=text,
            unit=unit,
        )
        _touched(meeting)
        record(acting_user=acting_user, acts=[Act(action="增加议题", target=item, after={"会议": meeting.title})])
    return item


def edit_item(
    *,
    acting_user: Any,
    meeting_id: int,
    item_id: int,
    text: str | None = None,
    title: str | None = None,
    seen: str | None = None,
) -> AgendaItem:
    """Say something to an item (or change a topic's title). ``seen`` is the text that stood there when it was typed.

    Raises ``Overlap`` where somebody wrote another text meanwhile. Typing is no act: it makes no journal entry.
    """
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.ARRANGE)
        item = _item(meeting, item_id)
        if text is not None:
            text = optional(text, "情况", TEXT)
            if seen is not None and seen.strip() != item.text and text != item.text:
                raise Overlap("这一项", item.text)
            item.text = text
        if title is not None:
            if item.kind != AgendaKind.TOPIC:
                raise NotNow("自动列入的议题不能改名，可以在“情况”里说明。")
            item.title = needed(title, "议题", TITLE)
        item.save(update_fields=("text", "title"))
        _touched(meeting)
    return item


def remove_item(*, acting_user: Any, meeting_id: int, item_id: int, reason: str) -> AgendaItem:
    """Take an item off with a reason; drawing the agenda anew does not bring it back."""
    reason = needed(reason, "不上会的原因", REASON)
    return _set_removed(acting_user, meeting_id, item_id, reason, "议题不上会")


def restore_item(*, acting_user: Any, meeting_id: int, item_id: int) -> AgendaItem:
    """Put an item back that was taken off."""
    return _set_removed(acting_user, meeting_id, item_id, "", "恢复议题")


def _set_removed(acting_user: Any, meeting_id: int, item_id: int, reason: str, action: str) -> AgendaItem:
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.ARRANGE)
        item = _item(meeting, item_id)
        item.removed_for = reason
        item.save(update_fields=("removed_for",))
        _touched(meeting)
        after = {"会议": meeting.title} | ({"原因": reason} if reason else {})
        record(acting_user=acting_user, acts=[Act(action=action, target=item, after=after)])
    return item


def move_item(*, acting_user: Any, meeting_id: int, item_id: int, to: int) -> Meeting:
    """Put an item at the ``to``-th place (from 1) among those that are on."""
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.ARRANGE)
        item = _item(meeting, item_id)
        rows = [row for row in AgendaItem.objects.filter(meeting=meeting).order_by("ordinal", "pk") if row != item]
        on = [row for row in rows if not row.removed_for]
        place = max(1, min(to, len(on) + 1))
        before = rows.index(on[place - 1]) if place <= len(on) else len(rows)
        rows.insert(before, item)
        _number(rows)
        AgendaItem.objects.bulk_update(rows, ("ordinal",))
        _touched(meeting)
    return meeting


def _item(meeting: Meeting, item_id: int) -> AgendaItem:
    item = AgendaItem.objects.filter(meeting=meeting, pk=item_id).first()
    if item is None:
        raise NotNow("这一项已不在议程里，请刷新。")
    return item


def _touched(meeting: Meeting) -> None:
    meeting.revision += 1
    meeting.save(update_fields=("revision",))


def fix_agenda(*, acting_user: Any, meeting_id: int, now: dt.datetime | None = None) -> Meeting:
    """Fix the agenda: it is drawn a last time, then nothing on it changes any more; the units called are told.

    ``digest`` is taken over all items, so that anybody can see later that they are the ones that were shown.
    """
    at = moment(now)
    proposed = _proposed(acting_user, meeting_id, at, now)
    with transaction.atomic():
        meeting, state = arranging(acting_user, meeting_id, MeetingAct.FIX)
        _merge(meeting, proposed)
        items = list(AgendaItem.objects.filter(meeting=meeting))
        on = [item for item in items if not item.removed_for]
        if not on:
            raise NotNow("议程里还没有议题，请先增加。")
        meeting.state, meeting.frozen_at, meeting.drawn_at = state, at, at
        meeting.digest = digest_of(items)
        meeting.revision += 1
        meeting.save(update_fields=("state", "frozen_at", "drawn_at", "digest", "revision"))
        units = [row.unit for row in meeting.attendance.select_related("unit")]
        when = f"{moment_in_words(meeting.held_at)}{f'，{meeting.place}' if meeting.place else ''}"
        key = f"ready:{meeting.revision}"
        title = f"{meeting.title}：议程已定"
        tell_called(meeting, units, title, f"{when}召开，共{len(on)}个议题。请准备汇报。", key, now=at)
        after = {"状态": meeting.get_state_display(), "议题": len(on), "摘要": meeting.digest}
        record(acting_user=acting_user, acts=[Act(action="确定议程", target=meeting, after=after)])
    return meeting


def reopen_agenda(*, acting_user: Any, meeting_id: int, reason: str, now: dt.datetime | None = None) -> Meeting:
    """Open a fixed agenda again before the meeting, with a reason; what was frozen is drawn anew when it is fixed."""
    at = moment(now)
    reason = needed(reason, "重开议程的理由", REASON)
    with transaction.atomic():
        meeting, state = arranging(acting_user, meeting_id, MeetingAct.REOPEN)
        before = {"摘要": meeting.digest}
        meeting.state, meeting.frozen_at, meeting.digest = state, None, ""
        meeting.revision += 1
        meeting.save(update_fields=("state", "frozen_at", "digest", "revision"))
        units = [row.unit for row in meeting.attendance.select_related("unit")]
        key = f"reopened:{meeting.revision}"
        tell_called(meeting, units, f"{meeting.title}：议程调整", reason, key, now=at)
        after = {"状态": meeting.get_state_display(), "理由": reason}
        record(acting_user=acting_user, acts=[Act(action="重开议程", target=meeting, before=before, after=after)])
    return meeting


def is_as_fixed(meeting: Meeting) -> bool:
    """Whether the items are those that were fixed: their digest is the one that was kept then."""
    return meeting.state == MeetingState.PLANNED or digest_of(meeting.items.all()) == meeting.digest
