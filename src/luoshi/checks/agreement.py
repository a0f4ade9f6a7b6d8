"""Two places that give one thing two values: text against table, and text against text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from luoshi.checks.figures import base_unit, same_unit, show
from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import YEAR, Column, Row, Sheet
from luoshi.checks.statements import reached
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.checks.wording import bare, letters, normal
from luoshi.extraction.model import Comparator, TargetDraft

_LABEL = re.compile(r"指\s*标|任\s*务|项目|名称|内容|领域")
_SCOPED = re.compile(r"每|各|人均|其中|省级|州级|市级|县级|国家级|[一二三四]季度|上半年|\d月|阶段|第一年")
_TIERS = re.compile(r"奋斗|人代会|激励|基本目标|工作目标|支撑目标|力争上游|挑战")
#: 各招商组……不少于2个: said of each of several.
_PARTIAL = re.compile(
    r"(?:^|[，,、])(?:各|每)[^，,]{1,14}(?:组|县|市|区|单位|部门|企业|乡镇|人|家|户|个|站|年|季度|月)"
)
_FEWEST = 5
_DIGITS = 3
_COMMON = 5
_MOST_MORE = 8
_MOST_PLACES = 20


def check_agreement(subject: Subject) -> Iterator[Finding]:
    """All findings about two values."""
    for plan in subject.plans:
        if plan.sheets:
            labels = _Labels(plan)
            for target in plan.draft.targets:
                if not plan.is_past(target.line):
                    yield from _with_tables(plan, labels, target)
                    yield from _other_unit(plan, labels, target)
            yield from _counted(plan)
            yield from _past(plan, labels)
            yield from _kept(plan, labels)
    for group in subject.related():
        yield from _with_text(group)


class _Labels:
    """The labels of a plan's tables: by their characters, and by their last ones for names that print more in front."""

    def __init__(self, plan: PlanView) -> None:
        self.same: dict[tuple[int, str], list[Row]] = {}
        self.ends: dict[tuple[int, str], list[tuple[str, Row]]] = {}
        self.totals: dict[tuple[int, str], list[tuple[Row, Column]]] = {}
        self.sheets = plan.sheets
        for sheet in plan.sheets:
            self._add_totals(sheet)
            columns = [c.index for c in sheet.columns if not c.numeric and (_LABEL.search(c.own) or c.index == 0)]
            for row in sheet.rows:
                if row.level == "group" or _is_total(row):
                    continue
                for name in {label_name(row.cells[c]) for c in columns if row.cells[c]}:
                    if len(name) >= 4:
                        self.same.setdefault((sheet.number, letters(name)), []).append(row)
                    if len(name) >= _FEWEST:
                        self.ends.setdefault((sheet.number, name[-_FEWEST:]), []).append((name, row))

        #: Where a figure is printed, by its value.
        self.amounts: dict[Decimal, list[tuple[Sheet, Row, Column]]] = {}
        for sheet in plan.sheets:
            for row in sheet.rows:
                for column in sheet.columns:
                    figure = row.figures[column.index]
                    if figure is not None and not column.serial:
                        self.amounts.setdefault(figure.value, []).append((sheet, row, column))
        self.numbers: dict[str, dict[int, None]] = {}
        for number, key in (*self.same, *self.ends, *self.totals):
            self.numbers.setdefault(key, {})[number] = None

    def tables(self, target: TargetDraft, name: str) -> list[Sheet]:
        """The first tables, in order, in which a name may stand."""
        keys = {letters(name), name[-_FEWEST:], letters(bare(target.indicator))}
        numbers = sorted({number for key in keys for number in self.numbers.get(key, {})})
        return [self.sheets[number] for number in numbers[:_MOST_PLACES]]

    def _add_totals(self, sheet: Sheet) -> None:
        """The cells of the one total row, by the characters of their header with and without its verb."""
        if len(sheet.totals) != 1:
            return
        for column in sheet.columns:
            if column.numeric and column.period in (None, 12):
                header = re.sub(r"[(（][^()（）]*[)）]|/", "", column.name)
                for name in {letters(bare(header)), letters(header)}:
                    self.totals.setdefault((sheet.number, name), []).append((sheet.totals[0], column))

    def row(self, sheet: Sheet, name: str) -> Row | None:
        """The one row that a name means: of the same words, else the nearest with more words in front on one side.

        What one side prints more must name no other scope (每, 其中, 省级).
        """
        same = self.same.get((sheet.number, letters(name)), [])
        if same:
            return same[0] if len(same) == 1 else None
        found: list[tuple[int, Row]] = []
        for label, row in self.ends.get((sheet.number, name[-_FEWEST:]), []):
            short, long = sorted((name, label), key=len)
            more = long[: -len(short)]
            if long.endswith(short) and len(more) <= _MOST_MORE and not _SCOPED.search(more):
                found.append((len(more), row))
        least = min((more for more, _ in found), default=0)
        rows = [row for more, row in found if more == least]
        return rows[0] if len(rows) == 1 else None


