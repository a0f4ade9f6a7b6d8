"""Ladders, events, proposals, interviews and accountability: Luoshi proposes, a person decides, nobody else hears."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from luoshi.apps.dispatch.models import EarlyWarning, WarningRule
from luoshi.apps.journal.actions import verify
from luoshi.apps.notices.models import Notice
from luoshi.apps.reporting.models import Form, FormVersion, Return, Round
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.errors import NotNow, Stale
from luoshi.apps.supervision.ladders import read_steps, rung_for, sterner, triggers_of, words_of
from luoshi.apps.supervision.models import Interview, Proposal, Rung, Trigger
from luoshi.apps.supervision.policies import (
    visible_accountabilities,
    visible_interviews,
    visible_proposals,
)
from luoshi.apps.supervision.shipping import install_shipped, shipped
from tests.apps.supervision.making import at, day


def laddered(world, key="general", triggers=None, since=None):
    ladder = world.ladder(key)
    return actions.set_plan_ladder(
        acting_user=world.office,
        plan=world.plan(),
        ladder=ladder,
        triggers=triggers or triggers_of(ladder.steps),
        since=since or day(1, month=1),
    )


def proposed(now=None):
    list(actions.propose_escalations(now=now or at(20), lights=False))
    return [(row.unit.key, row.trigger, row.count, row.rung) for row in Proposal.objects.order_by("pk")]


def a_return(world, unit, period="2026-08", submitted=None):
    """The unit's return of a form of the plan, due on 3 September (the month after its period)."""
    year, month = int(period[:4]), int(period[5:])
    form, _ = Form.objects.get_or_create(
        key="yuebao", defaults={"title": "项目月报", "owner": world.department, "plan": world.plan()}
    )
    version, _ = FormVersion.objects.get_or_create(
        form=form,
        ordinal=1,
        defaults={
            "definition": {"sections": []},
            "cadence": "monthly",
            "due_kind": "day-after",
            "due_day": 3,
            "first_day": dt.date(2026, 1, 1),
            "published_at": at(1, month=1),
        },
    )
    due = at(3, 23, month=month + 1, year=year)
    round_, _ = Round.objects.get_or_create(
        form=form,
        period=period,
        defaults={
            "version": version,
            "first_day": dt.date(year, month, 1),
            "last_day": dt.date(year, month, 28),
            "opened_at": at(1, month=month, year=year),
            "due_at": due,
            "late_until": due + dt.timedelta(days=10),
        },
    )
    state = "in-review" if submitted else "open"
    stage = "lead" if submitted else ""
    return Return.objects.create(round=round_, unit=unit, state=state, stage=stage, submitted_at=submitted)


# Ladders -----------------------------------------------------------------------------------------------------------

STEPS = st.dictionaries(
    st.tuples(st.sampled_from(Trigger.values), st.integers(1, 5)), st.sampled_from(Rung.values), min_size=1, max_size=12
)


@given(STEPS, st.sampled_from(Trigger.values), st.integers(1, 12))
def test_a_rung_is_that_of_the_greatest_count_reached(steps, trigger, count):
    rows = read_steps([{"trigger": t, "count": c, "rung": r} for (t, c), r in steps.items()])
    reached = [c for t, c in steps if t == trigger and c <= count]
    found = rung_for(rows, trigger, count)
    assert found == (Rung(steps[trigger, max(reached)]) if reached else None)
    assert rung_for(rows, trigger, 100) == rung_for(rows, trigger, 5), "beyond the last, the last"


@pytest.mark.parametrize(
    "raw",
    [
        [],
        None,
        ["x"],
        [{"trigger": "rumour", "count": 1, "rung": "reminder"}],
        [{"trigger": "light-red", "count": 0, "rung": "reminder"}],
        [{"trigger": "light-red", "count": True, "rung": "reminder"}],
        [{"trigger": "light-red", "count": 1, "rung": "dismissal"}],
        [{"trigger": "light-red", "count": 1, "rung": "reminder"}] * 2,
    ],
)
def test_what_is_no_ladder_is_refused(raw):
    with pytest.raises(ValidationError):
        read_steps(raw)


