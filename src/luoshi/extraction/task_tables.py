"""Tasks that stand in a table only: a document that is one list of tasks (任务分解表) has no sentences to read.

A row is a measure; the columns say by their names who leads, who helps, what is to be reached and by when. Cells are
read by the same phrase rules as sentences. What a merged cell says holds for all rows beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from luoshi.documents.model import Document, Table
from luoshi.extraction.certainty import certainty
from luoshi.extraction.deadlines import find_deadlines
from luoshi.extraction.grids import clean
from luoshi.extraction.model import (
    Context,
    DeadlineDraft,
    MeasureDraft,
    Paragraph,
    Piece,
    ResponsibilityDraft,
    Span,
    TableDraft,
    TargetDraft,
)
from luoshi.extraction.names import split_names
from luoshi.extraction.targets import find_targets

TASKS = "task-unit"
_ROLES = (
    ("lead", re.compile(r"牵头|主办|主责|第一责任")),
    ("supporting", re.compile(r"配合|协办|协助|参与|参加")),
    ("responsible", re.compile(r"责任|承办|落实|实施单位|负责|完成单位")),
)
_COUNTER = re.compile(r"序\s*号|编\s*号")
_GROUP = re.compile(r"类\s*别|类\s*型|领域|板块|方面|行动|环节|专项")
_TASK = re.compile(r"任务|事项|举措|措施|内容|项目|实事|工作")
_GOAL = re.compile(r"目标|指标|成效|成果|标准")
_PART_OF_YEAR = re.compile(r"季度|上半年|\d\s*月|阶段|20\d\d年?(?:前|以前)")
_TIME = re.compile(r"时限|期限|时间|节点|进度")
_TERM = "完成时限："
_TITLE_LENGTH = 60
_FIGURE_FIRST = re.compile(r"[^\u4e00-\u9fff]*[\d一二两三四五六七八九十百]|达|不|力争|确保|增|新|净|完成")
_REASON = "表格“{name}”一栏"


@dataclass(slots=True)
class Tasks:
    """What the rows of the tables of one plan say."""

    measures: list[MeasureDraft]
    targets: list[TargetDraft]
    responsibilities: list[ResponsibilityDraft]
    deadlines: list[DeadlineDraft]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's text and where it stands; ``own`` is false where a merged cell reaches down from a row above."""

    text: str
    line: int
    start: int
    own: bool = True

    @property
    def spans(self) -> tuple[Span, ...]:
        return (Span(self.line, self.start, self.start + len(self.text)),)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column holds what; ``None`` where there is none."""

    counter: int | None
    group: int | None
    task: int
    goals: tuple[int, ...]
    times: tuple[int, ...]
    roles: tuple[tuple[str, int], ...]


def read_tasks(
    document: Document, text: Sequence[Paragraph], tables: Sequence[TableDraft], context: Context, taken: int
) -> Tasks:
    """The tasks of all tables that list tasks with who does them; ``taken`` measures stand at the top level already."""
    tasks = Tasks([], [], [], [])
    for table in tables:
        columns = _columns(table.header) if table.table_kind == TASKS else None
        if columns is None:
            continue
        group: MeasureDraft | None = None
        children = 0
        for cells in _rows(document, text, table):
            heading = _group(cells, columns)
            if heading is not None and (group is None or group.title != heading.text):
                taken, children = taken + 1, 0
                group = _measure(f"{taken:04d}", ("",), heading, heading.text)
                tasks.measures.append(group)
            task = cells[columns.task]
            if not task.text:
                continue
            if group is not None:
                children += 1
            else:
                taken += 1
            key = f"{group.key}.{children:04d}" if group is not None else f"{taken:04d}"
            printed = cells[columns.counter].text if columns.counter is not None else ""
            printed += "." if printed.isdigit() else ""
            labels = (*(group.labels if group is not None else ()), printed)
            tasks.measures.append(_measure(key, labels, task, task.text))
            _read_row(tasks, key, cells, columns, table.header, context)
    return tasks


def _columns(header: Sequence[str]) -> _Columns | None:
    """What the columns are, by their names; ``None`` where no column holds tasks or nobody is named."""
    names = ["".join(name.split()) for name in header]
    roles = tuple(
        (role, c)
        for c, name in enumerate(names)
        if (role := next((role for role, pattern in _ROLES if pattern.search(name)), ""))
    )
    used = {c for _, c in roles}
    counter = next((c for c, name in enumerate(names) if _COUNTER.search(name)), None)
    times = tuple(c for c, name in enumerate(names) if c not in used and c != counter and _TIME.search(name))
    used |= {*times, *(() if counter is None else (counter,))}
    goals = [c for c, name in enumerate(names) if c not in used and _GOAL.search(name)]
    tasks = [c for c, name in enumerate(names) if c not in {*used, *goals} and _TASK.search(name)]
    others = {*used, *goals, *tasks[-1:]}
    group = next((c for c, name in enumerate(names) if c not in others and _GROUP.search(name)), None)
    if not tasks and goals:
        tasks, goals = goals[:1], goals[1:]
    if not tasks or not roles:
        return None
    whole = tuple(c for c in goals if not _PART_OF_YEAR.search(names[c])) or tuple(goals[-1:])
    return _Columns(counter, group, tasks[-1], whole, times, roles)


def _rows(document: Document, text: Sequence[Paragraph], table: TableDraft) -> list[list[_Cell]]:
    """The body rows as cells with their places, merged cells spread over the rows that they cover."""
    marked = [one for one in document.tables if one.first_line <= table.line_end and table.line <= one.last_line]
    lines = [p for p in text if p.style == "row" and table.line <= p.first_line <= table.line_end]
    found: list[list[_Cell]] = []
    wanted = iter(table.rows)
    row = next(wanted, None)
    for paragraph in lines:
        if row is None:
            break
        cells = _cells(paragraph, len(row))
        if tuple(cell.text for cell in cells) != row:
            continue
        above = found[-1] if found else []
        below_merged = _merged_into(marked, paragraph.first_line)
        found.append(
            [
                replace(above[c], own=False) if not cell.text and above and c in below_merged else cell
                for c, cell in enumerate(cells)
            ]
        )
        row = next(wanted, None)
    return found


def _cells(paragraph: Paragraph, width: int) -> list[_Cell]:
    cells, start = [], paragraph.pieces[0].start
    for part in paragraph.text.split("\t"):
        inner = clean(part)
        cells.append(_Cell(inner, paragraph.first_line, start + max(part.find(inner), 0)))
        start += len(part) + 1
    return [*cells, *(_Cell("", paragraph.first_line, start) for _ in range(width - len(cells)))]


def _merged_into(tables: Sequence[Table], line: int) -> frozenset[int]:
    """The columns that a merged cell of a row above covers on this line."""
    for table in tables:
        if table.first_line <= line <= table.last_line:
            row = line - table.first_line
            return frozenset(
                column
                for cell in table.cells
                if cell.row < row < cell.row + cell.row_span
                for column in range(cell.column, cell.column + cell.column_span)
            )
    return frozenset()


def _group(cells: Sequence[_Cell], columns: _Columns) -> _Cell | None:
    """The cell that names the group of the row: its group's column, or a row with one cell only."""
    filled = [cell for cell in cells if cell.text and cell.own]
    if len(filled) == 1 and not cells[columns.task].text:
        return filled[0]
    if columns.group is None or not cells[columns.group].text:
        return None
    return cells[columns.group]


