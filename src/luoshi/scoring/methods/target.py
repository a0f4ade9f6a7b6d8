"""目标管理法: points by completion of one's own target. Not defined in the sources either; capped at the target."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from luoshi.scoring.methods.base import HUNDRED, Basis, Better, Entry, Method, Rounding, Sheet
from luoshi.scoring.node import Node
from luoshi.scoring.numbers import ONE, ZERO, amount, amount_up, equals, show, times


@dataclass(frozen=True, slots=True)
class Steps:
    """Points for every ``per`` of something, at most ``most``."""

    points: Fraction
    per: Fraction = ONE
    most: Fraction | None = None
    rounding: Rounding = Rounding.EXACT

    @classmethod
    def read(cls, node: Node) -> Self:
        """From the data of a scheme."""
        steps = cls(
            node.number("points", ZERO),
            node.number("per", ONE),
            node.optional("most"),
            node.choice("rounding", Rounding.EXACT),
        )
        if steps.per <= 0:
            node.problem("每多少计一次（per）须大于 0", "per")
        return steps if steps.per > 0 else cls(steps.points)

    def of(self, distance: Fraction) -> Fraction:
        """The points for a distance; none for one at or below 0."""
        if distance <= 0:
            return ZERO
        count = distance / self.per
        if self.rounding is Rounding.DOWN:
            count = Fraction(count.numerator // count.denominator)
        elif self.rounding is Rounding.UP:
            count = Fraction(-(-count.numerator // count.denominator))
        given = count * self.points
        return given if self.most is None else min(given, self.most)

    def words(self, distance: Fraction) -> str:
        """The calculation: ``3次×0.5=1.5分``."""
        count = distance / self.per
        shown = {
            Rounding.EXACT: show(count, 6),
            Rounding.DOWN: show(Fraction(count.numerator // count.denominator)),
            Rounding.UP: show(Fraction(-(-count.numerator // count.denominator))),
        }[self.rounding]
        given = self.of(distance)
        text = f"{shown}×{show(self.points, 6)}"
        capped = self.most is not None and given == self.most
        return f"{text}，最多{show(given, 6)}分" if capped else f"{text}{equals(given)}分"

    def rule(self, unit: str, verb: str) -> str:
        """``每1个百分点加0.5分，最多5分``."""
        most = f"，最多{show(self.most, 6)}分" if self.most is not None else ""
        rounding = f"，{self.rounding.label}" if self.rounding is not Rounding.EXACT else ""
        return f"每{amount(self.per)}{unit}{verb}{show(self.points, 6)}分{most}{rounding}"


@dataclass(frozen=True, slots=True)
class TargetManagement(Method):
    """``full × completion``: at most ``cap``, at least ``floor`` (shares of the full points), nothing below ``start``.

    ``bonus``: points for what is done beyond the target. ``start`` is in per cent.
    """

    TYPE: ClassVar[str] = "target"
    TITLE: ClassVar[str] = "目标管理法"
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.COMPLETION,)

    cap: Fraction | None = ONE
    floor: Fraction = ZERO
    start: Fraction = ZERO
    bonus: Steps | None = None

    @classmethod
    def read(cls, node: Node) -> Self:
        bonus = node.node("bonus")
        return cls(
            node.optional("cap", ONE),
            node.number("floor", ZERO),
            node.number("start", ZERO),
            Steps.read(bonus) if bonus is not None else None,
        )

    def check(self, node: Node, full: Fraction, better: Better) -> None:
        if self.cap is not None and self.cap < self.floor:
            node.problem("最高比例（cap）低于最低比例（floor）", "cap")
        if self.start > 0 and self.floor > 0:
            node.problem("起计完成率（start）与最低比例（floor）只能用一个", "start")
        if self.cap is not None and self.start > self.cap * HUNDRED:
            node.problem("起计完成率（start）高于封顶处（cap）", "start")
        if self.bonus is not None and self.cap != 1:
            node.problem("有超额加分（bonus）时，最高比例（cap）须为 1", "cap")
        if better is Better.LOWER and (self.cap is None or self.bonus is not None):
            node.problem("越低越好的指标，完成率没有上限，须封顶且不设超额加分", "cap")

    def completion(self, sheet: Sheet, entry: Entry) -> Fraction | None:
        """In per cent, turned round where lower is better; ``None``: a value at or below 0 that is to be low."""
        if sheet.better is Better.HIGHER or not entry.target:
            return entry.measure
        return HUNDRED * entry.target / entry.value if entry.value > 0 else None

    def points(self, sheet: Sheet) -> list[Fraction]:
        full, points = sheet.full, []
        top = None if self.cap is None else self.cap * HUNDRED
        bottom = max(self.start, self.floor * HUNDRED)
        for entry in sheet.entries:
            completion = self.completion(sheet, entry)
            if completion is None or (top is not None and completion >= top):
                given = full if self.cap is None else full * self.cap
                points.append(given + self._over(completion) if self.bonus is not None else given)
            elif completion < bottom:
                points.append(full * self.floor if not self.start else ZERO)
            else:
                given = times(full, completion, 100)
                points.append(given + self._over(completion) if self.bonus is not None else given)
        return points

    def _over(self, completion: Fraction | None) -> Fraction:
        return self.bonus.of(completion - HUNDRED) if self.bonus and completion is not None else ZERO

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        entry, full = sheet.entries[at], sheet.full_text
        completion = self.completion(sheet, entry)
        if completion is None:
            return f"降到0以下，得{show(points)}分"
        if self.start and completion < self.start:
            return f"低于起计的{show(self.start)}%，得0分"
        value, target = amount(entry.value), amount(entry.target or ZERO)
        ratio = f"{value}÷{target}" if sheet.better is Better.HIGHER else f"{target}÷{value}"
        if self.cap is not None and completion >= self.cap * HUNDRED:
            if self.cap != 1:
                return f"按最高比例计，{full}×{show(self.cap, 6)}{equals(points)}分"
            text = f"达到目标，得满分{full}分" if completion == HUNDRED else f"超过目标，最多计满分{full}分"
            over = self._over(completion)
            if self.bonus is not None and over:
                return f"{text}，超出部分加{self.bonus.words(completion - HUNDRED)}，共{show(points)}分"
            return text
        if completion < self.floor * HUNDRED:
            return f"按最低比例计，得{show(points)}分" if self.floor else "低于0，得0分"
        return f"{full}×{ratio}{equals(points)}分"

    def improve(self, sheet: Sheet, at: int, points: Fraction) -> str:
        entry = sheet.entries[at]
        completion = self.completion(sheet, entry)
        if completion is None or completion >= HUNDRED or entry.target is None:
            return ""
        unit = sheet.unit_of_measure
        if sheet.better is Better.LOWER:
            return f"降到目标{amount(entry.target)}{unit}可得{sheet.full_text}分"
        left = amount_up(entry.target - entry.value)
        return f"再完成{left}{unit}达到目标，可得{sheet.full_text}分"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        text = "得 满分×" + ("实际÷目标" if better is Better.HIGHER else "目标÷实际")
        if self.cap is None:
            text += "，不封顶"
        elif self.cap == 1:
            text += "，最多得满分"
        else:
            text += f"，最多得满分的{show(self.cap * 100)}%"
        if self.floor:
            text += f"，最少得满分的{show(self.floor * 100)}%"
        if self.start:
            text += f"，完成率低于{show(self.start)}%不得分"
        if self.bonus:
            text += "；超过目标" + self.bonus.rule("个百分点", "加")
        return text
