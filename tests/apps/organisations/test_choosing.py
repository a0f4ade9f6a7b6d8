"""Units as they are offered and found: labels with their place, typed names, ended units, scopes, form fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client

from luoshi.apps.organisations import choosing
from luoshi.apps.organisations.actions import add_unit, add_unit_name, change_unit
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit, find_units, options
from luoshi.apps.organisations.fields import UnitField, UnitsField
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.policies import units_of

Person = Callable[..., Any]
Register = dict[str, Unit]


@pytest.fixture
def register(prefecture: Register) -> Register:
    """The small prefecture; each county has a 农业农村局 with a 畜牧站; an office of the prefecture has ended."""
    made = dict(prefecture)

    def add(key: str, name: str, short: str, kind: str, parent: str, **dates: Any) -> None:
        made[key] = add_unit(
            acting_user=None, parent=made[parent], key=key, name=name, short_name=short, kind=kind, **dates
        )

    for county in ("qsx", "bsx"):
        add(f"{county}-ny", f"{prefecture[county].name}农业农村局", "农业农村局", UnitKind.COUNTY_DEPARTMENT, county)
        add(f"{county}-xm", "畜牧站", "畜牧站", UnitKind.OTHER, f"{county}-ny")
    add("ylz-lyj", "云岭州粮油局", "州粮油局", UnitKind.DEPARTMENT, "ylz", valid_to=dt.date(2019, 2, 5))
    add("ylz-xq", "云岭州新区筹备处", "州新区筹备处", UnitKind.DEPARTMENT, "ylz", valid_from=dt.date(2990, 1, 1))
    fields = {name: getattr(made["ylz-lyj"], name) for name in ("name", "short_name", "kind", "valid_from", "valid_to")}
    heir = made["ylz-nyncj"]
    change_unit(acting_user=None, unit=made["ylz-lyj"], fields=fields | {"note": ""}, successors=[heir], seen=None)
    add_unit_name(acting_user=None, name="青石农委", units=[made["qsx-ny"]], kind="alias")
    return {unit.key: unit for unit in Unit.objects.all()}


def labels(text: str, units: QuerySet[Unit] | None = None, **how: bool) -> list[str]:
    """What is offered for a text."""
    return [one.label for one in options(text, Unit.objects.all() if units is None else units, **how)]


def refused(text: str, units: QuerySet[Unit] | None = None) -> str:
    """Why a text means no unit."""
    with pytest.raises(UnknownUnit) as error:
        find_unit(text, Unit.objects.all() if units is None else units)
    return str(error.value)


def test_a_label_says_where_the_unit_is(register: Register) -> None:
    expected = {
        "ylz": "云岭州",
        "ylz-czj": "州财政局",
        "qsx-ny": "青石县 · 农业农村局",
        "qsx-xm": "青石县 · 农业农村局 · 畜牧站",
        "qsx-czj": "青石县财政局",  # says it itself
        "sheng-sjt": "省数据厅",
        "ylz-lyj": "州粮油局（2019年撤销）",
    }
    assert {key: choosing.label_of(register[key]) for key in expected} == expected


def test_alike_labels_are_told_apart(register: Register) -> None:
    for key in ("qsx-a", "qsx-b"):
        add_unit(acting_user=None, parent=register["qsx"], key=key, name="工作专班", short_name="", kind="other")
    add_unit(
        acting_user=None, parent=register["qsx"], key="qsx-c", name="青石县专班", short_name="工作专班", kind="other"
    )
    found = labels("工作专班")
    assert len(found) == len(set(found)) == 3
    assert "青石县 · 工作专班（qsx-a）" in found


def test_typing_finds_the_nearest_first(register: Register) -> None:
    assert labels("农业农村局") == ["青石县 · 农业农村局", "白水县 · 农业农村局", *labels("农业农村局")[2:]]
    assert labels("青石 农业")[0] == "青石县 · 农业农村局"
    assert labels("青石县农业农村局")[0] == "青石县 · 农业农村局"
    assert labels("青石农业局")[0] == "青石县 · 农业农村局"  # characters in order
    add_unit(
        acting_user=None, parent=register["ylz"], key="old", name="青石农业局", short_name="", kind="other",
        valid_to=dt.date(2019, 1, 1),
    )  # fmt: skip
    assert labels("青石农业局")[0] == "青石县 · 农业农村局", "an ended unit hides nothing"
    assert labels("bsx-n") == ["白水县 · 农业农村局"]
    assert labels("州财") == ["州财政局"]
    assert labels("没有的局") == []


def test_former_and_other_names_are_found_and_named(register: Register) -> None:
    former = options("州农业局", Unit.objects.all())
    assert [(one.label, one.note) for one in former] == [("州农业农村局", "旧称：州农业局　云岭州农业农村局")]
    assert [(one.label, one.note.partition("　")[0]) for one in options("农委", Unit.objects.all())] == [
        ("青石县 · 农业农村局", "别称：青石农委")
    ]


def test_ended_and_coming_units_are_offered_only_when_asked_for(register: Register) -> None:
    assert labels("粮油") == []
    assert labels("粮油", ended=True) == ["州粮油局（2019年撤销）"]
    assert "州新区筹备处" not in labels("筹备处")


def test_only_the_scope_is_offered(register: Register) -> None:
    county = Unit.objects.filter(path__startswith=register["bsx"].path)
    assert labels("农业", county) == ["白水县 · 农业农村局", "白水县 · 农业农村局 · 畜牧站"]
    assert labels("", county)[0] == "白水县"
    groups = options("各县", Unit.objects.all(), many=True)
    assert (groups[0].label, groups[0].note, len(groups[0].members)) == ("各县人民政府", "2 个单位", 2)
    assert all(not one.members for one in options("各县", county, many=True)), "one member is no group"


@pytest.mark.parametrize(
    "text",
    ["qsx-ny", "青石县 · 农业农村局", "青石县农业农村局", " 青石县·农业农村局 ", "农业农村局（qsx-ny）", "青石农委"],
)
def test_what_is_typed_means_one_unit(register: Register, text: str) -> None:
    assert find_unit(text, Unit.objects.all()) == register["qsx-ny"]


def test_a_bare_name_is_enough_where_only_one_may_be_meant(register: Register) -> None:
    county = Unit.objects.filter(path__startswith=register["bsx"].path)
    assert find_unit("农业农村局", county) == register["bsx-ny"]
    assert refused("农业农村局") == "“农业农村局”有 2 个，请从中选一个：青石县 · 农业农村局、白水县 · 农业农村局"


def test_why_a_unit_cannot_be_chosen(register: Register) -> None:
    assert refused("州粮油局") == "“州粮油局”已于2019年撤销，由州农业农村局承接，请改选"
    assert refused("州粮油局（2019年撤销）").startswith("“州粮油局（2019年撤销）”已于2019年撤销")
    assert find_unit("州粮油局（2019年撤销）", Unit.objects.all(), ended=True) == register["ylz-lyj"]
    assert refused("州新区筹备处") == "“州新区筹备处”还没有成立，请改选现有的单位"
    assert refused("各县人民政府") == "“各县人民政府”有 2 个，请从中选一个：青石县、白水县"
    county = Unit.objects.filter(path__startswith=register["bsx"].path)
    assert refused("州财政局", county) == "“州财政局”（州财政局）不在可选的范围内"
    assert refused("州财税局").startswith("没有找到单位“州财税局”")
    assert refused("局" * 400).endswith("太长，不是单位名称")
    assert refused("\0")


def test_several_units_and_groups(register: Register) -> None:
    everything = Unit.objects.all()
    found = find_units(["qsx-ny", "各县人民政府；州财政局", "青石县"], everything)
    assert [unit.key for unit in found] == ["qsx-ny", "qsx", "bsx", "ylz-czj"]
    with pytest.raises(UnknownUnit) as error:
        find_units(["ylz-lyj", "无此局"], everything)
    assert "撤销" in str(error.value) and "没有找到单位“无此局”" in str(error.value)
    with pytest.raises(UnknownUnit, match="最多"):
        find_units(["；".join(f"u{n}" for n in range(700))], everything)


def test_many_units_cost_few_queries(register: Register, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        assert len(find_units(["qsx", "bsx", "ylz-czj", "qsx-ny", "bsx-ny"], Unit.objects.all())) == 5
    choosing.places()
    with django_assert_max_num_queries(3):
        options("农业", Unit.objects.all())


choosing.offer("tests.own", lambda user, of: units_of(user).exclude(key=of))


class Choice(forms.Form):
    """One of the own units, and any others."""

    host = UnitField(label="主办单位", scope="tests.own")
    guests = UnitsField(label="参加单位", required=False, ended=True)

    def __init__(self, *args: Any, user: Any, keeping: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].offer_to(user, of="qsx-czj", keeping=keeping)  # type: ignore[attr-defined]


def test_a_form_takes_units(register: Register, person: Person) -> None:
    user = person("ma", qsx="coordinator")
    form = Choice(QueryDict("host=农业农村局&guests=ylz-lyj&guests=各县人民政府；州财政局&guests="), user=user)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["host"] == register["qsx-ny"]
    assert [unit.key for unit in form.cleaned_data["guests"]] == ["ylz-lyj", "qsx", "bsx", "ylz-czj"]
    other = Choice(QueryDict("host=白水县"), user=user)
    assert other.errors["host"] == ["“白水县”（白水县）不在可选的范围内。"]
    assert 'value="白水县"' in str(other["host"]), "what was typed is kept"
    assert 'data-options="/units/options"' in str(other["host"])
    assert Choice(QueryDict("host="), user=user).errors["host"]


def test_a_form_shows_the_place_of_what_is_chosen(register: Register, person: Person) -> None:
    user = person("ma", qsx="coordinator")
    shown = str(Choice(initial={"host": register["qsx-ny"]}, user=user)["host"])
    assert 'value="青石县 · 农业农村局"' in shown and 'data-values="qsx-ny"' in shown
    again = Choice(QueryDict("host=qsx-ny&guests=bsx&guests=胡说"), user=user)
    assert 'value="青石县 · 农业农村局"' in str(again["host"])
    assert 'data-rest="胡说"' in str(again["guests"]) and 'data-values="bsx"' in str(again["guests"])


def test_a_stored_unit_may_stay_though_it_ended(register: Register, person: Person) -> None:
    user, ended = person("ma", qsx="coordinator"), register["ylz-lyj"]
    assert not Choice(QueryDict("host=ylz-lyj"), user=user).is_valid()
    for text in ("ylz-lyj", "州粮油局（2019年撤销）"):
        form = Choice({"host": text}, user=user, keeping=[ended])
        assert form.is_valid() and form.cleaned_data["host"] == ended


def test_a_form_that_forgets_its_person_says_so() -> None:
    class Forgetful(forms.Form):
        host = UnitField(scope="tests.own")

    with pytest.raises(RuntimeError, match=r"tests\.own"):
        Forgetful({"host": "qsx"}).is_valid()


def test_the_tag_and_the_filter(register: Register) -> None:
    template = Template(
        "{% load units %}{{ unit|placed }}|"
        '{% unit_picker "unit" unit ended=True value_as="id" id="u" placeholder="全部" %}'
    )
    page = template.render(Context({"unit": register["bsx-ny"]}))
    assert page.startswith("白水县 · 农业农村局|<input")
    for part in (f'data-values="{register["bsx-ny"].pk}"', 'data-ended="ask"', 'id="u"', 'placeholder="全部"'):
        assert part in page


def test_the_address_offers_units(client: Client, register: Register, person: Person) -> None:
    user = person("ma", qsx="reporter")
    assert client.get("/units/options").status_code == 302
    client.force_login(user)
    found = client.get("/units/options", {"q": "农业", "scope": "tests.own", "of": "qsx-czj"}).json()["units"]
    assert [one["label"] for one in found] == ["青石县 · 农业农村局", "青石县 · 农业农村局 · 畜牧站"]
    assert set(found[0]) == {"key", "id", "label", "note", "ended", "members"}
    assert client.get("/units/options", {"q": "粮油", "ended": "1"}).json()["units"][0]["ended"] is True
    assert client.get("/units/options", {"scope": "no.such"}).status_code == 404
    assert client.get("/units/options", {"q": "局" * 5000}).json() == {"units": []}