def test_the_ladders_that_ship_never_get_milder():
    for row in shipped("ladders"):
        steps = read_steps(row["steps"])
        assert steps == row["steps"], "in the order in which they are shown"
        for one, other in itertools.pairwise(steps):
            if one["trigger"] == other["trigger"] and row["key"] != "spending":
                assert not sterner(one["rung"], other["rung"])
    rectification = next(row for row in shipped("ladders") if row["key"] == "rectification")
    assert rung_for(rectification["steps"], Trigger.RECTIFICATION_FAILED, 1) is Rung.ACCOUNTABILITY
    assert ("再次迟报", "首次提醒，第2次起通报") in words_of(
        next(row for row in shipped("ladders") if row["key"] == "late-returns")["steps"]
    )


@pytest.mark.django_db
def test_what_ships_is_stored_once_and_stays_switched_off(world):
    ladder = world.ladder()
    ladder.is_active = False
    ladder.save()
    assert install_shipped() == 0
    assert not world.ladder().is_active


# Proposals ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_not_reported_late_and_late_again(world):
    laddered(world, "late-returns")
    a_return(world, world.county, "2026-06", submitted=at(5, month=7))
    a_return(world, world.county, "2026-07", submitted=at(6, month=8))
    a_return(world, world.other, "2026-07", submitted=at(2, month=8))
    a_return(world, world.other, "2026-08")
    assert proposed() == [
        # The county was missing twice too when it was due, but has reported since: only its lateness is proposed.
        ("qsx", "late-again", 2, "bulletin"),
        ("bsx", "not-reported", 1, "reminder"),
    ]
    found = Proposal.objects.get(unit=world.county)
    assert found.sentence == (
        "《项目月报》2026年7月应于8月3日 23:00前报，8月6日 09:00才报；再次迟报今年第2次，建议通报。"
    )
    assert proposed() == proposed(at(21)), "safe to repeat"
    assert Proposal.objects.count() == 2
    assert verify().ok


@pytest.mark.django_db
def test_nothing_before_the_first_day_and_of_other_years_counts(world):
    laddered(world, "late-returns", since=day(1, month=8))
    a_return(world, world.county, "2026-06", submitted=at(5, month=7))
    a_return(world, world.county, "2026-07", submitted=at(6, month=8))
    assert proposed() == [("qsx", "late-again", 1, "reminder")]


@pytest.mark.django_db
def test_only_the_triggers_that_apply(world):
    laddered(world, triggers=["order-overdue"])
    a_return(world, world.county)
    world.in_work(plan=world.plan())
    assert proposed(at(15)) == []
    assert proposed(at(16)) == [("qsx", "order-overdue", 1, "reminder")]
    actions.stop_plan_ladder(acting_user=world.office, plan=world.plan())
    assert len(proposed(at(30))) == 1


@pytest.mark.django_db
def test_an_extension_makes_another_event_of_it(world):
    laddered(world)
    order = world.in_work(plan=world.plan())
    assert proposed(at(16)) == [("qsx", "order-overdue", 1, "reminder")]
    found = actions.ask_extension(acting_user=world.worker, order_id=order.pk, until=day(18), reason="雨季", now=at(16))
    actions.extend(acting_user=world.office, extension_id=found.pk, now=at(16))
    assert len(proposed(at(17))) == 1, "in time again"
    # Overdue again, after what was granted: the same stage is one event, now with another due day.
    assert proposed(at(21))[-1] == ("qsx", "order-overdue", 1, "reminder")
    assert Proposal.objects.count() == 2


