"""What moves units up a ladder: the events of a year, found in what is stored, in the order in which they happened.

Nothing is remembered beside the facts: an event is counted whether or not anything was proposed for it. At most eight
queries and those of the standings, however many plans, units and events.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from luoshi import progress
from luoshi.apps.dispatch.models import EarlyWarning, WarningState
from luoshi.apps.plans.models import Target
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.queries.timeliness import Mark, known_at
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.supervision.models import (
    ChosenLadder,
    Interview,
    InterviewState,
    OrderAction,
    OrderStage,
    OrderState,
    OrderStep,
    Scope,
    Trigger,
)
from luoshi.apps.supervision.states import ENDED, WITH_UNIT
from luoshi.apps.targets.queries.standings import standings, worst_first
from luoshi.periods import Period, end_of_day, local_date

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a unit under a plan, or in an office's own matters. ``key`` names it for good;
    ``stands`` if it still is so."""

    scope: Scope
    unit_id: int
    trigger: Trigger
    key: str
    at: dt.datetime
    reason: str
    stands: bool = True
    order_id: int | None = None
    warning_id: int | None = None
    answer_id: int | None = None
    snapshot: dict[str, Any] = field(default_factory=dict, hash=False)


def events(ladders: Sequence[ChosenLadder], now: dt.datetime, *, lights: Collection[int] = ()) -> list[Event]:
    """The year's events of all plans and offices with a ladder, from each ladder's first day on, the earliest first.

    The lights are read for the plans whose numbers stand in ``lights`` only.
    """
    if not ladders:
        return []
    since = {row.scope: row.since for row in ladders}
    wanted = {row.scope: set(row.triggers) for row in ladders}
    scopes = list(since)
    found = [
        *_returns(scopes, now),
        *_orders(scopes, now),
        *_rectifications(scopes, now),
        *_interviews(scopes, now),
        *_warnings(scopes, now),
        *(_lights(sorted(lights), now) if lights else ()),
    ]
    year = local_date(now).year
    mine = [
        event
        for event in found
        if event.trigger in wanted[event.scope]
        and local_date(event.at).year == year
        and local_date(event.at) >= since[event.scope]
    ]
    return sorted(mine, key=lambda event: (event.at, event.key))


def _within(scopes: Iterable[Scope], prefix: str = "", owner: str = "owner") -> Q:
    """What belongs to one of the plans, or to no plan and to one of the offices."""
    plans = [scope.plan_id for scope in scopes if scope.plan_id is not None]
    offices = [scope.office_id for scope in scopes if scope.office_id is not None]
    return Q(**{f"{prefix}plan__in": plans}) | Q(**{f"{prefix}plan": None, f"{prefix}{owner}__in": offices})


def _scope(plan: int | None, owner: int) -> Scope:
    return Scope(plan, None) if plan is not None else Scope(None, owner)


def _first_moment(now: dt.datetime) -> dt.datetime:
    return end_of_day(dt.date(local_date(now).year - 1, 12, 31))


def _returns(scopes: list[Scope], now: dt.datetime) -> Iterable[Event]:
    rows = Return.objects.filter(_within(scopes, "round__form__"), round__due_at__gt=_first_moment(now))
    rows = known_at(rows.filter(round__due_at__lt=now), now, now=now).filter(mark__in=(Mark.MISSING, Mark.LATE))
    form = ("round__form__plan_id", "round__form__owner_id")
    columns = ("pk", "unit_id", *form, "round__form__title", "round__period", "round__due_at")
    for pk, unit, plan, owner, title, period, due, mark, came in rows.order_by().values_list(*columns, "mark", "came"):
        what = f"《{title}》{Period.parse(period).label}"
        key, scope = f"return:{pk}", _scope(plan, owner)
        missing = mark == Mark.MISSING
        until = f"{what}到{moment_in_words(due)}"
        # What came late was missing too when it was due: it counts, though nothing is to be proposed for it any more.
        yield Event(scope, unit, Trigger.NOT_REPORTED, key, due, f"{until}未报", missing, answer_id=pk)
        if not missing and came is not None:
            reason = f"{what}应于{moment_in_words(due)}前报，{moment_in_words(came)}才报"
            yield Event(scope, unit, Trigger.LATE_AGAIN, key, came, reason, answer_id=pk)


