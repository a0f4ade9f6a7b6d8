"""Helpers for the tests of phrase rules: paragraphs from text, what was found in short, strings that could hurt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from luoshi.extraction.deadlines import find_deadlines
from luoshi.extraction.model import Context, Found, Paragraph, Piece
from luoshi.extraction.responsibilities import find_responsibilities
from luoshi.extraction.targets import find_targets
from luoshi.extraction.words import words

PLAN = Context(year=2026, last_year=2028, issued_on=dt.date(2026, 2, 10))
FINDERS = (find_targets, find_responsibilities, find_deadlines)

WORDS = words(
    "力争 确保 新增 净增 增长 下降 达到 不低于 不超过 以上 以内 左右 企业 户 个 万 亿元 % 个百分点 15 3.5 2026年 "
    "6月底前 每月3日前 年内 到2028年 较上年 “十五五”期间 （ ） ( ) ， 。 ； 、 ： 牵头单位： 责任单位： 牵头 配合 "
    "按职责分工负责 负责 州发展改革委 云岭市、青石县人民政府 等 和 给予 奖励 分别 一是 其中 每个 两个 三分之二 "
    "百分之五 翻一番 2.5:1 — 至 “ ” 《 》 5个工作日内 一月一调度"
)

#: Texts of the words that the rules look for, in any order, and of any other characters.
phrase_texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=40).map("".join)

HOSTILE = {
    "open brackets": "（" * 5000,
    "brackets with a role": "（牵头单位：" * 1000,
    "labels": "责任单位：" * 1000,
    "digits": "1" * 5000,
    "points": "1." * 2500,
    "thousands": "1,000" * 1000,
    "myriads": "万亿" * 2000,
    "Chinese digits": "一二三四" * 1200,
    "list marks": "、" * 5000,
    "names": "甲局、" * 1500,
    "and": "甲局和" * 1500,
    "led by": "由州甲局牵头，" * 700,
    "shares": "5%" * 2500,
    "counts": "新增5户，" * 1000,
    "sizes": "5个千亿级" * 1000,
    "respective": "分别达5%和6%、" * 600,
    "ranges": "1至" * 2500,
    "months": "1月至" * 1200,
    "baselines": "较2020年" * 1000,
    "quotes": "“" * 5000,
    "split brackets": "5户（" * 1500,
}


def para(text: str, line: int = 1) -> Paragraph:
    """A paragraph that stands on one line."""
    return Paragraph(text, (Piece(0, line, 0, len(text)),))


def broken(*lines: str, first: int = 1, step: int = 1) -> Paragraph:
    """A paragraph that a page broke into lines."""
    pieces, offset = [], 0
    for index, line in enumerate(lines):
        pieces.append(Piece(offset, first + index * step, 0, len(line)))
        offset += len(line)
    return Paragraph("".join(lines), tuple(pieces))


def check_provenance(paragraph: Paragraph, found: Sequence[Found]) -> None:
    """Each finding's text stands in the paragraph, and its spans lead back to just these characters, in order."""
    lines = {piece.line: paragraph.text[piece.offset : piece.offset + piece.length] for piece in paragraph.pieces}
    for item in found:
        assert item.text
        assert item.text in paragraph.text
        assert "".join(lines[span.line][span.start : span.end] for span in item.spans) == item.text
        assert 0 < item.certainty < 1
        assert item.rule
        assert item.rule == item.rule.lower()
        assert item.reason
        assert item.measure is None
    assert all(a.spans[0] <= b.spans[0] for a, b in pairwise(found))
