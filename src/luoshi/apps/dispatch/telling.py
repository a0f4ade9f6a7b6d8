"""What people are told about warnings, problems, meetings and decisions; inside the transaction of the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.urls import reverse

from luoshi.apps.dispatch.models import Decision, EarlyWarning, Meeting, Problem
from luoshi.apps.dispatch.policies import CONVENERS, OWN_PEOPLE
from luoshi.apps.notices.actions import Message, notify, notify_each, settle
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.reporting.telling import moment_in_words

WARNED, ANSWERED, SENT_BACK, PUSHED, CLOSED, OVERDUE = (
    "dispatch-warned",
    "dispatch-answered",
    "dispatch-sent-back",
    "dispatch-pushed",
    "dispatch-warning-closed",
    "dispatch-overdue",
)
PROBLEM, MEETING, DECISION, DECISION_BACK, REPORTED, DUE = (
    "dispatch-problem",
    "dispatch-meeting",
    "dispatch-decision",
    "dispatch-decision-back",
    "dispatch-reported",
    "dispatch-due",
)
LABELS = {
    WARNED: "预警",
    ANSWERED: "已应策",
    SENT_BACK: "应策退回",
    PUSHED: "推动",
    CLOSED: "销警",
    OVERDUE: "逾期未应策",
    PROBLEM: "需协同事项",
    MEETING: "会议",
    DECISION: "议定事项",
    DECISION_BACK: "议定事项退回",
    REPORTED: "待办结",
    DUE: "议定事项到期",
}


def warning_url(warning: EarlyWarning) -> str:
    """Where the warning stands."""
    return reverse("dispatch:warning", args=[warning.pk])


def _to_answer(warning: EarlyWarning) -> str:
    return f"warning:{warning.pk}:answer:"


def tell_warned(warnings: Sequence[EarlyWarning], *, now: dt.datetime) -> int:
    """Tell the units that they are warned, and by when they must say what they do: one query for all."""
    holders = nearest_holders((warning.unit for warning in warnings), *OWN_PEOPLE)
    return notify_each(
        (
            Message(
                recipient=user,
                key=f"{_to_answer(warning)}0",
                kind=WARNED,
                title=f"{warning.unit}：{warning.rule.name}，请应策",
                text=f"{warning.sentence}请于{moment_in_words(warning.due_at)}前报应策措施。",
                url=warning_url(warning),
            )
            for warning in warnings
            for user in holders[warning.unit_id]
        ),
        now=now,
    )


def settle_warned(warning: EarlyWarning, *, now: dt.datetime) -> None:
    """The unit need not answer any more."""
    settle(prefix=_to_answer(warning), now=now)


def tell_owner(warning: EarlyWarning, kind: str, key: str, title: str, text: str, *, now: dt.datetime) -> int:
    """Tell those who keep the rule."""
    owner = warning.rule.owner
    people = nearest_holders([owner], Role.COORDINATOR, Role.LEAD)[owner.pk]
    return notify(people=people, kind=kind, key=key, title=title, text=text, url=warning_url(warning), now=now)


def tell_unit(warning: EarlyWarning, kind: str, key: str, title: str, text: str, *, now: dt.datetime) -> int:
    """Tell the unit's own people."""
    people = nearest_holders([warning.unit], *OWN_PEOPLE)[warning.unit_id]
    return notify(people=people, kind=kind, key=key, title=title, text=text, url=warning_url(warning), now=now)


def answer_key(warning: EarlyWarning, step: int) -> str:
    """The key of a message by which a unit is asked to answer."""
    return f"{_to_answer(warning)}{step}"


def tell_problem(problem: Problem, *, now: dt.datetime) -> int:
    """Tell the unit asked for help, and who oversees the plan."""
    units = [problem.asked] if problem.asked else []
    if problem.plan is not None:
        units.append(problem.plan.owner)
    title = f"{problem.unit}提出需协同事项"
    told = nearest_holders(units, *OWN_PEOPLE)
    people = {user.pk: user for unit in units for user in told[unit.pk]}
    url = reverse("dispatch:problem", args=[problem.pk])
    key = f"problem:{problem.pk}:{problem.revision}"
    return notify(people=people.values(), kind=PROBLEM, key=key, title=title, text=problem.text[:300], url=url, now=now)


