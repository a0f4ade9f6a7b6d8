"""Changing single units and names, who may, and that every process sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations import actions, queries
from luoshi.apps.organisations.models import Membership, RegisterState, Role, Unit, UnitName
from luoshi.apps.organisations.policies import EVERYWHERE, administered, may_manage_person, reach
from tests.apps.conftest import prefecture_directory

pytestmark = pytest.mark.django_db


def test_a_new_name_is_understood_at_once(prefecture: dict[str, Unit]) -> None:
    assert queries.directory().resolve("州农口专班").keys == ()
    actions.add_unit_name(acting_user=None, name=" 州农口专班 ", units=[prefecture["ylz-nyncj"]])
    assert queries.directory().resolve("州农口专班").keys == ("ylz-nyncj",)
    entry = Entry.objects.order_by("-sequence").first()
    assert entry.after["units"] == ["ylz-nyncj"]
    assert entry.object_label == "州农口专班"


def test_several_units_make_a_group(prefecture: dict[str, Unit]) -> None:
    row = actions.add_unit_name(acting_user=None, name="两部门", units=[prefecture["ylz-czj"], prefecture["ylz-nyncj"]])
    assert row.kind == "group"
    assert set(queries.directory().resolve("两部门").keys) == {"ylz-czj", "ylz-nyncj"}


def test_the_same_name_twice_stays_one(prefecture: dict[str, Unit]) -> None:
    first = actions.add_unit_name(acting_user=None, name="财政口", units=[prefecture["ylz-czj"]])
    entries = Entry.objects.count()
    assert actions.add_unit_name(acting_user=None, name="财政口", units=[prefecture["ylz-czj"]]) == first
    assert Entry.objects.count() == entries


def test_an_empty_name_is_refused(prefecture: dict[str, Unit]) -> None:
    with pytest.raises(ValidationError):
        actions.add_unit_name(acting_user=None, name="　", units=[prefecture["ylz-czj"]])


def test_who_may_add_names(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    prefectures_coordinator = person("zhao", ylz="coordinator")
    countys_coordinator = person("qian", qsx="coordinator")
    # Units beside and above the prefecture belong to who coordinates the whole of it.
    actions.add_unit_name(acting_user=prefectures_coordinator, name="省数据局", units=[prefecture["sheng-sjt"]])
    actions.add_unit_name(acting_user=countys_coordinator, name="县财政", units=[prefecture["qsx-czj"]])
    with pytest.raises(PermissionDenied):
        actions.add_unit_name(acting_user=countys_coordinator, name="州财政", units=[prefecture["ylz-czj"]])
    with pytest.raises(PermissionDenied):
        actions.add_unit_name(acting_user=person("sun", ylz="reporter"), name="州财", units=[prefecture["ylz-czj"]])
    with pytest.raises(PermissionDenied):
        actions.add_unit_name(acting_user=person("li", ylz="leader"), name="无所指", units=[])


def test_a_name_ends_on_a_day(prefecture: dict[str, Unit]) -> None:
    row = actions.add_unit_name(acting_user=None, name="州粮食局", units=[prefecture["ylz-nyncj"]])
    actions.end_unit_name(acting_user=None, unit_name=row, valid_to=dt.date(2018, 12, 31))
    assert not queries.directory().resolve("州粮食局", dt.date(2018, 6, 1)).outdated
    assert queries.directory().resolve("州粮食局", dt.date(2020, 6, 1)).outdated


def test_a_name_taken_back_is_forgotten(prefecture: dict[str, Unit]) -> None:
    row = actions.add_unit_name(acting_user=None, name="误登名", units=[prefecture["ylz-nyncj"]])
    actions.remove_unit_name(acting_user=None, unit_name=row)
    assert "ylz-nyncj" not in queries.directory().resolve("误登名").keys
    assert Entry.objects.order_by("-sequence").first().before["name"] == "误登名"
    assert verify().ok


def test_a_new_unit_stands_below_its_parent(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    clerk = person("zhao", qsx="administrator")
    unit = actions.add_unit(
        acting_user=clerk, key="qsx-zx", name="青石县振兴局", kind="county-department", parent=prefecture["qsx"]
    )
    assert Unit.objects.get_parent(unit).key == "qsx"
    assert queries.directory().resolve("青石县振兴局").keys == ("qsx-zx",)
    with pytest.raises(PermissionDenied):
        actions.add_unit(acting_user=clerk, key="x", name="白水县某局", kind="other", parent=prefecture["bsx"])
    with pytest.raises(PermissionDenied):
        actions.add_unit(acting_user=clerk, key="x", name="顶级", kind="other")
    with pytest.raises(ValidationError) as caught:
        actions.add_unit(acting_user=clerk, key="qsx-zx", name="又一局", kind="other", parent=prefecture["qsx"])
    assert "key" in caught.value.message_dict


def test_changing_a_unit_is_told_field_by_field(prefecture: dict[str, Unit]) -> None:
    actions.change_unit(
        acting_user=None,
        unit=prefecture["bsx"],
        fields={"name": "白水县", "valid_to": dt.date(2021, 5, 31)},
        successors=[prefecture["qsx"]],
    )
    entry = Entry.objects.order_by("-sequence").first()
    assert entry.before == {"valid_to": None, "successors": []}
    assert entry.after == {"valid_to": "2021-05-31", "successors": ["qsx"]}
    assert [unit.key for unit in queries.directory().successors("bsx", dt.date(2022, 1, 1))] == ["qsx"]
    with pytest.raises(ValidationError):
        actions.change_unit(acting_user=None, unit=prefecture["bsx"], fields={"valid_from": dt.date(2022, 1, 1)})
    with pytest.raises(ValidationError):
        actions.change_unit(acting_user=None, unit=prefecture["bsx"], fields={}, successors=[prefecture["bsx"]])


def test_the_directory_is_built_once_until_the_register_changes(
    prefecture: dict[str, Unit], django_assert_num_queries: Any
) -> None:
    first = queries.directory()
    with django_assert_num_queries(1):
        assert queries.directory() is first
    # Another process: its act leaves nothing in this one but the rows.
    RegisterState.objects.update(token="00000000-0000-4000-8000-000000000001")
    Unit.objects.filter(key="qsx").update(name="青石新县")
    assert queries.directory().unit("qsx").name == "青石新县"


def test_rows_that_came_without_an_act_are_seen(prefecture: dict[str, Unit]) -> None:
    queries.directory()
    name = UnitName.objects.create(name="州数字办", kind="alias")
    name.units.add(prefecture["ylz-czj"])
    assert queries.directory().resolve("州数字办").keys == ("ylz-czj",)


def test_the_same_row_twice_does_not_bring_the_directory_down(prefecture: dict[str, Unit]) -> None:
    for _ in range(2):
        UnitName.objects.create(name="州数字办", kind="alias").units.add(prefecture["ylz-czj"])
    assert queries.directory().resolve("州数字办").keys == ("ylz-czj",)


def test_reach(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    assert administered(None) == EVERYWHERE
    assert administered(person("zhao", ylz="administrator")) == EVERYWHERE
    assert administered(person("qian", nanfang_sheng="administrator")) == EVERYWHERE
    assert administered(person("sun", qsx="administrator")) == (prefecture["qsx"].path,)
    assert administered(person("li", ylz="coordinator", qsx="administrator")) == (prefecture["qsx"].path,)
    assert reach(person("zhou", ylz="coordinator"), Role.ADMINISTRATOR, Role.COORDINATOR) == EVERYWHERE
    assert administered(person("wu")) == ()
    stopped = person("zheng", ylz="administrator")
    stopped.is_active = False
    assert administered(stopped) == ()


def test_without_a_prefecture_the_root_counts(db: None, person: Callable[..., Any]) -> None:
    source = prefecture_directory()
    Unit.objects.filter(kind="prefecture").update(kind="other")
    assert source.unit("ylz").kind == "prefecture"
    assert administered(person("zhao", ylz="administrator")) != EVERYWHERE
    assert administered(person("qian", nanfang_sheng="administrator")) == EVERYWHERE


def test_a_prefecture_below_a_county_gives_no_reach(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    clerk = person("zhao", qsx="administrator")
    Unit.objects.filter(key="ylz").update(kind="other")
    Unit.objects.filter(key="qsx-czj").update(kind="prefecture")
    assert administered(clerk) == (prefecture["qsx"].path,)
    assert administered(person("qian", nanfang_sheng="administrator")) == EVERYWHERE


def test_a_prefecture_deeper_than_a_root_counts(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    Unit.objects.filter(key="ylz").update(kind="other")
    Unit.objects.filter(key="qsx").update(kind="prefecture")
    assert administered(person("zhao", qsx="administrator")) == EVERYWHERE


def test_only_who_looks_after_all_makes_a_prefecture(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    clerk, chief = person("zhao", qsx="administrator"), person("qian", ylz="administrator")
    for user in (clerk, person("sun", qsx="coordinator")):
        with pytest.raises(ValidationError) as caught:
            actions.add_unit(acting_user=user, key="x", name="青石州", kind="prefecture", parent=prefecture["qsx"])
        assert "kind" in caught.value.message_dict
    with pytest.raises(ValidationError) as caught:
        actions.change_unit(acting_user=clerk, unit=prefecture["qsx"], fields={"kind": "prefecture"})
    assert "kind" in caught.value.message_dict
    assert administered(clerk) == (prefecture["qsx"].path,)
    actions.change_unit(acting_user=chief, unit=prefecture["qsx"], fields={"kind": "prefecture"})
    with pytest.raises(ValidationError):  # one of two prefectures: looks after a part, and cannot make it the whole
        actions.change_unit(
            acting_user=person("li", qsx="administrator"), unit=prefecture["qsx"], fields={"kind": "other"}
        )


@pytest.mark.parametrize(
    "name",
    [
        "州财政局",
        "云岭州财政局",
        " 州 财政局",
        "州农业局",
        "各县人民政府",
        "云岭州人民政府",
        "白水县人民政府",
        "有关部门",
    ],
)
def test_a_name_taken_elsewhere_is_refused(name: str, prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    UnitName.objects.create(name="有关部门", kind="group")
    clerk, county = person("zhao", qsx="administrator"), prefecture["qsx"]
    before = queries.directory().resolve(name).keys
    with pytest.raises(ValidationError, match="换一个名称"):
        actions.add_unit(acting_user=clerk, key="x", name=name, kind="other", parent=county)
    with pytest.raises(ValidationError, match="换一个名称"):
        actions.add_unit(acting_user=clerk, key="x", name="青石某局", short_name=name, kind="other", parent=county)
    with pytest.raises(ValidationError, match="换一个名称"):
        actions.change_unit(acting_user=clerk, unit=prefecture["qsx-czj"], fields={"short_name": name})
    with pytest.raises(ValidationError, match="换一个名称"):
        actions.add_unit_name(acting_user=clerk, name=name, units=[county])
    assert queries.directory().resolve(name).keys == before
    actions.add_unit_name(acting_user=person("qian", ylz="administrator"), name=name, units=[county])


def test_a_name_of_the_own_units_may_be_used_again(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    clerk = person("zhao", qsx="administrator")
    actions.add_unit_name(acting_user=clerk, name="青石县财政局", units=[prefecture["qsx"]])
    Unit.objects.filter(key="qsx").update(short_name="州财政局")  # stored before: what does not change is not judged
    actions.change_unit(acting_user=clerk, unit=prefecture["qsx"], fields={"note": "试点"})


def test_grants_within_reach_only(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    clerk, other = person("zhao", qsx="administrator"), person("qian")
    row = actions.grant_membership(acting_user=clerk, user=other, unit=prefecture["qsx-czj"], role="reporter")
    entries = Entry.objects.count()
    assert actions.grant_membership(acting_user=clerk, user=other, unit=prefecture["qsx-czj"], role="reporter") == row
    assert Entry.objects.count() == entries
    with pytest.raises(PermissionDenied):
        actions.grant_membership(acting_user=clerk, user=other, unit=prefecture["ylz"], role="administrator")
    with pytest.raises(PermissionDenied):
        actions.grant_membership(acting_user=other, user=other, unit=prefecture["qsx-czj"], role="administrator")
    actions.revoke_membership(acting_user=clerk, membership=row)
    assert not Membership.objects.filter(user=other).exists()
    assert Entry.objects.order_by("-sequence").first().before["role"] == "填报员"


def test_nobody_locks_themselves_out(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    clerk = person("zhao", qsx="administrator")
    with pytest.raises(PermissionDenied, match="自己"):
        actions.revoke_membership(acting_user=clerk, membership=clerk.memberships.get())


def test_a_person_with_a_role_elsewhere_is_not_managed_from_here(
    prefecture: dict[str, Unit], person: Callable[..., Any]
) -> None:
    clerk = person("zhao", qsx="administrator")
    assert may_manage_person(clerk, person("qian", qsx_czj="reporter"))
    assert may_manage_person(clerk, person("sun"))
    assert not may_manage_person(clerk, person("li", qsx_czj="reporter", ylz="coordinator"))
    assert not may_manage_person(person("zhou", qsx="coordinator"), person("wu"))