@pytest.mark.django_db
def test_two_strikes(world):
    """Appearance: rectify; who fails the check is held accountable (seed 000b L1119)."""
    laddered(world, "rectification")
    order = world.answered(plan=world.plan())
    actions.send_order_back(acting_user=world.office, order_id=order.pk, reason="仍不达标", now=at(8))
    assert proposed(at(9)) == [("qsx", "rectification-failed", 1, "accountability")]
    proposal = Proposal.objects.get()
    assert "整改后经审核退回：仍不达标" in proposal.sentence
    with pytest.raises(ValidationError, match="问责须另行登记"):
        actions.take_proposal(acting_user=world.office, proposal_id=proposal.pk, now=at(10))
    record = actions.record_accountability(
        acting_user=world.office,
        owner=world.root,
        unit=world.county,
        form="通报批评",
        basis="整改后仍不达标",
        decided_by="州委、州政府",
        decided_on=day(12),
        proposal_id=proposal.pk,
        now=at(12),
    )
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, record.proposal) == ("taken", world.office, proposal)
    # A plan's scheme that is sent back is no failed rectification: only the last stage is.
    from luoshi.apps.supervision.models import Clock

    second = world.in_work(plan=world.plan(), clock=Clock.objects.get(key="congress"))
    actions.answer_order(acting_user=world.worker, order_id=second.pk, text="方案", now=at(9))
    actions.send_order_back(acting_user=world.office, order_id=second.pk, reason="再改", now=at(10))
    assert len(proposed(at(11))) == 1


@pytest.mark.django_db
def test_an_unanswered_warning(world):
    laddered(world)
    rule = WarningRule.objects.create(owner=world.root, name="连续红灯", kind="red-again")
    common = {
        "rule": rule,
        "unit": world.county,
        "plan": world.plan(),
        "period": "2026-08",
        "sentence": "连续两月亮红灯",
    }
    EarlyWarning.objects.create(**common, subject="target:1", raised_at=at(1), due_at=at(8))
    EarlyWarning.objects.create(**common, subject="target:2", raised_at=at(1), due_at=at(30))
    assert proposed(at(9)) == [("qsx", "warning-unanswered", 1, "reminder")]
    assert Proposal.objects.get().warning is not None


@pytest.mark.django_db
def test_red_lights_are_counted_by_period(world):
    """One event for each month in which any target of the plan is red; the latest is proposed, once a day."""
    target = world.measured({world.county: {6: 2, 7: 12, 8: 3}, world.other: {6: 10, 7: 12, 8: 14}})
    laddered(world)
    list(actions.propose_escalations(now=at(20)))
    (found,) = Proposal.objects.all()
    assert (found.unit, found.trigger, found.event) == (world.county, "light-red", "light:2026-08")
    assert (found.count, found.rung) == (2, "bulletin"), "June and August were red, July was not"
    assert "亮红灯：开工项目" in found.sentence
    assert found.snapshot["targets"] == [target.pk]
    row = world.plan().ladder
    row.refresh_from_db()
    assert row.checked_at == at(20)
    list(actions.propose_escalations(now=at(20, 15)))
    row.refresh_from_db()
    assert row.checked_at == at(20), "the lights are looked at once a day"