def label_name(cell: str) -> str:
    """A label without the number in front."""
    return normal(re.sub(r"^\d+[.．、]", "", cell))


def _with_tables(plan: PlanView, labels: _Labels, target: TargetDraft) -> Iterator[Finding]:
    """A target of the text whose indicator a table names, and whose value stands nowhere beside that name."""
    name = normal(target.indicator)
    if len(name) < 4 or _TIERS.search(target.indicator + target.text) or target.value_max is not None:
        return
    if _PARTIAL.search(plan.sentence_before(target.spans)):
        return
    for sheet in labels.tables(target, name):
        for cells in (_row_of(labels, sheet, target, name), _total_of(labels, sheet, target, name)):
            if not cells:
                continue
            if target.value in {value for *_, value in cells}:
                break
            row, column, _ = cells[-1]
            label = column.name.replace("/", "·") if _is_total(row) else _label(sheet, row)
            yield finding(
                "text-table",
                f"“{target.indicator}”：正文与《{sheet.title or '附表'}》不符。",
                [plan.place_of(target), sheet.place(row, column.index)],
                plan=plan.index,
                detail=f"正文 {show(target.value)}{target.unit}，附表“{label}” "
                f"{_shown_cell(row.cells[column.index], sheet.unit_of(row, column))}",
                readings=(target.text, row.cells[column.index]),
                data={"table": sheet.title},
            )
            return


def _label(sheet: Sheet, row: Row) -> str:
    column = next((c for c in sheet.columns if not c.numeric and _LABEL.search(c.own) and row.cells[c.index]), None)
    return row.cells[column.index] if column is not None else row.label


def _shown_cell(cell: str, unit: str) -> str:
    return cell if unit and unit in cell else cell + unit


Cells = list[tuple[Row, Column, Decimal]]


def _row_of(labels: _Labels, sheet: Sheet, target: TargetDraft, name: str) -> Cells:
    """The figures of the one row whose label is the target's indicator, in the target's unit and year."""
    row = labels.row(sheet, name)
    if row is None:
        return []
    columns = [c for c in sheet.columns if row.figures[c.index] and not c.serial]
    years = {c.index: int(m[1]) for c in columns if (m := YEAR.search(c.name))}
    if years and target.year is not None:
        columns = [c for c in columns if years.get(c.index, target.year) == target.year]
    cells: Cells = []
    for column in columns:
        value = _value(sheet, row, column, target)
        if value is not None:
            cells.append((row, column, value))
    return cells


_THINGS = re.compile(r"(?P<number>\d{1,4})\s*个(?P<what>[\u4e00-\u9fff]{3,8})")
_FEWEST_MENTIONS = 3


