"""Targets against counts: claims decided, activities, funds recognised, joint targets, what assessment takes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luoshi.apps.investment import actions, queries
from luoshi.apps.investment.errors import NotNow
from luoshi.apps.investment.figures import FIGURES
from luoshi.apps.investment.models import ClaimDecision, FigureTarget, Funds, LeadClaim
from luoshi.apps.investment.queries.leads import contests, twin_pairs
from luoshi.apps.investment.queries.standing import explanation, scoped_units, tables
from luoshi.apps.plans import actions as plan_actions
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.models import Allocation, AllocationVersion, Share
from luoshi.periods import Period
from luoshi.scoring import shipped
from tests.apps.investment.making import YI, make_activity, make_lead, move
from tests.apps.plans.making import make_document, publication, target


def period_of(scene):
    return Period.parse(str(scene.today.year))


def value(scene, scope, key, unit, as_of=None):
    """One figure of one unit this year."""
    found = explanation(FIGURES[scope, key], unit, period_of(scene), leads=(), as_of=as_of)
    return found.result.value


def signed(scene, **facts):
    lead = make_lead(scene, found_on=dt.date(scene.today.year, 1, 1), **facts)
    first, user = dt.date(scene.today.year, 1, 2), facts.get("user") or scene.north
    move(scene, lead, "negotiating", on=min(first, scene.today), user=user)
    move(scene, lead, "signed", on=scene.today, user=user)
    return lead


def test_contested_projects_wait_for_the_office(scene):
    lead = signed(scene)
    north, south = scene.units.north, scene.units.south
    before = timezone.now()
    assert value(scene, "territory", "major-10", north) == 1
    # The place's people claim what they see only; the office tells the other county of it.
    lead.place = south
    lead.save(update_fields=("place",))
    actions.claim_lead(acting_user=scene.south, lead_id=lead.pk, unit=south, text="厂址在我县")
    assert value(scene, "territory", "major-10", north) == value(scene, "territory", "major-10", south) == 0
    assert value(scene, "territory", "major-10", north, as_of=before) == 1
    (contest,) = contests(scene.office)
    assert contest.may_decide and {claim.unit for claim in contest.claims} == {north, south}
    assert not contests(scene.north)[0].may_decide
    decide = {"lead_id": lead.pk, "scope": "territory", "reason": "厂址一半一半"}
    parts = {north.pk: Decimal("0.4"), south.pk: Decimal("0.6")}
    with pytest.raises(PermissionDenied):
        actions.decide_claims(acting_user=scene.north, parts=parts, **decide)
    with pytest.raises(ValidationError, match="每一家"):
        actions.decide_claims(acting_user=scene.office, parts={north.pk: Decimal(1)}, **decide)
    with pytest.raises(ValidationError, match="100%"):
        actions.decide_claims(acting_user=scene.office, parts=parts | {south.pk: Decimal("0.7")}, **decide)
    actions.decide_claims(acting_user=scene.office, parts=parts, **decide)
    assert not contests(scene.office)
    assert value(scene, "territory", "major-10", north) == Decimal("0.4")
    assert value(scene, "territory", "major-10", south) == Decimal("0.6")
    # A group's claim does not contest a county's, a third county's does: anew.
    actions.claim_lead(acting_user=scene.office, lead_id=lead.pk, unit=scene.solar)
    assert value(scene, "group", "major-10", scene.solar) == 1
    assert value(scene, "territory", "major-10", north) == Decimal("0.4")
    claim = LeadClaim.objects.get(lead=lead, unit=south)
    actions.withdraw_claim(acting_user=scene.south, lead_id=lead.pk, claim_id=claim.pk)
    assert value(scene, "territory", "major-10", north) == 1
    with pytest.raises(NotNow, match="没有两家"):
        actions.decide_claims(acting_user=scene.office, parts={north.pk: Decimal(1)}, **decide)
    assert ClaimDecision.objects.get().parts == {str(north.pk): "0.4", str(south.pk): "0.6"}


def test_two_entries_of_one_project_become_one(scene):
    kept = signed(scene)
    twin = make_lead(scene, scene.south, scene.units.south, title="高效组件制造项目")
    (pair,) = twin_pairs(scene.office)
    assert {pair.first.pk, pair.second.pk} == {kept.pk, twin.pk} and pair.may_decide
    with pytest.raises(NotNow, match="作为保留的一条"):
        actions.declare_same(acting_user=scene.office, lead_id=kept.pk, other_id=twin.pk, reason="同一家")
    actions.declare_same(acting_user=scene.office, lead_id=twin.pk, other_id=kept.pk, reason="同一家")
    assert twin_pairs(scene.office) == []
    assert {claim.unit for claim in kept.claims.filter(withdrawn_at=None)} == {scene.units.north, scene.units.south}
    assert len(contests(scene.office)) == 1
    with pytest.raises(NotNow, match="已并入"):
        move(scene, twin, "negotiating", user=scene.office)


def test_activities_count_for_their_hosts(scene):
    leaders = [
        actions.LeaderFacts("高远", "州长", "top"),
        actions.LeaderFacts("何敏", "县长", "head", scene.units.north),
    ]
    make_activity(scene, scene.solar, scene.platform, leaders=leaders)
    make_activity(scene, scene.units.north, scene.solar, leaders=leaders, title="北川县赴上海招商")
    bare = make_activity(scene, scene.units.south, shown=False, leaders=[leaders[0]])
    assert value(scene, "group", "activities", scene.solar) == 1, "the same days and places"
    assert value(scene, "group", "top-leader-trips", scene.solar) == 1
    assert value(scene, "group", "top-leader-trips", scene.platform) == 0
    assert value(scene, "territory", "head-trips-far", scene.units.north) == 1
    assert value(scene, "territory", "state-leader-trips", scene.units.south) == 0
    found = explanation(FIGURES["territory", "state-leader-trips"], scene.units.south, period_of(scene), leads=())
    assert [line.reason.text for line in found.left_out] == ["不计：没有佐证（方案、总结、信息、外出报备表任一）。"]
    actions.withdraw_activity(acting_user=None, activity_id=bare.pk, reason="没有成行")
    assert explanation(found.figure, scene.units.south, period_of(scene), leads=()).lines == ()


def test_funds_count_once_they_are_recognised(scene):
    lead = signed(scene, user=scene.office, unit=scene.platform, mode="ordinary")
    month = f"{scene.today:%Y-%m}"
    report = {"lead_id": lead.pk, "kind": "prefecture", "period": month, "unit": scene.platform}
    with pytest.raises(NotNow, match="只申报“市场化平台促成”的项目"):
        actions.report_funds(acting_user=scene.office, amount=YI, **report)
    lead.mode = "platform"
    lead.save(update_fields=("mode",))
    assert value(scene, "group", "funds", scene.platform) is None
    row = actions.report_funds(acting_user=scene.office, amount=2 * YI, **report)
    assert value(scene, "group", "funds", scene.platform) == 0
    with pytest.raises(ValidationError, match="请写明理由"):
        actions.check_funds(acting_user=scene.office, funds_id=row.pk, accept=True, recognised=YI)
    actions.check_funds(acting_user=scene.office, funds_id=row.pk, accept=True, recognised=YI, remark="其余为州内资金")
    assert value(scene, "group", "funds", scene.platform) == 1
    # Reported anew the month waits again, and the amount before is superseded, not deleted.
    again = actions.report_funds(acting_user=scene.office, amount=3 * YI, **report)
    assert value(scene, "group", "funds", scene.platform) == 0
    with pytest.raises(NotNow, match="重新申报"):
        actions.check_funds(acting_user=scene.office, funds_id=row.pk, accept=True)
    actions.check_funds(acting_user=scene.office, funds_id=again.pk, accept=False, remark="没有到账凭证")
    assert value(scene, "group", "funds", scene.platform) == 0
    assert Funds.objects.count() == 2
    rates = queries.signed_rates(scene.office, scene.today.year, scene.today)
    assert (rates.signed, rates.fulfilment) == (1, 0)


def test_growth_compares_the_same_months(scene):
    north, year = scene.units.north, scene.today.year
    amounts = [
        actions.Amount(north, "prefecture", f"{year}-01", 230 * YI),
        actions.Amount(north, "prefecture", f"{year - 1}-01", 200 * YI),
        actions.Amount(north, "prefecture", f"{year - 1}-12", 900 * YI),
    ]
    with pytest.raises(PermissionDenied):
        actions.load_statistics(acting_user=scene.north, amounts=amounts)
    actions.load_statistics(acting_user=scene.office, amounts=amounts)
    january = Period.parse(f"{year}-01")
    found = explanation(FIGURES["territory", "funds-growth"], north, january, leads=())
    assert found.result.value == Decimal("15.00")
    assert "上年同期200.00亿元" in found.result.formula
    # In the whole year too only the months that are stated are compared.
    assert value(scene, "territory", "funds-growth", north) == Decimal("15.00")
    assert value(scene, "territory", "funds-growth", scene.units.south) is None


def _allocate(scene, indicator, scope, key, shares, **values):
    """A plan's target with shares in force, joint ones by name, linked to a figure."""
    document = make_document(f"{indicator}.txt")
    wanted = target(None, indicator, "6", year=scene.today.year, **values)
    plan = plan_actions.publish(
        acting_user=scene.office,
        publication=publication(scene.units.state, document, targets=(wanted,), year=scene.today.year),
    ).plan
    found = Target.objects.get(plan=plan)
    allocation = Allocation.objects.create(target=found, unit=scene.units.state)
    version = AllocationVersion.objects.create(
        allocation=allocation, ordinal=1, method="annex", adopted_at=timezone.now(), adopted_by=scene.office
    )
    for unit, amount, joint in shares:
        Share.objects.create(version=version, unit=unit, period=str(scene.today.year), value=amount, joint=joint)
    actions.set_figure_target(
        acting_user=scene.office, scope=scope, figure=key, target_id=found.pk, year=scene.today.year
    )
    return found


