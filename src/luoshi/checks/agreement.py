"""Two places that give one thing two values: text against table, and text against text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from luoshi.checks.figures import base_unit, same_unit, show
from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import YEAR, Column, Row, Sheet
from luoshi.checks.subject import PlanView, Subject
from luoshi.checks.wording import bare, letters, normal
from luoshi.extraction.model import Comparator, TargetDraft

_LABEL = re.compile(r"指\s*标|任\s*务|项目|名称|内容|领域")
_SCOPED = re.compile(r"每|各|人均|其中|省级|州级|市级|县级|国家级|[一二三四]季度|上半年|\d月|阶段|第一年")
_TIERS = re.compile(r"奋斗|人代会|激励|基本目标|工作目标|支撑目标|力争上游|挑战")
_FEWEST = 5


def check_agreement(subject: Subject) -> Iterator[Finding]:
    """All findings about two values."""
    for plan in subject.plans:
        for target in plan.draft.targets:
            if not plan.is_past(target.line):
                yield from _with_tables(plan, target)
    for group in subject.related():
        yield from _with_text(group)


def _with_tables(plan: PlanView, target: TargetDraft) -> Iterator[Finding]:
    """A target of the text whose indicator a table names, and whose value stands nowhere beside that name."""
    name = normal(target.indicator)
    if len(name) < 4 or _TIERS.search(target.indicator + target.text) or target.value_max is not None:
        return
    for sheet in plan.sheets:
        for cells in (_row_of(sheet, target, name), _total_of(sheet, target, name)):
            if not cells:
                continue
            values = {sheet_value for *_, sheet_value in cells}
            if target.value in values:
                break
            row, column, value = cells[-1]
            unit = _printed_unit(sheet, row, column)
            label = row.label if not _is_total(row) else column.name.replace("/", "·")
            yield finding(
                "text-table",
                f"“{target.indicator}”：正文与《{sheet.title or '附表'}》不符。",
                [Place(target.spans, target.text), sheet.place(row, column.index)],
                plan=plan.index,
                detail=f"正文 {show(target.value)}{target.unit}，附表“{label}” {row.cells[column.index]}{unit}",
                readings=(target.text, row.cells[column.index]),
                data={"table": sheet.title},
            )
            break


Cells = list[tuple[Row, Column, Decimal]]


def _row_of(sheet: Sheet, target: TargetDraft, name: str) -> Cells:
    """The figures of the one row whose label is the target's indicator, in the target's unit and year."""
    labels = [c for c in sheet.columns if not c.numeric and (_LABEL.search(c.own) or c.index == 0)]
    found: list[tuple[Row, int]] = []
    for row in sheet.rows:
        if row.level == "group" or _is_total(row):
            continue
        distance = min((_distance(name, normal(row.cells[c.index])) for c in labels if row.cells[c.index]), default=99)
        if distance < 99:
            found.append((row, distance))
    if not found:
        return []
    least = min(distance for _, distance in found)
    rows = [row for row, distance in found if distance == least]
    if len(rows) != 1:
        return []
    row = rows[0]
    columns = [c for c in sheet.columns if c.numeric or row.figures[c.index] and not c.serial]
    columns = [c for c in columns if row.figures[c.index] and not c.serial]
    years = {c.index: int(m[1]) for c in columns if (m := YEAR.search(c.name))}
    if years and target.year is not None:
        columns = [c for c in columns if years.get(c.index, target.year) == target.year]
    cells: Cells = []
    for column in columns:
        value = _value(sheet, row, column, target)
        if value is not None:
            cells.append((row, column, value))
    return cells


def _total_of(sheet: Sheet, target: TargetDraft, name: str) -> Cells:
    """The figures of the total row in the columns whose header is the target's indicator."""
    rows = [row for row in sheet.rows if _is_total(row)]
    if len(rows) != 1:
        return []
    wanted = letters(bare(target.indicator))
    cells: Cells = []
    for column in sheet.columns:
        if not column.numeric or column.period is not None and column.period != 12:
            continue
        header = re.sub(r"[(（][^()（）]*[)）]|/", "", column.name)
        if letters(bare(header)) != wanted and letters(header) != letters(name):
            continue
        value = _value(sheet, rows[0], column, target)
        if value is not None:
            cells.append((rows[0], column, value))
    return cells


