"""Where does it say so: the lines of a version with every object marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.safestring import SafeString

from luoshi.apps.plans import words
from luoshi.apps.plans.marking import Mark, marked
from luoshi.apps.plans.models import (
    Deadline,
    Measure,
    Plan,
    PlanTable,
    PlanVersion,
    Responsibility,
    ResponsibilityRole,
    Target,
)
from luoshi.apps.plans.policies import (
    visible_deadlines,
    visible_measures,
    visible_responsibilities,
    visible_tables,
    visible_targets,
)
from luoshi.apps.plans.queries.rows import shortened

KIND_WORDS = {
    "measure": "措施",
    "target": "目标",
    "responsibility": "责任",
    "deadline": "时限",
    "table": "附表",
}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line with its marks; ``level`` is the depth of the measure that begins here, 0 for none."""

    number: int
    html: SafeString
    level: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A cell of a table that the file itself marks as one."""

    html: SafeString
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of such a table; it stands in the line ``number``."""

    number: int
    cells: list[SourceCell]
    current: bool = False


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """Either running lines or a table."""

    lines: list[SourceLine] = field(default_factory=list)
    rows: list[SourceRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A heading in the sidebar."""

    line: int
    depth: int
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Source:
    """A version's text; ``objects`` maps a mark's key to what its card shows: kind, title, rows, addresses."""

    blocks: list[SourceBlock]
    index: list[IndexEntry]
    objects: dict[str, dict[str, Any]]
    counts: list[tuple[str, str, int]]
    line_count: int


@dataclass(frozen=True, slots=True)
class SourceObjects:
    """The objects whose marks are drawn; ``linked`` tells whether their cards lead to the pages of the ledger."""

    measures: list[Measure]
    targets: list[Target] = field(default_factory=list)
    responsibilities: list[Responsibility] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    tables: list[PlanTable] = field(default_factory=list)
    linked: bool = True


def objects_seen(user: Any, version: PlanVersion) -> SourceObjects:
    """What the person sees of a version: what stands in it as the latest, in force or retired after it: six queries."""

    def of(rows: QuerySet[Any]) -> list[Any]:
        return list(rows.filter(plan_id=version.plan_id, version=version).order_by("line", "pk"))

    return SourceObjects(
        list(
            visible_measures(user, retired=True)
            .filter(plan_id=version.plan_id, version=version)
            .order_by("position", "pk")
        ),
        of(visible_targets(user, retired=True)),
        of(visible_responsibilities(user, retired=True).prefetch_related("units")),
        of(visible_deadlines(user, retired=True)),
        of(visible_tables(user, retired=True)),
    )


def public_objects(version: PlanVersion) -> SourceObjects:
    """What the public sees of a version: its measures and targets in force, without links."""
    of_version = {"plan_id": version.plan_id, "version": version, "retired_in": None}
    return SourceObjects(
        list(Measure.objects.filter(**of_version).order_by("position")),
        list(Target.objects.filter(**of_version).order_by("line", "pk")),
        linked=False,
    )


def _key(kind: str, row: Model) -> str:
    return f"{kind}-{row.pk}"


def _cards(objects: SourceObjects) -> dict[str, dict[str, Any]]:
    """What a mark tells when it is pointed at: short rows, and where its ledger row stands."""
    cards: dict[str, dict[str, Any]] = {}

    def card(kind: str, row: Any, title: str, rows: Iterable[tuple[str, str]], url: str) -> None:
        told = [[name, value] for name, value in rows if value]
        if objects.linked and row.origin != "extracted":
            told.append(["来源", row.get_origin_display()])
        cards[_key(kind, row)] = {
            "kind": KIND_WORDS[kind],
            "title": title,
            "rows": told,
            "url": url if objects.linked else "",
        }

    for measure in objects.measures:
        title = f"{measure.label}{measure.title or shortened(measure.text)}"
        card("measure", measure, title, (), words.page_url("plans:measure", measure.pk))
    for target in objects.targets:
        year = f"{target.year}年" if target.year else ""
        rows = (("要求", words.commitment_words(target)), ("年度", year), ("档次", target.get_tier_display()))
        card("target", target, target.indicator, rows, words.page_url("plans:target", target.pk))
    for party in objects.responsibilities:
        units = "、".join(str(unit) for unit in party.units.all())
        rows = (("角色", ResponsibilityRole(party.role).label), ("单位", units or "单位名称未识别"))
        card("responsibility", party, party.name, rows, _measure_url(party.measure_id))
    for deadline in objects.deadlines:
        rows = (("时限", words.due_words(deadline)),)
        card("deadline", deadline, deadline.text, rows, _measure_url(deadline.measure_id))
    for table in objects.tables:
        url = f"{words.page_url('plans:tables', table.plan_id)}#table-{table.pk}"
        card("table", table, table.title, (("行数", f"{len(table.rows)}行"),), url)
    return cards


def _measure_url(measure_id: int | None) -> str:
    return words.page_url("plans:measure", measure_id) if measure_id else ""


def _marks(objects: SourceObjects) -> tuple[dict[int, list[Mark]], dict[int, set[str]]]:
    """Marks by line, and by line the objects that begin there."""
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    begins: defaultdict[int, set[str]] = defaultdict(set)
    groups: tuple[tuple[str, Iterable[Any]], ...] = (
        ("measure", objects.measures),
        ("target", objects.targets),
        ("responsibility", objects.responsibilities),
        ("deadline", objects.deadlines),
        ("table", objects.tables),
    )
    for kind, rows in groups:
        for row in rows:
            key = _key(kind, row)
            for number, (line, start, end) in enumerate(row.spans):
                marks[line].append(Mark(start, end, kind, key))
                if number == 0:
                    begins[line].add(key)
    return marks, begins


def source_of(version: PlanVersion, objects: SourceObjects, *, line: int = 0, current: str = "") -> Source:
    """The text of a version with the marks of ``objects``; no query. ``line`` and ``current`` stand out."""
    document = version.document
    marks, begins = _marks(objects)
    levels = {measure.line: measure.depth for measure in reversed(objects.measures)}
    last = min(version.last_line, document.line_count)
    texts = document.lines(version.first_line, last)

    def html(number: int, text: str, shift: int = 0) -> SafeString:
        shifted = [Mark(mark.start - shift, mark.end - shift, mark.kind, mark.key) for mark in marks.get(number, ())]
        return marked(text, shifted, current=current, first=frozenset(begins.get(number, ())))

    tables = {
        table["first_line"]: table
        for table in document.tables
        if version.first_line <= table["first_line"] and table["last_line"] <= last
    }
    blocks: list[SourceBlock] = []
    number = version.first_line
    while number <= last:
        if (table := tables.get(number)) is not None:
            rows = _table_rows(table, texts, version.first_line, html, line)
            blocks.append(SourceBlock(rows=rows))
            number = max(table["last_line"], number) + 1
            continue
        if not blocks or blocks[-1].rows:
            blocks.append(SourceBlock())
        text = texts[number - version.first_line]
        blocks[-1].lines.append(SourceLine(number, html(number, text), levels.get(number, 0), number == line))
        number += 1
    return Source(
        blocks,
        [
            IndexEntry(
                measure.line, measure.depth, f"{measure.title or shortened(measure.text, 24)}", _key("measure", measure)
            )
            for measure in objects.measures
        ],
        _cards(objects),
        [
            (kind, KIND_WORDS[kind], len(rows))
            for kind, rows in (
                ("measure", objects.measures),
                ("target", objects.targets),
                ("responsibility", objects.responsibilities),
                ("deadline", objects.deadlines),
                ("table", objects.tables),
            )
            if objects.linked or kind in ("measure", "target")
        ],
        last - version.first_line + 1,
    )


def _table_rows(table: dict[str, Any], texts: list[str], first: int, html: Any, line: int) -> list[SourceRow]:
    """A table's rows: row r stands in line ``first_line + r``, its cells there joined by tabs."""
    by_row: defaultdict[int, list[list[Any]]] = defaultdict(list)
    taken: set[tuple[int, int]] = set()
    for cell in table["cells"]:
        top, left, _, height, width = cell
        by_row[top].append(cell)
        taken.update((r, c) for r in range(top, top + height) for c in range(left, left + width))
    for row in range(table["last_line"] - table["first_line"] + 1):
        # cells without text are not stored; left out, the row would move to the left
        by_row[row] += [[row, c, "", 1, 1] for c in range(table["width"]) if (row, c) not in taken]
    rows = []
    for row, number in enumerate(range(table["first_line"], table["last_line"] + 1)):
        parts = texts[number - first].split("\t")
        starts = [sum(len(part) + 1 for part in parts[:column]) for column in range(len(parts))]
        cells = []
        for _, column, text, row_span, column_span in sorted(by_row[row], key=lambda cell: cell[1]):
            # A cell whose text is not the line's own at that place (an unusual file) is shown without marks.
            there = column < len(parts) and parts[column] == text
            shift = starts[column] if there else len(texts[number - first]) + 1
            cells.append(SourceCell(html(number, text, shift), row_span, column_span))
        rows.append(SourceRow(number, cells, number == line))
    return rows


def sentence_around(version: PlanVersion, row: Any, kind: str, lines: int = 2) -> list[SourceLine]:
    """The lines of an object with a few around it, only its own characters marked."""
    document = version.document
    own = [span[0] for span in row.spans] or [row.line]
    first = max(version.first_line, min(own) - lines)
    last = min(version.last_line, document.line_count, max(own) + lines)
    key = _key(kind, row)
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    for line, start, end in row.spans:
        marks[line].append(Mark(start, end, kind, key))
    return [
        SourceLine(number, marked(text, marks[number]), current=number in own)
        for number, text in enumerate(document.lines(first, last), start=first)
    ]


def version_of(plan: Plan, ordinal: int | None = None) -> PlanVersion | None:
    """The version asked for, else the latest, with its document; ``None`` where there is none."""
    versions = PlanVersion.objects.filter(plan=plan).select_related("document").order_by("-ordinal")
    return (versions.filter(ordinal=ordinal) if ordinal else versions).first()
