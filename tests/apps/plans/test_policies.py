"""Who sees which plans and measures, and who may act on them."""

from __future__ import annotations

import dataclasses

import pytest
from django.contrib.auth.models import AnonymousUser

from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.plans import actions, policies
from luoshi.apps.plans.models import Measure, Plan, Responsibility
from tests.apps.plans.making import (
    deadline,
    duty,
    fresh,
    make_document,
    make_user,
    measure,
    publication,
    sample,
    target,
)

pytestmark = pytest.mark.django_db

ALL = ["一、", "一、（一）", "一、（一）1.", "一、（二）", "二、", "二、（一）"]


@pytest.fixture
def plan(units, office):
    """The sample plan of the prefecture."""
    return actions.publish(acting_user=office, publication=sample(units, make_document())).plan


@pytest.fixture
def county_plan(units):
    """A plan of the northern county, for its own farm office only."""
    county = make_user("county-office", (Role.COORDINATOR, units.north))
    made = publication(
        units.north,
        make_document("北川县方案.txt"),
        title="北川县春耕方案",
        measures=(measure("0001", ("一、",), "备足农资"),),
        targets=(target("0001", "备足化肥", "300", unit_of_measure="吨"),),
        responsibilities=(duty("0001", "lead", "县农业农村局", units.north_farm),),
    )
    return actions.publish(acting_user=county, publication=made).plan


def labels(user, plan, **options):
    """The labels of the measures of the plan that the person sees."""
    rows = policies.visible_measures(fresh(user), **options).filter(plan=plan)
    return [row.label for row in rows.order_by("position")]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.LEADER])
def test_an_overseer_sees_all_plans_of_the_subtree(role, units, plan, county_plan):
    above = make_user("above", (role, units.state))
    assert set(policies.visible_plans(above)) == {plan, county_plan}
    assert labels(above, plan) == ALL
    assert policies.visible_targets(above).count() == 5
    assert policies.visible_deadlines(above).count() == 2
    assert policies.visible_responsibilities(above).count() == 6
    assert policies.visible_tables(above).count() == 1
    assert policies.visible_documents(above).count() == 2


@pytest.mark.parametrize("role", list(Role))
def test_everyone_sees_what_their_units_must_do_with_its_headings_and_parts(role, units, plan, county_plan):
    farm = make_user("farm", (role, units.farm))
    assert labels(farm, plan) == ["一、", "一、（一）", "一、（一）1.", "一、（二）"]
    assert set(policies.visible_plans(farm)) == {plan}
    seen = policies.visible_targets(farm).values_list("indicator", flat=True)
    assert set(seen) == {"冷凉蔬菜标准园", "育苗中心", "新增家庭农场"}
    assert [row.text for row in policies.visible_deadlines(farm)] == ["9月底前"]
    assert policies.visible_responsibilities(farm).count() == 4
    assert policies.visible_documents(farm).count() == 1


def test_superiors_see_what_their_subtree_must_do(units, plan, county_plan):
    county = make_user("county", (Role.REPORTER, units.north))
    # Its farm office supports 一（一）; the county itself answers for 一（二）.
    assert labels(county, plan) == ["一、", "一、（一）", "一、（一）1.", "一、（二）"]
    assert labels(county, county_plan) == ["一、"]
    office_of_county = make_user("county-farm", (Role.LEAD, units.north_farm))
    assert labels(office_of_county, plan) == ["一、", "一、（一）", "一、（一）1."]
    other = make_user("south", (Role.LEADER, units.south))
    assert labels(other, plan) == ["一、", "一、（二）"]
    assert labels(other, county_plan) == []


def test_an_overseer_below_sees_own_plans_whole_and_the_rest_by_duty(units, plan, county_plan):
    county = make_user("county", (Role.COORDINATOR, units.north))
    assert labels(county, county_plan) == ["一、"]
    assert labels(county, plan) == ["一、", "一、（一）", "一、（一）1.", "一、（二）"]
    trade_too = make_user("both", (Role.COORDINATOR, units.north), (Role.REPORTER, units.trade))
    assert labels(trade_too, plan) == ALL
    assert policies.sees_whole(trade_too, county_plan)
    assert not policies.sees_whole(trade_too, plan)


def test_one_who_oversees_everything_stored_does_not_see_what_comes_from_outside(units, plan, office):
    assert labels(office, plan) == ALL
    outside = Unit.objects.add_root({"key": "elsewhere", "name": "外州", "short_name": "外州"})
    Plan.objects.create(title="外州方案", owner=outside)
    assert set(policies.visible_plans(fresh(office))) == {plan}
    assert labels(office, plan) == ALL


