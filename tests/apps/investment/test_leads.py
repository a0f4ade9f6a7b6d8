"""A lead from the first talk to production: papers, projects, what is refused, what the journal holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from luoshi.apps.investment import actions, queries
from luoshi.apps.investment.errors import NotNow, Stale
from luoshi.apps.investment.forms import initial_of
from luoshi.apps.investment.models import Lead, LeadEvidence, LeadMove
from luoshi.apps.investment.policies import visible_leads
from luoshi.apps.investment.queries.leads import LeadFilter
from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.models import Notice
from luoshi.apps.projects.models import MilestoneKind, Project
from tests.apps.investment.making import YI, make_lead, move, paper


def facts_of(lead, **changes):
    values = {name: value for name, value in initial_of(lead).items() if name not in ("enterprise", "where", "amount")}
    return actions.LeadFacts(**(values | {"enterprise": lead.enterprise, "amount": lead.amount} | changes))


def test_a_lead_grows_into_a_project_that_stays(scene):
    lead = make_lead(scene)
    assert [claim.unit for claim in lead.claims.all()] == [scene.units.north]
    with pytest.raises(NotNow, match="须有投资意向书或投资建议书"):
        actions.move_lead(acting_user=scene.north, lead_id=lead.pk, to="negotiating", on=scene.today)
    move(scene, lead, "negotiating", 60)
    with pytest.raises(NotNow, match="须有正式协议"):
        actions.move_lead(acting_user=scene.north, lead_id=lead.pk, to="signed", on=scene.today)
    move(scene, lead, "signed", 30)
    lead.refresh_from_db()
    project = lead.project
    assert project is not None and (project.name, project.unit, project.total) == (lead.title, lead.place, 12 * YI)
    assert project.owner == scene.investor.name
    assert project.milestones.get(kind=MilestoneKind.SIGNED).actual_on == scene.today - dt.timedelta(days=30)
    move(scene, lead, "started", 10)
    assert project.milestones.get(kind=MilestoneKind.START).actual_on == scene.today - dt.timedelta(days=10)
    move(scene, lead, "signed", 5, reason="开工登记有误")
    move(scene, lead, "started", 4)
    move(scene, lead, "producing", 1)
    lead.refresh_from_db()
    assert lead.project == project and Project.objects.count() == 1
    assert [row.to_state for row in lead.moves.order_by("pk")] == [
        "negotiating", "signed", "started", "signed", "started", "producing"
    ]  # fmt: skip
    acts = Entry.objects.filter(object_type="investment.lead").order_by("sequence")
    said = list(acts.values_list("action", flat=True))
    assert said[:4] == ["登记招商线索", "线索转为在谈", "生成项目", "线索转为已签约"]
    assert verify().ok


def test_skipping_losing_and_taking_up_again_need_reasons(scene):
    lead = make_lead(scene)
    for to, words in (("signed", "越过了“在谈”"), ("lost", "流失的原因")):
        with pytest.raises(NotNow, match=words):
            move(scene, lead, to)
    with pytest.raises(ValidationError, match="不能晚于今天"):
        move(scene, lead, "negotiating", -1)
    with pytest.raises(NotNow, match="不能早于上一次变动"):
        move(scene, lead, "negotiating", 200)
    move(scene, lead, "lost", reason="电价谈不拢")
    lead.refresh_from_db()
    assert (lead.state, lead.lost_reason) == ("lost", "电价谈不拢")
    move(scene, lead, "negotiating", 2, reason="电价有了新政策")
    lead.refresh_from_db()
    assert (lead.state, lead.lost_reason) == ("negotiating", "")


def test_without_its_paper_a_signing_counts_only_when_it_comes(scene):
    lead = make_lead(scene)
    move(scene, lead, "signed", override="协议在县政府办", reason="直接签约")
    (row,) = LeadMove.objects.all()
    assert row.override == "协议在县政府办"
    page = queries.lead_page(scene.north, lead.pk)
    assert page.missing
    actions.attach_evidence(acting_user=scene.north, lead_id=lead.pk, kind="agreement", files=[paper()])
    assert not queries.lead_page(scene.north, lead.pk).missing
    assert LeadEvidence.objects.get().sha256
    with pytest.raises(ValidationError, match="文件"):
        actions.attach_evidence(acting_user=scene.north, lead_id=lead.pk, kind="agreement", files=[])


def test_a_project_belongs_to_one_lead(scene):
    first, second = make_lead(scene), make_lead(scene, title="组件二期")
    for lead in (first, second):
        move(scene, lead, "negotiating", 20)
    move(scene, first, "signed")
    first.refresh_from_db()
    with pytest.raises(NotNow, match="已由线索“高效组件制造”"):
        move(scene, second, "signed", project=first.project)
    move(scene, second, "signed")
    second.refresh_from_db()
    assert second.project != first.project
    with pytest.raises(NotNow, match="已关联项目"):
        move(scene, second, "started", project=first.project)


def test_editing_writes_what_changed_and_refuses_what_is_stale(scene):
    lead = make_lead(scene)
    actions.edit_lead(acting_user=scene.north, lead_id=lead.pk, facts=facts_of(lead, amount=9 * YI), revision=0)
    entry = Entry.objects.get(action="修改招商线索")
    assert entry.before == {"计划（协议）投资额": "1200000000.00"}
    assert entry.after == {"计划（协议）投资额": "900000000.00"}
    with pytest.raises(Stale):
        actions.edit_lead(acting_user=scene.north, lead_id=lead.pk, facts=facts_of(lead, title="乙"), revision=0)
    with pytest.raises(ValidationError, match="请写明存在的问题"):
        actions.edit_lead(acting_user=scene.north, lead_id=lead.pk, facts=facts_of(lead, problem_unit=scene.units.farm))


def test_visits_carry_the_lead_on_and_remind(scene):
    lead = make_lead(scene)
    actions.add_visit(
        acting_user=scene.north,
        lead_id=lead.pk,
        on=scene.today - dt.timedelta(days=3),
        text="考察了三块地",
        next_step="送用地方案",
        next_on=scene.today,
    )
    lead.refresh_from_db()
    assert (lead.progress, lead.next_on) == ("考察了三块地", scene.today)
    # An older talk written down later changes nothing of what comes next.
    actions.add_visit(
        acting_user=scene.north, lead_id=lead.pk, on=scene.today - dt.timedelta(days=9), text="先通了电话"
    )
    lead.refresh_from_db()
    assert (lead.progress, lead.next_step) == ("考察了三块地", "送用地方案")
    now = dt.datetime.combine(scene.today, dt.time(9), tzinfo=dt.UTC)
    assert actions.remind_leads(now) == 1
    assert actions.remind_leads(now) == 0
    notice = Notice.objects.get(kind="investment-next")
    assert notice.recipient == scene.north and "送用地方案" in notice.text


def test_talks_are_nobody_elses_business(scene):
    mine = make_lead(scene)
    other = make_lead(scene, scene.south, scene.units.south, title="冷链园", place=scene.units.south)
    team = make_lead(scene, scene.group, scene.solar, title="光伏玻璃", place=None)
    seen = {user: set(visible_leads(getattr(scene, user)).values_list("pk", flat=True)) for user in
            ("office", "leader", "north", "south", "group", "stranger")}  # fmt: skip
    everything = {mine.pk, other.pk, team.pk}
    assert seen == {
        "office": everything,
        "leader": everything,
        "north": {mine.pk},
        "south": {other.pk},
        "group": {team.pk},
        "stranger": set(),
    }
    with pytest.raises(Http404):
        move(scene, mine, "negotiating", user=scene.south)
    with pytest.raises(PermissionDenied):
        move(scene, mine, "negotiating", user=scene.leader)
    with pytest.raises(PermissionDenied):
        make_lead(scene, scene.south, scene.units.north)
    # The county where it is to be built sees what a group brings, and does not lead it.
    Lead.objects.filter(pk=team.pk).update(place=scene.units.north)
    assert visible_leads(scene.north).filter(pk=team.pk).exists()
    with pytest.raises(PermissionDenied):
        move(scene, team, "negotiating", user=scene.north)


def test_lists_narrow_and_count(scene):
    lead = make_lead(scene, problem="缺电力容量")
    move(scene, lead, "negotiating", 90)
    make_lead(scene, title="食用菌加工", amount=None, source="visit", found_on=scene.today)
    today = scene.today

    def titles(**asked):
        return [row.title for row in queries.lead_list(scene.office, LeadFilter(**asked), today)]

    assert titles() == ["食用菌加工", "高效组件制造"]
    assert titles(state="negotiating") == titles(wait="problem") == titles(sort="amount")[:1] == ["高效组件制造"]
    assert titles(source="visit") == titles(text="食用菌") == titles(state="lead") == ["食用菌加工"]
    assert titles(least=YI / YI * 5, unit="north", place="north") == ["高效组件制造"]
    assert titles(unit="south") == []
    stocks = {stock.state: (stock.count, stock.amount) for stock in queries.pipeline(scene.office, LeadFilter(), today)}
    assert stocks["negotiating"] == (1, 12 * YI) and stocks["lead"] == (1, 0) and stocks["signed"] == (0, 0)
    counts = queries.wait_counts(scene.office, today)
    assert counts == {"contact": 0, "stuck": 0, "evidence": 0, "contested": 0, "problem": 1}
    assert queries.wait_counts(scene.office, today + dt.timedelta(days=200))["stuck"] == 2
