"""What a line of an official document is by its form alone: labels of an outline, dates, page numbers, mark-up.

Shared by the joining of lines, the splitting into documents, the outline and the tables.
"""

from __future__ import annotations

import datetime as dt
import re

#: Chinese numerals as labels use them.
NUMERAL = "零〇一二三四五六七八九十百"

#: A label that begins a line: 一、 （一） (1) 一） 1. 1． 1、 1) ① 第一章 ——. A decimal (``3.5%``) is none;
#: whether ``3.7 个村`` is item 3 only the order of an outline can tell (see ``outline``).
LABEL = re.compile(
    rf"""
    \s*(?:
        [{NUMERAL}]+\s*(?:、|[.．](?!\d))
      | [(（]\s*(?:[{NUMERAL}]+|\d{{1,2}})\s*[)）]
      | [{NUMERAL}]+\s*[)）]
      | \d{{1,2}}\s*(?:[.．](?!\d)|、|[)）])
      | [①-⑳⑴-⒇]
      | 第\s*(?:[{NUMERAL}]+|\d{{1,3}})\s*[章节条编篇]
      | ——(?!—)
      | (?:专栏|附\s*[件表录])\s*(?:\d{{1,2}}|[{NUMERAL}]+|[:：]|$)
    )
    """,
    re.VERBOSE,
)

#: The label of an article of rules (第十二条): its text follows on the same line.
ARTICLE = re.compile(rf"\s*第\s*(?:[{NUMERAL}]+|\d{{1,3}})\s*条")

#: The label of a decimal outline: 2.1.3 (its top level, a bare number, is told from text by the outline only).
DECIMAL = re.compile(r"\s*(\d{1,2}(?:[.．]\d{1,2}){1,3})\s*(?=[\u4e00-\u9fff《“])")

#: A line that is only a date: 2023年3月10日 or 二〇二三年三月十日.
DATE_LINE = re.compile(
    rf"\s*(?:(\d{{4}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*日|[{NUMERAL}]{{4}}年[{NUMERAL}]{{1,2}}月[{NUMERAL}]{{1,3}}日)\s*$"
)

#: A line that holds only a page number: — 3 —, - 12 -, (12), 第 3 页 共 9 页.
PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–―－·]+\s*\d{1,4}\s*[-—–―－·]+|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|[(（]\s*\d{1,4}\s*[)）])\s*$"
)

#: A line drawn across the page.
RULE = re.compile(r"\s*[-—–―_=＿*·.]{6,}\s*$")

#: Mark-up that text recognition leaves in a text: headings, list dots, bold, line ends.
MARKUP = re.compile(r"\A\s*(?:#{1,6}\s+|[-*+•]\s+(?=\S))+|\*\*|</?b>|<br\s*/?>")
HEADING_MARK = re.compile(r"\A\s*#{1,6}\s+\S")


#: Kinds of document, with which titles end.
KIND = (
    "方案|通知|办法|规划|计划|纲要|意见|细则|预案|措施|要点|清单|决定|决议|公报|公告|通告|条例|规定|批复|的函|报告|大事记"
    "|指南|责任书|若干政策"
)

#: A document number alone on its line: 云政发〔2026〕1号.
DOCUMENT_NUMBER = re.compile(r"\s*([\u4e00-\u9fff]{1,12}\s*[〔\[(（【]\s*\d{4}\s*[〕\])）】]\s*\d{1,4}\s*号)\s*$")

#: The line above an annex: 附件, 附件 1:, 附 件2.
ANNEX_LABEL = re.compile(rf"\s*附\s*[件表录]?\s*(?:\d{{1,2}}|[{NUMERAL}]{{1,2}})?\s*[:：]?\s*$")

#: A line that begins with the name of a field (完成时限：12月底) is a paragraph of its own in task lists.
FIELD = re.compile(
    r"\s*(?:(?:牵头|责任|配合|协助|参与|主办|协办|承办)(?:单位|部门|处室|科室|领导|人)|完成(?:时限|时间)|时间(?:节点|要求|安排)|时限要求"
    r"|工作(?:目标|措施|任务|要求)|目标任务|主要(?:措施|任务)|具体措施|联系(?:人|电话))\s*[:：]"
)

#: A line that is one bracket: （此件公开发布）.
REMARK = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")

#: The heading of a table of contents, and the end of its entries: ``…… (12)``, a tab and a page number.
CONTENTS = re.compile(r"\s*目\s*[录次]\s*$")
CONTENTS_ENTRY = re.compile(r"(?:[.．…·\t]\s*[(（]?\d{1,3}[)）]?|\s[(（]\d{1,3}[)）])\s*$")

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}


def read_date(text: str) -> dt.date | None:
    """The date of a text that is only a date, ``None`` where there is no such day."""
    match = DATE_LINE.match(text)
    if match is None:
        return None
    if match[1]:
        parts = [int(match[k]) for k in (1, 2, 3)]
    else:
        year, rest = text.strip().split("年")
        month, day = rest.rstrip("日").split("月")
        parts = [int("".join(str(_DIGITS.get(c, 0)) for c in year)), _tens(month), _tens(day)]
    try:
        return dt.date(*parts)
    except ValueError:
        return None


def _tens(text: str) -> int:
    """A Chinese numeral below 100: 三十一 → 31."""
    high, ten, low = text.rpartition("十")
    return (_DIGITS.get(high, 1) * 10 if ten else 0) + _DIGITS.get(low, 0)


def squeeze(text: str) -> str:
    """A title without the blanks that setting or recognition put between its characters."""
    return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", text)


def is_label(text: str) -> bool:
    """Whether a line begins with the number of an outline."""
    return LABEL.match(text) is not None


def width(text: str) -> float:
    """Printed width in full-width characters: ASCII counts half (UTF-8 needs one byte for it, three for Chinese)."""
    return (len(text) + len(text.encode("utf-8", "replace"))) / 4
