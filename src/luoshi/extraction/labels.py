"""The numbers of an outline: which kind a printed label is, its value, and where 一是 … 二是 … number sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

from luoshi.extraction.marks import NUMERAL

#: Kinds of label from the top down, as GB/T 9704-2012 (7.3.3) orders 一、 （一） 1. （1）; chapters stand above them.
RANKS = {
    "heading": 0.0,
    "chapter": 1.0,
    "section": 2.0,
    "article": 3.0,
    "decimal": 4.0,
    "han": 5.0,
    "han-bracket": 6.0,
    "arabic": 7.0,
    "box": 7.0,
    "arabic-bracket": 8.0,
    "circle": 9.0,
    "dash": 10.0,
    "sentence": 11.0,
}

_H = NUMERAL
_PATTERNS = re.compile(
    rf"""
    (?P<chapter>第\s*(?:[{_H}]+|\d{{1,3}})\s*[章编篇])
  | (?P<section>第\s*(?:[{_H}]+|\d{{1,3}})\s*节)
  | (?P<article>第\s*(?:[{_H}]+|\d{{1,3}})\s*条)
  | (?P<han>[{_H}]+\s*(?:、|[.．](?!\d)))
  | (?P<han_bracket>[(（]\s*[{_H}]+\s*[)）]|[{_H}]+\s*[)）])
  | (?P<decimal>\d{{1,2}}(?:[.．]\d{{1,2}}){{1,3}}(?=\s*[\u4e00-\u9fff《“]))
  | (?P<arabic>\d{{1,2}}\s*(?:[.．](?!\d)|、))
  | (?P<arabic_bracket>[(（]?\s*\d{{1,2}}\s*[)）])
  | (?P<circle>[①-⑳⑴-⒇])
  | (?P<dash>——(?!—))
  | (?P<box>专栏\s*(?:\d{{1,2}}|[{_H}]+))
  | (?P<sentence>[一二三四五六七八九十]{{1,2}}(?:是|要)(?![否非不]))
    """,
    re.VERBOSE,
)
#: An Arabic number whose text itself begins with a figure: ``3.7 个村``, ``2.2023年``; ``3.5%`` is no label.
_TIGHT = re.compile(r"(\d{1,2})[.．](?=\d+(?:\.\d+)?\s*[^\d\s%％.])")
_TOP_DECIMAL = re.compile(r"\d{1,2}(?=\s+[\u4e00-\u9fff])")
_SENTENCE = re.compile(r"(?:(?<=[。；：:;])|\A)\s*([一二三四五六七八九十]{1,2})(是|要)(?![否非不])")
_HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: its kind (see ``RANKS``), its number and the characters that it takes up in the paragraph."""

    kind: str
    printed: str
    number: int
    start: int
    end: int
    depth: int = 0

    @property
    def rank(self) -> float:
        """Smaller is higher in the outline."""
        return RANKS[self.kind] + self.depth / 10


def read_label(text: str, *, decimal: bool = False, expected: int | None = None) -> Label | None:
    """The label with which a paragraph begins.

    ``decimal`` tells that the document numbers by decimals (1, 1.1, 1.1.2). Where it does not, ``3.7 个村`` is item 3
    if ``expected`` (the number after the item before) is 3, else no label.
    """
    start = len(text) - len(text.lstrip())
    match = _PATTERNS.match(text, start)
    kind = (match.lastgroup or "").replace("_", "-") if match else ""
    if match is None or (kind == "decimal" and not decimal):
        top = _TOP_DECIMAL.match(text, start) if decimal else None
        if top:
            return Label("decimal", top[0], int(top[0]), start, top.end(), 1)
        tight = _TIGHT.match(text, start)
        if tight is None or int(tight[1]) != expected:
            return None
        return Label("arabic", tight[0], int(tight[1]), start, tight.end())
    printed = match[0].strip()
    if kind == "decimal":
        parts = re.split(r"[.．]", printed)
        return Label(kind, printed, int(parts[-1]), start, match.end(), len(parts))
    return Label(kind, printed, _number(printed), start, match.end())


def uses_decimals(texts: list[str]) -> bool:
    """Whether a document numbers its headings by decimals: three labels or more, of them one that begins at n.1."""
    found = [m["decimal"] for text in texts if (m := _PATTERNS.match(text)) and m["decimal"]]
    return len(set(found)) >= 3 and any(re.split(r"[.．]", label)[-1] == "1" for label in found)


def sentence_labels(text: str, start: int) -> list[Label]:
    """一是 … 二是 … where they begin sentences from ``start`` on; none where they do not count up from one."""
    found = [
        Label("sentence", m[1] + m[2], han_number(m[1]), m.start(1), m.end()) for m in _SENTENCE.finditer(text, start)
    ]
    counted: list[Label] = []
    for label in found:
        if label.number == len(counted) + 1:
            counted.append(label)
    return counted if len(counted) >= 2 else []


def _number(printed: str) -> int:
    digits = re.search(r"\d+", printed)
    if digits:
        return int(digits[0])
    han = re.search(rf"[{_H}]+", printed)
    if han:
        return han_number(han[0])
    for first, last in (("①", "⑳"), ("⑴", "⒇")):
        if first <= printed <= last:
            return ord(printed) - ord(first) + 1
    return 0


def han_number(text: str) -> int:
    """A Chinese numeral below 1000 as labels use it: 二十一 → 21; digits in a row are read as such (二〇 → 20)."""
    total, digit = 0, 0
    for character in text:
        if character in "百十":
            total += (digit or 1) * (100 if character == "百" else 10)
            digit = 0
        else:
            digit = digit * 10 + _HAN_DIGITS.get(character, 0)
    return total + digit