def _is_total(row: Row) -> bool:
    return row.level in ("total", "whole")


def _distance(text: str, label: str) -> int:
    """How far a table's label lies from the text's name: 0 the same, else the characters more; 99 something else.

    A longer name is the same thing only where what it has more stands in front and names no other scope.
    """
    label = re.sub(r"^\d+[.．、]", "", label)
    if len(label) < 4:
        return 99
    if text == label or letters(text) == letters(label):
        return 0
    short, long = sorted((text, label), key=len)
    if len(short) >= _FEWEST and long.endswith(short):
        more = long[: -len(short)]
        if len(more) <= 8 and not _SCOPED.search(more):
            return len(more)
    return 99


def _value(sheet: Sheet, row: Row, column: Column, target: TargetDraft) -> Decimal | None:
    """A cell's value in the target's base unit; ``None`` where it counts something else."""
    figure = row.figures[column.index]
    if figure is None:
        return None
    unit, factor = base_unit(_printed_unit(sheet, row, column))
    if not same_unit(unit, target.unit):
        return None
    return figure.value * factor


def _printed_unit(sheet: Sheet, row: Row, column: Column) -> str:
    return sheet.unit_of(row, column)


def _with_text(plans: Sequence[PlanView]) -> Iterator[Finding]:
    """The same indicator with values that cannot both be meant, in two paragraphs of plans that bind together."""
    known: dict[tuple[str, str, bool, int | None], list[tuple[PlanView, TargetDraft]]] = {}
    for plan in plans:
        for target in plan.draft.targets:
            name = bare(target.indicator)
            if len(name) < 4 or _is_scoped(plan, target):
                continue
            key = (letters(name), _family(target.unit), target.change and target.unit == "%", target.year)
            known.setdefault(key, []).append((plan, target))
    for places in known.values():
        told: set[Decimal] = set()
        for k, (plan, target) in enumerate(places):
            for other_plan, other in places[:k]:
                if _same_paragraph(target, other) or not _clash(target, other) or target.value in told:
                    continue
                told.add(target.value)
                yield finding(
                    "two-values",
                    f"“{target.indicator}”前后两个数值。",
                    [Place(other.spans, other.text), Place(target.spans, target.text)],
                    plan=plan.index,
                    detail=f"{_shown(other)}（第{other.line}行{_of(other_plan, plan)}），{_shown(target)}（第{target.line}行）",
                    readings=(other.text, target.text),
                )


def _is_scoped(plan: PlanView, target: TargetDraft) -> bool:
    """Whether a target holds for a part only (每个县, 一季度, a tier, one place of a list), or tells what was reached."""
    around = target.indicator + target.text
    return _SCOPED.search(around) is not None or _TIERS.search(around) is not None or plan.is_past(target.line)


def _family(unit: str) -> str:
    return "个" if same_unit(unit, "个") and unit else unit


def _same_paragraph(left: TargetDraft, right: TargetDraft) -> bool:
    return abs(left.line - right.line) <= 2 or left.measure == right.measure and left.measure is not None


def _clash(left: TargetDraft, right: TargetDraft) -> bool:
    """Whether no number meets both, or both are plain and differ; 3 or more against 2 to 3 is a clash too."""
    if left.direction != right.direction:
        return False
    if left.value == right.value and left.value_max == right.value_max:
        return False
    loose = (Comparator.ABOUT,)
    if left.comparator in loose or right.comparator in loose:
        return abs(left.value - right.value) > max(left.value, right.value) / 5
    return True


def _shown(target: TargetDraft) -> str:
    upper = f"至{show(target.value_max)}" if target.value_max is not None else ""
    return f"{target.comparator.value.replace('=', '') if target.comparator is Comparator.EQUAL else target.comparator.value}" \
           f"{show(target.value)}{upper}{target.unit}"  # fmt: skip


def _of(plan: PlanView, here: PlanView) -> str:
    return "" if plan.index == here.index else f"，《{plan.draft.title}》"
