"""Draft schemes from a plan's scoring table, with the lines of the document that each item was read from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from luoshi.apps.plans.models import PlanTable
from luoshi.scoring import Scheme
from luoshi.scoring.drafting import SchemeDraft, draft_schemes, is_scoring_table

_BELOW = 12  # lines below a table in which its notes stand
_HEADING = re.compile(r"#|附件\s*\d|第[一二三四五六七八九十]+[章节]")


@dataclass(frozen=True, slots=True)
class TableDraft:
    """One of the schemes that a table makes up. ``part``: the period that tells it from the others."""

    part: str
    key: str
    title: str
    text: str
    scheme: Scheme
    provenance: dict[str, Any]
    doubtful: int
    remarks: tuple[str, ...]


def is_scoring(table: PlanTable) -> bool:
    """Whether a plan's table tells how points are given."""
    return is_scoring_table(table.header, table.rows)


def drafts_of(table: PlanTable) -> list[TableDraft]:
    """The schemes that a table makes up; empty where it has no items to score."""
    lines = table.version.document.text.split("\n")
    place = f"《{table.plan.title}》{table.title}（第{table.line}—{table.line_end}行）"
    drafts = draft_schemes(
        table.title,
        table.header,
        table.rows,
        key=f"plan-{table.plan_id}-table-{table.pk}",
        document=place,
        notes=_notes(lines, table.line_end),
    )
    return [_draft(draft, table, lines) for draft in drafts]


def _notes(lines: Sequence[str], last: int) -> list[str]:
    """What stands below the table, as sentences."""
    found: list[str] = []
    for line in lines[last : last + _BELOW]:
        if _HEADING.match(line.strip()):
            break
        found.append(line.strip())
    return [sentence for sentence in re.split(r"[。；;]", "".join(found)) if sentence]


def _draft(draft: SchemeDraft, table: PlanTable, lines: Sequence[str]) -> TableDraft:
    items = {
        origin.key: {
            "rows": list(origin.rows),
            "line": _line_of(table, origin.rows, lines),
            "text": origin.text[:1000],
            "certain": origin.certain,
            "doubts": list(origin.doubts),
        }
        for origin in draft.origins
    }
    part = "whole" if draft.scheme.parts else draft.scheme.period
    return TableDraft(
        part,
        draft.scheme.key,
        draft.scheme.title,
        draft.text,
        draft.scheme,
        {"items": items, "remarks": list(draft.remarks)},
        len(draft.doubtful),
        draft.remarks,
    )


def _line_of(table: PlanTable, rows: Sequence[int], lines: Sequence[str]) -> int:
    """The line in which a row begins: the first in which one of its two longest cells begins; else the table's.

    The same words in an earlier row stand in an earlier line.
    """
    squeezed = ["".join(line.split()) for line in lines[table.line - 1 : table.line_end]]
    cells = ["".join(cell.split()) for row in rows if row < len(table.rows) for cell in table.rows[row]]
    found = []
    for cell in sorted(cells, key=len, reverse=True)[:2]:
        beginning = cell[:10]
        hits = [at for at, line in enumerate(squeezed) if len(beginning) > 3 and beginning in line]
        if hits:
            same = sum(any("".join(one.split())[:10] == beginning for one in row) for row in table.rows[: rows[0]])
            found.append(hits[min(same, len(hits) - 1)])
    return table.line + min(found, default=0)
