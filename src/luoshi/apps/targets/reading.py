"""Reading the annex table that shares a target out: which column is which period, which row which unit.

Works on the table as it was printed. The strongest sign that a column belongs to a target is that its total row (or its
sum) is the target's value; names of columns and tiers only break ties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.allocation.conservation import exact_sum
from luoshi.apps.targets.values import ValueProblem, parse_value
from luoshi.periods import Cadence, Period

_TOTAL = re.compile(r"(?:合|总|共)计(?:数)?$|^全[州市县省区盟](?:合计)?$")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = re.compile(r"^第?([一二三四1-4])季度?$")
_HALF = re.compile(r"^([上下])半年$")
_MONTHS = re.compile(r"^(?:\d{4}年)?(?:1[—–\-至到~])?(\d{1,2})月(?:份|底|末)?$")
_YEAR = re.compile(r"^(?:\d{4}年)?(?:全年|年度)?(?:目标|任务|合计|小计)?(?:数|值|户数)?$")
_TIERS = {
    "congress": ("人代会目标", "人代会"),
    "work": ("工作目标",),
    "stretch": ("奋斗目标", "力争"),
    "basic": ("基本目标", "保底"),
    "incentive": ("激励目标",),
}
_UNIT = re.compile(r"[(（][^()（）]*[)）]$")


NEAR = Decimal("0.02")  # a plan that contradicts itself is seldom off by more


def is_total(name: str) -> bool:
    """Whether a row's name says that it adds the others up."""
    return _TOTAL.search("".join(name.split())) is not None


def parts_of(name: str) -> list[str]:
    """The levels of a column's name, without blanks."""
    return [part for part in ("".join(level.split()) for level in name.split("/")) if part]


def period_of_name(name: str, year: int) -> Period | None:
    """The period that a column's name means: ``一季度``, ``1—6 月`` (by its end), ``上半年``; else ``None``.

    Figures of ``1—2月`` are kept under February, where they are due.
    """
    found = None
    for part in parts_of(name):
        bare = _UNIT.sub("", part)
        if printed := re.match(r"(\d{4})年", bare):
            if int(printed[1]) != year:
                return None
            bare = bare.removeprefix(printed[0])
        if match := _QUARTER.match(bare):
            found = Period(Cadence.QUARTERLY, year, _DIGITS[match[1]])
        elif match := _HALF.match(bare):
            found = Period(Cadence.HALF_YEARLY, year, "上下".index(match[1]) + 1)
        elif (match := _MONTHS.match(bare)) and 1 <= int(match[1]) <= 12:
            found = Period(Cadence.MONTHLY, year, int(match[1]))
        elif bare in ("全年", "年度目标"):
            found = Period(Cadence.YEARLY, year)
    return found


@dataclass(frozen=True, slots=True)
class Column:
    """A column with figures: ``printed`` is what the total row says, ``total`` what the rows add up to."""

    index: int
    name: str
    period: Period | None
    printed: Decimal | None
    total: Decimal | None
    tier: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table shares a target out: the columns and their periods; ``score`` sorts several readings, ``why`` says
    in Chinese on what it rests."""

    label: int
    columns: tuple[tuple[int, Period], ...]
    cumulative: bool
    cadence: Cadence
    printed_total: Decimal | None
    score: float
    why: str


def figures(rows: Sequence[Sequence[str]], column: int) -> list[Decimal | None] | None:
    """The figures of a column, blanks as ``None``; ``None`` where some cell is no figure."""
    found = []
    for row in rows:
        try:
            found.append(parse_value(row[column] if column < len(row) else ""))
        except ValueProblem:
            return None
    return found


def label_column(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The column with the units' names: the first that is no counter."""
    for index, name in enumerate(header):
        cells = [row[index] for row in rows if index < len(row) and row[index].strip()]
        if cells and not all(cell.strip().isdigit() for cell in cells) and not re.search(r"序\s*号", name):
            return index
    return 0


def columns_of(header: Sequence[str], rows: Sequence[Sequence[str]], year: int) -> list[Column]:
    """The columns that hold figures."""
    label = label_column(header, rows)
    body = [row for row in rows if len(row) > label and not is_total(row[label])]
    totals = [row for row in rows if len(row) > label and is_total(row[label])]
    found = []
    for index in range(label + 1, max((len(row) for row in rows), default=0)):
        values = figures(body, index)
        known = [value for value in values or () if value is not None]
        if not known:
            continue
        printed = figures(totals[:1], index) if totals else None
        name = header[index] if index < len(header) else ""
        tier = next((tier for tier, names in _TIERS.items() if any(n in "".join(name.split()) for n in names)), "")
        found.append(
            Column(
                index,
                name,
                period_of_name(name, year),
                printed[0] if printed else None,
                exact_sum(known),
                tier,
            )
        )
    return found


