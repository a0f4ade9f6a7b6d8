"""The directory: the tree, names over time, what printed names mean."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from luoshi.units import DirectoryError, NameKind, Resolution, Unit, UnitDirectory, UnitName, fold

BEFORE, AFTER = dt.date(2018, 3, 1), dt.date(2023, 3, 1)
COUNTIES = ("yunjiang", "qingshan", "baishui", "hongyan")


def test_tree(directory: UnitDirectory) -> None:
    assert [unit.key for unit in directory.children("fagai")] == ["nengyuan"]
    assert [unit.key for unit in directory.subtree("baishui")] == ["baishui", "baishui-yuan", "dazhai-b"]
    assert [unit.key for unit in directory.ancestors("nengyuan")] == ["fagai", "zhou"]
    assert "nongye" in {unit.key for unit in directory.children("zhou", AFTER)}
    assert "nongye" not in {unit.key for unit in directory.subtree("zhou", BEFORE)}
    assert "nongye-jiu" in {unit.key for unit in directory.subtree("zhou", BEFORE)}
    with pytest.raises(KeyError):
        directory.unit("none")


def test_name_at_a_date(directory: UnitDirectory) -> None:
    assert directory.name_at("qingshan", BEFORE) == "青山县"
    assert directory.name_at("qingshan", AFTER) == "青山市"
    assert directory.name_at("qingshan") == "青山市"
    assert directory.name_at("gaoxin", AFTER) == "云岭高新技术产业开发区"


def test_successors(directory: UnitDirectory) -> None:
    assert [unit.key for unit in directory.successors("nongye-jiu", BEFORE)] == ["nongye-jiu"]
    assert [unit.key for unit in directory.successors("nongye-jiu", AFTER)] == ["nongye"]
    assert [unit.key for unit in directory.successors("wenti-jiu")] == ["wenlv", "jiaoti"]


@pytest.mark.parametrize(
    ("printed", "keys", "kind"),
    [
        ("云岭州人民政府", ("zhou",), NameKind.OFFICIAL),
        ("云岭彝族自治州人民政府", ("zhou",), NameKind.OFFICIAL),
        ("州 政 府", ("zhou",), NameKind.SHORT),
        ("州农业农村局", ("nongye",), NameKind.SHORT),
        ("云岭州发改委", ("fagai",), NameKind.SHORT),
        ("州人力资源和社会保障保障局", ("renshe",), NameKind.MISPRINT),
        ("白水县人民政府", ("baishui",), NameKind.OFFICIAL),
        ("白水县政府", ("baishui",), NameKind.OFFICIAL),
        ("白水县委、县政府", ("baishui",), NameKind.OFFICIAL),
        ("云江市委、市政府", ("yunjiang",), NameKind.OFFICIAL),
        ("云江市委市人民政府", ("yunjiang",), NameKind.OFFICIAL),
        ("云岭高新区管委会", ("gaoxin",), NameKind.SHORT),
        ("白水产业园区管理委员会", ("baishui-yuan",), NameKind.OFFICIAL),
        ("农业农村局", ("nongye",), NameKind.ALIAS),
        ("州财政局主要负责人", ("caizheng",), NameKind.ALIAS),
        ("州人民政府分管工业的副州长", ("zhou",), NameKind.ALIAS),
        ("州发展改革委（州能源局）", ("fagai", "nengyuan"), NameKind.GROUP),
        ("州发展改革委〈州能源局〉", ("fagai", "nengyuan"), NameKind.GROUP),
        ("州委、州政府", ("wei", "zhou"), NameKind.GROUP),
        ("白水县、红岩县人民政府", ("baishui", "hongyan"), NameKind.GROUP),
        ("白水、红岩产业园区", ("baishui-yuan", "hongyan-yuan"), NameKind.GROUP),
        ("州人力资源和社会保障局和州文化和旅游局", ("renshe", "wenlv"), NameKind.GROUP),
        ("各县市人民政府（不含云江市）", ("qingshan", "baishui", "hongyan"), NameKind.GROUP),
        ("州级有关部门", (), NameKind.GROUP),
    ],
)
def test_forms_of_known_names(directory: UnitDirectory, printed: str, keys: tuple[str, ...], kind: NameKind) -> None:
    found = directory.resolve(printed, AFTER)
    assert (found.keys, found.kind, found.outdated) == (keys, kind, False)


@pytest.mark.parametrize(
    "printed",
    ["各县市人民政府", "4县市人民政府", "4 县市", "４个县市", "四县市党委、政府", "各县（市）",
     "各县（市、区）人民政府", "县市政府", "4县市委和人民政府"],
)  # fmt: skip
def test_counted_and_open_groups_of_counties(directory: UnitDirectory, printed: str) -> None:
    found = directory.resolve(printed, AFTER)
    assert (found.keys, found.kind) == (COUNTIES, NameKind.GROUP)


@pytest.mark.parametrize("printed", ["4 县市市人民政府", "各县市人民政府政府", "4县人民政府"])
def test_groups_with_a_slip_are_told_as_misprints(directory: UnitDirectory, printed: str) -> None:
    found = directory.resolve(printed, AFTER)
    assert (found.keys, found.kind) == (COUNTIES, NameKind.MISPRINT)


def test_a_number_with_the_zone_among_them(directory: UnitDirectory) -> None:
    assert directory.resolve("5个县市区", AFTER).keys == (*COUNTIES, "gaoxin")


def test_a_number_that_fits_no_set_is_left_open_and_told(directory: UnitDirectory) -> None:
    found = directory.resolve("3县市", AFTER)
    assert found.keys == ()
    assert found.kind is NameKind.GROUP
    assert found.nearest[0][1] == COUNTIES


def test_outdated_names_are_told(directory: UnitDirectory) -> None:
    assert directory.resolve("州农业局", AFTER).outdated
    assert directory.resolve("州农业局", AFTER).keys == ("nongye-jiu",)
    assert not directory.resolve("州农业局", BEFORE).outdated
    assert directory.resolve("州农业农村局", BEFORE).outdated
    assert directory.resolve("青山县人民政府", AFTER).outdated
    assert directory.resolve("青山县委、县政府", AFTER).outdated
    assert not directory.resolve("州农业局").outdated


def test_one_name_for_two_units_at_different_times(directory: UnitDirectory) -> None:
    assert directory.resolve("州民委", dt.date(2014, 1, 1)).keys == ("fagai",)
    assert directory.resolve("州民委", AFTER).keys == ("nengyuan",)


def test_ambiguity_is_told_and_not_settled(directory: UnitDirectory) -> None:
    found = directory.resolve("大寨镇", AFTER)
    assert found.keys == ()
    assert found.kind is NameKind.OFFICIAL
    assert [(keys, score) for _, keys, score in found.nearest] == [(("dazhai-b",), 100.0), (("dazhai-h",), 100.0)]


@pytest.mark.parametrize(
    ("printed", "first"),
    [("州文旅局", "州文化和旅游局"), ("州农村农业局", "州农业农村局"), ("州财政厅", "州财政局")],
)
def test_unknown_names_come_with_the_nearest(directory: UnitDirectory, printed: str, first: str) -> None:
    found = directory.resolve(printed, AFTER)
    assert found.keys == ()
    assert found.kind is None
    assert found.nearest[0][0] == first
    assert list(found.nearest) == sorted(found.nearest, key=lambda near: -near[2])


@pytest.mark.parametrize("printed", ["县政府", "人民政府", "财政厅、州财政局", "某某公司", "白水县农业农村局"])
def test_what_is_not_known_is_not_guessed(directory: UnitDirectory, printed: str) -> None:
    found = directory.resolve(printed, AFTER)
    assert (found.keys, found.kind, found.matched) == ((), None, None)


def test_names_in_running_text(directory: UnitDirectory) -> None:
    text = "由州发展改革委（州能源局）牵头，4 县市人民政府、云岭高新区管委会配合，落实财政资金，白水县人民政府先行。"
    found = directory.find_in(text, AFTER)
    assert [text[start:end] for start, end, _ in found] == [
        "州发展改革委", "州能源局", "4 县市人民政府", "云岭高新区管委会", "白水县人民政府",
    ]  # fmt: skip
    assert [len(resolution.keys) for *_, resolution in found] == [1, 1, 4, 1, 1]


def test_contradictory_lists_are_refused() -> None:
    with pytest.raises(DirectoryError, match="重复"):
        UnitDirectory([Unit("a", "甲", "甲", "other"), Unit("a", "乙", "乙", "other")], [])
    with pytest.raises(DirectoryError, match="不存在"):
        UnitDirectory([Unit("a", "甲", "甲", "other")], [UnitName("乙", ("b",), NameKind.ALIAS)])


def test_an_empty_directory_knows_nothing() -> None:
    empty = UnitDirectory([], [])
    assert empty.resolve("州财政局") == Resolution("州财政局", ())
    assert empty.find_in("州财政局") == []


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4E50), min_size=2, max_size=6)


@given(st.lists(HAN, unique=True, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_official_name_resolves_to_its_key(stems: list[str]) -> None:
    units = [Unit(f"u{index}", f"{stem}局", f"{stem}局", "prefecture-department") for index, stem in enumerate(stems)]
    built = UnitDirectory(units, [])
    for unit in units:
        assert built.resolve(unit.name).keys == (unit.key,)
        assert built.resolve(f" {unit.name[0]}　{unit.name[1:]}").keys == (unit.key,)


PIECES = st.lists(
    st.sampled_from(
        ["州", "各", "县", "市", "10", "4", "、", "和", "（", "）", "〈", "〉", "人民政府", "管委会", "委", "政府",
         "局", "财政", "云岭", "白水", "红岩", "产业园区", "主要领导", "不含", " ", "大寨镇", "(", ")"]
    )
    | st.text(max_size=3),
    max_size=24,
).map("".join)  # fmt: skip


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_resolving_never_raises_and_never_invents(directory: UnitDirectory, name: str) -> None:
    for date in (None, BEFORE, AFTER):
        found = directory.resolve(name, date)
        assert found.name == name
        assert all(key in directory for key in found.keys)
        assert len(set(found.keys)) == len(found.keys)
        assert not (found.keys and found.kind is None)
        if found.kind is None:
            assert found.matched is None


@example("¼县")
@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_spans_of_found_names_match(directory: UnitDirectory, text: str) -> None:
    reached = 0
    for start, end, resolution in directory.find_in(text, AFTER):
        assert reached <= start < end <= len(text)
        reached = end
        assert resolution == directory.resolve(text[start:end], AFTER)
        assert resolution.kind is not None
        assert fold(text[start:end])


@pytest.mark.parametrize(
    "name", ["（" * 3000, "（" * 900 + "）" * 900, "和".join(["州财政局"] * 400),
     "、".join(["州财政局（州能源局）"] * 180),         "领导" * 900, "县市" * 1000, "州" * 100_000]
)  # fmt: skip
def test_hostile_names_take_no_time(directory: UnitDirectory, name: str) -> None:
    began = time.perf_counter()
    directory.resolve(name, AFTER)
    assert time.perf_counter() - began < 1
