"""Points taken away or added by steps or occurrences, and the veto."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, Self

from luoshi.expressions import ExpressionError
from luoshi.scoring.expressions import Formula, parse_condition
from luoshi.scoring.methods.base import HUNDRED, Basis, Better, Method, Sheet
from luoshi.scoring.methods.target import Steps
from luoshi.scoring.node import Node
from luoshi.scoring.numbers import ZERO, equals, show

_NO_STEPS = Steps(ZERO)


def _distance(sheet: Sheet, at: int, *, short: bool) -> Fraction:
    """How far an entry falls short of what it should reach (``short``), or goes beyond it; for counts the value."""
    entry = sheet.entries[at]
    if sheet.basis is Basis.VALUE:
        return entry.measure
    ahead = entry.measure - HUNDRED if sheet.basis is Basis.COMPLETION else entry.measure
    if sheet.better is Better.LOWER:
        ahead = -ahead
    return -ahead if short else ahead


def _step_unit(basis: Basis, unit: str) -> str:
    match basis:
        case Basis.VALUE:
            return unit or "次"
        case Basis.GAP if unit != "%":
            return unit
    return "个百分点"


@dataclass(frozen=True, slots=True)
class Deduction(Method):
    """Points taken away: for every occurrence (``value``), or for every step below what should be reached.

    An item with points of its own keeps what is left of them, never below 0; one without gives points below 0.
    """

    TYPE: ClassVar[str] = "deduction"
    TITLE: ClassVar[str] = "扣分"
    BETTER: ClassVar[Better] = Better.LOWER
    HAS_POINTS: ClassVar[bool | None] = None

    steps: Steps = _NO_STEPS

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(Steps.read(node))

    def check(self, node: Node, full: Fraction, better: Better) -> None:
        if self.steps.points < 0:
            node.problem("每次扣的分（points）写正数", "points")

    def points(self, sheet: Sheet) -> list[Fraction]:
        points = []
        for at in range(len(sheet.entries)):
            left = sheet.full - self.steps.of(_distance(sheet, at, short=True))
            points.append(max(left, ZERO) if sheet.full else left)
        return points

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        distance = _distance(sheet, at, short=True)
        if distance <= 0:
            return f"不扣分，得{show(points)}分" if sheet.full else "不扣分"
        lost = self.steps.words(distance)
        if not sheet.full:
            return f"扣{lost}"
        taken = self.steps.of(distance)
        rest = f"{show(sheet.full, 6)}-{show(taken, 6)}{equals(points)}分" if taken <= sheet.full else "扣完为止，得0分"
        return f"扣{lost}，{rest}"

    def improve(self, sheet: Sheet, at: int, points: Fraction) -> str:
        distance = _distance(sheet, at, short=True)
        if distance <= 0 or sheet.basis is Basis.VALUE:
            return ""
        return f"补上差的{show(distance)}{_step_unit(sheet.basis, sheet.unit_of_measure)}就不扣分"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        step = self.steps.rule(_step_unit(basis, unit), "扣")
        match basis:
            case Basis.VALUE:
                text = step
            case Basis.GROWTH:
                text = f"{'下降' if better is Better.HIGHER else '上升'}的，{step}"
            case _:
                text = f"{'低于' if better is Better.HIGHER else '高于'}目标的，{step}"
        return text + ("，扣完为止" if full else "")


@dataclass(frozen=True, slots=True)
class Addition(Method):
    """Points on top of the scheme's total: for every occurrence (``value``), or every step beyond the target."""

    TYPE: ClassVar[str] = "addition"
    TITLE: ClassVar[str] = "加分"
    HAS_POINTS: ClassVar[bool | None] = False

    steps: Steps = _NO_STEPS

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(Steps.read(node))

    def check(self, node: Node, full: Fraction, better: Better) -> None:
        if self.steps.points < 0:
            node.problem("每次加的分（points）写正数", "points")

    def points(self, sheet: Sheet) -> list[Fraction]:
        return [self.steps.of(_distance(sheet, at, short=False)) for at in range(len(sheet.entries))]

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        distance = _distance(sheet, at, short=False)
        return f"加{self.steps.words(distance)}" if distance > 0 else "不加分"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        step = self.steps.rule(_step_unit(basis, unit), "加")
        return step if basis is Basis.VALUE else f"{'高于' if better is Better.HIGHER else '低于'}目标的，{step}"


class Effect(StrEnum):
    """What a veto does to the total."""

    ZERO = "zero"
    CAP = "cap"
    UNRANKED = "unranked"


@dataclass(frozen=True, slots=True)
class Veto(Method):
    """一票否决: where the condition holds the unit's total is 0, at most ``cap``, or has no rank."""

    TYPE: ClassVar[str] = "veto"
    TITLE: ClassVar[str] = "一票否决"
    BASES: ClassVar[tuple[Basis, ...]] = (Basis.VALUE, Basis.COMPLETION, Basis.GROWTH, Basis.GAP)
    HAS_POINTS: ClassVar[bool | None] = False

    when: Formula | None = None
    effect: Effect = Effect.ZERO
    cap: Fraction = ZERO

    @classmethod
    def read(cls, node: Node) -> Self:
        try:
            when = parse_condition(node.text("when", "value > 0"))
        except ExpressionError as error:
            node.problem(f"否决条件{error}", "when")
            when = None
        effect = node.choice("effect", Effect.ZERO)
        if (effect is Effect.CAP) is not ("cap" in node):
            node.problem("限制总分的否决（effect: cap）要写明最高得分 cap，其他的不写", "effect")
        return cls(when, effect, node.number("cap", ZERO))

    def consequence(self) -> str:
        """What it does, in words."""
        return {
            Effect.ZERO: "总分计0分",
            Effect.CAP: f"总分最多计{show(self.cap, 6)}分",
            Effect.UNRANKED: "不参加排名",
        }[self.effect]

    def points(self, sheet: Sheet) -> list[Fraction]:
        return [ZERO] * len(sheet.entries)

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        return "是否一票否决见总分说明"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        condition = self.when.text if self.when else ""
        return f"有（{condition}）的，{self.consequence()}"


@dataclass(frozen=True, slots=True)
class Record(Method):
    """Kept for consequences; gives no points."""

    TYPE: ClassVar[str] = "record"
    TITLE: ClassVar[str] = "不计分"
    HAS_POINTS: ClassVar[bool | None] = False

    def points(self, sheet: Sheet) -> list[Fraction]:
        return [ZERO] * len(sheet.entries)

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        return "只记录，不计分"

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        return "只记录"
