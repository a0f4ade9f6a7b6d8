"""Publishing a plan and its later versions."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Role
from luoshi.apps.plans import actions
from luoshi.apps.plans.errors import InvalidPublication
from luoshi.apps.plans.models import Deadline, Measure, Plan, PlanTable, PlanVersion, Responsibility, Target
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


def replaced(publication_, kind, index, **values):
    """The publication with one object changed."""
    objects = list(getattr(publication_, kind))
    objects[index] = dataclasses.replace(objects[index], **values)
    return dataclasses.replace(publication_, **{kind: tuple(objects)})


def without(publication_, kind, index):
    """The publication without one object."""
    objects = list(getattr(publication_, kind))
    del objects[index]
    return dataclasses.replace(publication_, **{kind: tuple(objects)})


def test_a_first_version_stores_everything_where_it_stands(units, office, document):
    version = actions.publish(acting_user=office, publication=sample(units, document))
    plan = version.plan
    assert (plan.title, plan.owner, version.ordinal) == ("云岭州2026年乡村产业提升方案", units.state, 1)
    assert version.summary == {"added": 18, "changed": 0, "kept": 0, "retired": 0}
    rows = list(Measure.objects.filter(plan=plan))
    assert [row.label for row in rows] == ["一、", "一、（一）", "一、（一）1.", "一、（二）", "二、", "二、（一）"]
    assert [row.parent and row.parent.label for row in rows] == [None, "一、", "一、（一）", "一、", None, "二、"]
    assert [row.depth for row in rows] == [1, 2, 3, 2, 1, 2]
    found = Target.objects.get(indicator="新增家庭农场")
    assert (found.value, found.measure.label, found.change, found.rule) == (1500, "一、（二）", True, "target.test")
    assert found.spans == [[8, 0, len(found.text)]]
    group = Responsibility.objects.get(name="各县人民政府")
    assert set(group.units.all()) == {units.north, units.south}
    assert Deadline.objects.get(rule_kind="monthly").day == 5
    assert PlanTable.objects.get().rows == [["北川县", "700"], ["南屏县", "800"]]


def test_publishing_is_one_journal_entry_and_the_chain_holds(units, office, document):
    first = actions.publish(acting_user=office, publication=sample(units, document))
    changed = replaced(sample(units, document), "targets", 0, value=Decimal(20))
    second = actions.publish(acting_user=office, publication=changed, plan=first.plan)
    entries = list(Entry.objects.order_by("sequence"))
    assert [(entry.action, entry.object_id) for entry in entries] == [
        (actions.PUBLISH, str(first.pk)),
        (actions.PUBLISH_VERSION, str(second.pk)),
    ]
    assert entries[0].after["summary"]["added"] == 18
    assert entries[1].after["changes"] == [
        {
            "what": "changed",
            "kind": "target",
            "text": "冷凉蔬菜标准园12",
            "line": 4,
            "id": Target.objects.get(indicator="冷凉蔬菜标准园").pk,
            "fields": {"value": ["12.000000", "20.000000"]},
            "by_hand": False,
        }
    ]
    assert verify().ok


def test_only_those_over_the_owner_publish(units, document):
    for role, unit in (
        (Role.LEADER, units.state),
        (Role.LEAD, units.state),
        (Role.COORDINATOR, units.north),
        (Role.ADMINISTRATOR, units.farm),
    ):
        user = make_user(f"{role}-{unit.key}", (role, unit))
        with pytest.raises(PermissionDenied):
            actions.publish(acting_user=user, publication=sample(units, document))
    assert not Plan.objects.exists()
    assert not Entry.objects.exists()


def test_a_county_may_not_take_over_a_plan_of_the_prefecture(units, office, document):
    plan = actions.publish(acting_user=office, publication=sample(units, document)).plan
    county = make_user("county", (Role.COORDINATOR, units.north))
    stolen = dataclasses.replace(sample(units, document), owner_id=units.north.pk)
    with pytest.raises(PermissionDenied):
        actions.publish(acting_user=county, publication=stolen, plan=plan)
    plan.refresh_from_db()
    assert (plan.owner, plan.versions.count()) == (units.state, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"last_line": 100_000},
        {"first_line": 9, "last_line": 8},
        {"document_id": 10**9},
        {"measures": (measure("0001", ("一、",), "甲"), measure("0001", ("二、",), "乙"))},
        {"measures": (measure(".".join(["0001"] * 20), ("一、",), "过深"),)},
        {"targets": (target("", "过大", "1e18"),)},
        {"targets": (target("", "倒置", "5", value_max=Decimal(4)),)},
        {"targets": (target("", "比较", "5", comparator="?"),)},
        {"responsibilities": (duty("", "chief", "州商务局"),)},
    ],
)
def test_what_the_database_would_refuse_is_said_in_words(units, office, document, wrong):
    with pytest.raises(InvalidPublication, match=r"。$"):
        actions.publish(
            acting_user=office, publication=dataclasses.replace(publication(units.state, document), **wrong)
        )
    assert not Plan.objects.exists()


def test_long_words_are_clipped_to_their_column(units, office, document):
    plan = actions.publish(
        acting_user=office,
        publication=publication(
            units.state,
            document,
            measures=(measure("0001", ("一、" * 100,), "长" * 400, text="全文" * 900),),
            targets=(target("0001", "指" * 300, "1", reason="因" * 400, rule="r" * 80),),
        ),
    ).plan
    row = Measure.objects.get(plan=plan)
    assert (len(row.label), len(row.title), len(row.text)) == (120, 300, 1800)
    again = sample(units, document, measures=(), targets=(), responsibilities=(), deadlines=(), tables=())
    assert actions.compare(plan, again)[0].what == "retired"


def test_what_stands_under_a_rejected_heading_goes_to_the_next_one_above(units, office, document):
    whole = sample(units, document)
    plan = actions.publish(acting_user=office, publication=without(whole, "measures", 1)).plan
    assert Measure.objects.get(plan=plan, label="一、（一）1.").parent.label == "一、"
    assert Target.objects.get(plan=plan, indicator="冷凉蔬菜标准园").measure.label == "一、"


def test_a_later_version_keeps_rows_adds_and_retires(units, office):
    first = make_document("第一版.txt")
    plan = actions.publish(acting_user=office, publication=sample(units, first)).plan
    before = {row.label: row.pk for row in Measure.objects.all()}
    farms = Target.objects.get(indicator="新增家庭农场").pk
    base = sample(units, make_document("第二版.txt"))
    # A section was put in front: every number and every line moves; one wording, one number, one unit change.
    shifted = dataclasses.replace(
        base,
        measures=(
            measure("0001", ("一、",), "总体要求坚持产业强州", is_task=False, line=3),
            *(
                dataclasses.replace(
                    item,
                    key=f"{int(item.key[:4]) + 1:04}{item.key[4:]}",
                    labels=({"一、": "二、", "二、": "三、"}[item.labels[0]], *item.labels[1:]),
                    line=item.line + 10,
                )
                for item in base.measures
                if item.title != "建设育苗中心"
            ),
        ),
        targets=tuple(
            dataclasses.replace(
                item, measure_key=f"{int(item.measure_key[:4]) + 1:04}{item.measure_key[4:]}", line=item.line + 10
            )
            for item in base.targets
            if item.indicator != "育苗中心"
        ),
        responsibilities=(
            duty("0002.0001", "lead", "州农业农村局", units.farm, line=14),
            duty("0002.0002", "lead", "州农业农村局", units.farm, line=18),
            duty("0002.0002", "responsible", "各县人民政府", units.north, line=18),
            duty("0003.0001", "lead", "州商务局", units.trade, line=21),
        ),
        deadlines=(),
    )
    shifted = replaced(shifted, "targets", 1, value=Decimal(1800), text="新增家庭农场1800")
    version = actions.publish(acting_user=office, publication=shifted, plan=plan)
    in_force = {row.label: row for row in Measure.objects.filter(retired_in=None)}
    assert in_force["二、（二）"].pk == before["一、（二）"]
    assert in_force["三、（一）"].pk == before["二、（一）"]
    assert in_force["二、（二）"].line == 18
    assert in_force["二、（二）"].version == version
    assert Measure.objects.get(pk=before["一、（一）1."]).retired_in == version
    kept = Target.objects.get(pk=farms)
    assert (kept.value, kept.measure.label, kept.version) == (1800, "二、（二）", version)
    assert Target.objects.get(indicator="育苗中心").retired_in == version
    assert set(Responsibility.objects.get(name="各县人民政府").units.all()) == {units.north}
    assert Responsibility.objects.get(name="北川县农业农村局").retired_in == version
    assert Deadline.objects.filter(retired_in=version).count() == 2
    # 5 measures renumbered, 1 target, 1 group of units; 3 targets, 3 + 1 … kept; see the parts above
    assert version.summary == {"added": 1, "changed": 7, "kept": 6, "retired": 5}
    assert Measure.objects.count() == 7


def test_a_reworded_measure_stays_the_same_row(units, office, document):
    plan = actions.publish(acting_user=office, publication=sample(units, document)).plan
    row = Measure.objects.get(label="一、（一）")
    reworded = sample(units, make_document("修订.txt"))
    reworded = replaced(
        reworded, "measures", 1, title="扩大冷凉蔬菜基地，新建标准园", text="（一）扩大冷凉蔬菜基地，新建标准园"
    )
    changes = [change for change in actions.compare(plan, reworded) if change.what != "kept"]
    assert [(change.kind, change.what, change.existing_id) for change in changes] == [("measure", "changed", row.pk)]
    assert changes[0].fields["title"] == ("扩大冷凉蔬菜基地，建设标准园", "扩大冷凉蔬菜基地，新建标准园")
    actions.publish(acting_user=office, publication=reworded, plan=plan)
    row.refresh_from_db()
    assert row.title == "扩大冷凉蔬菜基地，新建标准园"


def test_comparing_writes_nothing(units, office, document):
    plan = actions.publish(acting_user=office, publication=sample(units, document)).plan
    actions.compare(plan, publication(units.state, document))
    assert not Measure.objects.exclude(retired_in=None).exists()
    assert (PlanVersion.objects.count(), Entry.objects.count()) == (1, 1)


def test_a_table_with_other_cells_is_changed(units, office, document):
    plan = actions.publish(acting_user=office, publication=sample(units, document)).plan
    again = sample(units, document, tables=(table("目标分解表", ("北川县", "750"), ("南屏县", "800")),))
    version = actions.publish(acting_user=office, publication=again, plan=plan)
    assert version.summary == {"added": 0, "changed": 1, "kept": 17, "retired": 0}
    assert PlanTable.objects.get().rows[0] == ["北川县", "750"]


class TestConfirmedByHand:
    """What a person said stands, until a person says otherwise."""

    @pytest.fixture
    def plan(self, units, office, document):
        return actions.publish(acting_user=office, publication=sample(units, document)).plan

    def test_a_correction_outlives_the_next_reading(self, plan, units, office, document):
        row = Target.objects.get(indicator="新增家庭农场")
        actions.edit_target(
            acting_user=office, target=row, values={"indicator": "净增家庭农场", "value": Decimal(1600)}
        )
        change = next(
            c for c in actions.compare(plan, sample(units, document)) if (c.kind, c.existing_id) == ("target", row.pk)
        )
        assert (change.what, change.by_hand) == ("kept", True)
        assert change.fields["value"] == (1600, 1500)
        version = actions.publish(acting_user=office, publication=sample(units, document), plan=plan)
        row.refresh_from_db()
        assert (row.indicator, row.value, row.origin, row.version) == ("净增家庭农场", 1600, "corrected", version)
        assert version.summary == {"added": 0, "changed": 0, "kept": 18, "retired": 0}

    def test_a_later_correction_by_hand_wins(self, plan, units, office, document):
        row = Target.objects.get(indicator="新增家庭农场")
        actions.edit_target(acting_user=office, target=row, values={"value": Decimal(1600)})
        again = replaced(sample(units, document), "targets", 2, value=Decimal(1700), origin="corrected")
        actions.publish(acting_user=office, publication=again, plan=plan)
        row.refresh_from_db()
        assert (row.value, row.origin) == (1700, "corrected")

    def test_units_chosen_by_hand_stay(self, plan, units, office, document):
        row = Responsibility.objects.get(name="各县人民政府")
        actions.edit_responsibility(acting_user=office, responsibility=row, units=[units.south])
        actions.publish(acting_user=office, publication=sample(units, document), plan=plan)
        assert list(row.units.all()) == [units.south]

    def test_a_name_corrected_by_hand_is_found_by_its_clause(self, plan, units, office, document):
        row = Responsibility.objects.get(name="州商务局")
        actions.edit_responsibility(
            acting_user=office, responsibility=row, values={"name": "州投资促进局"}, units=[units.trade]
        )
        version = actions.publish(acting_user=office, publication=sample(units, document), plan=plan)
        assert version.summary["added"] == version.summary["retired"] == 0
        row.refresh_from_db()
        assert row.name == "州投资促进局"

    def test_what_was_added_by_hand_stays_while_its_words_stand(self, units, office):
        body = ["云岭州方案", "一、做强农业", "新建冷库", "8座，年内完工。", "二、扩大开放"]
        measures = (measure("0001", ("一、",), "做强农业", line=2), measure("0002", ("二、",), "扩大开放", line=5))
        document = make_document("甲.txt", "\n".join(body))
        manual = target("0001", "冷库", "8", text="新建冷库8座", line=3, origin="manual", rule="")
        first = publication(units.state, document, measures=measures, targets=(manual,))
        plan = actions.publish(acting_user=office, publication=first).plan
        later = make_document("乙.txt", "\n".join([body[0], "总体要求", *body[1:]]))
        second = publication(
            units.state, later, measures=tuple(dataclasses.replace(item, line=item.line + 1) for item in measures)
        )
        version = actions.publish(acting_user=office, publication=second, plan=plan)
        row = Target.objects.get()
        assert (row.retired_in, row.version, row.line) == (None, version, 4)
        assert row.spans == [[4, 0, 4], [5, 0, 2]]
        assert version.summary == {"added": 0, "changed": 0, "kept": 3, "retired": 0}
        gone = make_document("丙.txt", "\n".join([body[0], body[1], body[4], "完"]))
        third = publication(units.state, gone, measures=(measures[0], dataclasses.replace(measures[1], line=3)))
        last = actions.publish(acting_user=office, publication=third, plan=plan)
        row.refresh_from_db()
        assert row.retired_in == last

    def test_a_measure_added_by_hand_keeps_its_place(self, units, office):
        body = ["云岭州方案", "一、做强农业", "（一）建基地", "（二）强龙头", "加强品牌保护。", "二、扩大开放"]
        printed = (
            measure("0001", ("一、",), "做强农业", line=2),
            measure("0001.0001", ("一、", "（一）"), "建基地", line=3),
            measure("0001.0002", ("一、", "（二）"), "强龙头", line=4),
            measure("0002", ("二、",), "扩大开放", line=6),
        )
        manual = measure("0001.0003", ("一、", ""), "", text="加强品牌保护。", line=5, origin="manual")
        document = make_document("甲.txt", "\n".join(body))
        plan = actions.publish(
            acting_user=office, publication=publication(units.state, document, measures=(*printed, manual))
        ).plan
        actions.publish(acting_user=office, publication=publication(units.state, document, measures=printed), plan=plan)
        rows = list(Measure.objects.filter(plan=plan, retired_in=None))
        assert [row.title or row.text for row in rows] == ["做强农业", "建基地", "强龙头", "加强品牌保护。", "扩大开放"]
        assert rows[3].parent == rows[0]


class TestEditing:
    """Corrections after publication."""

    @pytest.fixture
    def plan(self, units, office, document):
        return actions.publish(acting_user=office, publication=sample(units, document)).plan

    def test_a_correction_is_written_down_with_before_and_after(self, plan, office):
        row = Deadline.objects.get(rule_kind="date")
        actions.edit_deadline(acting_user=office, deadline=row, values={"date": dt.date(2026, 10, 31)})
        entry = Entry.objects.first()
        assert entry.action == "更正时限"
        assert entry.before == {"date": "2026-09-30", "origin": "extracted"}
        assert entry.after == {"date": "2026-10-31", "origin": "corrected"}

    def test_no_change_is_no_entry(self, plan, office):
        row = Measure.objects.first()
        actions.edit_measure(acting_user=office, measure=row, values={"title": row.title})
        row.refresh_from_db()
        assert (Entry.objects.count(), row.origin) == (1, "extracted")

    def test_values_that_do_not_fit_are_refused(self, plan, office):
        row = Target.objects.get(indicator="育苗中心")
        for values in ({"value_max": Decimal(1)}, {"comparator": "?"}, {"indicator": ""}):
            with pytest.raises(ValidationError):
                actions.edit_target(acting_user=office, target=row, values=values)
        row.refresh_from_db()
        assert row.origin == "extracted"
        with pytest.raises(ValueError, match="plan_id"):
            actions.edit_target(acting_user=office, target=row, values={"plan_id": 3})

    def test_the_database_refuses_an_inverted_range_too(self, plan):
        row = Target.objects.get(indicator="育苗中心")
        with pytest.raises(IntegrityError), transaction.atomic():
            Target.objects.filter(pk=row.pk).update(value_max=Decimal(1))

    def test_what_is_gone_cannot_be_corrected(self, plan, units, office, document):
        row = Target.objects.get(indicator="育苗中心")
        actions.publish(acting_user=office, publication=without(sample(units, document), "targets", 1), plan=plan)
        with pytest.raises(ValidationError, match="现行版本"):
            actions.edit_target(acting_user=office, target=row, values={"value": Decimal(4)})

    def test_only_managers_correct_and_open(self, plan, units):
        farm = make_user("farm", (Role.LEAD, units.farm))
        with pytest.raises(PermissionDenied):
            actions.edit_measure(acting_user=farm, measure=Measure.objects.first(), values={"title": "改"})
        with pytest.raises(PermissionDenied):
            actions.set_public(acting_user=farm, plan=plan, public=True)

    def test_opening_to_the_public(self, plan, office):
        assert actions.set_public(acting_user=office, plan=plan, public=True).is_public
        actions.set_public(acting_user=office, plan=plan, public=True)
        assert Entry.objects.filter(action="对外公开").count() == 1

    def test_a_leader_writes_a_remark(self, plan, units, office):
        leader = make_user("leader", (Role.LEADER, units.state))
        row = Measure.objects.get(label="一、（一）")
        remark = actions.add_instruction(acting_user=leader, plan=plan, measure=row, text=" 请抓紧。 ")
        assert (remark.text, remark.author, remark.measure) == ("请抓紧。", leader, row)
        with pytest.raises(PermissionDenied):
            actions.add_instruction(acting_user=office, plan=plan, text="请抓紧。")
        with pytest.raises(ValidationError):
            actions.add_instruction(acting_user=leader, plan=plan, text=" ")
