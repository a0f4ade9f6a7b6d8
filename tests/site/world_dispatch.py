"""Dispatch in the small prefecture: a rule and its warnings, a problem, meetings in every state, decisions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from luoshi.apps.dispatch.models import (
    AgendaItem,
    Attendance,
    Decision,
    EarlyWarning,
    Meeting,
    MeetingSeries,
    Problem,
    WarningRule,
)
from luoshi.apps.plans.models import Plan

if TYPE_CHECKING:
    from tests.site.world import World


def build_dispatch(world: World) -> None:
    """Store it: the prefecture warns the county and calls it to meetings; the county asks another department."""
    now = timezone.now()
    root, county, other = world.units["root"], world.units["county"], world.units["other"]
    plan = Plan.objects.get(pk=world.ids["plan"])
    rule = WarningRule.objects.create(owner=root, plan=plan, name="连续2期亮红灯", kind="red-again", parameters={})
    common = {"rule": rule, "unit": county, "plan": plan, "target_id": world.ids["plan_target"], "raised_at": now}
    due = now + dt.timedelta(days=5)
    warning = EarlyWarning.objects.create(
        **common, subject="target:1", period="2026-02", sentence="青石县连续2期亮红灯。", due_at=due
    )
    answered = EarlyWarning.objects.create(
        **common,
        subject="target:2",
        period="2026-02",
        sentence="青石县连续2期亮红灯。",
        due_at=due,
        state="answered",
        answered_at=now,
    )
    problem = Problem.objects.create(unit=county, plan=plan, text="缺人。", asked=other, raised_at=now)
    settled = Problem.objects.create(
        unit=county, plan=plan, text="缺钱。", raised_at=now, state="settled", outcome="已拨付。", settled_at=now
    )
    series = MeetingSeries.objects.create(owner=root, name="月度调度会", time=dt.time(9))
    meetings = {}
    for state in ("planned", "ready", "held", "closed"):
        meeting = Meeting.objects.create(owner=root, title=f"{state}调度会", period="2026-02", held_at=now)
        meeting.plans.add(plan)
        Attendance.objects.create(meeting=meeting, unit=county)
        item = AgendaItem.objects.create(meeting=meeting, ordinal=1, kind="topic", title="一项", key=f"x:{state}")
        AgendaItem.objects.create(meeting=meeting, ordinal=2, kind="topic", title="两项")
        meetings[state] = (meeting, item)
    draft = Decision.objects.create(meeting=meetings["held"][0], ordinal=1, text="先记着。", state="draft")
    in_force = {"meeting": meetings["closed"][0], "unit": county, "due_on": timezone.localdate()}
    decision = Decision.objects.create(**in_force, ordinal=1, text="补齐。")
    reported = Decision.objects.create(**in_force, ordinal=2, text="报账。", state="reported")
    for state, (meeting, _) in meetings.items():
        if state != "planned":
            Meeting.objects.filter(pk=meeting.pk).update(frozen_at=now, digest="0" * 64)
            Meeting.objects.filter(pk=meeting.pk).update(state=state)
    world.ids |= {
        "rule": rule.pk,
        "warning": warning.pk,
        "warning_answered": answered.pk,
        "problem": problem.pk,
        "problem_settled": settled.pk,
        "series": series.pk,
        **{f"meeting_{state}": meeting.pk for state, (meeting, _) in meetings.items()},
        "agenda_item": meetings["planned"][1].pk,
        "decision": decision.pk,
        "decision_reported": reported.pk,
        "decision_draft": draft.pk,
    }