def _measure(key: str, labels: tuple[str, ...], cell: _Cell, text: str) -> MeasureDraft:
    return MeasureDraft(
        text=text,
        spans=cell.spans,
        rule="outline.row",
        certainty=certainty("outline-row"),
        reason="任务表的一行" if labels[-1] else "任务表的一类",
        key=key,
        labels=labels,
        title=text if len(text) <= _TITLE_LENGTH else "",
        last_line=cell.line,
    )


def _read_row(
    tasks: Tasks, key: str, cells: Sequence[_Cell], columns: _Columns, header: Sequence[str], context: Context
) -> None:
    """What the cells of a row commit to."""
    task = cells[columns.task]
    sources = [_paragraph(task)]
    for c in columns.goals:
        if cells[c].text:
            joined = _FIGURE_FIRST.match(cells[c].text) and len(task.text) <= _TITLE_LENGTH
            sources.append(_paragraph(task, cells[c]) if joined else _paragraph(cells[c]))
    found = {target.spans[-1]: target for source in sources for target in find_targets(source, context)}
    tasks.targets += (replace(target, measure=key) for target in found.values())
    for c in columns.times:
        term = _paragraph(cells[c], before=_TERM)
        dates = find_deadlines(term, context) if cells[c].text else []
        tasks.deadlines += (replace(date, measure=key) for date in dates)
    tasks.deadlines += (
        replace(date, measure=key) for source in sources[:1] for date in find_deadlines(source, context)
    )
    named = [(role, cells[c], header[c]) for role, c in columns.roles if cells[c].text]
    lists: dict[str, tuple[str, ...]] = {"lead": (), "responsible": (), "supporting": ()}
    for role, cell, _ in named:
        lists[role] += tuple(name for part in cell.text.split(" ") for name in split_names(part))
    if any(lists.values()):
        tasks.responsibilities.append(
            ResponsibilityDraft(
                text="".join(cell.text for _, cell, _ in named),
                spans=tuple(span for _, cell, _ in named for span in cell.spans),
                rule="responsibility-cells",
                certainty=certainty("responsibility-cells"),
                reason="、".join(_REASON.format(name="".join(name.split())) for _, _, name in named),
                measure=key,
                **lists,
            )
        )


def _paragraph(*cells: _Cell, before: str = "") -> Paragraph:
    """Cells as one paragraph; ``before`` is no part of the document."""
    pieces, offset = [], len(before)
    for cell in cells:
        pieces.append(Piece(offset, cell.line, cell.start, len(cell.text)))
        offset += len(cell.text)
    return Paragraph(before + "".join(cell.text for cell in cells), tuple(pieces))