def tell_problem_outcome(problem: Problem, title: str, text: str, *, now: dt.datetime) -> int:
    """Tell the unit that raised it (and the one asked) what became of it."""
    units = [problem.unit, *([problem.asked] if problem.asked else [])]
    told = nearest_holders(units, *OWN_PEOPLE)
    people = {user.pk: user for unit in units for user in told[unit.pk]}
    url = reverse("dispatch:problem", args=[problem.pk])
    key = f"problem:{problem.pk}:{problem.revision}"
    return notify(people=people.values(), kind=PROBLEM, key=key, title=title, text=text, url=url, now=now)


def meeting_url(meeting: Meeting) -> str:
    """Where the meeting stands."""
    return reverse("dispatch:meeting", args=[meeting.pk])


def tell_called(meeting: Meeting, units: Iterable[Unit], title: str, text: str, key: str, *, now: dt.datetime) -> int:
    """Tell the units called to a meeting: one message a person."""
    units = list(units)
    holders = nearest_holders(units, *OWN_PEOPLE, Role.LEADER)
    people = {user.pk: user for unit in units for user in holders[unit.pk]}
    return notify(
        people=people.values(),
        kind=MEETING,
        key=f"meeting:{meeting.pk}:{key}",
        title=title,
        text=text,
        url=meeting_url(meeting),
        now=now,
    )


def tell_planned(meeting: Meeting, *, now: dt.datetime) -> int:
    """Tell those who run the owner's meetings that one was planned and its agenda written."""
    people = nearest_holders([meeting.owner], Role.COORDINATOR, Role.LEAD)[meeting.owner_id]
    return notify(
        people=people,
        kind=MEETING,
        key=f"meeting:{meeting.pk}:planned",
        title=f"{meeting.title}待定议程",
        text=f"{moment_in_words(meeting.held_at)}召开，议程已按最新数据生成，请核对后确定。",
        url=meeting_url(meeting),
        now=now,
    )


def decision_url(decision: Decision) -> str:
    """Where the decision stands."""
    return reverse("dispatch:decision", args=[decision.pk])


def _work_key(decision: Decision) -> str:
    return f"decision:{decision.pk}:work:"


def tell_decided(decisions: Sequence[Decision], *, now: dt.datetime) -> int:
    """Tell the units what they have to do by when: those that do it and those that support; one query for all."""
    units = {unit.pk: unit for one in decisions for unit in _units(one)}
    holders = nearest_holders(units.values(), *OWN_PEOPLE)
    messages = []
    for one in decisions:
        due = f"{one.due_on:%Y-%m-%d}" if one.due_on else ""
        people = {user.pk: user for unit in _units(one) for user in holders[unit.pk]}
        messages += [
            Message(
                recipient=user,
                key=f"{_work_key(one)}0",
                kind=DECISION,
                title=f"{one.meeting.title}议定事项，{due}前办结",
                text=f"承办单位：{one.unit}。{one.text[:300]}",
                url=decision_url(one),
            )
            for user in people.values()
        ]
    return notify_each(messages, now=now)


def _units(decision: Decision) -> list[Unit]:
    return [*([decision.unit] if decision.unit else []), *decision.supporting.all()]


def tell_workers(decision: Decision, kind: str, title: str, text: str, step: int, *, now: dt.datetime) -> int:
    """Tell the units of a decision what the convening unit did about it."""
    units = _units(decision)
    holders = nearest_holders(units, *OWN_PEOPLE)
    people = {user.pk: user for unit in units for user in holders[unit.pk]}
    key = f"{_work_key(decision)}{step}"
    return notify(
        people=people.values(), kind=kind, key=key, title=title, text=text, url=decision_url(decision), now=now
    )


def settle_work(decision: Decision, *, now: dt.datetime) -> None:
    """Nobody need work on the decision any more."""
    settle(prefix=_work_key(decision), now=now)


def tell_reported(decision: Decision, text: str, step: int, *, now: dt.datetime) -> int:
    """Tell who ran the meeting that a unit reports a decision as done."""
    owner = decision.meeting.owner
    people = nearest_holders([owner], *CONVENERS)[owner.pk]
    title = f"{decision.unit}报完成：{decision.text[:60]}"
    key = f"decision:{decision.pk}:reported:{step}"
    url = decision_url(decision)
    return notify(people=people, kind=REPORTED, key=key, title=title, text=text[:300], url=url, now=now)


def settle_reported(decision: Decision, *, now: dt.datetime) -> None:
    """What was reported has been looked at."""
    settle(prefix=f"decision:{decision.pk}:reported:", now=now)
