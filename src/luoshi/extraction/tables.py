"""Annex tables: those that a file marks itself, and rows of tab-separated cells in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from luoshi.documents.model import Document, Table
from luoshi.extraction.grids import (
    are_names,
    caption_rows,
    clean,
    filled,
    header_levels,
    header_names,
    is_caption,
    is_note,
    is_numeric,
    merged_levels,
    merged_names,
)
from luoshi.extraction.marks import ANNEX_LABEL, CONTENTS, DATE_LINE, REMARK
from luoshi.extraction.model import Paragraph, Span, TableDraft
from luoshi.extraction.table_kinds import is_blank, table_kind

_TITLE_LENGTH = 80
#: 一、县级市; （二）县; 3.园区: what heads a group of rows.
_GROUP_ROW = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.．、])[^。；;：:\t]{1,20}"
)


@dataclass(frozen=True, slots=True)
class FoundTables:
    """Tables in document order, and the indices of the paragraphs that they take up (rows, title, unit line)."""

    drafts: tuple[TableDraft, ...]
    covered: frozenset[int]


@dataclass(slots=True)
class _Block:
    """Rows that follow one another, as paragraph indices and texts; ``table`` where the file marks them as one."""

    indices: list[int]
    rows: list[list[str]]
    table: Table | None = None
    title: str = ""
    captions: list[int] = field(default_factory=list)
    header: tuple[str, ...] = ()
    levels: list[list[str]] = field(default_factory=list)
    printed: list[list[str]] = field(default_factory=list)


def find_tables(document: Document, paragraphs: Sequence[Paragraph]) -> FoundTables:
    """All tables of a document; a header that pages repeat is one table, a single row or column is none."""
    blocks: list[_Block] = []
    for block in _blocks(document, paragraphs):
        whole = _read_header(block)
        if not whole and not (blocks and _over_page(blocks[-1], block)):
            continue
        if blocks and _continues(blocks[-1], block, paragraphs):
            blocks[-1].indices += block.indices
            repeated = block.levels and block.levels == blocks[-1].levels
            blocks[-1].rows += block.rows if repeated else block.printed
            blocks[-1].table = block.table  # the next page is compared with this one
            continue
        if not whole:
            continue
        _read_title(block, paragraphs, blocks[-1].indices[-1] + 1 if blocks else 0)
        if CONTENTS.match(block.title):
            continue
        blocks.append(block)
    covered = frozenset(i for block in blocks for i in (*block.captions, *block.indices))
    return FoundTables(tuple(_draft(block, paragraphs) for block in blocks), covered)


def _blocks(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[_Block]:
    """Runs of row paragraphs: a marked table each, else rows without text or a blank line between them."""
    marked = {line: table for table in document.tables for line in range(table.first_line, table.last_line + 1)}
    run: list[int] = []
    for i, paragraph in enumerate(paragraphs):
        if run:
            before = paragraphs[run[-1]]
            same = marked.get(before.first_line) is marked.get(paragraph.first_line)
            gap = paragraph.first_line - before.last_line > 1 and paragraph.first_line not in marked
            unmarked = before.first_line not in marked
            if unmarked and same and not gap and _is_group_row(paragraphs, i):
                run.append(i)
                continue
            if paragraph.style != "row" or not same or gap:
                yield _block(run, paragraphs, marked.get(before.first_line))
                run = []
        if paragraph.style == "row":
            run.append(i)
    if run:
        yield _block(run, paragraphs, marked.get(paragraphs[run[-1]].first_line))


def _is_group_row(paragraphs: Sequence[Paragraph], i: int) -> bool:
    """Whether a line without tabs heads a group of rows (``一、县级市``): numbered and short, and the rows go on right
    below it as those above it stood, with figures."""
    if not 0 < i < len(paragraphs) - 1 or not _GROUP_ROW.fullmatch(paragraphs[i].text.strip()):
        return False
    above, here, below = paragraphs[i - 1], paragraphs[i], paragraphs[i + 1]
    return (
        here.style != "row"
        and above.style == below.style == "row"
        and above.text.count("\t") == below.text.count("\t")
        and here.first_line - above.last_line == below.first_line - here.last_line == 1
        and any(is_numeric(cell) for cell in below.text.split("\t")[1:])
    )


def _block(run: list[int], paragraphs: Sequence[Paragraph], table: Table | None) -> _Block:
    if table is not None:
        rows = [[clean(text) for text in row] for row in table.grid()]
    else:
        rows = [[clean(text) for text in paragraphs[i].text.split("\t")] for i in run]
        width = max(len(row) for row in rows)
        rows = [row + [""] * (width - len(row)) for row in rows]
    return _Block(run, rows, table)


def _read_header(block: _Block) -> bool:
    """Takes captions, notes and header levels off the block's rows; whether it is a table at all."""
    if len(block.rows[0]) < 2:
        return False
    block.printed = [row for row in block.rows if filled(row) and not is_note(row)]
    top = caption_rows(block.rows)
    if top:
        texts = [next((cell for cell in row if cell), "") for row in block.rows[:top]]
        block.title = next((text for text in texts if text and not is_caption(text)), "")
    rows = block.rows[top:]
    levels = merged_levels(block.table) if block.table is not None and not top else 0
    if levels and block.table is not None:
        block.header = merged_names(block.table, levels)
    else:
        levels = header_levels(rows)
        block.header = header_names(rows[:levels]) if levels else ("",) * len(rows[0])
    block.levels = rows[:levels]
    block.rows = [row for row in rows[levels:] if filled(row) and not is_note(row)]
    return top + len(rows) >= 2