def _counted(plan: PlanView) -> Iterator[Finding]:
    """N个某 all through the prose against a table's row 某数, where the prose never says another number."""
    rows: dict[str, tuple[Sheet, Row]] = {}
    for sheet in plan.sheets:
        column = next((c for c in sheet.columns if not c.numeric and _LABEL.search(c.own)), None)
        for row in sheet.rows if column is not None else ():
            cell = re.sub(r"[(（].*?[)）]", "", re.sub(r"^\d+[.．、]", "", row.cells[column.index])) if column else ""
            if (
                cell.endswith("数")
                and 4 <= len(cell) <= 9
                and any(row.figures)
                and sheet.unit_of(row, sheet.columns[-1]) == "个"
            ):
                rows.setdefault(cell.removesuffix("数"), (sheet, row))
    if not rows:
        return
    found: dict[str, list[tuple[int, Place]]] = {}
    for paragraph in plan.paragraphs:
        for match in _THINGS.finditer(paragraph.text):
            for end in range(3, len(match["what"]) + 1):
                if match["what"][:end] in rows:
                    place = part(paragraph, match.start(), match.start("what") + end)
                    found.setdefault(match["what"][:end], []).append((int(match["number"]), place))
    for what, mentions in found.items():
        sheet, row = rows[what]
        values = {number for number, _ in mentions}
        printed = {figure.value for figure in row.figures if figure is not None}
        if len(values) != 1 or len(mentions) < _FEWEST_MENTIONS or values & printed:
            continue
        first = next(i for i, figure in enumerate(row.figures) if figure is not None)
        yield finding(
            "text-table",
            f"“{what}”的个数：正文与《{sheet.title}》不符。",
            [place for _, place in mentions[:3]] + [sheet.place(row, first)],
            plan=plan.index,
            detail=f"正文{len(mentions)}处均为 {mentions[0][0]} 个，附表 {row.cells[first]} 个",
            readings=(f"{mentions[0][0]}个", f"{row.cells[first]}个"),
            data={"table": sheet.title},
        )


def _total_of(labels: _Labels, sheet: Sheet, target: TargetDraft, name: str) -> Cells:
    """The figures of the total row in the columns whose header is the target's indicator."""
    found = labels.totals.get((sheet.number, letters(bare(target.indicator))))
    found = found or labels.totals.get((sheet.number, letters(name)), [])
    return [(row, c, value) for row, c in found if (value := _value(sheet, row, c, target)) is not None]


def _other_unit(plan: PlanView, labels: _Labels, target: TargetDraft) -> Iterator[Finding]:
    """One figure, of three digits that count or more, under one name in text and table, in units that never agree."""
    if len(target.value.normalize().as_tuple().digits) < _DIGITS or target.unit == "%":
        return
    name = normal(target.indicator)
    for sheet, row, column in labels.amounts.get(target.value, [])[:_MOST_PLACES]:
        printed, label = sheet.unit_of(row, column), _label(sheet, row)
        unit, _ = base_unit(printed)
        if unit in ("", "%") or same_unit(unit, target.unit) or not _share_words(label_name(label), name):
            continue
        yield finding(
            "unit-differs",
            f"“{label}”：正文与《{sheet.title or '附表'}》数值相同，单位不同。",
            [plan.place_of(target), sheet.place(row, column.index)],
            plan=plan.index,
            detail=f"正文 {show(target.value)}{target.unit}，附表 {show(target.value)}{printed}",
            readings=(target.text, row.cells[column.index] + printed),
            data={"table": sheet.title},
        )
        return


def _share_words(left: str, right: str) -> bool:
    """Whether two names have a run of characters in common that is long enough to name the thing."""
    return any(left[k : k + _COMMON] in right for k in range(len(left) - _COMMON + 1))


def _is_total(row: Row) -> bool:
    return row.level in ("total", "whole")


def _value(sheet: Sheet, row: Row, column: Column, target: TargetDraft) -> Decimal | None:
    """A cell's value in the target's base unit; ``None`` where it counts something else."""
    figure = row.figures[column.index]
    if figure is None:
        return None
    unit, factor = base_unit(sheet.unit_of(row, column))
    if not same_unit(unit, target.unit):
        return None
    return figure.value * factor


