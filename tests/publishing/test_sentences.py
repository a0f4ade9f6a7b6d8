"""Sentences: exact wording for what happens often, properties for everything."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.publishing.numbers import number, percent, points, scaled
from luoshi.publishing.sentences import (
    Group,
    Member,
    against_schedule,
    change,
    ends,
    moved,
    parted,
    ranking,
    ranks,
    scope,
)
from luoshi.publishing.words import Figure, Reference, plain

REF = Reference("完成率", period="2026-09")
NAMES = (
    "永安县",
    "石屏县",
    "大理市",
    "清河县",
    "双柏县",
    "南华县",
    "牟山县",
    "姚安县",
    "元谋县",
    "武定县",
    "云岭高新区",
)


def member(name: str, value: str | None = None) -> Member:
    return Member(name, None if value is None else Figure(value, REF, Decimal(value)))


def groups(done: int, behind: int, missing: int) -> list[Group]:
    listed = [member(name) for name in NAMES]
    return [
        Group("完成时序进度的", "完成时序进度", tuple(listed[:done]), REF),
        Group("滞后的", "滞后于时序进度", tuple(listed[done : done + behind]), REF),
        Group("未报的", "未报送", tuple(listed[done + behind : done + behind + missing]), REF),
    ]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            (2, 1, 1),
            "4个县市区中，完成时序进度的有2个：永安县、石屏县；滞后的有1个：大理市；未报的有1个：清河县。",
        ),
        ((2, 0, 1), "3个县市区中，完成时序进度的有2个：永安县、石屏县；未报的有1个：大理市。"),
        ((3, 0, 0), "3个县市区均完成时序进度。"),
        ((0, 4, 0), "4个县市区均滞后于时序进度。"),
        ((0, 0, 2), "2个县市区均未报送。"),
        ((0, 1, 0), "永安县滞后于时序进度。"),
        ((0, 0, 0), ""),
    ],
)
def test_units_part_into_groups(counts: tuple[int, int, int], said: str) -> None:
    assert plain(parted("个县市区".removeprefix("个"), groups(*counts), REF)) == said


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3))
def test_counts_and_names_agree_whatever_the_groups(done: int, behind: int, missing: int) -> None:
    made = parted("县市区", groups(done, behind, missing), REF)
    text = plain(made)
    total = done + behind + missing
    assert "0个" not in re.sub(r"\d\d", "", text) and "：；" not in text and "：。" not in text
    counted = [int(piece.text) for piece in made if isinstance(piece, Figure)]
    filled = [count for count in (done, behind, missing) if count]
    if total > 1:
        assert counted == [total, *(filled if len(filled) > 1 else [])]
        assert len(filled) == 1 or all(text.count(name) == 1 for name in NAMES[:total])
    assert all(isinstance(piece, Figure) or not re.search(r"\d", piece) for piece in made)


def test_a_unit_in_two_groups_is_an_error() -> None:
    twice = groups(1, 0, 0) + groups(1, 0, 0)
    with pytest.raises(ValueError, match="两组"):
        parted("县市区", twice, REF)


@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        (("county", "county"), "县"),
        (("county", "county-city"), "县市"),
        (("county", "county-city", "zone"), "县市区"),
        (("county", "district"), "县区"),
        (("county", "prefecture-department"), "单位"),
        ((), "单位"),
    ],
)
def test_what_territories_are_called_together(kinds: tuple[str, ...], name: str) -> None:
    assert scope(kinds) == name


@pytest.mark.parametrize(
    ("now", "before", "options", "said"),
    [
        ("112.3", "100", {}, "同比增长12.3%"),
        ("96.9", "100", {}, "同比下降3.1%"),
        ("100", "100", {}, "同比持平"),
        ("100.01", "100", {}, "同比基本持平"),
        ("5", "0", {"measure": "亿元"}, "同比增加5亿元"),
        ("-3", "-1", {"measure": "亿元"}, "同比减少2亿元"),
        ("0.456", "0.424", {"share": True, "label": "较上月"}, "较上月提高3.2个百分点"),
        ("0.4", "0.45", {"share": True}, "同比下降5个百分点"),
        ("0.4001", "0.4", {"share": True}, "同比基本持平"),
    ],
)
def test_change_is_worded_rightly(now: str, before: str, options: dict[str, object], said: str) -> None:
    assert plain(change(Decimal(now), Decimal(before), REF, **options)) == said  # type: ignore[arg-type]


def test_without_a_base_nothing_is_said() -> None:
    assert change(Decimal(1), None, REF) == ()
    assert moved(["永安县"], None, REF, what="滞后") == ()


@given(st.decimals(-1000, 1000, places=3), st.decimals(-1000, 1000, places=3), st.booleans())
def test_change_never_shows_a_sign_or_a_zero(now: Decimal, before: Decimal, share: bool) -> None:
    made = change(now, before, REF, share=share, measure="亿元")
    text = plain(made)
    assert "-" not in text
    figures = [piece for piece in made if isinstance(piece, Figure)]
    if "持平" in text:
        assert not figures
    else:
        (only,) = figures
        assert Decimal(only.text) > 0
        rises = any(word in text for word in ("增长", "提高", "增加"))
        assert rises == (now > before)


@pytest.mark.parametrize(
    ("reached", "expected", "said"),
    [
        ("0.75", "0.75", "与时序进度持平"),
        ("0.782", "0.75", "快于时序进度3.2个百分点"),
        ("0.6", "0.75", "慢于时序进度15个百分点"),
    ],
)
def test_against_the_schedule(reached: str, expected: str, said: str) -> None:
    assert plain(against_schedule(Decimal(reached), Decimal(expected), REF)) == said


def test_who_joined_and_left_a_group() -> None:
    text = plain(moved(["永安县", "石屏县"], ["石屏县", "大理市", "清河县"], REF, what="滞后"))
    assert text == "较上月，新增滞后的单位1个：永安县；不再滞后的单位2个：大理市、清河县。"
    assert moved(["永安县"], ["永安县"], REF, what="滞后") == ()


def test_best_and_worst_with_ties() -> None:
    values = ("98", "91", "91", "85", "80", "72", "60", "55", "55", "41", "39")
    listed = [member(name, value) for name, value in zip(NAMES, values, strict=True)]
    assert plain(ends(listed, "完成率", measure="%")) == (
        "完成率居前3位的是：永安县（98%）、石屏县（91%）、大理市（91%）；"
        "居后4位的是：姚安县（55%）、元谋县（55%）、武定县（41%）、云岭高新区（39%）。"
    )
    few = listed[:4]
    assert plain(ends(few, "完成率", measure="%")).startswith("按完成率由高到低依次为：永安县（98%）、")
    assert plain(ends(listed[:1], "完成率", measure="%")) == "永安县完成率为98%。"
    assert (
        plain(ends([member("永安县", "5"), member("石屏县", "5.0")], "完成率", measure="%")) == "各单位完成率均为5%。"
    )
    assert ends([member("永安县")], "完成率") == ()
    assert plain(ranking(few, "能耗", descending=False)).startswith("按能耗由低到高依次为：清河县（85）")


@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=11), st.booleans())
def test_places_are_competition_ranks(found: list[int | None], descending: bool) -> None:
    listed = [member(name, None if value is None else str(value)) for name, value in zip(NAMES, found, strict=False)]
    placed = ranks(listed, descending=descending)
    assert len(placed) == sum(value is not None for value in found)
    for place, one in placed:
        assert one.figure is not None and one.figure.value is not None
        better = [
            other
            for _, other in placed
            if other.figure is not None
            and other.figure.value is not None
            and (other.figure.value > one.figure.value if descending else other.figure.value < one.figure.value)
        ]
        assert place == 1 + len(better)
    said = plain(ends(listed, "完成率", descending=descending))
    if said.count("居"):
        front, back = said.split("；")
        named = set(re.findall("|".join(NAMES), front)) & set(re.findall("|".join(NAMES), back))
        assert not named


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 4))
def test_numbers_have_no_exponent_and_no_negative_zero(value: Decimal, places: int) -> None:
    text = number(value, places)
    assert re.fullmatch(r"-?\d+(\.\d{1,4})?", text) and text != "-0"
    assert abs(Decimal(text) - value) <= Decimal(5).scaleb(-places - 1)


def test_shares_points_and_scales() -> None:
    assert percent(Decimal("0.4567")) == "45.7%"
    assert points(Decimal("-0.032")) == "3.2个百分点"
    assert scaled(Decimal(12345678), "元") == (Decimal("1234.5678"), "万元")
    assert scaled(Decimal(1234567890), "元") == (Decimal("12.3456789"), "亿元")
    assert scaled(Decimal(999), "户") == (Decimal(999), "户")
    assert scaled(Decimal(123456), "万元") == (Decimal(123456), "万元")