@pytest.mark.django_db
def test_what_belongs_to_no_plan_goes_by_the_office_that_gave_it_out(world):
    """The prefecture's own orders and forms outside plans; not those of plans, not those of other offices."""
    ladder = world.ladder()
    with pytest.raises(ValidationError, match="至少选择一种"):  # lights belong to plans
        actions.set_office_ladder(
            acting_user=world.office, office=world.root, ladder=ladder, triggers=["light-red"], since=day(1, month=1)
        )
    with pytest.raises(PermissionDenied):
        actions.set_office_ladder(
            acting_user=world.chief, office=world.root, ladder=ladder, triggers=["order-overdue"], since=day(1, month=1)
        )
    for office, user in ((world.root, world.office), (world.county, world.chief)):
        actions.set_office_ladder(
            acting_user=user, office=office, ladder=ladder, triggers=triggers_of(ladder.steps), since=day(1, month=1)
        )
    order = world.in_work()
    world.in_work(plan=world.plan())
    (own,) = actions.issue_orders(
        acting_user=world.chief, owner=world.county, units=[world.township], wanted=world.wanted(), now=at(1)
    )
    a_return(world, world.other)
    Form.objects.update(plan=None, owner=world.root)
    assert sorted(proposed(at(16))) == [
        ("bsx", "not-reported", 1, "reminder"),
        ("qsx", "order-overdue", 1, "reminder"),
        ("qsx-hcz", "order-overdue", 1, "reminder"),
    ]
    found = {row.order_id: row for row in Proposal.objects.exclude(order=None)}
    assert found[order.pk].subject == "云岭州不属方案的事项"
    assert (found[order.pk].decider, found[own.pk].decider) == (world.root, world.county)
    assert not visible_proposals(world.chief).filter(pk=found[order.pk].pk).exists()
    assert visible_proposals(world.chief).get() == found[own.pk]
    told = Notice.objects.get(recipient=world.office, kind="supervision-proposed")
    assert told.title == "云岭州不属方案的事项有 2 条升级建议"
    assert len(proposed(at(17))) == 3, "safe to repeat"
    with pytest.raises(Http404):
        actions.take_proposal(acting_user=world.chief, proposal_id=found[order.pk].pk)
    actions.take_proposal(acting_user=world.office, proposal_id=found[order.pk].pk, now=at(17))
    reminded = Notice.objects.get(recipient=world.worker, kind="supervision-reminded")
    assert reminded.url == f"/orders/{order.pk}"
    actions.stop_office_ladder(acting_user=world.office, office=world.root)
    with pytest.raises(NotNow, match="本单位没有选定阶梯"):
        actions.stop_office_ladder(acting_user=world.office, office=world.root)
    assert verify().ok


@pytest.mark.django_db
def test_who_sees_and_decides_proposals(world):
    laddered(world)
    a_return(world, world.county)
    proposed()
    proposal = Proposal.objects.get()
    seen = {name: visible_proposals(getattr(world, name)).exists() for name in ("office", "leader", "worker", "chief")}
    assert seen == {"office": True, "leader": True, "worker": False, "chief": False}
    assert not Notice.objects.filter(recipient=world.worker).exists(), "the unit hears nothing before it is decided"
    assert Notice.objects.filter(recipient=world.office, kind="supervision-proposed").count() == 1
    with pytest.raises(PermissionDenied):
        actions.take_proposal(acting_user=world.leader, proposal_id=proposal.pk)
    with pytest.raises(Http404):
        actions.dismiss_proposal(acting_user=world.worker, proposal_id=proposal.pk, reason="否")
    with pytest.raises(ValidationError, match="不采取的理由"):
        actions.dismiss_proposal(acting_user=world.office, proposal_id=proposal.pk, reason=" ")
    with pytest.raises(Stale):
        actions.take_proposal(acting_user=world.office, proposal_id=proposal.pk, revision=7)
    with pytest.raises(ValidationError, match="改为通报须写明理由"):
        actions.take_proposal(acting_user=world.office, proposal_id=proposal.pk, rung="bulletin")
    actions.take_proposal(acting_user=world.office, proposal_id=proposal.pk, now=at(21))
    assert Notice.objects.filter(recipient=world.worker, kind="supervision-reminded").count() == 1
    with pytest.raises(NotNow, match="已由office同志决定：已采取"):
        actions.dismiss_proposal(acting_user=world.second_office, proposal_id=proposal.pk, reason="否")


@pytest.mark.django_db
def test_dismissed_with_a_reason_and_not_proposed_again(world):
    laddered(world)
    a_return(world, world.county)
    proposed()
    proposal = Proposal.objects.get()
    actions.dismiss_proposal(acting_user=world.office, proposal_id=proposal.pk, reason="系统故障", now=at(20))
    assert len(proposed(at(22))) == 1


# Interviews --------------------------------------------------------------------------------------------------------


def planned(world, **more):
    values = {
        "owner": world.root,
        "unit": world.county,
        "subject": "开工滞后",
        "persons": "青石县主要负责人",
        "interviewers": "州政府分管领导",
        "held_at": at(10),
        "now": at(8),
    }
    return actions.plan_interview(acting_user=world.office, **(values | more))