def test_targets_come_from_the_plans_shares_joint_ones_together(scene, django_assert_max_num_queries):
    north, south = scene.units.north, scene.units.south
    _allocate(scene, "“一把手”州外招商", "territory", "head-trips", [(north, 2, "a"), (south, None, "a")])
    _allocate(scene, "州外到位资金", "group", "funds", [(scene.solar, 80 * YI, "")], unit_of_measure="元")
    head = actions.LeaderFacts("何敏", "县长", "head", north)
    other = actions.LeaderFacts("魏国栋", "县长", "head", south)
    make_activity(scene, north, leaders=[head])
    make_activity(scene, south, leaders=[other])
    with django_assert_max_num_queries(13):
        found = tables(period_of(scene), scoped_units())
    rows = {
        (row.unit.key, cell.figure.key): cell for table in found.values() for row in table.rows for cell in row.cells
    }
    for key in ("north", "south"):
        cell = rows[key, "head-trips"]
        assert (cell.value, cell.together, cell.percent, cell.is_reached) == (1, 2, 100, True)
    assert rows["solar", "funds"].goal.value == 80
    assert rows["solar", "funds"].value is None
    assert rows["north", "major-5"].goal is None
    with pytest.raises(PermissionDenied):
        actions.set_figure_target(acting_user=scene.north, scope="group", figure="funds", target_id=1, year=2026)
    assert FigureTarget.objects.count() == 2


