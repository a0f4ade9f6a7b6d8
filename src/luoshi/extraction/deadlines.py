"""When something is due: dates (底, 末, 前, 上旬…), phases, cadences with a duty (每月3日前), days after an event.

What is none: measuring periods (全年, 一季度, “十四五”期间), bare 定期 and 经常, past dates (截至2017年底), dates of
an issue.
"""

from __future__ import annotations

import re

from luoshi.extraction.certainty import WITHOUT_YEAR, certainty
from luoshi.extraction.clauses import anchored, split_clauses
from luoshi.extraction.deadline_cadences import NAMES, PERIODS
from luoshi.extraction.deadline_forms import DEADLINE, LISTED
from luoshi.extraction.deadline_readers import READERS
from luoshi.extraction.deadline_terms import Read, Year
from luoshi.extraction.model import Context, DeadlineDraft, DeadlineRule, Paragraph
from luoshi.extraction.numerals import narrow, with_conjunctions

_REPORTS = re.compile(r"[周旬月季年度][、和及]")
_HANDED_IN = re.compile(r"(?:报送|上报|提交|填报|报告|形成)$")
_CUE = re.compile(r"[年月周旬季日天末]")


def find_deadlines(paragraph: Paragraph, context: Context) -> list[DeadlineDraft]:
    """All deadlines of a paragraph, in order; rows of tables have none (tables are read by their own rules)."""
    if paragraph.style == "row" or not _CUE.search(paragraph.text):
        return []
    text = with_conjunctions(narrow(paragraph.text))
    matches = list(DEADLINE.finditer(text))
    if not matches and not _REPORTS.search(text):
        return []
    found: list[tuple[int, int, Read]] = []
    year = Year(context, split_clauses(text))
    for match in matches:
        kind = match.lastgroup or ""
        read = READERS[kind](match, text, year)
        if read:
            found.append((match.start(), match.end(), read))
    found = _without_titles(text, found)
    found += _listed(text, {read.deadline for _, _, read in found})
    found = sorted(found, key=lambda item: item[:2])
    drafts = []
    for start, end, read in found:
        begin = anchored(paragraph, start, read.core)
        while text[begin] in " \u3000":
            begin += 1
        drafts.append(
            DeadlineDraft(
                text=paragraph.text[begin:end],
                spans=paragraph.spans(begin, end),
                rule=read.rule,
                certainty=certainty(read.rule) if read.date or read.deadline is not DeadlineRule.DATE else WITHOUT_YEAR,
                reason=read.reason,
                deadline=read.deadline,
                date=read.date,
                day=read.day,
                days=read.days,
                working=read.working,
            )
        )
    return drafts


def _without_titles(text: str, found: list[tuple[int, int, Read]]) -> list[tuple[int, int, Read]]:
    """``周报告制度``, ``报送季度分析`` only name what the paragraph spells out (``每周上报``), which counts."""
    spelled = {read.deadline for _, _, read in found if read.rule != "deadline-chain"}
    return [
        item
        for item in found
        if item[2].rule != "deadline-chain"
        or item[2].deadline not in spelled
        or not (text[item[1] : item[1] + 2] == "制度" or _HANDED_IN.search(text, max(0, item[0] - 4), item[0]))
    ]


def _listed(text: str, rules: set[DeadlineRule]) -> list[tuple[int, int, Read]]:
    """``“周、旬、月、季、年”报制度``: one deadline a period, but for those that the paragraph spells out besides."""
    found = []
    for match in LISTED.finditer(text):
        for period in re.finditer(r"周|旬|半年|月|季|年", match[0]):
            rule = PERIODS[period[0]]
            at = match.start() + period.start()
            if rule not in rules:
                found.append((at, match.end(), Read("deadline-chain", rule, at, f"“{match[0]}”含{NAMES[rule.value]}")))
    return found