def _continues(before: _Block, block: _Block, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether a block goes on with the table before it, over the end of a page."""
    if len(before.header) != len(block.header) or block.indices[0] - before.indices[-1] != 1:
        return False
    if block.levels and block.levels != before.levels:
        # a page may begin with a body row that looks like names; real names are mostly words for columns
        return (
            not block.title and _over_page(before, block) and len(block.levels) == 1 and not are_names(block.levels[0])
        )
    if block.levels:
        return not block.title
    return paragraphs[block.indices[0]].first_line - paragraphs[before.indices[-1]].last_line <= 3


def _over_page(before: _Block, block: _Block) -> bool:
    """Whether the file marks both as tables, and the second one stands on the next page."""
    if before.table is None or block.table is None or before.table.page is None or block.table.page is None:
        return False
    return block.table.page == before.table.page + 1


def _read_title(block: _Block, paragraphs: Sequence[Paragraph], floor: int) -> None:
    """Finds the title above the block, past unit lines; a section's heading serves where nothing else does."""
    captions: list[int] = []
    for i in range(block.indices[0] - 1, max(floor, block.indices[0] - 5) - 1, -1):
        text = paragraphs[i].text
        if ANNEX_LABEL.match(text) or DATE_LINE.match(text):
            break
        if is_caption(text) or REMARK.match(text):
            captions.append(i)
            continue
        if len(text) <= _TITLE_LENGTH and text[-1] not in "。；;：:，,":
            captions.append(i)
            block.title = block.title or text
        break
    block.captions = captions if block.title else []


def _draft(block: _Block, paragraphs: Sequence[Paragraph]) -> TableDraft:
    first = min((*block.captions, block.indices[0]))
    last = paragraphs[block.indices[-1]].last_line
    spans = tuple(
        Span(piece.line, piece.start, piece.start + piece.length)
        for i in sorted((first, *block.indices) if first != block.indices[0] else block.indices)
        for piece in paragraphs[i].pieces
    )
    marked = block.table is not None
    rows = tuple(tuple(row) for row in block.rows)
    kind = table_kind(block.title, block.header, rows)
    if kind == "report-form" and is_blank(rows):
        rows = ()  # they only tell how the form is filled in
    return TableDraft(
        text=block.title or "、".join(name for name in block.header if name),
        spans=spans,
        rule="table.cells" if marked else "table.tabs",
        certainty=0.98 if marked else 0.95,
        reason="文件中标明的表格" if marked else "以制表符分隔的表格行",
        title=block.title,
        header=block.header,
        rows=rows,
        line_end=last,
        table_kind=kind,
    )
