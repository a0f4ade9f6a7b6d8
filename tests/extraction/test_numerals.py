"""Numerals and quantities as plans print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.extraction.numerals import narrow, read_numeral, scan_quantities
from tests.extraction.phrases import phrase_texts


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("15", "15"),
        ("1.5万", "15000"),
        ("180 亿", "18000000000"),
        ("1.2万亿", "1200000000000"),
        ("3千5百", "3500"),
        ("１２０", "120"),
        ("1,250", "1250"),
        ("二十三", "23"),
        ("两千三百万", "23000000"),
        ("三亿五千万", "350000000"),
        ("一点二万亿", "1200000000000"),
        ("十", "10"),
        ("千亿", "100000000000"),
        ("一百零五", "105"),
        ("二〇二六", "2026"),
        ("半", "0.5"),
    ],
)
def test_a_numeral_has_its_value(printed: str, value: str) -> None:
    assert read_numeral(printed) == Decimal(value)


@pytest.mark.parametrize("printed", ["", "户", "十户", "点", "1.5.2万"])
def test_what_is_no_numeral_has_no_value(printed: str) -> None:
    assert read_numeral(printed) is None


@pytest.mark.parametrize(
    ("text", "value", "value_max", "unit"),
    [
        ("净增1.5万户", "15000", None, "户"),
        ("融资 180 亿元", "18000000000", None, "元"),
        ("装机800万千瓦", "8000000", None, "千瓦"),
        ("面积252万平方米", "2520000", None, "平方米"),
        ("培训2.5万人次", "25000", None, "人次"),
        ("提高0.5个百分点", "0.5", None, "百分点"),
        ("增长１５％", "15", None, "%"),
        ("百分之五点五", "5.5", None, "%"),
        ("三分之二", "66.6667", None, "%"),
        ("4成以上", "40", None, "%"),
        ("一半以上", "50", None, "%"),
        ("翻一番", "2", None, "倍"),
        ("翻两番", "4", None, "倍"),
        ("加工产值比达2.5:1", "2.5", None, ":1"),
        ("引进2家至3家", "2", "3", "家"),
        ("选择1—2个", "1", "2", "个"),
        ("2—3万户", "20000", "30000", "户"),
        ("两个园区", "2", None, "个"),
        ("突破千亿元", "100000000000", None, "元"),
        ("每万人3.2件/万人", "3.2", None, "件/万人"),
    ],
)
def test_a_quantity_is_given_in_base_units(text: str, value: str, value_max: str | None, unit: str) -> None:
    [quantity] = [q for q in scan_quantities(text) if q.unit]
    assert (quantity.value, quantity.value_max, quantity.unit) == (
        Decimal(value),
        Decimal(value_max) if value_max else None,
        unit,
    )


@pytest.mark.parametrize(
    "text", ["2026年3月", "3个月内", "10人民政府", "第一名录", "3个100", "5项目", "12次年会", "8家庭"]
)
def test_what_only_looks_like_a_unit_is_none(text: str) -> None:
    assert [q for q in scan_quantities(text) if q.unit] == []


@given(phrase_texts)
def test_quantities_stand_in_order_and_are_finite(text: str) -> None:
    end = 0
    for quantity in scan_quantities(text):
        assert end <= quantity.start < quantity.end <= len(text)
        end = quantity.end
        assert quantity.value.is_finite()
        assert quantity.value >= 0
        assert quantity.value_max is None or quantity.value_max > quantity.value


@given(st.integers(0, 10**12))
def test_arabic_numerals_read_back(number: int) -> None:
    assert read_numeral(str(number)) == number
    assert read_numeral(f"{number:,}") == number


@given(st.text(max_size=40))
def test_narrowing_keeps_every_character_in_place(text: str) -> None:
    assert len(narrow(text)) == len(text)
