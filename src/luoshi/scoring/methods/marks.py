"""Points from marks: several judges' (trimmed mean), or another scheme's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from luoshi.scoring.methods.base import HUNDRED, Basis, Better, Method, Sheet, clamp, share_words
from luoshi.scoring.node import Node
from luoshi.scoring.numbers import ZERO, amount, show


def _out_of(node: Node) -> Fraction:
    out_of = node.number("out_of", HUNDRED)
    if out_of <= 0:
        node.problem("满分标准（out_of）须大于 0", "out_of")
        return HUNDRED
    return out_of


@dataclass(frozen=True, slots=True)
class Judges(Method):
    """``full × mean / out_of``; ``trim`` highest and as many lowest marks are left out where one at least remains."""

    TYPE: ClassVar[str] = "judges"
    TITLE: ClassVar[str] = "评委打分"
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.VALUE,)
    JUDGED: ClassVar[bool] = True

    out_of: Fraction = HUNDRED
    trim: int = 1

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(_out_of(node), node.whole("trim", 1) or 0)

    def _kept(self, marks: Sequence[Fraction]) -> list[Fraction]:
        ordered = sorted(marks)
        return ordered[self.trim : len(ordered) - self.trim] if len(ordered) > 2 * self.trim else ordered

    def measure(self, marks: Sequence[Fraction]) -> Fraction:
        kept = self._kept(marks)
        return sum(kept, ZERO) / len(kept)

    def points(self, sheet: Sheet) -> list[Fraction]:
        return [sheet.full * clamp(entry.measure / self.out_of) for entry in sheet.entries]

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        entry = sheet.entries[at]
        kept = len(self._kept(entry.marks))
        cut = f"，去掉{self.trim}个最高分和{self.trim}个最低分" if kept < len(entry.marks) else ""
        few = "（评委不足，未去掉最高最低分）" if self.trim and kept == len(entry.marks) > 1 else ""
        shown = "、".join(amount(mark) for mark in entry.marks[:9]) + ("等" if len(entry.marks) > 9 else "")
        formula = share_words(sheet.full, show(entry.measure, 4), show(self.out_of, 6), points)
        many = f"{len(entry.marks)}位评委打分{shown}{cut}{few}，平均{show(entry.measure, 4)}"
        return f"{many if len(entry.marks) > 1 else '评分' + shown}，{formula}"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        cut = f"去掉{self.trim}个最高分和{self.trim}个最低分后" if self.trim else ""
        return f"评委按{show(self.out_of, 6)}分制打分，{cut}取平均，按比例折算"


@dataclass(frozen=True, slots=True)
class Share(Method):
    """``full × value / out_of``, within 0 and full: another scheme's total, or any figure out of a fixed one."""

    TYPE: ClassVar[str] = "share"
    TITLE: ClassVar[str] = "按比例折算"
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.VALUE,)

    out_of: Fraction = HUNDRED

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(_out_of(node))

    def points(self, sheet: Sheet) -> list[Fraction]:
        return [sheet.full * clamp(entry.measure / self.out_of) for entry in sheet.entries]

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        measure = sheet.entries[at].measure
        if measure < 0:
            return "低于0，得0分"
        if measure > self.out_of:
            return f"超过{show(self.out_of, 6)}，最多计满分{show(sheet.full, 6)}分"
        return share_words(sheet.full, amount(measure), show(self.out_of, 6), points)

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        return f"得 满分×实际÷{show(self.out_of, 6)}"
