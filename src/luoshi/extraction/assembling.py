"""Reads a document into drafts: paragraphs, titled documents, outline, and what the sentences say."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from luoshi.documents.model import Document
from luoshi.extraction.annexes import cell_regions
from luoshi.extraction.cells import read_cells
from luoshi.extraction.contexts import heading_year, read_context
from luoshi.extraction.deadlines import find_deadlines
from luoshi.extraction.exclusions import is_background_title
from luoshi.extraction.model import (
    Context,
    DeadlineDraft,
    DeadlineRule,
    Extraction,
    Found,
    MeasureDraft,
    Paragraph,
    PlanDraft,
    ResponsibilityDraft,
    RewardDraft,
    TableDraft,
    TargetDraft,
)
from luoshi.extraction.outline import Outline, read_outline
from luoshi.extraction.paragraphs import paragraphs as read_paragraphs
from luoshi.extraction.responsibilities import find_responsibilities, join_lines, with_implied
from luoshi.extraction.rewards import find_rewards
from luoshi.extraction.segments import Segment, contents, find_segments
from luoshi.extraction.tables import FoundTables, find_tables
from luoshi.extraction.targets import find_targets
from luoshi.extraction.task_tables import read_tasks

#: Chronicles tell what was done; they commit nobody.
_NO_DUTIES = re.compile(r"大事记$")

_F = TypeVar("_F", bound=Found)


def extract(document: Document, *, date: dt.date | None = None) -> Extraction:
    """All that a document holds, plan by plan. ``date`` stands in where a plan prints no date of its own.

    Never raises on a readable document; a document without text has no plans. Time grows with the text's length.
    """
    text = read_paragraphs(document)
    tables = find_tables(document, text)
    source = _Source(document, text, tables, contents(text), [paragraph.first_line for paragraph in text])
    plans = [_plan(source, segment, date) for segment in find_segments(text, tables.covered)]
    return Extraction(document.name, tuple(plans))


@dataclass(frozen=True, slots=True)
class _Source:
    """What all plans of a document are read from; ``starts`` are the paragraphs' first lines, ascending."""

    document: Document
    text: Sequence[Paragraph]
    tables: FoundTables
    listed: frozenset[int]
    starts: list[int]

    def tables_between(self, first: int, last: int) -> Sequence[TableDraft]:
        """The tables that begin on the lines ``first`` to ``last``."""
        drafts = self.tables.drafts
        low = bisect_left(drafts, first, key=lambda draft: draft.line)
        return drafts[low : bisect_right(drafts, last, key=lambda draft: draft.line)]


def _plan(source: _Source, segment: Segment, date: dt.date | None) -> PlanDraft:
    text, document = source.text, source.document
    lines = text[segment.start].first_line, text[max(segment.end - 1, segment.start)].last_line
    regions = cell_regions(text, segment.body, segment.end)
    left_out = source.tables.covered, source.listed, regions.cells
    prose = [i for i in range(segment.body, segment.end) if not any(i in indices for indices in left_out)]
    outline = read_outline(document, text, prose)
    titled = segment.title or next((table.title for table in source.tables_between(*lines) if table.title), "")
    context = read_context(
        titled, segment.number, segment.issued_on or date, segment.cover_year, (text[i].text for i in prose)
    )
    background = tuple(measure.key for measure in outline.measures if is_background_title(measure.title))
    years = {measure.key: year for measure in outline.measures if (year := heading_year(measure.title, context))}
    targets: list[TargetDraft] = []
    responsibilities: list[ResponsibilityDraft] = []
    deadlines: list[DeadlineDraft] = []
    rewards: list[RewardDraft] = []
    if not _NO_DUTIES.search(segment.title):
        for i in prose:
            local = _dated(context, outline.at(i), years) if years else context
            _phrases(text[i], i, local, outline, targets, responsibilities, deadlines)
            rewards += (_placed(found, text[i], i, outline) for found in find_rewards(text[i]))
    tables = [
        replace(draft, measure=outline.at(bisect_left(source.starts, draft.line)))
        for draft in source.tables_between(*lines)
    ]
    for region in regions.annexes:
        if not any(i in source.tables.covered for i in region):
            draft = read_cells(document, text[region[0]].first_line, text[region[-1]].last_line)
            tables += [draft] if draft is not None else []
    measures = outline.measures
    if not (targets or responsibilities) and all(measure.rule == "outline.heading" for measure in measures):
        # no sentence commits anybody: the tasks stand in tables
        tasks = read_tasks(document, text, tables, context, sum(measure.depth == 1 for measure in measures))
        measures = tuple(sorted((*measures, *tasks.measures), key=lambda measure: measure.key))
        targets, responsibilities = tasks.targets, tasks.responsibilities
        deadlines += tasks.deadlines
    return PlanDraft(
        title=titled,
        number=segment.number,
        issued_on=segment.issued_on,
        first_line=lines[0],
        last_line=lines[1],
        context=context,
        measures=measures,
        # what stands below 发展现状, 主要成效… has been reached already
        targets=tuple(found for found in targets if not _below(found.measure, background)),
        responsibilities=tuple(with_implied(join_lines(responsibilities))),
        deadlines=tuple(_spelled_out(deadlines, measures)),
        rewards=tuple(rewards),
        tables=tuple(sorted(tables, key=lambda draft: draft.line)),
    )


def _dated(context: Context, measure: str | None, years: dict[str, int]) -> Context:
    """The context below a heading that sets a year (到2027年主要目标)."""
    while measure is not None:
        if measure in years:
            return replace(context, last_year=years[measure])
        measure = measure.rpartition(".")[0] or None
    return context


def _spelled_out(deadlines: list[DeadlineDraft], measures: Sequence[MeasureDraft]) -> Iterator[DeadlineDraft]:
    """Leaves out what a heading's chain (周报告—月调度) only announces: measures below it print the same period."""
    below: set[tuple[str, DeadlineRule]] = set()
    for item in deadlines:
        above = item.measure.rpartition(".")[0] if item.measure and item.rule != "deadline-chain" else ""
        while above and (above, item.deadline) not in below:
            below.add((above, item.deadline))
            above = above.rpartition(".")[0]
    titles = {measure.key: measure.title for measure in measures}
    for item in deadlines:
        heading = item.rule == "deadline-chain" and item.text in titles.get(item.measure or "", "")
        if not (heading and (item.measure, item.deadline) in below):
            yield item


def _below(measure: str | None, keys: tuple[str, ...]) -> bool:
    """Whether a measure is one of ``keys`` or stands below one."""
    return measure is not None and any(measure == key or measure.startswith(f"{key}.") for key in keys)


def _phrases(
    paragraph: Paragraph,
    index: int,
    context: Context,
    outline: Outline,
    targets: list[TargetDraft],
    responsibilities: list[ResponsibilityDraft],
    deadlines: list[DeadlineDraft],
) -> None:
    """Adds what one paragraph says, each below its measure."""
    targets += (_placed(found, paragraph, index, outline) for found in find_targets(paragraph, context))
    responsibilities += (
        _placed(found, paragraph, index, outline) for found in find_responsibilities(paragraph, context)
    )
    deadlines += (_placed(found, paragraph, index, outline) for found in find_deadlines(paragraph, context))


def _placed(found: _F, paragraph: Paragraph, index: int, outline: Outline) -> _F:
    """The found object with the key of the measure in whose text it begins."""
    first = found.spans[0]
    for piece in paragraph.pieces:
        if piece.line == first.line and piece.start <= first.start < piece.start + piece.length:
            return replace(found, measure=outline.at(index, piece.offset + first.start - piece.start))
    return replace(found, measure=outline.at(index))
