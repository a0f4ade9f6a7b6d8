"""Folding: one form for every print of a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.units.folding import fold, fold_with_positions


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("10 县市人民政府", "10县市人民政府"),
        ("１０县市", "10县市"),
        ("各县（市、区）", "各县(市、区)"),
        ("州工信局〈州中小企业局〉", "州工信局(州中小企业局)"),
        ("云　岭\u200b州\n财政局", "云岭州财政局"),
        ("《云岭州公报》编辑部", "《云岭州公报》编辑部"),
        (" \t\n", ""),
    ],
)
def test_prints_of_one_name_fold_alike(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_positions_lead_back_to_the_text(text: str) -> None:
    folded, positions = fold_with_positions(text)
    assert folded == fold(text)
    assert len(positions) == len(folded)
    assert positions == sorted(positions)
    assert all(character in fold(text[position]) for character, position in zip(folded, positions, strict=True))
