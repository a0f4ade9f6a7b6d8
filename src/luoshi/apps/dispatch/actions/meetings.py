"""Meetings: series, planning by the calendar or by hand, holding, minutes, cancelling."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from luoshi.apps.dispatch import schedule
from luoshi.apps.dispatch.actions.agendas import NOT_YOURS, arranging, write_agenda
from luoshi.apps.dispatch.actions.locking import locked, moment, require_seen
from luoshi.apps.dispatch.actions.problems import taken_up
from luoshi.apps.dispatch.errors import Overlap, Unfinished
from luoshi.apps.dispatch.models import (
    Attendance,
    Decision,
    DecisionAction,
    DecisionState,
    DecisionStep,
    Meeting,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    Problem,
)
from luoshi.apps.dispatch.policies import choosable_plans, may_convene, visible_series
from luoshi.apps.dispatch.states import DECISIONS, MeetingAct
from luoshi.apps.dispatch.telling import tell_called, tell_decided, tell_planned
from luoshi.apps.dispatch.texts import MINUTES, REASON, needed, optional
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.choosing import existing
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.reporting.models import ShiftChoice
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.periods import SHANGHAI, Cadence, Period

MOST_AHEAD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFields:
    """What a series says; ``owner`` cannot be changed later."""

    name: str
    kind: str = MeetingKind.DISPATCH
    cadence: str = Cadence.MONTHLY
    month: int = 1
    day: int = 25
    time: dt.time = dt.time(9)
    shift: str = ShiftChoice.NEXT
    ahead_days: int = 10
    place: str = ""
    chair: str = ""
    plans: tuple[Plan, ...] = ()
    units: tuple[Unit, ...] = ()
    is_active: bool = True


def create_series(*, acting_user: Any, owner: Unit, fields: SeriesFields) -> MeetingSeries:
    """Set that a meeting comes again: from the next day that fits on it is planned by the calendar."""
    require(may_convene(acting_user, owner), NOT_YOURS)
    series = MeetingSeries(owner=owner, created_by=acting_user)
    with transaction.atomic():
        _fill(series, fields, acting_user)
        record(acting_user=acting_user, acts=[Act(action="设置会议安排", target=series, after=_told(series))])
    return series


def edit_series(
    *, acting_user: Any, series_id: int, fields: SeriesFields, revision: int | None = None
) -> MeetingSeries:
    """Change a series; meetings planned already stay as they are."""
    with transaction.atomic():
        series = locked(visible_series(acting_user), series_id)
        require(may_convene(acting_user, series.owner), NOT_YOURS)
        require_seen(series, revision)
        before = _told(series)
        series.revision += 1
        _fill(series, fields, acting_user)
        act = Act(action="修改会议安排", target=series, before=before, after=_told(series))
        record(acting_user=acting_user, acts=[act])
    return series


def _fill(series: MeetingSeries, fields: SeriesFields, acting_user: Any) -> None:
    series.name = needed(fields.name, "会议名称", 120)
    series.place, series.chair = optional(fields.place, "地点", 120), optional(fields.chair, "主持人", 60)
    series.kind, series.cadence, series.shift = fields.kind, fields.cadence, fields.shift
    series.month, series.day, series.time = fields.month, fields.day, fields.time
    series.ahead_days, series.is_active = fields.ahead_days, fields.is_active
    if series.cadence not in schedule.MONTHS:
        series.month = 1
    if why := schedule.problem_of(series):
        raise ValidationError(why)
    if not 1 <= series.ahead_days <= MOST_AHEAD:
        raise ValidationError(f"提前排会的天数应在1至{MOST_AHEAD}之间。")
    _require_plans(acting_user, fields.plans)
    series.save()
    series.plans.set(fields.plans)
    series.units.set(fields.units)


def _require_plans(acting_user: Any, plans: Iterable[Plan]) -> None:
    wanted = {plan.pk for plan in plans}
    if wanted and acting_user is not None:
        seen = set(choosable_plans(acting_user).filter(pk__in=wanted).values_list("pk", flat=True))
        require(wanted <= seen, "有您看不到的方案，不能列入。")


def _told(series: MeetingSeries) -> dict[str, Any]:
    return {
        "名称": series.name,
        "周期": schedule.in_words(series),
        "时间": f"{series.time:%H:%M}",
        "参会单位": series.units.count(),
        "启用": series.is_active,
    }


def convene_meetings(*, now: dt.datetime | None = None) -> list[Meeting]:
    """Plan the next meeting of each series when its day is near, with an agenda; safe to repeat and to run twice."""
    at = moment(now)
    today = timezone.localtime(at).date()
    planned = []
    for series in MeetingSeries.objects.filter(is_active=True).order_by("pk"):
        period, day = next(schedule.coming(series, today))
        if day - dt.timedelta(days=series.ahead_days) > today:
            continue
        meeting = _convene(series.pk, period, day, at)
        if meeting is not None:
            write_agenda(acting_user=None, meeting_id=meeting.pk, now=now)
            planned.append(meeting)
    return planned


def _convene(series_id: int, period: Period, day: dt.date, at: dt.datetime) -> Meeting | None:
    with transaction.atomic():
        # The series' row makes two ticks take turns; whoever comes second finds the meeting there.
        series = MeetingSeries.objects.select_for_update().filter(pk=series_id).order_by("pk").first()
        if series is None or Meeting.objects.filter(series=series, period=str(period)).exists():
            return None
        meeting = Meeting.objects.create(
            series=series,
            owner_id=series.owner_id,
            kind=series.kind,
            title=f"{series.name}（{period.label}）",
            period=str(period),
            held_at=dt.datetime.combine(day, series.time, tzinfo=SHANGHAI),
            place=series.place,
            chair=series.chair,
        )
        meeting.plans.set(series.plans.all())
        _call(meeting, series.units.filter(existing(day)))
        tell_planned(meeting, now=at)
        record(acting_user=None, acts=[Act(action="排会", target=meeting, after={"时间": meeting.held_at})])
    return meeting


def _call(meeting: Meeting, units: Iterable[Unit]) -> None:
    Attendance.objects.bulk_create(Attendance(meeting=meeting, unit=unit) for unit in units)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFields:
    """What a meeting says of itself before it sits."""

    title: str
    held_at: dt.datetime
    kind: str = MeetingKind.DISPATCH
    place: str = ""
    chair: str = ""
    plans: tuple[Plan, ...] = ()
    units: tuple[Unit, ...] = ()


def create_meeting(*, acting_user: Any, owner: Unit, fields: MeetingFields, now: dt.datetime | None = None) -> Meeting:
    """Plan a meeting by hand, of no series (适时召开); its agenda is drawn at once."""
    require(may_convene(acting_user, owner), NOT_YOURS)
    with transaction.atomic():
        meeting = Meeting(owner=owner, created_by=acting_user)
        _set(meeting, fields, acting_user)
        record(acting_user=acting_user, acts=[Act(action="排会", target=meeting, after={"时间": meeting.held_at})])
    write_agenda(acting_user=acting_user, meeting_id=meeting.pk, now=now)
    return meeting


def edit_meeting(
    *,
    acting_user: Any,
    meeting_id: int,
    fields: MeetingFields,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Meeting:
    """Change when, where and with whom, before it sits; once the agenda is fixed the units called are told."""
    at = moment(now)
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.EDIT)
        require_seen(meeting, revision)
        before = {"时间": meeting.held_at, "地点": meeting.place}
        meeting.revision += 1
        _set(meeting, fields, acting_user)
        if meeting.state == MeetingState.READY:
            when = f"{moment_in_words(meeting.held_at)}{f'，{meeting.place}' if meeting.place else ''}"
            key = f"changed:{meeting.revision}"
            tell_called(meeting, fields.units, f"{meeting.title}：会议安排调整", f"{when}召开。", key, now=at)
        after = {"时间": meeting.held_at, "地点": meeting.place, "参会单位": len(fields.units)}
        record(acting_user=acting_user, acts=[Act(action="改会议安排", target=meeting, before=before, after=after)])
    return meeting


def _set(meeting: Meeting, fields: MeetingFields, acting_user: Any) -> None:
    meeting.title = needed(fields.title, "会议名称", 160)
    meeting.place, meeting.chair = optional(fields.place, "地点", 120), optional(fields.chair, "主持人", 60)
    meeting.kind, meeting.held_at = fields.kind, fields.held_at
    if not meeting.period:
        meeting.period = str(Period.containing(timezone.localtime(fields.held_at).date(), Cadence.MONTHLY))
    _require_plans(acting_user, fields.plans)
    meeting.save()
    meeting.plans.set(fields.plans)
    wanted = {unit.pk: unit for unit in fields.units}
    known = set(meeting.attendance.values_list("unit_id", flat=True))
    meeting.attendance.exclude(unit__in=wanted).delete()
    _call(meeting, (unit for pk, unit in wanted.items() if pk not in known))


def hold_meeting(*, acting_user: Any, meeting_id: int, now: dt.datetime | None = None) -> Meeting:
    """The meeting sits: decisions can be recorded; the problems on its agenda are in hand."""
    with transaction.atomic():
        meeting, state = arranging(acting_user, meeting_id, MeetingAct.HOLD)
        meeting.state = state
        meeting.revision += 1
        meeting.save(update_fields=("state", "revision"))
        shown = Problem.objects.filter(agenda_items__meeting=meeting, agenda_items__removed_for="").distinct()
        acts = taken_up(list(shown))
        after = {"状态": meeting.get_state_display(), "开会": moment(now)}
        record(acting_user=acting_user, acts=[Act(action="开会", target=meeting, after=after), *acts])
    return meeting


@dataclass(frozen=True, slots=True)
class Came:
    """Whether a unit came (``None``: not said), who came for it, and what is to be said of it."""

    attended: bool | None = None
    persons: str = ""
    note: str = ""


def record_attendance(*, acting_user: Any, meeting_id: int, rows: Mapping[int, Came]) -> Meeting:
    """Write down who came, by unit; others stay as they are. Typing is no act: it makes no journal entry."""
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.RECORD)
        for row in meeting.attendance.filter(unit__in=rows):
            came = rows[row.unit_id]
            row.attended = came.attended
            row.persons = optional(came.persons, "参会人", 120)
            row.note = optional(came.note, "说明", 120)
            row.save(update_fields=("attended", "persons", "note"))
    return meeting


def stamp_of(minutes: str) -> str:
    """What tells one state of the minutes from another: shorter than the text."""
    return hashlib.sha256(minutes.encode()).hexdigest()[:16]


def save_minutes(*, acting_user: Any, meeting_id: int, text: str, seen: str | None = None) -> Meeting:
    """Keep the minutes as they are being written. ``seen`` is the ``stamp_of`` the text they were typed upon.

    Raises ``Overlap`` where somebody stored another text meanwhile. Typing is no act: it makes no journal entry.
    """
    text = optional(text, "纪要", MINUTES)
    with transaction.atomic():
        meeting, _ = arranging(acting_user, meeting_id, MeetingAct.RECORD)
        if seen is not None and seen != stamp_of(meeting.minutes) and text != meeting.minutes:
            raise Overlap("纪要", meeting.minutes)
        meeting.minutes = text
        meeting.save(update_fields=("minutes",))
    return meeting


def close_meeting(*, acting_user: Any, meeting_id: int, minutes: str, now: dt.datetime | None = None) -> Meeting:
    """Issue the minutes: the decisions take effect, their units and all units called are told.

    Raises ``Unfinished`` where a decision lacks its words, unit or day.
    """
    at = moment(now)
    minutes = needed(minutes, "纪要", MINUTES)
    with transaction.atomic():
        meeting, state = arranging(acting_user, meeting_id, MeetingAct.CLOSE)
        drafts = list(
            Decision.objects.filter(meeting=meeting, state=DecisionState.DRAFT)
            .select_related("unit", "meeting")
            .prefetch_related("supporting")
            .order_by("ordinal", "pk")
        )
        _require_whole(drafts)
        for number, decision in enumerate(drafts, 1):
            decision.ordinal = number
            decision.state = DECISIONS.next(decision.state, DecisionAction.DECIDE)
            decision.revision += 1
        Decision.objects.bulk_update(drafts, ("ordinal", "state", "revision"))
        DecisionStep.objects.bulk_create(
            DecisionStep(
                decision=one, action=DecisionAction.DECIDE, text=one.text, due_on=one.due_on, by=acting_user, at=at
            )
            for one in drafts
        )
        meeting.state, meeting.minutes, meeting.closed_at = state, minutes, at
        meeting.revision += 1
        meeting.save(update_fields=("state", "minutes", "closed_at", "revision"))
        units = [row.unit for row in meeting.attendance.select_related("unit")]
        tell_decided(drafts, now=at)
        told = f"共{len(drafts)}条议定事项。" if drafts else "没有议定事项。"
        tell_called(meeting, units, f"{meeting.title}：纪要已印发", told, "closed", now=at)
        acts = [Act(action="议定", target=one, after=_decided(one)) for one in drafts]
        after = {"状态": meeting.get_state_display(), "议定事项": len(drafts), "纪要": stamp_of(minutes)}
        record(acting_user=acting_user, acts=[*acts, Act(action="印发纪要", target=meeting, after=after)])
    return meeting


def _decided(decision: Decision) -> dict[str, Any]:
    return {"事项": decision.text, "承办": str(decision.unit), "期限": decision.due_on and decision.due_on.isoformat()}


def _require_whole(drafts: list[Decision]) -> None:
    wrong = []
    for number, decision in enumerate(drafts, 1):
        lacks = [
            name
            for name, there in (
                ("内容", decision.text.strip()),
                ("承办单位", decision.unit_id),
                ("期限", decision.due_on),
            )
            if not there
        ]
        if lacks:
            wrong.append(f"第{number}条缺{'、'.join(lacks)}")
    if wrong:
        raise Unfinished(wrong)


def cancel_meeting(*, acting_user: Any, meeting_id: int, reason: str, now: dt.datetime | None = None) -> Meeting:
    """Call a meeting off, with a reason; the units that know of it are told. Its period is not planned again."""
    at = moment(now)
    reason = needed(reason, "取消的理由", REASON)
    with transaction.atomic():
        meeting, state = arranging(acting_user, meeting_id, MeetingAct.CANCEL)
        known = meeting.state == MeetingState.READY
        meeting.state = state
        meeting.revision += 1
        meeting.save(update_fields=("state", "revision"))
        if known:
            units = [row.unit for row in meeting.attendance.select_related("unit")]
            tell_called(meeting, units, f"{meeting.title}已取消", reason, "cancelled", now=at)
        after = {"状态": meeting.get_state_display(), "理由": reason}
        record(acting_user=acting_user, acts=[Act(action="取消会议", target=meeting, after=after)])
    return meeting


def refresh_agendas(*, now: dt.datetime | None = None) -> int:
    """Draw the agendas of meetings being planned anew, once a day each; how many."""
    at = moment(now)
    today = dt.datetime.combine(timezone.localtime(at).date(), dt.time.min, tzinfo=SHANGHAI)
    stale = Meeting.objects.filter(state=MeetingState.PLANNED, held_at__gte=today).exclude(drawn_at__gte=today)
    numbers = list(stale.order_by("held_at", "pk").values_list("pk", flat=True))
    for number in numbers:
        write_agenda(acting_user=None, meeting_id=number, now=now)
    return len(numbers)
