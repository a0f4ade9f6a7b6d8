"""What a line of an official document is by its form alone: labels of an outline, dates, page numbers, mark-up.

Shared by the joining of lines, the splitting into documents, the outline and the tables.
"""

from __future__ import annotations

import re

#: Chinese numerals as labels use them.
NUMERAL = "零〇一二三四五六七八九十百"

#: A label that begins a line: 一、 （一） (1) 一） 1. 1． 1、 1) ① 第一章 ——. A decimal (``3.5%``) is none;
#: whether ``3.7 个村`` is item 3 only the order of an outline can tell (see ``outline``).
LABEL = re.compile(
    rf"""
    \s*(?:
        [{NUMERAL}]+\s*[、.．](?!\d)
      | [(（]\s*(?:[{NUMERAL}]+|\d{{1,2}})\s*[)）]
      | [{NUMERAL}]+\s*[)）]
      | \d{{1,2}}\s*(?:[.．](?!\d)|、|[)）])
      | [①-⑳⑴-⒇]
      | 第\s*(?:[{NUMERAL}]+|\d{{1,3}})\s*[章节条编篇]
      | ——(?!—)
      | (?:专栏|附件|附表|附录)\s*(?:\d{{1,2}}|[{NUMERAL}]+|[:：]|$)
    )
    """,
    re.VERBOSE,
)

#: The label of an article of rules (第十二条): its text follows on the same line.
ARTICLE = re.compile(rf"\s*第\s*(?:[{NUMERAL}]+|\d{{1,3}})\s*条")

#: A line that is only a date: 2023年3月10日 or 二〇二三年三月十日.
DATE_LINE = re.compile(
    rf"\s*(?:(\d{{4}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*日|[{NUMERAL}]{{4}}年[{NUMERAL}]{{1,2}}月[{NUMERAL}]{{1,3}}日)\s*$"
)

#: A line that holds only a page number: — 3 —, - 12 -, (12), 第 3 页 共 9 页.
PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–―－·]+\s*\d{1,4}\s*[-—–―－·]+|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|[(（]\s*\d{1,4}\s*[)）])\s*$"
)

#: Mark-up that text recognition leaves in a text: headings, list dots, bold, line ends.
MARKUP = re.compile(r"\A\s*(?:#{1,6}\s+|[-*+•]\s+(?=\S))+|\*\*|</?b>|<br\s*/?>")
HEADING_MARK = re.compile(r"\A\s*#{1,6}\s+\S")


def is_label(text: str) -> bool:
    """Whether a line begins with the number of an outline."""
    return LABEL.match(text) is not None


def width(text: str) -> float:
    """Printed width in full-width characters: ASCII counts half."""
    return len(text) - 0.5 * sum(c < "\u2000" for c in text)
