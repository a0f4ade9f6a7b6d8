"""Deadlines that had passed when the document was signed, and phases that begin before the plan does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.extraction.model import DeadlineDraft, DeadlineRule

_DONE = re.compile(r"已于|已经|已[完成建开通实]|截至|截止到|累计完成了")
_EACH_YEAR = re.compile(r"每年|次年|逐年|每季|每月|每半年")
_PERIOD = re.compile(r"(?:规划|方案|行动|实施|计划)期限?[为是:：]?\s*(20\d\d)\s*年?\s*[—–\-~至到]+\s*(20\d\d)\s*年")
_PHASE = re.compile(r"(?:——|第[一二三四]阶段[^。]{0,12}?|[(（]|^)\s*(20\d\d)\s*年?\s*[—–\-~至到]+\s*(20\d\d)\s*年")

_TITLE_PERIOD = re.compile(r"(20\d\d)\s*年?\s*[—–\-~至到]+\s*(20\d\d)\s*年?")
#: 五年内培训100人, 五年支持30个; not 3年以上, 第五年, 2025年, 十年禁渔
_YEARS = re.compile(
    r"(?<![第前近上下十\d“])([一二三四五六七八九]|\d)年(?:内|间|共|累计)?(?![以之前后来级期制度规度]|[\d一-十])"
)
_NUMBERS = "一二三四五六七八九"
_TERMS = re.compile(r"贷|租|免|期限|有效|使用|合同|经验|服务期|连续|满|规划|计划|历史|质保|折旧|回收|寿命")


def check_dates(subject: Subject) -> Iterator[Finding]:
    """All findings about dates."""
    for plan in subject.plans:
        if not plan.is_chronicle:
            yield from _passed(plan)
            yield from _phases(plan)
            yield from _order(plan)
            yield from _too_long(plan)


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


def _order(plan: PlanView) -> Iterator[Finding]:
    """Numbered phases (（一）编制阶段（4月底前）) of which a later one ends before the one above it."""
    ends: dict[str, DeadlineDraft] = {}
    for deadline in plan.draft.deadlines:
        measure = plan.measures.get(deadline.measure or "")
        if measure and deadline.date and "阶段" in measure.title and deadline.text in measure.title:
            ends[measure.key] = deadline
    groups: dict[str | None, list[DeadlineDraft]] = {}
    for key, deadline in sorted(ends.items()):
        groups.setdefault(plan.measures[key].parent, []).append(deadline)
    for phases in groups.values():
        wrong = [
            (first, second) for first, second in pairwise(phases)
            if first.date and second.date and second.date < first.date
        ]  # fmt: skip
        if wrong:
            places = list(dict.fromkeys(phase for pair in wrong for phase in pair))
            yield finding(
                "phase-order",
                "各阶段的先后与时限相反：后一阶段的时限早于前一阶段。",
                [Place(phase.spans, phase.text) for phase in places],
                plan=plan.index,
                detail="，".join(f"第{phase.line}行{_shown(phase.date)}" for phase in places if phase.date),
                readings=tuple(phase.text for phase in places),
            )


def _too_long(plan: PlanView) -> Iterator[Finding]:
    """Targets for more years (五年培训100人) than the period in the plan's title has."""
    period = _TITLE_PERIOD.search(plan.draft.title)
    if period is None:
        return
    years = int(period[2]) - int(period[1]) + 1
    places: dict[Place, str] = {}
    for target in plan.draft.targets:
        found = plan.sentence_at(target.spans)
        if found is None or _TERMS.search(found[2]):
            continue
        for match in _YEARS.finditer(found[2]):
            count = _NUMBERS.find(match[1]) + 1 if match[1] in _NUMBERS else int(match[1])
            if count > years:
                start = found[1] + match.start()
                places[part(plan.paragraphs[found[0]], start, start + len(match[0]))] = match[0]
    if places:
        first = next(iter(places.values()))
        yield finding(
            "period-longer",
            f"方案期为{period[0].rstrip('年')}年，共{years}年，目标却按“{first}”提出（{len(places)}处）。",
            places,
            plan=plan.index,
            detail=f"{period[2]} − {period[1]} + 1 = {years}",
            readings=(first, period[0]),
        )