def test_visitors_and_people_without_a_role_see_nothing_but_public_plans(units, plan, office):
    nobody = make_user("nobody")
    asleep = make_user("asleep", (Role.ADMINISTRATOR, units.state))
    asleep.is_active = False
    asleep.save()
    for user in (AnonymousUser(), nobody, fresh(asleep)):
        for seen in (
            policies.visible_plans(user),
            policies.visible_measures(user),
            policies.visible_targets(user),
            policies.visible_responsibilities(user),
            policies.visible_deadlines(user),
            policies.visible_tables(user),
            policies.visible_documents(user),
            policies.visible_instructions(user),
        ):
            assert not seen.exists()
    assert not policies.public_plans().exists()
    actions.set_public(acting_user=office, plan=plan, public=True)
    assert list(policies.public_plans()) == [plan]


def test_what_is_gone_is_seen_only_on_request(units, plan, office):
    smaller = sample(
        units, make_document("新版.txt"), responsibilities=(duty("0001.0001", "lead", "州农业农村局", units.farm),)
    )
    smaller = dataclasses.replace(smaller, measures=smaller.measures[:3], targets=(), deadlines=())
    actions.publish(acting_user=office, publication=smaller, plan=plan)
    assert labels(office, plan) == ALL[:3]
    assert labels(office, plan, retired=True) == ALL
    trade = make_user("trade", (Role.LEAD, units.trade))
    assert not policies.visible_plans(trade).exists()
    assert labels(trade, plan) == []
    assert labels(trade, plan, retired=True) == ["二、", "二、（一）"]
    county_farm = make_user("county-farm", (Role.LEAD, units.north_farm))
    # Released from a measure that goes on: no longer its business.
    assert labels(county_farm, plan, retired=True) == []


def test_a_clause_outside_of_any_measure_is_seen_by_those_it_names(units, office):
    made = publication(
        units.state,
        make_document("短文.txt"),
        responsibilities=(duty("", "lead", "州商务局", units.trade), duty("", "lead", "州农业农村局", units.farm)),
        deadlines=(deadline(""),),
    )
    plan = actions.publish(acting_user=office, publication=made).plan
    trade = make_user("trade", (Role.LEAD, units.trade))
    assert set(policies.visible_plans(trade)) == {plan}
    assert [row.name for row in policies.visible_responsibilities(trade)] == ["州商务局"]
    assert not policies.visible_deadlines(trade).exists()


def test_remarks_are_seen_with_their_object(units, plan, office):
    leader = make_user("leader", (Role.LEADER, units.state))
    trade_task = Measure.objects.get(label="二、（一）")
    actions.add_instruction(acting_user=leader, plan=plan, text="全体照办。")
    actions.add_instruction(acting_user=leader, plan=plan, measure=trade_task, text="抓紧招商。")
    farm = make_user("farm", (Role.LEAD, units.farm))
    assert [row.text for row in policies.visible_instructions(farm)] == ["全体照办。"]
    assert policies.visible_instructions(office).count() == 2


def test_who_may_act(units, plan, county_plan):
    def person(role, unit):
        return make_user(f"{role}-{unit.key}", (role, unit))

    manages = {(Role.ADMINISTRATOR, units.state), (Role.COORDINATOR, units.state)}
    for role in Role:
        for unit in (units.state, units.north, units.farm):
            user = person(role, unit)
            assert policies.may_manage(user, plan) is ((role, unit) in manages)
            assert policies.may_instruct(user, plan) is ((role, unit) == (Role.LEADER, units.state))
    county = fresh(make_user("x", (Role.COORDINATOR, units.north), (Role.LEADER, units.north)))
    assert policies.may_manage(county, county_plan)
    assert policies.may_instruct(county, county_plan)


def test_the_number_of_queries_does_not_grow(units, plan, office, django_assert_max_num_queries):
    farm = make_user("farm", (Role.LEAD, units.farm), (Role.COORDINATOR, units.north))
    user = fresh(farm)
    with django_assert_max_num_queries(5):  # grants, whether all is overseen, and one for each set
        list(policies.visible_measures(user))
        list(policies.visible_targets(user))
        list(policies.visible_responsibilities(user))


def test_no_row_comes_twice(units, plan):
    # The county is named by its own name and by its farm office; both lead to one measure.
    extra = Responsibility.objects.create(
        plan=plan,
        version=plan.versions.get(),
        measure=Measure.objects.get(label="一、（一）"),
        role="responsible",
        name="北川县人民政府",
        text="",
        line=4,
    )
    extra.units.add(units.north, units.north_farm)
    county = make_user("county", (Role.REPORTER, units.north))
    seen = [row.pk for row in policies.visible_measures(county)]
    assert len(seen) == len(set(seen)) == 4
