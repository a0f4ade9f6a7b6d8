"""One piece of work written into two measures, word for word, with different units to do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.extraction.model import Paragraph, ResponsibilityDraft

_SHORTEST = 20  # characters of running text that nobody writes twice by chance
_MOST_CLAUSES = 6
_PHRASE = 6
_SENTENCE = re.compile(r"[^。；;！？（）()]+")
_CLAUSE = re.compile(r"[^，,：:]+")
_WORDS = re.compile(r"[\u4e00-\u9fff0-9]")
#: What every plan says of how it is to be carried out.
_RUNNING = re.compile(r"组织|领导|考核|督[促查办]|责任|宣传|认真|落实|保障|机制|氛围|协调|报送|高度重视")

Found = tuple[PlanView, ResponsibilityDraft, Place]


def check_repeats(subject: Subject) -> Iterator[Finding]:
    """Passages that stand in two measures whose clauses name other units; one finding for two measures."""
    for group in subject.related():
        known: dict[tuple[str, ...], list[Found]] = {}
        measures: dict[str, set[tuple[int, str]]] = {}
        for plan in group:
            for paragraph in plan.paragraphs:
                measure = plan.measure_at(paragraph.first_line)
                clause = plan.clauses.get(measure.key) if measure else None
                if clause is not None and not plan.is_past(paragraph.first_line):
                    for key, place in _passages(paragraph):
                        if place.text in clause.text:
                            continue
                        known.setdefault(key, []).append((plan, clause, place))
                        for words in key:
                            measures.setdefault(words, set()).add((plan.index, clause.measure or ""))
        told: set[tuple[object, ...]] = set()
        for key, places in known.items():
            if len(places) != 2 or any(len(measures[words]) > 2 for words in key if len(words) >= _PHRASE):
                continue  # once, or a phrase of the house
            (plan, clause, _), (other, second, _) = places
            pair = plan.index, clause.measure, other.index, second.measure
            if pair[:2] == pair[2:] or pair in told:
                continue
            told.add(pair)
            yield from _compared(places[0], places[1])


def _passages(paragraph: Paragraph) -> Iterator[tuple[tuple[str, ...], Place]]:
    """The shortest runs of whole clauses that are long enough, each by its characters alone."""
    for sentence in _SENTENCE.finditer(paragraph.text):
        pieces = [
            (sentence.start() + m.start(), sentence.start() + m.end(), "".join(_WORDS.findall(m[0])))
            for m in _CLAUSE.finditer(sentence[0])
        ]
        for k, (start, _, _) in enumerate(pieces):
            run = pieces[k : k + _MOST_CLAUSES]
            for n, text in enumerate(accumulate(words for *_, words in run)):
                if len(text) >= _SHORTEST:
                    if not _RUNNING.search(text):
                        yield tuple(words for *_, words in run[: n + 1]), part(paragraph, start, run[n][1])
                    break


def _compared(first: Found, second: Found) -> Iterator[Finding]:
    (_, clause, place), (other, clause_two, place_two) = first, second
    leads = "、".join(clause.lead or clause.co), "、".join(clause_two.lead or clause_two.co)
    if not clause.lead or not clause_two.lead or set(clause.lead) & set(clause_two.lead):
        return
    yield finding(
        "other-lead",
        f"“{place.text}”在两项任务中出现，牵头单位不同。",
        [place, place_two, Place(clause.spans, clause.text), Place(clause_two.spans, clause_two.text)],
        plan=other.index,
        detail=f"第{place.line}行由{leads[0]}牵头，第{place_two.line}行由{leads[1]}牵头",
        readings=leads,
    )