def _past(plan: PlanView, labels: _Labels) -> Iterator[Finding]:
    """A rate that the text says was reached, against the row of that name: one of its years must say so."""
    for statement in reached(plan):
        for sheet in plan.sheets:
            row = labels.row(sheet, statement.name)
            if row is None or not any(YEAR.search(column.name) for column in sheet.columns):
                continue
            columns = [c for c in sheet.columns if row.figures[c.index] and not c.serial and YEAR.search(c.name)]
            values = [figure.value for c in columns if (figure := row.figures[c.index])]
            if not values or sheet.unit_of(row, columns[0]) != "%":
                continue
            if any(abs(value - statement.value) < statement.step for value in values):
                continue  # the same, or rounded
            yield finding(
                "text-table",
                f"“{statement.name}”：正文与《{sheet.title}》不符。",
                [statement.place, sheet.place(row, columns[0].index)],
                plan=plan.index,
                detail=f"正文 {show(statement.value)}%，附表 {_by_year(row, columns)}",
                readings=(statement.place.text, row.cells[columns[0].index]),
                data={"table": sheet.title},
            )


def _by_year(row: Row, columns: Sequence[Column]) -> str:
    return "、".join(f"{column.own} {row.cells[column.index]}" for column in columns)


_KEEP = re.compile(r"(?<!水土)(?:保持(?!率)|(?<!不)稳定(?!率))在?[^，。；]{0,4}$")


def _kept(plan: PlanView, labels: _Labels) -> Iterator[Finding]:
    """保持在98.5%以上, where the table's first year is still below and its last year is that value."""
    for target in plan.draft.targets:
        before = plan.sentence_before(target.spans)
        at = re.search(r"\d[\d.]*\s*[%％](?:以上)?$", before)
        if target.unit != "%" or target.change or at is None or not _KEEP.search(before[: at.start()]):
            continue
        for sheet in plan.sheets:
            row = labels.row(sheet, normal(target.indicator))
            if row is None:
                continue
            columns = [c for c in sheet.columns if row.figures[c.index] and not c.serial and YEAR.search(c.name)]
            values = [figure.value for c in columns if (figure := row.figures[c.index])]
            if len(values) < 2 or values[-1] != target.value or values[0] >= target.value:
                continue
            yield finding(
                "keep-above-base",
                f"“{target.indicator}”说是保持，《{sheet.title}》中现状还低于这一水平。",
                [plan.place_of(target), sheet.place(row, columns[0].index)],
                plan=plan.index,
                detail=_by_year(row, [columns[0], columns[-1]]),
                readings=(target.text, row.cells[columns[0].index]),
            )


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
        listed = [(plan.index, target.line) for plan, target in places]
        for k, (plan, target) in enumerate(places):
            if listed.count(listed[k]) > 1:
                continue  # a list by places or by years in one paragraph
            for other_plan, other in places[:k][-_MOST_PLACES:]:
                if _same_paragraph(target, other) or not _clash(target, other) or target.value in told:
                    continue
                told.add(target.value)
                yield finding(
                    "two-values",
                    f"“{target.indicator}”前后两个数值。",
                    [other_plan.place_of(other), plan.place_of(target)],
                    plan=plan.index,
                    detail=f"{_shown(other)}（第{other.line}行{_of(other_plan, plan)}），"
                    f"{_shown(target)}（第{target.line}行）",
                    readings=(other.text, target.text),
                )


def _is_scoped(plan: PlanView, target: TargetDraft) -> bool:
    """Whether a target holds for a part only (每个县, 一季度, a tier), or tells what was reached."""
    around = target.indicator + target.text
    return _SCOPED.search(around) is not None or _TIERS.search(around) is not None or plan.is_past(target.line)


def _family(unit: str) -> str:
    return "个" if same_unit(unit, "个") and unit else unit


def _same_paragraph(left: TargetDraft, right: TargetDraft) -> bool:
    return abs(left.line - right.line) <= 2 or (left.measure == right.measure and left.measure is not None)


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


_SIGNS = {
    Comparator.AT_LEAST: "≥", Comparator.MORE: "＞", Comparator.AT_MOST: "≤", Comparator.LESS: "＜",
    Comparator.EQUAL: "", Comparator.ABOUT: "约",
}  # fmt: skip


def _shown(target: TargetDraft) -> str:
    upper = f"至{show(target.value_max)}" if target.value_max is not None else ""
    return f"{_SIGNS[target.comparator]}{show(target.value)}{upper}{target.unit}"


def _of(plan: PlanView, here: PlanView) -> str:
    return "" if plan.index == here.index else f"，《{plan.draft.title}》"