def readings(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    year: int,
    value: Decimal,
    indicator: str,
    tier: str,
    adds_up: bool = True,
) -> list[Reading]:
    """The ways to read a table as the sharing out of a target, the likeliest first; empty where it has no figures.

    Columns of one period after another under one heading are one reading, every other column is one for the year.
    """
    label = label_column(header, rows)
    columns = columns_of(header, rows, year)
    found: list[Reading] = []
    groups: dict[tuple[str, ...], list[Column]] = {}
    for column in columns:
        if column.period is None:
            found.append(_single(label, column, year, value, indicator, tier, adds_up))
        else:
            groups.setdefault(_heading(column), []).append(column)
    for group in groups.values():
        cadences = {column.period.cadence for column in group if column.period}
        if len(cadences) == 1 and len({column.period for column in group}) == len(group):
            found.append(_series(label, group, cadences.pop(), value, indicator, tier, adds_up))
        else:
            found += [_single(label, column, year, value, indicator, tier, adds_up) for column in group]
    return sorted(found, key=lambda reading: (-reading.score, reading.columns[0][0]))


def _heading(column: Column) -> tuple[str, ...]:
    """What a column's name says beyond its period."""
    year = column.period.year if column.period else 0
    return tuple(part for part in parts_of(column.name) if period_of_name(part, year) is None)


def _meets(column: Column, value: Decimal, adds_up: bool) -> tuple[float, str]:
    """How well a column's total fits the target, and why."""
    if column.printed is not None and column.printed == value:
        return 10.0, "合计与目标相同"
    if adds_up and column.total == value:
        return 8.0, "各行相加与目标相同"
    for scale in (Decimal(10**4), Decimal(10**8)):
        if (column.printed is not None and column.printed * scale == value) or (column.total or 0) * scale == value:
            return 4.0, "合计按万、亿折算与目标相同"
    known = column.printed if column.printed is not None else column.total if adds_up else None
    if known and value and abs(known - value) <= abs(value) * NEAR:
        return 3.0, "合计与目标相近，但不相同"
    return 0.0, "合计与目标不同"


def _words_score(names: str, indicator: str, columns_tier: str, tier: str) -> float:
    score = 0.0
    if columns_tier and tier:
        score += 2.0 if columns_tier == tier else -3.0
    elif columns_tier == "work" and not tier:
        score += 0.2  # without a tier the working target is the likelier one
    pairs = {indicator[i : i + 2] for i in range(len(indicator) - 1)}
    joined = "".join(names.split())
    if pairs:
        score += sum(pair in joined for pair in pairs) / len(pairs)
    return score


def _single(label: int, column: Column, year: int, value: Decimal, indicator: str, tier: str, adds_up: bool) -> Reading:
    period = column.period or Period(Cadence.YEARLY, year)
    score, why = _meets(column, value, adds_up)
    score += _words_score(column.name, indicator, column.tier, tier)
    return Reading(label, ((column.index, period),), True, period.cadence, column.printed, score, why)


def _series(
    label: int, group: list[Column], cadence: Cadence, value: Decimal, indicator: str, tier: str, adds_up: bool
) -> Reading:
    group = sorted(group, key=lambda column: column.period.last_day if column.period else 0)  # type: ignore[arg-type,return-value]
    last = group[-1]
    score, why = _meets(last, value, adds_up)
    cumulative = True
    printed = last.printed
    parts = [column.total for column in group]
    if not score and adds_up and exact_sum(parts) == value and len(group) > 1:
        score, why, cumulative = 8.0, "各期相加与目标相同", False
        known = [column.printed for column in group]
        printed = exact_sum(known) if all(item is not None for item in known) else None
    elif score:
        score, why = score + 1.0, f"最后一期{why}"
    score += max(_words_score(column.name, indicator, column.tier, tier) for column in group)
    columns = tuple((column.index, column.period) for column in group if column.period)
    return Reading(label, columns, cumulative, cadence, printed, score, why)