def test_assessment_takes_the_facts_of_annexes_six_and_seven(scene, django_assert_max_num_queries):
    signed(scene)
    make_activity(scene, scene.units.north, leaders=[actions.LeaderFacts("何敏", "县长", "head", scene.units.north)])
    _allocate(scene, "引进5亿元以上项目", "territory", "major-5", [(scene.units.north, 4, "")])
    for key, items in queries.ITEMS.items():
        scheme = shipped(key)
        keys = {item.key for item in scheme.items}
        assert set(items) == keys, key
        assert set(items.values()) <= set(queries.assessment_figures)
    units = [scene.units.north.pk, scene.units.south.pk]
    figure = queries.assessment_figures["territory.major-5"]
    with django_assert_max_num_queries(9):
        facts = figure.reader(period_of(scene), units, timezone.now())
    fact = facts[units[0]]
    assert (fact.value, fact.target, facts[units[1]].value) == (1, 4, 0)
    assert fact.date == scene.today and fact.reference["counted"][0][0] == "lead"
    assert "figure=major-5" in fact.reference["url"]
    quarter = Period.parse(f"{scene.today.year}Q{(scene.today.month - 1) // 3 + 1}")
    trips = queries.assessment_figures["territory.head-trips"].reader(quarter, units, timezone.now())
    assert (trips[units[0]].value, trips[units[1]].value) == (1, 0)
    assert queries.assessment_figures["territory.foreign"].reader(quarter, units, timezone.now()) == {}