@pytest.mark.django_db
def test_an_interview_from_plan_to_closure(world):
    laddered(world)
    a_return(world, world.county)
    proposed()
    proposal = Proposal.objects.get()
    with pytest.raises(ValidationError, match="改为约谈须写明理由"):
        planned(world, proposal_id=proposal.pk)
    assert not Interview.objects.exists(), "all or nothing"
    interview = planned(world, proposal_id=proposal.pk, reason="屡次提醒无效")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.rung) == ("taken", "interview")
    assert interview.plan == world.plan()
    told = set(Notice.objects.filter(kind="supervision-interview").values_list("recipient__username", flat=True))
    assert told == {"worker", "chief"}, "those who hold a role in the unit itself"
    with pytest.raises(NotNow, match="不能认定整改到位"):
        actions.close_interview(acting_user=world.office, interview_id=interview.pk, result="到位", now=at(10))
    common = {"acting_user": world.office, "interview_id": interview.pk}
    actions.record_interview(**common, text="谈了开工。", demands="月底前全部开工。", rectify_by=day(15), now=at(10))
    assert [row[1] for row in proposed(at(15))] == ["not-reported"]
    assert proposed(at(16))[-1] == ("qsx", "rectification-failed", 1, "interview"), "not put right in time"
    actions.close_interview(**common, result="已全部开工。", now=at(16))
    with pytest.raises(NotNow, match="不能取消"):
        actions.cancel_interview(**common, reason="不必", now=at(17))


@pytest.mark.django_db
def test_nobody_else_knows_of_interviews_and_accountability(world):
    planned(world)
    actions.record_accountability(
        acting_user=world.office,
        owner=world.root,
        unit=world.county,
        form="诫勉",
        basis="未落实",
        decided_by="州纪委监委",
        decided_on=day(1),
    )
    names = ("office", "leader", "lead", "worker", "chief", "bureau_worker", "town_worker", "other_worker", "stranger")
    for rows in (visible_interviews, visible_accountabilities):
        assert [name for name in names if rows(getattr(world, name)).exists()] == [
            "office",
            "leader",
            "worker",
            "chief",
        ]
    with pytest.raises(PermissionDenied):
        actions.cancel_interview(acting_user=world.chief, interview_id=Interview.objects.get().pk, reason="不来")
    with pytest.raises(Http404):
        actions.cancel_interview(acting_user=world.town_worker, interview_id=Interview.objects.get().pk, reason="不来")


@pytest.mark.django_db
def test_ladders_of_an_office(world):
    steps = [{"trigger": "light-red", "count": 1, "rung": "interview"}]
    own = actions.create_ladder(acting_user=world.office, owner=world.root, name="从严", steps=steps)
    actions.edit_ladder(acting_user=world.office, ladder_id=own.pk, name="更严", steps=steps, revision=0)
    with pytest.raises(Stale):
        actions.edit_ladder(acting_user=world.office, ladder_id=own.pk, name="更严", steps=steps, revision=0)
    with pytest.raises(PermissionDenied, match="预置的阶梯不能改"):
        actions.edit_ladder(acting_user=world.office, ladder_id=world.ladder().pk, name="改", steps=steps)
    with pytest.raises(PermissionDenied):
        actions.create_ladder(acting_user=world.worker, owner=world.root, name="从严", steps=steps)
    actions.set_plan_ladder(
        acting_user=world.office, plan=world.plan(), ladder=own, triggers=["light-red"], since=day(1), revision=-1
    )
    with pytest.raises(Stale):
        actions.set_plan_ladder(
            acting_user=world.office, plan=world.plan(), ladder=own, triggers=["light-red"], since=day(1), revision=-1
        )
    with pytest.raises(NotNow, match="还有 1 个方案（单位）在用"):
        actions.stop_ladder(acting_user=world.office, ladder_id=own.pk)
    with pytest.raises(ValidationError, match="至少选择一种"):
        actions.set_plan_ladder(
            acting_user=world.office, plan=world.plan(), ladder=own, triggers=["not-reported"], since=day(1)
        )
