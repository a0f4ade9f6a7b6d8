"""Deadlines that had passed when the document was signed, and phases that begin before the plan does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.extraction.model import DeadlineRule

_DONE = re.compile(r"已于|已经|已[完成建开通实]|截至|截止到|累计完成了")
_EACH_YEAR = re.compile(r"每年|次年|逐年|每季|每月|每半年")
_PERIOD = re.compile(r"(?:规划|方案|行动|实施|计划)期限?[为是:：]?\s*(20\d\d)\s*年?\s*[—–\-~至到]+\s*(20\d\d)\s*年")
_PHASE = re.compile(r"(?:——|第[一二三四]阶段[^。]{0,12}?|[(（]|^)\s*(20\d\d)\s*年?\s*[—–\-~至到]+\s*(20\d\d)\s*年")


def check_dates(subject: Subject) -> Iterator[Finding]:
    """All findings about dates."""
    for plan in subject.plans:
        if not plan.is_chronicle:
            yield from _passed(plan)
            yield from _phases(plan)


def _passed(plan: PlanView) -> Iterator[Finding]:
    """Dates before the signature; a year alone that began before it is no date."""
    issued = plan.issued_on
    if issued is None:
        return
    for deadline in plan.draft.deadlines:
        date = deadline.date
        if deadline.deadline is not DeadlineRule.DATE or date is None or date >= issued or plan.is_past(deadline.line):
            continue
        sentence = plan.sentence_before(deadline.spans)
        if date.year < issued.year - 1 or _DONE.search(sentence) or _EACH_YEAR.search(sentence):
            continue  # history, or a day of every year
        yield finding(
            "deadline-passed",
            f"“{deadline.text}”早于成文日期{_shown(issued)}。",
            [Place(deadline.spans, deadline.text)],
            plan=plan.index,
            detail=f"{_shown(date)} 早于 {_shown(issued)}，相差{(issued - date).days}天",
            readings=(deadline.text, _shown(issued)),
        )


def _shown(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def _phases(plan: PlanView) -> Iterator[Finding]:
    """Phases (——2020—2022年) that begin before the first year of the period that the plan gives itself."""
    period: tuple[int, Place] | None = None
    for paragraph in plan.paragraphs:
        match = _PERIOD.search(paragraph.text)
        if match and period is None:
            period = int(match[1]), part(paragraph, match.start(), match.end())
            continue
        phase = _PHASE.match(paragraph.text)
        if period is None or phase is None or int(phase[1]) >= period[0]:
            continue
        yield finding(
            "outside-period",
            f"阶段“{phase[0].lstrip('—')}”早于规划期。",
            [period[1], part(paragraph, phase.start(), phase.end())],
            plan=plan.index,
            detail=f"规划期从{period[0]}年起，该阶段从{phase[1]}年起",
            readings=(period[1].text, phase[0]),
        )
