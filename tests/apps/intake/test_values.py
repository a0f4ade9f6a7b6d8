"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.apps.intake.values import parse_number, plain


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.5万", "15000"),
        ("21亿", "2100000000"),
        ("1.2万亿", "1200000000000"),
        ("12,000", "12000"),
        ("１２．５", "12.5"),
        (" 800 万 ", "8000000"),
        ("-3.5", "-3.5"),
        ("5百", "500"),
        ("0.50", "0.5"),
    ],
)
def test_numbers_in_base_units(typed: str, value: str) -> None:
    assert plain(parse_number(typed)) == value


@pytest.mark.parametrize("typed", ["", "约15", "15%", "1.2.3", "万", "1e5", "nan", "9" * 30, "0.0000001", "1亿万万"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_number(typed)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=6))
def test_stored_numbers_are_read_back(value: Decimal) -> None:
    assert parse_number(plain(value)) == value


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        parse_number(text)
    except ValueError:
        return