def _orders(scopes: list[Scope], now: dt.datetime) -> Iterable[Event]:
    late = Q(answered_at__gt=F("due_at"))
    waits = Q(answered_at=None, due_at__lt=now, order__state__in=WITH_UNIT, ordinal=F("order__stage"))
    rows = (
        OrderStage.objects.filter(late | waits, _within(scopes, "order__"), order__parent=None)
        .exclude(order__state__in=(OrderState.DRAFT, OrderState.WITHDRAWN))
        .filter(due_at__gt=_first_moment(now))
        .select_related("order")
    )
    for stage in rows.order_by():
        order = stage.order
        reason = f"{order.number}“{order.title}”到{moment_in_words(stage.due_at)}没有报结"
        key = f"order:{order.pk}:{stage.ordinal}:{local_date(stage.due_at):%Y%m%d}"
        stands = stage.answered_at is None
        scope = _scope(order.plan_id, order.owner_id)
        yield Event(scope, order.unit_id, Trigger.ORDER_OVERDUE, key, stage.due_at, reason, stands, order_id=order.pk)


def _rectifications(scopes: list[Scope], now: dt.datetime) -> Iterable[Event]:
    later = OrderStage.objects.filter(order=OuterRef("order"), ordinal__gt=OuterRef("stage"))
    rows = OrderStep.objects.filter(
        ~Exists(later),
        _within(scopes, "order__"),
        action=OrderAction.SEND_BACK,
        order__parent=None,
        at__gt=_first_moment(now),
        at__lte=now,
    ).select_related("order")
    for step in rows.order_by():
        order = step.order
        reason = f"{order.number}“{order.title}”整改后经审核退回：{step.text[:80]}"
        yield Event(
            _scope(order.plan_id, order.owner_id),
            order.unit_id,
            Trigger.RECTIFICATION_FAILED,
            f"order:{order.pk}:back:{step.pk}",
            step.at,
            reason,
            order.state not in ENDED,
            order_id=order.pk,
        )


def _interviews(scopes: list[Scope], now: dt.datetime) -> Iterable[Event]:
    rows = Interview.objects.filter(_within(scopes), state=InterviewState.HELD, rectify_by__lt=local_date(now))
    for row in rows.order_by():
        assert row.rectify_by is not None
        reason = f"约谈后限{row.rectify_by:%Y-%m-%d}前整改，没有整改到位"
        yield Event(
            _scope(row.plan_id, row.owner_id),
            row.unit_id,
            Trigger.RECTIFICATION_FAILED,
            f"interview:{row.pk}",
            end_of_day(row.rectify_by),
            reason,
        )


def _warnings(scopes: list[Scope], now: dt.datetime) -> Iterable[Event]:
    late = Q(answered_at__gt=F("due_at")) | Q(answered_at=None, state=WarningState.OPEN, due_at__lt=now)
    mine = _within(scopes, owner="rule__owner")
    rows = EarlyWarning.objects.filter(late, mine, due_at__gt=_first_moment(now)).select_related("rule")
    for row in rows.order_by():
        reason = f"预警到{moment_in_words(row.due_at)}没有应策：{row.sentence[:120]}"
        yield Event(
            _scope(row.plan_id, row.rule.owner_id),
            row.unit_id,
            Trigger.WARNING_UNANSWERED,
            f"warning:{row.pk}",
            row.due_at,
            reason,
            row.answered_at is None,
            warning_id=row.pk,
        )


def _lights(plans: list[int], now: dt.datetime) -> Iterable[Event]:
    """One event for each unit and period in which any of its targets under the plan was red."""
    year = local_date(now).year
    found = standings(Target.objects.filter(plan__in=plans, retired_in=None), as_of=now, history=True)
    red: dict[tuple[int, int, Period], list[int]] = {}
    latest: dict[tuple[int, int], Period] = {}
    for target_id, measured in found.measured.items():
        if measured.year != year:
            continue
        plan = measured.target.plan_id
        for unit_id in measured.carriers:
            if unit_id == measured.owner_id:
                continue
            for period, light in found.lights(target_id, unit_id).items():
                last = latest.get((plan, unit_id))
                if light is not None and (last is None or period.last_day > last.last_day):
                    latest[plan, unit_id] = period
                if light is progress.Light.RED:
                    red.setdefault((plan, unit_id, period), []).append(target_id)
    for (plan, unit_id, period), targets in red.items():
        rows = [one for target in targets if (one := found.get(target, unit_id, period)) is not None]
        rows.sort(key=worst_first)
        said = "；".join(f"{one.target.indicator}{one.reason.rstrip('。')}" for one in rows[:SHOWN])
        more = f"等{len(rows)}项" if len(rows) > SHOWN else ""
        yield Event(
            Scope(plan, None),
            unit_id,
            Trigger.LIGHT_RED,
            f"light:{period}",
            min(end_of_day(period.last_day), now),
            f"亮红灯：{said}{more}",
            period.last_day >= latest[plan, unit_id].last_day,
            snapshot={"period": str(period), "targets": targets},
        )
