"""Points along a line: against the average, between two marks, year on year, by distance to the target, by formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, Self

from luoshi.expressions import ExpressionError
from luoshi.scoring.expressions import Formula, in_words, parse_points
from luoshi.scoring.methods.base import Basis, Better, Entry, Method, Sheet, clamp
from luoshi.scoring.node import Node
from luoshi.scoring.numbers import ONE, ZERO, amount, equals, show


@dataclass(frozen=True, slots=True)
class RatioToAverage(Method):
    """``full × at_average × own / average``, at most ``cap`` of the full points; the average of those who reported."""

    TYPE: ClassVar[str] = "average"
    TITLE: ClassVar[str] = "与平均值比"

    at_average: Fraction = ONE
    cap: Fraction = ONE

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(node.number("at_average", ONE), node.number("cap", ONE))

    def check(self, node: Node, full: Fraction, better: Better) -> None:
        if self.cap < self.at_average:
            node.problem("最高比例（cap）不能低于平均水平所得的比例（at_average）", "cap")
        if better is Better.LOWER:
            node.problem("与平均值比只用于越高越好的指标")

    def points(self, sheet: Sheet) -> list[Fraction]:
        average = sheet.average
        points = []
        for entry in sheet.entries:
            if average is not None and average > 0:
                share = clamp(self.at_average * entry.measure / average, ZERO, self.cap)
            else:  # no ratio exists: those at the average or above it get what the average gets
                share = self.at_average if average is not None and entry.measure >= average else ZERO
            points.append(sheet.full * share)
        return points

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        average, own = sheet.average, sheet.entries[at].measure
        text = f"{len(sheet.entries)}个单位平均{sheet.measured(average or ZERO)}"
        if average is None or average <= 0:
            return f"{text}，平均值不大于0，{'不低于' if points else '低于'}平均，得{show(points)}分"
        if own <= 0:
            return f"{text}，本单位不大于0，得0分"
        full = show(sheet.full, 6) + (f"×{show(self.at_average, 6)}" if self.at_average != 1 else "")
        if points == sheet.full * self.cap:
            return f"{text}，达到最高比例，得{show(points)}分"
        return f"{text}，{full}×{sheet.measured(own)}÷{sheet.measured(average)}{equals(points)}分"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        share = f"×{show(self.at_average, 6)}" if self.at_average != 1 else ""
        return f"得 满分{share}×本单位{basis.label}÷平均值，最多得满分的{show(self.cap * 100)}%"


@dataclass(frozen=True, slots=True)
class Interval(Method):
    """Nothing at ``zero_at``, full points at ``full_at``, evenly between; either may be the larger one."""

    TYPE: ClassVar[str] = "interval"
    TITLE: ClassVar[str] = "按区间计分"

    zero_at: Fraction = ZERO
    full_at: Fraction = ONE

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(node.number("zero_at", ZERO), node.number("full_at", ONE))

    def check(self, node: Node, full: Fraction, better: Better) -> None:
        if self.zero_at == self.full_at:
            node.problem("得0分处（zero_at）与得满分处（full_at）不能相同", "full_at")
        elif (self.full_at > self.zero_at) is not (better is Better.HIGHER):
            node.problem("得满分处（full_at）与该指标的好坏方向（better）不一致", "full_at")

    def points(self, sheet: Sheet) -> list[Fraction]:
        span = self.full_at - self.zero_at
        return [sheet.full * clamp((entry.measure - self.zero_at) / span) for entry in sheet.entries]

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        own, full = sheet.entries[at].measure, show(sheet.full, 6)
        if points == sheet.full:
            return f"达到{sheet.measured(self.full_at)}，得满分{full}分"
        if not points:
            return f"没有好于{sheet.measured(self.zero_at)}，得0分"
        zero, top = sheet.measured(self.zero_at), sheet.measured(self.full_at)
        return f"{full}×({sheet.measured(own)}-{zero})÷({top}-{zero}){equals(points)}分"

    def improve(self, sheet: Sheet, at: int, points: Fraction) -> str:
        return f"达到{sheet.measured(self.full_at)}得满分" if points < sheet.full else ""

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        sign = "%" if basis in (Basis.COMPLETION, Basis.GROWTH) else unit
        zero, top = show(self.zero_at, 6) + sign, show(self.full_at, 6) + sign
        return f"{basis.label}{top}得满分，{zero}得0分，其间按比例计"


@dataclass(frozen=True, slots=True)
class YearOnYear(Interval):
    """Growth against the same period a year before, in per cent, along an interval."""

    TYPE: ClassVar[str] = "year-on-year"
    TITLE: ClassVar[str] = "同比"
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.GROWTH,)


class Side(StrEnum):
    """On which side of the target a distance counts."""

    BOTH = "both"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Distance(Method):
    """``full × (1 - distance to the target / tolerance)``, never below 0."""

    TYPE: ClassVar[str] = "distance"
    TITLE: ClassVar[str] = "与目标的距离"
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.GAP,)

    tolerance: Fraction = ONE
    side: Side = Side.BOTH

    @classmethod
    def read(cls, node: Node) -> Self:
        tolerance = node.number("tolerance", ONE)
        if tolerance <= 0:
            node.problem("扣完全部分数的距离（tolerance）须大于 0", "tolerance")
            tolerance = ONE
        return cls(tolerance, node.choice("side", Side.BOTH))

    def _distance(self, entry: Entry) -> Fraction:
        match self.side:
            case Side.BELOW:
                return max(-entry.measure, ZERO)
            case Side.ABOVE:
                return max(entry.measure, ZERO)
        return abs(entry.measure)

    def points(self, sheet: Sheet) -> list[Fraction]:
        return [sheet.full * clamp(1 - self._distance(entry) / self.tolerance) for entry in sheet.entries]

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        distance, full = self._distance(sheet.entries[at]), show(sheet.full, 6)
        if not distance:
            return f"符合目标，得满分{full}分"
        away = f"与目标相差{amount(distance)}{sheet.unit_of_measure}"
        if not points:
            return f"{away}，达到{amount(self.tolerance)}，得0分"
        return f"{away}，{full}×(1-{amount(distance)}÷{amount(self.tolerance)}){equals(points)}分"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        side = {Side.BOTH: "偏离目标", Side.BELOW: "低于目标", Side.ABOVE: "高于目标"}[self.side]
        return f"{side}的按比例扣分，相差{amount(self.tolerance)}{unit}扣完"


@dataclass(frozen=True, slots=True)
class ByFormula(Method):
    """A formula over what is known of the unit and the item, within ``least`` and ``most`` (the full points)."""

    TYPE: ClassVar[str] = "formula"
    TITLE: ClassVar[str] = "按公式计分"
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.VALUE, Basis.COMPLETION, Basis.GROWTH, Basis.GAP)
    RANKS: ClassVar[bool] = True
    HAS_POINTS: ClassVar[bool | None] = None

    formula: Formula | None = None
    least: Fraction | None = ZERO
    most: Fraction | None = None

    @classmethod
    def read(cls, node: Node) -> Self:
        try:
            formula = parse_points(node.text("formula"))
        except ExpressionError as error:
            node.problem(f"计分公式{error}", "formula")
            formula = None
        return cls(formula, node.optional("least", ZERO), node.optional("most"))

    def numbers(self, sheet: Sheet, at: int) -> dict[str, Fraction | None]:
        """What the formula may name."""
        entry = sheet.entries[at]
        return {
            **known(entry),
            "points": sheet.full,
            "rank": Fraction(sheet.ranks[at]),
            "count": Fraction(sheet.count),
            "best": sheet.best,
            "average": sheet.average,
        }

    def points(self, sheet: Sheet) -> list[Fraction]:
        most = sheet.full if self.most is None else self.most
        points = []
        for at in range(len(sheet.entries)):
            given = self.formula.number(self.numbers(sheet, at)) if self.formula else None
            given = ZERO if given is None else min(given, most)
            points.append(given if self.least is None else max(given, self.least))
        return points

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        if self.formula is None:
            return ""
        numbers = self.numbers(sheet, at)
        given = self.formula.number(numbers)
        shown = in_words(self.formula.text, numbers, amount)
        if given is None:
            return f"公式 {shown} 缺数或无法计算，得{show(points)}分"
        if given != points:
            return f"{shown}{equals(given)}，限在规定范围内，得{show(points)}分"
        return f"{shown}{equals(points)}分"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        return f"得 {self.formula.text}" if self.formula else ""


_KNOWN: Mapping[str, Callable[[Entry], Fraction | None]] = {
    "value": lambda entry: entry.value,
    "target": lambda entry: entry.target,
    "previous": lambda entry: entry.previous,
    "completion": lambda entry: 100 * entry.value / entry.target if entry.target else None,
    "growth": lambda entry: 100 * (entry.value - entry.previous) / abs(entry.previous) if entry.previous else None,
    "gap": lambda entry: entry.value - entry.target if entry.target is not None else None,
}


def known(entry: Entry, names: Iterable[str] = tuple(_KNOWN)) -> dict[str, Fraction | None]:
    """The numbers of one unit that conditions and formulas may name."""
    return {name: _KNOWN[name](entry) for name in names if name in _KNOWN}
