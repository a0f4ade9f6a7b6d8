"""The forms that come with Luoshi: sound, filled in once without a problem, installed with their indicators."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.actions.forms import install_ready_made, publish_form_version
from luoshi.apps.reporting.actions.rounds import open_rounds
from luoshi.apps.reporting.design import problems_of, units_named
from luoshi.apps.reporting.form_errors import FormFileError
from luoshi.apps.reporting.form_file import read_form_file
from luoshi.apps.reporting.models import Form, FormVersion, Return
from luoshi.apps.reporting.queries.forms import installed
from luoshi.apps.reporting.ready_made import KEYS, all_ready_made, ready_made
from luoshi.forms import Context, check, compute, from_json, observed, take, to_json, unit_names
from luoshi.forms.model import FieldType, FormDefinition, Section, SectionKind
from tests.apps.reporting.making import World, at

#: What a tired official would type, by type; numbers are given so that parts fit their wholes.
TYPED = {
    FieldType.DATE: "2026年3月5日",
    FieldType.PERIOD: "2026年3月",
    FieldType.TEXT: "按计划推进",
    FieldType.PROJECT: "青石湖湿地修复项目",
    FieldType.ENTERPRISE: "云岭绿色食品有限公司",
    FieldType.PROJECT_CODE: "2603-530000-04-01-123456",
}
#: Cells in which a rule asks for more than any number.
SPECIAL = {
    "fiscal-monthly": {
        "income.huazhuan.total": "100",
        "income.baoliu.total": "100",
        "income.guoshui.total": "1800",
        "income.dishui.total": "1000",
        "income.sum.total": "3000",
        "spending.sum.total": "10000",
        "spending.livelihood.total": "7600",
        "income.huazhuan.month": "10",
    },
    "fixed-assets-monthly": {"done.all.total": "1,000.00"},
    "market-entities-2018": {"progress.total.added": "30", "stock.total.stock": "30"},
    "market-entities-2019": {"progress.total.added": "30", "stock.total.stock": "30"},
}


def rows_of(section: Section) -> list[str]:
    return [row.key for row in section.rows] if section.kind is SectionKind.FIXED else ["x1"]


def typed_in(definition: FormDefinition, special: dict[str, str]) -> dict[str, str]:
    """A value in every cell that is typed; a total row gets the sum of its parts."""
    cells: dict[str, str] = {}
    for section in definition.sections:
        parts = {row.key: row.total_of for row in section.rows}
        for field in section.fields:
            if field.formula or field.type is FieldType.FILE:
                continue
            for row in rows_of(section):
                address = f"{section.key}.{row}.{field.key}"
                if field.type in (FieldType.NUMBER, FieldType.INTEGER):
                    least = field.minimum if field.minimum is not None else Decimal(0)
                    value = str(max(least, Decimal(10)) * max(1, len(parts.get(row, ()))))
                elif field.type is FieldType.CHOICE:
                    value = field.choices[1].label
                elif field.type is FieldType.UNIT:
                    value = "青石县"
                else:
                    value = TYPED[field.type]
                cells[address] = special.get(address, value)
    return cells


@pytest.mark.parametrize("key", KEYS)
def test_each_is_sound_and_filled_in_once(key: str) -> None:
    file = ready_made(key)
    definition = from_json(file.content.definition)
    assert to_json(definition)["sections"], "reads back"
    repeated = {one.key: ["x1"] for one in definition.sections if one.kind is SectionKind.REPEATED}
    units = unit_names([("qsx", "青石县")])
    values, problems = take(definition, typed_in(definition, SPECIAL.get(key, {})), repeated, units=units)
    assert problems == []
    context = Context()
    filled = compute(definition, values, context)
    assert [one.message for one in check(definition, filled, context, complete=True)] == []
    named = {one.key for one in file.indicators}
    seen = {cell.indicator for cell in observed(definition, filled)}
    assert seen == named, "every indicator is observed by a cell, and no other"


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_return_is_not_accepted(key: str) -> None:
    definition = from_json(ready_made(key).content.definition)
    rows = {one.key: ["x1"] for one in definition.sections if one.kind is SectionKind.REPEATED}
    values, _ = take(definition, {}, rows)
    assert any(one.code == "required" for one in check(definition, values, Context(), complete=True))


def test_due_rules_are_those_of_the_sources() -> None:
    words = {file.key: schedule.due_words(file.content) for file in all_ready_made()}
    assert words["market-entities-2018"] == "每月3日前报上月；遇休息日不顺延"
    assert words["market-entities-2019"] == words["fiscal-monthly"] == words["task-list-monthly"]
    for key in ("investment-projects", "investment-funds", "investment-activities"):
        assert words[key] == "每月20日前报当月；遇休息日不顺延"
    coming = schedule.coming(ready_made("market-entities-2018").content, dt.date(2026, 9, 1), 2)
    assert [(str(one.period), one.due.date.isoformat()) for one in coming] == [
        ("2026-08", "2026-09-03"),
        ("2026-09", "2026-10-03"),
    ]


def test_rules_find_what_they_are_for() -> None:
    definition = from_json(ready_made("fiscal-monthly").content.definition)
    cells = typed_in(definition, SPECIAL["fiscal-monthly"] | {"spending.livelihood.total": "7000"})
    values, _ = take(definition, cells, {})
    found = check(definition, compute(definition, values), Context(), complete=True)
    assert [(one.code, one.severity.value) for one in found] == [("rule", "soft")]
    assert "75%" in found[0].message
    previous = {"income.guoshui.total": "2000"}
    values, _ = take(definition, typed_in(definition, SPECIAL["fiscal-monthly"]), {})
    falls = check(definition, compute(definition, values), Context(previous=previous), complete=True)
    assert "falls" in {one.code for one in falls}
    assert "falls" not in {
        one.code
        for one in check(
            definition,
            compute(definition, values),
            Context(previous=previous, period_starts_year=True),
            complete=True,
        )
    }


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_installs_with_its_indicators_and_opens(world: World, key: str) -> None:
    before = Indicator.objects.count()
    reporters, _ = units_named(["qsx", "bsx"], world.department)
    form = install_ready_made(acting_user=world.lead, key=key, owner=world.department, reporters=reporters)
    assert Indicator.objects.count() == before + len(ready_made(key).indicators)
    draft = form.versions.get()
    assert problems_of(draft) == []
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08", now=at(1))
    opened = open_rounds(now=at(21))
    assert "2026-08" in [one.period for one in opened]
    assert Return.objects.filter(round__form=form, round__period="2026-08").count() == 2


@pytest.mark.django_db
def test_twice_installed_links_the_same_indicators(world: World) -> None:
    first = install_ready_made(acting_user=world.lead, key="market-entities-2018", owner=world.department)
    known = Indicator.objects.count()
    second = install_ready_made(acting_user=world.lead, key="market-entities-2019", owner=world.department)
    assert Indicator.objects.count() == known + 4, "only the four of the ladder are new"
    assert first.key != second.key
    again = install_ready_made(acting_user=world.lead, key="market-entities-2018", owner=world.department)
    assert again.key != first.key
    assert again.versions.get().definition == first.versions.get().definition


@pytest.mark.django_db
def test_an_indicator_known_by_another_key_is_used(world: World) -> None:
    made: Any = Indicator.objects.create(
        key="jz",
        name="净增企业",
        unit_of_measure="户",
        kind="cumulative",
        unit_aggregation="sum",
        time_aggregation="last",
        owner=world.root,
    )
    form = install_ready_made(acting_user=world.lead, key="market-entities-2018", owner=world.department)
    rows = FormVersion.objects.get(form=form).definition["sections"][0]["rows"]
    assert rows[0]["indicator"] == made.key
    assert not Indicator.objects.filter(key="market-net-enterprise").exists()


def test_a_file_reads_back_and_bad_ones_say_why() -> None:
    for file in all_ready_made():
        assert read_form_file(json.dumps(file.to_json(), ensure_ascii=False)) == file
    for data, words in (
        (b"\xff\xfe", "无法读取"),
        ("[]", "不是报表文件"),
        ('{"format": "luoshi-form-1"}', "没有名称"),
        ('{"format": "luoshi-form-1", "title": "x", "key": "大写"}', "代码"),
        ('{"format": "luoshi-form-1", "title": "x", "definition": 7}', "对象"),
        ('{"format": "luoshi-form-1", "title": "x", "definition": {}, "schedule": {"due_day": 40}}', "天数"),
        ('{"format": "luoshi-form-1", "title": "x", "definition": {}, "indicators": [{"a": 1}]}', "indicators"),
    ):
        with pytest.raises(FormFileError, match=words):
            read_form_file(data)


def test_a_renamed_form_is_still_known_as_made_from_its_origin(world) -> None:
    form = install_ready_made(acting_user=world.lead, key=KEYS[0], owner=world.department)
    Form.objects.filter(pk=form.pk).update(title="云岭州主体培育月报", key="renamed")
    assert [one.pk for one in installed(world.lead, all_ready_made())[KEYS[0]]] == [form.pk]
    assert installed(world.stranger, all_ready_made()) == {}
