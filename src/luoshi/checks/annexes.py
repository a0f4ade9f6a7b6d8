"""Annexes that a plan announces or refers to but does not bring, or brings under another title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import squeeze
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.extraction.marks import ANNEX_LABEL
from luoshi.extraction.model import Paragraph, Span

_LIST = re.compile(r"[-\s]*附\s*[件表]?\s*[:：]\s*(?P<rest>.*)$")
_ITEM = re.compile(r"\s*(?P<number>\d{1,2})\s*[.．、]\s*(?P<title>\S.*)$")
_OMITTED = re.compile(r"略|另发|另行|不公开")
_REFERENCE = re.compile(r"附件\s*(\d{1,2})")
_QUOTED = re.compile(r"《([^《》]{8,60}?(?:表|清单|名单|台账|目录))》")
_ALIKE = 60.0
#: A title in the text that is this much like an announced one means it.
_MEANT = 88.0


@dataclass(frozen=True, slots=True)
class _Announced:
    number: int
    title: str
    place: Place


def check_annexes(subject: Subject) -> Iterator[Finding]:
    """All findings about annexes."""
    for plan in subject.plans:
        announced = _announced(plan)
        if not announced:
            continue
        titles = _present(subject, plan, announced)
        yield from _named(plan, announced, [title for title, _ in titles])
        missing = []
        for item in announced:
            if _OMITTED.search(item.title) and len(item.title) <= 8:
                missing.append(item)
                continue
            title, place = max(titles, key=lambda known: _likeness(item.title, known[0]), default=("", item.place))
            score = _likeness(item.title, title)
            if score < _ALIKE:
                missing.append(item)
            elif _words(title) != _words(item.title) and not plan.is_notice:
                yield finding(
                    "annex-title",
                    f"附件{item.number or ''}的名称前后不一。",
                    [item.place, place],
                    plan=plan.index,
                    readings=(item.title, title),
                )
        if missing:
            yield finding(
                "annex-missing",
                f"文中列出附件{len(announced)}个，缺{len(missing)}个：{'；'.join(item.title for item in missing)}。",
                [item.place for item in missing],
                plan=plan.index,
            )


def _named(plan: PlanView, announced: list[_Announced], present: list[str]) -> Iterator[Finding]:
    """《…表》 in the text that means an announced annex, but calls it otherwise."""
    known = {_words(title) for title in (*present, *(item.title for item in announced))}
    told: set[str] = set()
    for paragraph in plan.paragraphs:
        for match in _QUOTED.finditer(paragraph.text):
            title = squeeze(match[1])
            if _words(title) in known or title in told:
                continue
            item = max(announced, key=lambda item: _likeness(title, item.title))
            numbers = [re.findall(r"\d+", text) for text in (title, item.title)]
            if _likeness(title, item.title) < _MEANT or numbers[0] != numbers[1]:
                continue
            told.add(title)
            yield finding(
                "annex-title",
                f"附件{item.number or ''}的名称前后不一。",
                [part(paragraph, match.start(1), match.end(1)), item.place],
                plan=plan.index,
                readings=(title, item.title),
            )


def _announced(plan: PlanView) -> list[_Announced]:
    """The items of 附件：1.… 2.… at the end of the text."""
    for k, paragraph in enumerate(plan.paragraphs):
        match = _LIST.match(paragraph.text)
        if match is None or not match["rest"].strip():
            continue
        found = []
        for number, (text, source, offset) in enumerate(_entries(plan.paragraphs[k:], match.start("rest"))):
            item = _ITEM.match(text)
            if item is None and number:
                break
            title = item["title"] if item else text
            start = offset + (item.start("title") if item else 0)
            found.append(
                _Announced(
                    int(item["number"]) if item else 0,
                    squeeze(title).rstrip("。；;"),
                    part(source, start, start + len(title)),
                )
            )
            if item is None:
                break
        return found
    return []


def _entries(paragraphs: tuple[Paragraph, ...], start: int) -> Iterator[tuple[str, Paragraph, int]]:
    """The list's paragraphs, parted where several numbers stand in one; a title's second line is joined to it."""
    first = True
    for paragraph in paragraphs[:25]:
        begin = start if first else 0
        first = False
        text = paragraph.text[begin:]
        if len(text) > 300:
            return
        cuts = [m.start() for m in re.finditer(r"(?<![\d.])\d{1,2}\s*[.．](?!\d)", text)] or [0]
        for low, high in zip(cuts, [*cuts[1:], len(text)], strict=True):
            piece = text[low:high].rstrip()
            yield piece, paragraph, begin + low


def _present(subject: Subject, plan: PlanView, announced: list[_Announced]) -> list[tuple[str, Place]]:
    """What may be an annex's title: titles of tables and carried plans, and the short lines below 附件N."""
    last = max(item.place.spans[-1].line for item in announced)
    end = plan.draft.last_line
    found = [(sheet.title, sheet.title_place) for sheet in plan.sheets if sheet.draft.line > last]
    for other in subject.plans[plan.index + 1 :]:
        if not plan.is_notice or (other.carrier != plan.index and other.index > plan.index + 12):
            break
        if other.paragraphs:
            first = other.paragraphs[0]
            found.append((squeeze(other.draft.title), Place(first.spans(), first.text)))
    lines = subject.document.lines
    stop = min(len(lines), end + 3)
    for number in range(last + 1, stop + 1):
        text = lines[number - 1].text
        if not ANNEX_LABEL.match(text.lstrip("#* ")):
            continue
        title, spans = "", []
        for line in lines[number : min(number + 8, len(lines))]:
            words = squeeze(line.text).lstrip("#*").rstrip("*")
            if not words and title:
                continue
            if not words:
                continue
            if "\t" in line.text or len(words) > 60:
                break
            title += words
            spans.append(Span(line.number, 0, len(line.text)))
            found.append((title, Place(tuple(spans), title)))
    return found


def _words(title: str) -> str:
    """A title without blanks, marks and the words for “and”, which recognition changes."""
    return re.sub(r"and|[和与及\W_]", "", squeeze(title))


def _likeness(left: str, right: str) -> float:
    left, right = squeeze(left), squeeze(right)
    return fuzz.ratio(left, right) if left and right else 0.0
