"""Numbers of the outline and of tables that skip or repeat one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import Sheet
from luoshi.checks.subject import PlanView, Subject
from luoshi.extraction.labels import Label, read_label
from luoshi.extraction.model import MeasureDraft

_KINDS = frozenset({"chapter", "section", "article", "han", "han-bracket", "arabic", "arabic-bracket", "box", "circle"})
_MOST_GAP = 3


def check_numbering(subject: Subject) -> Iterator[Finding]:
    """All findings about numbering."""
    for plan in subject.plans:
        if not plan.is_chronicle:
            yield from _outline(plan)
        for sheet in plan.sheets:
            yield from _serials(sheet)


def _outline(plan: PlanView) -> Iterator[Finding]:
    """Labels of one kind below one node must count up by one; they may go on from the node before or begin at one."""
    last: dict[tuple[str | None, str], tuple[int, MeasureDraft]] = {}
    latest: dict[str, int] = {}
    for measure in plan.draft.measures:
        label = read_label(measure.labels[-1] + "一" if measure.labels else "")
        if label is None or label.kind not in _KINDS or not label.number:
            continue
        key = (measure.parent, label.kind)
        before = last.get(key)
        gap = label.number - (before[0] + 1) if before else label.number - 1
        goes_on = before is None and label.number == latest.get(label.kind, -1) + 1
        if gap and not goes_on and _is_slip(before, label, gap):
            yield _slip(plan, before[1] if before else None, measure, label, gap)
        last[key] = (label.number, measure)
        latest[label.kind] = label.number


def _is_slip(before: tuple[int, MeasureDraft] | None, label: Label, gap: int) -> bool:
    """A few missing or one repeated; a jump back to one begins a list of its own."""
    if before is None:
        return label.number == 2 and label.kind in ("arabic", "han-bracket", "han")
    return 0 < gap <= _MOST_GAP or (gap == -1 and label.number != 1)


def _slip(plan: PlanView, before: MeasureDraft | None, measure: MeasureDraft, label: Label, gap: int) -> Finding:
    previous = before.labels[-1] if before is not None else ""
    if before is None:
        message = f"这一组从“{label.printed}”开始，没有“1”。"
    elif gap < 0:
        message = f"“{label.printed}”用了两次。"
    else:
        message = f"“{previous}”之后是“{label.printed}”，缺{gap}项。"
    places = [_head(item) for item in (before, measure) if item is not None]
    return finding("numbering", message, places, plan=plan.index, readings=(previous, label.printed))


def _head(measure: MeasureDraft) -> Place:
    return Place(measure.spans[:1], (measure.labels[-1] if measure.labels else "") + measure.title[:30])


def _serials(sheet: Sheet) -> Iterator[Finding]:
    """序号 columns that skip or repeat a number."""
    column = next((c for c in sheet.columns if c.serial), None)
    if column is None:
        return
    rows = [
        (row, int(row.cells[column.index])) for row in sheet.rows if re.fullmatch(r"\d{1,4}", row.cells[column.index])
    ]
    for (early, a), (late, b) in pairwise(rows):
        if b in (a + 1, 1):
            continue
        yield finding(
            "numbering",
            f"《{sheet.title}》序号{a}之后是{b}。",
            [sheet.place(early, column.index), sheet.place(late, column.index)],
            plan=sheet.plan,
            readings=(str(a), str(b)),
        )
