"""Totals that do not add up: columns, rows, sections of one table, totals of two tables, last period against the year.

Rates are never summed; cumulative columns are not parts of one another; a column or row that says 其中 is part of its
neighbour; a dash or a blank adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from luoshi.checks.figures import Figure, show
from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import TOTAL, WHOLE, Column, Row, Sheet
from luoshi.checks.subject import PlanView, Subject
from luoshi.extraction.model import TargetDraft

_MONEY = ("元", "万元", "亿元", "美元", "万美元")
_SHOWN = 12
_FROM_BEGIN = re.compile(r"1[—–\-~至到]\d|上半年|前[一二三]季度|累计")
_CUMULATIVE = re.compile(r"累计|时序|进度")
_MOST_TOTALS = 30
_MOST_ROWS = 2000
_MOST_DEVIATION = Decimal("0.05")
_MOST_SLIP = Decimal("0.25")  # a number farther away from the sum, in a table without other sums, is no total


def check_totals(subject: Subject) -> Iterator[Finding]:
    """All findings about totals."""
    for plan in subject.plans:
        for sheet in plan.sheets:
            wrong: dict[tuple[int, int], Decimal] = {}
            yield from _columns(sheet, wrong)
            yield from _rows(sheet, wrong)
            yield from _sections(sheet)
            yield from _periods(sheet)
        yield from _across(plan)
        yield from _in_text(plan)


def allowed(figures: Sequence[Figure], total: Figure, unit: str) -> Decimal:
    """How far a sum may lie beside its total by rounding: half a last digit a part; none for whole counts."""
    step = max([total.step, *(figure.step for figure in figures)])
    if step == 1 and unit not in _MONEY:
        return Decimal(0)
    return step * (len(figures) + 1) / 2


def _columns(sheet: Sheet, wrong: dict[tuple[int, int], Decimal]) -> Iterator[Finding]:
    """Total rows against the rows that they add up; ``wrong`` collects (row, column) → printed minus added."""
    for total in sheet.totals:
        candidates = _candidates(sheet, total)
        tried = [(column, _best_sum(candidates, total, column)) for column in sheet.amounts]
        checks = [(column, found) for column, found in tried if found is not None]
        right = sum(1 for _, (_, _, fits) in checks if fits)
        for column, (parts, added, fits) in checks:
            printed = total.figures[column.index]
            if fits or printed is None:
                continue
            gap = printed.value - added
            most = _MOST_DEVIATION if total.level == "whole" else _MOST_SLIP
            far = abs(gap) > most * max(abs(added), Decimal(1))
            if (total.level == "whole" and (not right or far)) or (far and not right) or (sheet.mixed and not right):
                continue
            values = [figure.value for row in parts if (figure := row.figures[column.index])]
            if far and min(values) <= printed.value <= max(values):
                continue  # an average or the largest, not a sum
            wrong[(total.index, column.index)] = gap
            unit = column.unit
            yield finding(
                "points-total" if unit == "分" else "total-column",
                f"《{sheet.title or '附表'}》“{_name(column)}”一列，{total.label}与各行之和不符。",
                [sheet.place(total, column.index), *(sheet.place(row, column.index) for row in _ends(parts))],
                plan=sheet.plan,
                detail=f"{_sum(values)} = {show(added)}{unit}，"
                f"表中{total.label}为 {show(printed.value)}{unit}，差 {show(gap)}",
                readings=(printed.text, show(added)),
                data={"table": sheet.title, "column": column.name},
            )


def _ends(rows: Sequence[Row]) -> Sequence[Row]:
    return (rows[0], rows[-1]) if len(rows) > 1 else rows


def _candidates(sheet: Sheet, total: Row) -> list[list[Row]]:
    """The rows that a total may add up: those since the last total, all leaves, or the totals of groups.

    A total in the first rows adds up what follows. A table with many totals has totals of groups only.
    """
    own: list[Row] = []
    for row in reversed(sheet.rows[max(0, total.index - _MOST_ROWS) : total.index]):
        if row.level in ("total", "whole"):
            break
        if row.is_leaf:
            own.append(row)
    candidates = [own[::-1]]
    if len(sheet.totals) <= _MOST_TOTALS:
        before, after = sheet.rows[: total.index], sheet.rows[total.index + 1 :]
        candidates.append([row for row in before if row.is_leaf])
        candidates.append([row for row in before if row.level == "total"])
        if not any(row.is_leaf for row in before):
            until = next((k for k, row in enumerate(after) if row.level in ("total", "whole")), len(after))
            candidates += [[row for row in after[:until] if row.is_leaf], [row for row in after if row.is_leaf]]
    return candidates


def _best_sum(candidates: Sequence[list[Row]], total: Row, column: Column) -> tuple[list[Row], Decimal, bool] | None:
    """The rows that a total most likely adds up, their sum, and whether it fits; ``None`` where nothing can be said."""
    printed = total.figures[column.index]
    if printed is None:
        return None
    best: tuple[list[Row], Decimal, bool] | None = None
    for rows in candidates:
        rows = [row for row in rows if row.figures[column.index] is not None and not row.is_rate]
        if len(rows) < 2:
            continue
        figures = [figure for row in rows if (figure := row.figures[column.index])]
        added = sum((figure.value for figure in figures), Decimal(0))
        fits = abs(printed.value - added) <= allowed(figures, printed, column.unit)
        if best is None or fits or abs(printed.value - added) < abs(printed.value - best[1]):
            best = rows, added, fits
        if fits:
            break
    return best


def _rows(sheet: Sheet, wrong: dict[tuple[int, int], Decimal]) -> Iterator[Finding]:
    """合计 columns against the columns of the same group beside them."""
    columns = list(sheet.amounts)
    for total in (column for column in columns if TOTAL.match(column.own)):
        parts = [c for c in columns if c.group == total.group and c is not total and not c.subset and c.period is None
                 and not TOTAL.match(c.own)]  # fmt: skip
        left = [c for c in parts if c.index < total.index]
        parts = left or parts
        if len(parts) < 2:
            continue
        gaps: list[tuple[Row, list[Figure], Figure, Decimal]] = []
        for row in sheet.rows:
            printed = row.figures[total.index]
            figures = [figure for c in parts if (figure := row.figures[c.index])]
            if printed is None or not figures or row.level == "group" or row.is_rate:
                continue
            gap = printed.value - sum((figure.value for figure in figures), Decimal(0))
            gaps.append(
                (row, figures, printed, Decimal(0) if abs(gap) <= allowed(figures, printed, total.unit) else gap)
            )
        off = sorted(abs(gap) / max(abs(printed.value), Decimal(1)) for _, _, printed, gap in gaps)
        if not off or off[len(off) // 2] > _MOST_DEVIATION:
            continue  # the columns are no parts of this one
        parts_off = sum((gap for row, _, _, gap in gaps if row.is_leaf), Decimal(0))
        for row, figures, printed, gap in gaps:
            if gap and gap == parts_off and not row.is_leaf:
                continue  # the total row adds up what the rows say
            if not gap or any(wrong.get((row.index, c.index)) == -gap for c in parts):
                continue  # right, or told already as the column's total
            added = printed.value - gap
            yield finding(
                "total-row",
                f"《{sheet.title or '附表'}》{row.label}：“{_name(total)}”与分项之和不符。",
                [sheet.place(row, total.index), *(sheet.place(row, c.index) for c in parts if row.figures[c.index])],
                plan=sheet.plan,
                detail=f"{_sum([f.value for f in figures])} = {show(added)}，"
                f"表中为 {show(printed.value)}，差 {show(gap)}",
                readings=(printed.text, show(added)),
                data={"table": sheet.title, "column": total.name, "row": row.label},
            )


def _sections(sheet: Sheet) -> Iterator[Finding]:
    """A total above (总量) against the section below it (分部门), where the amounts of one period do add up."""
    heads = [row for row in sheet.rows if row.level == "group"]
    if not heads or not sheet.rows or sheet.rows[0].level == "group":
        return
    tops = [row for row in sheet.rows[: heads[0].index] if not row.is_rate and any(row.figures)]
    columns = [column for column in sheet.columns if column.numeric]
    if len(tops) != 1 or len(columns) < 2:
        return
    top = tops[0]
    for k, head in enumerate(heads):
        end = heads[k + 1].index if k + 1 < len(heads) else len(sheet.rows)
        rows = [r for r in sheet.rows[head.index + 1 : end] if r.is_leaf and any(r.figures) and not r.is_rate]
        if len(rows) < 2:
            continue
        found = []
        for column in columns:
            printed = top.figures[column.index]
            figures = [figure for row in rows if (figure := row.figures[column.index])]
            if printed is None or len(figures) != len(rows):
                continue
            gap = printed.value - sum((figure.value for figure in figures), Decimal(0))
            found.append((column, figures, printed, gap, abs(gap) <= allowed(figures, printed, column.unit or "万元")))
        exact = sum(1 for *_, fits in found if fits)
        if not exact or any(abs(gap) > _MOST_DEVIATION * abs(p.value) for _, _, p, gap, _ in found):
            continue
        for column, figures, printed, gap, fits in found:
            if fits:
                continue
            added = printed.value - gap
            yield finding(
                "total-section",
                f"《{sheet.title or '附表'}》{column.own}：{head.label}各行之和与总量不符。",
                [sheet.place(top, column.index), *(sheet.place(row, column.index) for row in rows)],
                plan=sheet.plan,
                detail=f"{_sum([f.value for f in figures])} = {show(added)}，"
                f"总量为 {show(printed.value)}，差 {show(gap)}",
                readings=(printed.text, show(added)),
                data={"table": sheet.title, "column": column.name},
            )


def _periods(sheet: Sheet) -> Iterator[Finding]:
    """Cumulative amounts: never smaller in a later period, and at the year's end what the year's column says."""
    columns = [column for column in sheet.columns if column.numeric and not column.rate and column.period is not None]
    groups: dict[str, list[Column]] = {}
    for column in columns:
        groups.setdefault(column.group, []).append(column)
    for group in groups.values():
        if len(group) < 3 or [c.period for c in group] != sorted({c.period or 0 for c in group}):
            continue
        rows = [
            r for r in sheet.rows if r.level != "group" and not r.is_rate and all(r.figures[c.index] for c in group)
        ]
        values = [[figure.value for c in group if (figure := row.figures[c.index])] for row in rows]
        rising = [row for row, line in zip(rows, values, strict=True) if line == sorted(line)]
        if len(rows) < 3 or len(rising) < 0.8 * len(rows):
            continue
        if _is_cumulative(sheet, group):
            yield from _falling(sheet, group, [row for row in rows if row not in rising])
        yield from _year_ends(sheet, group[-1], rows)


def _is_cumulative(sheet: Sheet, group: Sequence[Column]) -> bool:
    """Whether the table says that its periods add up: amounts of single quarters may well fall."""
    own = any(_FROM_BEGIN.search(column.own) for column in group)
    return own or _CUMULATIVE.search(group[0].group + sheet.title) is not None


def _falling(sheet: Sheet, group: Sequence[Column], rows: Sequence[Row]) -> Iterator[Finding]:
    for row in rows:
        for early, late in pairwise(group):
            first, second = row.figures[early.index], row.figures[late.index]
            if first is None or second is None or second.value >= first.value:
                continue
            yield finding(
                "period-falls",
                f"《{sheet.title or '附表'}》{row.label}：{late.own}累计数小于{early.own}。",
                [sheet.place(row, early.index), sheet.place(row, late.index)],
                plan=sheet.plan,
                detail=f"{early.own} {show(first.value)}，{late.own} {show(second.value)}",
                readings=(first.text, second.text),
            )


def _year_ends(sheet: Sheet, last: Column, rows: Sequence[Row]) -> Iterator[Finding]:
    """Against a whole-year column of the same size (合计, 全年目标) that most rows repeat."""
    if last.period != 12:
        return
    for year in sheet.columns:
        if year.index == last.index or not year.numeric or year.rate or year.period not in (None, 12):
            continue
        both = [(row, a, b) for row in rows if (a := row.figures[year.index]) and (b := row.figures[last.index])]
        same = sum(1 for _, a, b in both if a.value == b.value)
        if len(both) < 4 or same < 0.7 * len(both):
            continue
        for row, a, b in both:
            if a.value != b.value:
                yield finding(
                    "period-end",
                    f"《{sheet.title or '附表'}》{row.label}：“{_name(last)}”与“{_name(year)}”不符。",
                    [sheet.place(row, year.index), sheet.place(row, last.index)],
                    plan=sheet.plan,
                    detail=f"{_name(year)} {show(a.value)}，{_name(last)} {show(b.value)}，"
                    f"差 {show(a.value - b.value)}",
                    readings=(a.text, b.text),
                )


def _across(plan: PlanView) -> Iterator[Finding]:
    """Totals of the same columns in two tables of one plan, where most of them agree."""
    totals = []
    for sheet in plan.sheets:
        rows = sheet.totals
        if len(rows) == 1:
            named = {_comparable(column): column for column in sheet.amounts if rows[0].figures[column.index]}
            totals.append((sheet, rows[0], named))
    for i, (sheet, row, named) in enumerate(totals):
        for other, other_row, other_named in totals[i + 1 : i + 6]:
            shared = [key for key in named if key in other_named]
            pairs = [(named[k], other_named[k]) for k in shared]
            values = [(a, b, row.figures[a.index], other_row.figures[b.index]) for a, b in pairs if a.unit == b.unit]
            differ = [(a, b, x, y) for a, b, x, y in values if x and y and x.value != y.value]
            if len(values) < 3 or len(differ) > 0.25 * len(values):
                continue
            for a, b, x, y in differ:
                yield finding(
                    "total-across",
                    f"“{_name(a)}”的{row.label}在两张表中不同。",
                    [sheet.place(row, a.index), other.place(other_row, b.index)],
                    plan=plan.index,
                    detail=f"《{sheet.title}》{show(x.value)}，《{other.title}》{show(y.value)}，"
                    f"差 {show(x.value - y.value)}；"
                    f"另有 {len(values) - len(differ)} 列两表相同",
                    readings=(x.text, y.text),
                )


def _in_text(plan: PlanView) -> Iterator[Finding]:
    """某数……其中甲、乙、丙: parts that nearly make up the total, but not quite.

    Parts far from the total are no full list; what stands in brackets is a part of a part.
    """
    sentences: dict[tuple[int, int], list[tuple[str, TargetDraft]]] = {}
    for target in plan.draft.targets:
        where = plan.sentence_at(target.spans)
        if where is not None:
            sentences.setdefault(where[:2], []).append((where[2], target))
    for found in sentences.values():
        if len(found) < 3:
            continue
        total = found[0][1]
        parts = [t for text, t in found[1:] if t.unit == total.unit and "其中" in text and not _in_bracket(text)]
        if len(parts) < 2 or len(parts) != len(found) - 1 or total.value_max is not None:
            continue
        if total.unit in ("%", "‰", "个百分点"):
            continue
        added = sum((t.value for t in parts), Decimal(0))
        gap = total.value - added
        if not gap or abs(gap) > _MOST_DEVIATION * total.value:
            continue
        yield finding(
            "total-text",
            f"“{total.text}”与其中各项之和不符。",
            [Place(t.spans, t.text) for t in (total, *parts)],
            plan=plan.index,
            detail=f"{_sum([t.value for t in parts])} = {show(added)}，文中为 {show(total.value)}，差 {show(gap)}",
            readings=(total.text, f"{show(added)}{total.unit}"),
        )


def _in_bracket(text: str) -> bool:
    """Whether a text ends inside an open bracket."""
    return text.count("（") + text.count("(") > text.count("）") + text.count(")")


def _comparable(column: Column) -> str:
    """What two tables' columns have in common: the tier in brackets above, and the column's own name."""
    start = max(column.group.rfind("（"), column.group.rfind("("))
    tier = column.group[start + 1 :].rstrip("）)") if start >= 0 else ""
    tier = tier or (column.group if WHOLE.match(column.group) is None else "")
    return f"{'' if tier == '户' else tier}/{column.own}"


def _name(column: Column) -> str:
    return column.name.replace("/", "·") or f"第{column.index + 1}列"


def _sum(values: Sequence[Decimal]) -> str:
    shown = " + ".join(show(value) for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} + …（共{len(values)}项）"
