"""What the checks look at: the plans of a document with their prose, tables, carriers and units."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from luoshi.checks.model import Place
from luoshi.checks.options import Options
from luoshi.checks.sheets import Sheet
from luoshi.documents.model import Document
from luoshi.extraction.model import Extraction, Found, MeasureDraft, Paragraph, PlanDraft, ResponsibilityDraft, Span
from luoshi.extraction.paragraphs import paragraphs as read_paragraphs
from luoshi.units.directory import UnitDirectory

NOTICE = re.compile(r"(?:通知|的函)(?:[(（][^()（）]{1,40}[)）])*$")
_LONGEST_SENTENCE = 600
_LONGEST_PHRASE = 30
#: Running text without a mark up to the end of a line.
_BROKEN = re.compile(r"[^\s，,。；;：:、（）()！？“”]+$")
_CHRONICLE = re.compile(r"大事记$")
#: Sections that say what was reached, and those that sum up what is wanted.
_PAST = re.compile(r"基础|成效|成就|现状|回顾|形势|背景|问题|情况$|发展条件")
_AIMS = re.compile(r"目标|总体要求|指导思想|基本原则|工作思路|总体思路|指标")


@dataclass(frozen=True)
class PlanView:
    """A plan with its prose and tables; ``carrier`` is the index of the notice that carries it."""

    index: int
    draft: PlanDraft
    paragraphs: tuple[Paragraph, ...]
    sheets: tuple[Sheet, ...]
    carrier: int | None

    @property
    def issued_on(self) -> dt.date | None:
        """The date of signature, or the one that the reader was told."""
        return self.draft.issued_on or self.draft.context.issued_on

    @property
    def is_notice(self) -> bool:
        """Whether it is only a notice."""
        return NOTICE.search(self.draft.title) is not None

    @property
    def is_chronicle(self) -> bool:
        """Whether it tells what was done (大事记)."""
        return _CHRONICLE.search(self.draft.title) is not None

    @cached_property
    def measures(self) -> dict[str, MeasureDraft]:
        """The measures by key."""
        return {measure.key: measure for measure in self.draft.measures}

    @cached_property
    def _starts(self) -> list[int]:
        return [measure.line for measure in self.draft.measures]

    def measure_at(self, line: int) -> MeasureDraft | None:
        """The measure in whose text a line stands."""
        i = bisect_left(self._starts, line + 1) - 1
        return self.draft.measures[i] if i >= 0 else None

    def headings(self, measure: str | None) -> list[str]:
        """The titles from the top node down to a measure."""
        titles: list[str] = []
        while measure is not None and measure in self.measures:
            titles.append(self.measures[measure].title or self.measures[measure].text[:30])
            measure = self.measures[measure].parent
        return titles[::-1]

    def is_past(self, line: int) -> bool:
        """Whether a line stands in a section on what was reached so far."""
        measure = self.measure_at(line)
        return measure is not None and any(_PAST.search(title) for title in self.headings(measure.key)[:2])

    def is_aim(self, measure: str | None) -> bool:
        """Whether a measure only sums up what is wanted; so does what stands before the first label."""
        return measure is None or any(_AIMS.search(title[:20]) for title in self.headings(measure))

    @cached_property
    def _paragraph_starts(self) -> list[int]:
        return [paragraph.first_line for paragraph in self.paragraphs]

    def sentence_at(self, spans: tuple[Span, ...]) -> tuple[int, int, str] | None:
        """The sentence of some characters: number of its paragraph, where it begins, and its text up to their end."""
        last = spans[-1]
        i = bisect_left(self._paragraph_starts, spans[0].line + 1) - 1
        if i < 0:
            return None
        paragraph = self.paragraphs[i]
        for piece in paragraph.pieces:
            if piece.line == last.line and piece.start <= last.start < piece.start + piece.length:
                end = piece.offset + last.end - piece.start
                low = max(0, end - _LONGEST_SENTENCE)
                text = paragraph.text[low:end].rstrip("。；;")
                start = max(text.rfind(mark) for mark in "。；;！？") + 1
                return i, low + start, text[start:]
        return None

    def place_of(self, item: Found) -> Place:
        """Where an item stands; where a line end broke its phrase (培训劳|动力5万人次), from its beginning.

        Extraction lets such an item begin on the line of its number, for that is the line that a reader looks for.
        """
        first = item.spans[0]
        i = bisect_left(self._paragraph_starts, first.line + 1) - 1
        for piece in self.paragraphs[i].pieces if i >= 0 else ():
            if piece.offset and piece.line == first.line and piece.start == first.start:
                text = self.paragraphs[i].text
                found = _BROKEN.search(text, max(0, piece.offset - _LONGEST_PHRASE), piece.offset)
                if found and found[0]:
                    begin, length = found.start(), sum(span.end - span.start for span in item.spans)
                    return part(self.paragraphs[i], begin, piece.offset + length)
        return Place(item.spans, item.text)

    def sentence_before(self, spans: tuple[Span, ...]) -> str:
        """The sentence up to the end of some characters, without a bracket that closes before them."""
        found = self.sentence_at(spans)
        return re.split(r"[）)]", found[2])[-1] if found is not None else ""

    @cached_property
    def clauses(self) -> dict[str, ResponsibilityDraft]:
        """The one clause of each measure that has exactly one, by the measure's key."""
        found: dict[str, list[ResponsibilityDraft]] = {}
        for clause in self.draft.responsibilities:
            if clause.measure is not None:
                found.setdefault(clause.measure, []).append(clause)
        return {key: clauses[0] for key, clauses in found.items() if len(clauses) == 1}

    @cached_property
    def prose(self) -> str:
        """All prose of the plan, joined."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True)
class Subject:
    """Everything that a check may look at."""

    document: Document
    extraction: Extraction
    plans: tuple[PlanView, ...]
    directory: UnitDirectory | None
    options: Options

    def related(self) -> list[tuple[PlanView, ...]]:
        """Plans that bind together, for the same year: those of one notice, or all plans of a file without notices."""
        groups: dict[tuple[object, ...], list[PlanView]] = {}
        for plan in self.plans:
            if plan.is_notice or plan.is_chronicle:
                continue
            key = (plan.carrier, plan.draft.number, plan.draft.context.year)
            groups.setdefault(key, []).append(plan)
        return [tuple(group) for group in groups.values()]


def read_subject(
    extraction: Extraction, document: Document, directory: UnitDirectory | None, options: Options
) -> Subject:
    """The plans with their prose (tables and cells left out) and tables."""
    paragraphs = read_paragraphs(document)
    starts = [paragraph.first_line for paragraph in paragraphs]
    plans: list[PlanView] = []
    carrier: int | None = None
    for index, draft in enumerate(extraction.plans):
        low, high = bisect_left(starts, draft.first_line), bisect_left(starts, draft.last_line + 1)
        covered = {line for table in draft.tables for line in range(table.line, table.line_end + 1)}
        prose = tuple(p for p in paragraphs[low:high] if p.style != "row" and p.first_line not in covered)
        sheets = tuple(Sheet(document, table, index, n) for n, table in enumerate(draft.tables))
        notice = NOTICE.search(draft.title) is not None
        if notice:
            carrier = index
        own = (
            carrier if not notice and carrier is not None and draft.number == extraction.plans[carrier].number else None
        )
        plans.append(PlanView(index, draft, prose, sheets, own))
    return Subject(document, extraction, tuple(plans), directory, options)


def part(paragraph: Paragraph, start: int, end: int) -> Place:
    """The place of some characters of a paragraph."""
    return Place(paragraph.spans(start, end), paragraph.text[start:end])
