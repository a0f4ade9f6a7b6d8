"""Loading the unit register whole: what it adds, changes, keeps and takes away, and that it comes out as it went in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations import register
from luoshi.apps.organisations.actions import compare_units, grant_membership, load_units
from luoshi.apps.organisations.models import RegisterState, Unit, UnitName
from luoshi.apps.organisations.queries import directory, forget_directory, unit_ids
from luoshi.units import DirectoryError, NameKind, UnitDirectory
from luoshi.units import Unit as LibraryUnit
from luoshi.units import UnitName as LibraryName
from tests.apps.conftest import prefecture_directory

pytestmark = pytest.mark.django_db


def _changed(source: UnitDirectory, **units: dict[str, Any] | None) -> UnitDirectory:
    """The directory with some units changed, or left out (``None``) with the names that mean only them."""
    by_key = {key.replace("_", "-"): change for key, change in units.items()}
    gone = {key for key, change in by_key.items() if change is None}
    kept = [dataclasses.replace(u, **(by_key.get(u.key) or {})) for u in source.units if u.key not in gone]
    return UnitDirectory(kept, [name for name in source.names if not set(name.keys) & gone])


def test_what_was_loaded_comes_out_again(prefecture: dict[str, Unit]) -> None:
    source = prefecture_directory()
    assert set(directory().units) == set(source.units)
    assert directory().names == source.names
    assert Unit.objects.find_problems() == ([], [], [], [], [])


def test_loading_the_same_again_changes_nothing(prefecture: dict[str, Unit]) -> None:
    entries, token = Entry.objects.count(), RegisterState.objects.get().token
    changes = load_units(acting_user=None, directory=directory())
    assert not changes.any
    assert (Entry.objects.count(), RegisterState.objects.get().token) == (entries, token)


def test_the_preview_says_what_loading_does(prefecture: dict[str, Unit]) -> None:
    source = _changed(directory(), qsx={"name": "青石市", "short_name": "青石市", "kind": "county-city"}, ylz_czj=None)
    preview = compare_units(source)
    assert [(change.key, set(change.fields)) for change in preview.changed] == [("qsx", {"name", "short_name", "kind"})]
    assert [unit.key for unit in preview.removed] == ["ylz-czj"]
    assert load_units(acting_user=None, directory=source) == preview
    assert set(directory().units) == set(source.units)


def test_a_unit_keeps_its_row_when_it_is_renamed_and_moved(prefecture: dict[str, Unit]) -> None:
    load_units(
        acting_user=None, directory=_changed(directory(), qsx_czj={"name": "青石县财政和国资局", "parent": "bsx"})
    )
    moved = Unit.objects.get(key="qsx-czj")
    assert moved.pk == prefecture["qsx-czj"].pk
    assert Unit.objects.get_parent(moved).key == "bsx"
    assert Unit.objects.find_problems() == ([], [], [], [], [])


def test_a_removed_unit_does_not_take_along_what_moved_out_of_it(prefecture: dict[str, Unit]) -> None:
    source = _changed(directory(), qsx=None, qsx_czj={"parent": "ylz"})
    load_units(acting_user=None, directory=source)
    assert Unit.objects.filter(key="qsx-czj").exists()
    assert not Unit.objects.filter(key="qsx").exists()


def test_units_in_use_are_kept_with_the_units_above_them(
    prefecture: dict[str, Unit], person: Callable[..., Any]
) -> None:
    person("zhao", qsx_czj="reporter")
    changes = load_units(acting_user=None, directory=_changed(directory(), qsx=None, qsx_czj=None, bsx=None))
    assert [unit.key for unit in changes.kept] == ["qsx", "qsx-czj"]
    assert [unit.key for unit in changes.removed] == ["bsx"]
    assert Unit.objects.get_parent(Unit.objects.get(key="qsx-czj")).key == "qsx"
    assert Unit.objects.find_problems() == ([], [], [], [], [])


def test_successors_are_stored_and_replaced(prefecture: dict[str, Unit]) -> None:
    source = _changed(directory(), bsx={"succeeded_by": ("qsx", "ylz-czj")})
    load_units(acting_user=None, directory=source)
    assert directory().unit("bsx").succeeded_by == ("qsx", "ylz-czj")
    changes = load_units(acting_user=None, directory=_changed(directory(), bsx={"succeeded_by": ("qsx",)}))
    assert changes.changed[0].fields == {"succeeded_by": (("qsx", "ylz-czj"), ("qsx",))}
    assert directory().unit("bsx").succeeded_by == ("qsx",)


def test_one_entry_tells_before_and_after(prefecture: dict[str, Unit]) -> None:
    load_units(acting_user=None, directory=_changed(directory(), qsx={"name": "青石市"}))
    entry = Entry.objects.order_by("-sequence").first()
    assert (entry.action, entry.object_label) == ("替换单位库", "单位库")
    assert entry.before == {"changed": {"qsx": {"name": "青石县"}}}
    assert entry.after["changed"] == {"qsx": {"name": "青石市"}}


def test_only_who_looks_after_all_may_replace(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    source = _changed(directory(), qsx={"name": "青石市"})
    for user in (person("zhao", qsx="administrator"), person("qian", ylz="coordinator"), person("sun")):
        with pytest.raises(PermissionDenied):
            load_units(acting_user=user, directory=source)
    load_units(acting_user=person("li", ylz="administrator"), directory=source)
    assert Unit.objects.get(key="qsx").name == "青石市"


def test_what_cannot_be_stored_is_told_by_row(prefecture: dict[str, Unit]) -> None:
    units = "key,name,short_name,kind,parent,valid_from,valid_to,succeeded_by\na,甲,,village,,,,\nb," + "乙" * 121
    with pytest.raises(DirectoryError) as caught:
        register.read_files(
            (units + ",,county,,,,\n").encode(), b"name_as_printed,key,kind,valid_from,valid_to\n", ("u", "n")
        )
    assert [(problem.source, problem.line) for problem in caught.value.problems] == [("u", 2), ("u", 3), ("u", 3)]
    before = set(directory().units)
    with pytest.raises(DirectoryError):
        load_units(acting_user=None, directory=UnitDirectory([LibraryUnit("a", "甲", "甲", "village")], []))
    assert set(directory().units) == before


_keys = st.sampled_from([f"u{number}" for number in range(8)])
_texts = st.text(alphabet='州县局,"；;(）\n 一', min_size=1, max_size=6).map(str.strip).filter(bool)


@st.composite
def _directories(draw: st.DrawFn) -> UnitDirectory:
    keys = draw(st.lists(_keys, unique=True, max_size=8))
    units = [
        LibraryUnit(
            key=key,
            name=draw(_texts),
            short_name=draw(_texts),
            kind=draw(st.sampled_from(["county", "other"])),
            parent=draw(st.sampled_from([None, *keys[:index]])),
            succeeded_by=tuple(draw(st.lists(st.sampled_from(keys), unique=True, max_size=2))),
            valid_from=draw(st.none() | st.dates()),
        )
        for index, key in enumerate(keys)
    ]
    meanings = st.lists(st.sampled_from(keys), unique=True, max_size=3).map(tuple) if keys else st.just(())
    names = {
        (name, meant): LibraryName(name, meant, draw(st.sampled_from(NameKind)), valid_to=draw(st.none() | st.dates()))
        for name, meant in draw(st.lists(st.tuples(_texts, meanings), max_size=5))
    }
    return UnitDirectory(draw(st.permutations(units)), names.values())


@given(first=_directories(), second=_directories())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_register_can_follow_any_other(db: None, first: UnitDirectory, second: UnitDirectory) -> None:
    for source in (first, second):
        forget_directory()
        load_units(acting_user=None, directory=source)
        stored = directory()
        assert set(stored.units) == set(source.units)
        assert stored.names == source.names
        assert Unit.objects.find_problems() == ([], [], [], [], [])
        exported = register.units_csv(stored.units), register.names_csv(stored.names)
        again = register.read_files(*exported, ("u", "n"))
        assert (again.units, again.names) == (stored.units, stored.names)
        assert (register.units_csv(again.units), register.names_csv(again.names)) == exported


@pytest.mark.shared
def test_the_prefectures_own_files_survive_the_round_trip(shared: Path) -> None:
    source = UnitDirectory.from_csv(shared / "data" / "units.csv", shared / "data" / "unit-names.csv")
    load_units(acting_user=None, directory=source)
    stored = directory()
    assert set(stored.units) == set(source.units)
    assert stored.names == source.names
    again = register.read_files(register.units_csv(stored.units), register.names_csv(stored.names), ("u", "n"))
    assert (again.units, again.names) == (stored.units, stored.names)


def test_unit_ids(prefecture: dict[str, Unit]) -> None:
    assert unit_ids(["qsx", "nobody", "qsx"]) == {"qsx": prefecture["qsx"].pk}


def test_grants_survive_a_replacement(prefecture: dict[str, Unit], person: Callable[..., Any]) -> None:
    user = person("zhao")
    grant_membership(acting_user=None, user=user, unit=prefecture["qsx"], role="reporter")
    load_units(acting_user=None, directory=_changed(directory(), qsx={"name": "青石市"}))
    assert user.memberships.get().unit.name == "青石市"
    assert UnitName.objects.count() == 3
