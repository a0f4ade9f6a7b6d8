"""The pages of a plan's versions."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from django.urls import reverse

from luoshi.apps.organisations.models import Role
from luoshi.apps.plans import actions
from luoshi.apps.plans.models import Measure, Target
from luoshi.apps.plans.publication import Change
from luoshi.apps.plans.queries.difference import difference_rows, differing, stored_changes
from tests.apps.plans.making import (
    duty,
    make_document,
    make_user,
    measure,
    publication,
    sample,
    table,
    target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(units, office):
    """The sample plan; one target corrected by hand; then a second version with one change of each sort."""
    plan = actions.publish(acting_user=office, publication=sample(units, make_document("第一版.txt"))).plan
    row = Target.objects.get(indicator="州外到位资金增长")
    actions.edit_target(acting_user=office, target=row, values={"value": Decimal(18)})
    later = sample(units, make_document("第二版.txt"))
    reworded = dataclasses.replace(
        later.measures[1], title="扩大高山蔬菜基地，建设标准园", text="（一）扩大高山蔬菜基地，建设标准园"
    )
    later = dataclasses.replace(
        later,
        measures=(
            later.measures[0],
            reworded,
            *later.measures[3:],
            measure("0002.0002", ("二、", "（二）"), "办好展会"),
        ),
        targets=(dataclasses.replace(later.targets[0], value=Decimal("12.5")), *later.targets[2:]),
        responsibilities=(*later.responsibilities, duty("0002.0002", "lead", "州商务局", units.trade)),
        tables=(table("目标分解表", ("北川县", "700"), ("南屏县", "950")),),
    )
    actions.publish(acting_user=office, publication=later, plan=plan)
    return plan


def page(client, user, name, *args, query=""):
    client.force_login(user)
    return client.get(reverse(name, args=args) + query)


def shown(response):
    """(what, kind, text) of each line."""
    return {(row.what, row.kind, row.text) for row in response.context["rows"]}


def test_the_list_says_what_each_version_did(client, office, plan):
    response = page(client, office, "plans:versions", plan.pk)
    assert [version.ordinal for version in response.context["versions"]] == [2, 1]
    text = response.content.decode()
    assert "与第1版对照" in text
    assert "首次发布" in text
    assert reverse("plans:difference", args=(plan.pk, 2)) in text


def test_the_difference_lists_every_change_once(client, office, plan):
    response = page(client, office, "plans:difference", plan.pk, 2)
    assert shown(response) == {
        ("changed", "measure", "（一）扩大高山蔬菜基地，建设标准园"),
        ("changed", "target", "冷凉蔬菜标准园12"),
        ("retired", "measure", "1.建设育苗中心"),
        ("retired", "target", "育苗中心3"),
        ("added", "measure", "（二）办好展会"),
        ("added", "responsibility", "州商务局"),
        ("changed", "table", "目标分解表"),
        ("kept", "target", "州外到位资金增长15"),
    }
    text = response.content.decode()
    assert "<del>冷凉</del>" in text
    assert "<ins>高山</ins>" in text
    assert "人工值保留" in text
    assert "（新文读作：15）" in text
    assert "<del>南屏县｜800<br></del>" in text
    assert "12.5" in text
    source = reverse("plans:source", args=(plan.pk,))
    assert f"{source}?version=2&amp;line=4#L4" in text
    assert f"{source}?version=1&amp;line=5#L5" in text  # what is gone stands in the version before


def test_a_changed_figure_says_whose_it_is(client, office, plan):
    rows = page(client, office, "plans:difference", plan.pk, 2, query="?what=changed").context["rows"]
    assert [(row.kind, row.named) for row in rows] == [("measure", True), ("target", False), ("table", False)]


def test_a_source_line_of_each_version_is_there(client, office, plan):
    for version in (1, 2):
        found = page(client, office, "plans:source", plan.pk, query=f"?version={version}&line=5")
        assert found.status_code == 200
        assert ("第一版" if version == 1 else "第二版") in found.content.decode()


def test_the_address_narrows_the_lines(client, office, plan):
    response = page(client, office, "plans:difference", plan.pk, 2, query="?what=changed&kind=target")
    assert shown(response) == {("changed", "target", "冷凉蔬菜标准园12")}
    assert ("target", "目标", 1) in response.context["kinds"]
    wrong = page(client, office, "plans:difference", plan.pk, 2, query="?what=x&kind=y&page=-3")
    assert wrong.status_code == 200
    assert len(wrong.context["rows"]) == 8


def test_a_unit_sees_the_changes_of_its_own_measures(client, units, plan):
    trade = make_user("trade", (Role.LEAD, units.trade))
    seen = shown(page(client, trade, "plans:difference", plan.pk, 2))
    assert ("added", "measure", "（二）办好展会") in seen
    assert not any("蔬菜" in text or "育苗" in text for _, _, text in seen)
    south = make_user("south", (Role.REPORTER, units.south))
    assert page(client, south, "plans:versions", plan.pk).status_code == 200


def test_who_does_not_see_the_plan_gets_not_found_and_a_visitor_signs_in(client, units, plan):
    nobody = make_user("nobody")
    for name, args in (("plans:versions", (plan.pk,)), ("plans:difference", (plan.pk, 2))):
        assert page(client, nobody, name, *args).status_code == 404
        client.logout()
        visited = client.get(reverse(name, args=args))
        assert (visited.status_code, "/account/login" in visited.url) == (302, True)


def test_a_first_version_has_nothing_to_compare_with(client, office, plan):
    assert "这是第一版" in page(client, office, "plans:difference", plan.pk, 1).content.decode()
    assert page(client, office, "plans:difference", plan.pk, 3).status_code == 404


def test_what_is_stored_is_what_was_compared(units, office, plan):
    third = sample(units, make_document("第三版.txt"))
    compared = differing(actions.compare(plan, third))
    version = actions.publish(acting_user=office, publication=third, plan=plan)
    stored = stored_changes(version)
    assert [(c.what, c.kind, c.text, c.line) for c in stored] == [(c.what, c.kind, c.text, c.line) for c in compared]
    assert [row.fields for row in difference_rows(stored)] == [row.fields for row in difference_rows(compared)]
    added = {change.existing_id for change in stored if change.what == "added" and change.kind == "measure"}
    assert added == set(Measure.objects.filter(label="一、（一）1.", retired_in=None).values_list("pk", flat=True))


def test_values_read_as_words():
    change = Change(
        "changed",
        "target",
        "甲",
        1,
        1,
        {"comparator": ("=", ">="), "value_max": (None, "3.500000"), "falling": (False, True), "tier": ("", "work")},
    )
    fields = {field.label: (field.before[0].text, field.after[0].text) for field in difference_rows([change])[0].fields}
    assert fields == {"比较": ("＝", "≥"), "上限": ("无", "3.5"), "下降": ("否", "是"), "档次": ("无", "工作目标")}


def test_queries_do_not_grow_with_the_changes(client, units, office, django_assert_max_num_queries):
    def big(document, year):
        measures = tuple(measure(f"{n:04}", (f"{n}、",), f"任务{n}", line=n) for n in range(1, 151))
        targets = tuple(target(f"{n:04}", f"指标{n}", str(n * year), line=n) for n in range(1, 151))
        return publication(units.state, document, measures=measures, targets=targets)

    plan = actions.publish(acting_user=office, publication=big(make_document("大一.txt"), 1)).plan
    actions.publish(acting_user=office, publication=big(make_document("大二.txt"), 2), plan=plan)
    client.force_login(office)
    with django_assert_max_num_queries(15):
        response = client.get(reverse("plans:difference", args=(plan.pk, 2)) + "?page=2")
    assert (response.context["page"].first, response.context["page"].total) == (101, 150)
