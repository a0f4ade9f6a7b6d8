"""Supervision in the small prefecture: an order in every state, a proposal, an interview, a ladder, a duty."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from luoshi.apps.plans.models import Plan
from luoshi.apps.supervision.models import (
    Accountability,
    ChosenLadder,
    Clock,
    Duty,
    DutyEntry,
    DutyHolder,
    Extension,
    Interview,
    Ladder,
    Order,
    OrderEvidence,
    OrderStage,
    OrderStep,
    Proposal,
)
from luoshi.apps.supervision.shipping import install_shipped

if TYPE_CHECKING:
    from tests.site.world import World

#: Name in the table → the state of its order.
ORDERS = {
    "order_draft": "draft",
    "order_assigned": "assigned",
    "order": "in-work",
    "order_extension": "in-work",
    "order_answered": "answered",
    "order_closed": "closed",
}


def build_supervision(world: World) -> None:
    """Store it: the prefecture supervises the county; its own people and the office know of the interview."""
    install_shipped()
    now = timezone.now()
    coordinator, reporter = world.users["coordinator"], world.users["reporter"]
    root, county = world.units["root"], world.units["county"]
    plan = Plan.objects.get(pk=world.ids["plan"])
    due = now + dt.timedelta(days=9)
    for serial, (name, state) in enumerate(ORDERS.items(), 1):
        order = Order.objects.create(
            owner=root,
            unit=county,
            plan=plan,
            title=f"督办{serial}",
            text="请办理。",
            origin="hand",
            state=state,
            year=None if state == "draft" else 2026,
            serial=None if state == "draft" else serial,
            due_at=due,
            assigned_at=None if state == "draft" else now,
            closed_at=now if state == "closed" else None,
            created_by=coordinator,
        )
        world.ids[name] = order.pk
        if state == "draft":
            continue
        stage = OrderStage.objects.create(order=order, ordinal=1, title="办理结果", first_due_at=due, due_at=due)
        step = OrderStep.objects.create(
            order=order, action="report", from_state=state, to_state=state, text="进展", by=reporter, at=now
        )
        if name == "order_extension":
            Extension.objects.create(
                stage=stage, until=due.date() + dt.timedelta(days=5), reason="雨季", asked_by=reporter, asked_at=now
            )
        if name == "order":
            evidence = OrderEvidence.objects.create(
                step=step,
                file=ContentFile(b"%PDF-", name="a.pdf"),
                name="a.pdf",
                size=5,
                sha256="3" * 64,
                uploaded_by=reporter,
            )
            world.ids["order_evidence"] = evidence.pk
    own = Ladder.objects.create(
        key="own", name="从严", owner=root, steps=[{"trigger": "light-red", "count": 1, "rung": "interview"}]
    )
    general = Ladder.objects.get(key="general")
    ChosenLadder.objects.create(plan=plan, ladder=general, triggers=["order-overdue"], since=dt.date(2026, 1, 1))
    ChosenLadder.objects.create(office=root, ladder=general, triggers=["order-overdue"], since=dt.date(2026, 1, 1))
    clock = Clock.objects.create(
        key="own-clock", name="两步", owner=root, stages=[{"title": "结果", "days": 9}], accept_days=1
    )
    proposal = Proposal.objects.create(
        plan=plan,
        ladder=general,
        unit=county,
        trigger="order-overdue",
        count=1,
        rung="reminder",
        sentence="督办逾期。",
        event="order:1:1",
        order_id=world.ids["order"],
        proposed_at=now,
    )
    common = {
        "owner": root,
        "unit": county,
        "subject": "滞后",
        "persons": "县长",
        "interviewers": "副州长",
        "held_at": now,
    }
    interview = Interview.objects.create(**common, plan=plan)
    held = Interview.objects.create(**common, state="held")
    Accountability.objects.create(
        owner=root, unit=county, form="通报", basis="滞后", decided_by="州政府", decided_on=now.date()
    )
    duty = Duty.objects.create(key="yixian", name="一线", owner=root, cadence="monthly", count=3)
    holder = DutyHolder.objects.create(duty=duty, unit=county, name="何敏", first_day=dt.date(2026, 1, 1))
    entry = DutyEntry.objects.create(
        holder=holder,
        day=now.date(),
        text="到工地",
        file=ContentFile(b"%PDF-", name="b.pdf"),
        file_name="b.pdf",
        entered_by=reporter,
    )
    world.ids |= {
        "ladder": own.pk,
        "clock": clock.pk,
        "proposal": proposal.pk,
        "interview": interview.pk,
        "interview_held": held.pk,
        "duty": duty.pk,
        "holder": holder.pk,
        "entry": entry.pk,
    }
