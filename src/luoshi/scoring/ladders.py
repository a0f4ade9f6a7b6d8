"""Consequence ladders: what follows from a figure, from missed check points, from a place in the ranking.

The cuts of next year's 公用经费 of the fiscal plan of 2018 (lines 744 and 750) are the model: bands of completion;
three check points of expenditure with 3, 4 and 3 per cent, at most 10. The last can be read in two ways:
``CheckpointReading``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from luoshi.scoring.methods.base import Rounding
from luoshi.scoring.node import Node
from luoshi.scoring.numbers import ZERO, amount, show

if TYPE_CHECKING:
    from luoshi.scoring.result import ItemScore, UnitScore


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows for a unit. ``percent``: a cut, ``None`` where there is none or it is not known yet (``open``)."""

    unit: str
    ladder: str
    title: str
    effect: str
    percent: Fraction | None
    reason: str
    open: bool = False


class Step(NamedTuple):
    """Below ``below``: the ``effect``, or a cut of ``cut`` per cent. 85—90: below 90 and not below 85."""

    below: Fraction
    cut: Fraction | None
    effect: str


class Ladder:
    """A rule of consequences; subclasses are frozen dataclasses."""

    TYPE: ClassVar[str]
    key: str
    title: str

    __slots__ = ()

    @classmethod
    def read(cls, node: Node) -> Self:
        """From the data of a scheme."""
        raise NotImplementedError

    def items(self) -> Sequence[str]:
        """The items that it looks at."""
        return ()

    def apply(self, units: Sequence[UnitScore]) -> Iterable[Consequence]:
        """What follows for each unit."""
        raise NotImplementedError

    def rule(self) -> str:
        """The rule in words."""
        raise NotImplementedError


def _item(unit: UnitScore, key: str) -> ItemScore | None:
    return next((one for one in unit.items if one.item.key == key), None)


def _percent(number: Fraction) -> str:
    return show(number, 4) + "%"


@dataclass(frozen=True, slots=True)
class Bands(Ladder):
    """By the completion (in per cent) or value of an item, or by the total. ``most``: no cut beyond it.

    A unit without a target takes what was decided by hand: the value of the item ``by_hand``, at most ``most``.
    """

    TYPE: ClassVar[str] = "bands"

    key: str
    title: str
    item: str
    steps: tuple[Step, ...]
    most: Fraction | None = None
    by_hand: str = ""
    otherwise: str = ""

    @classmethod
    def read(cls, node: Node) -> Self:
        steps = tuple(
            Step(one.number("below", ZERO), one.optional("cut"), one.text("effect")) for one in node.nodes("steps")
        )
        if any(latter.below <= former.below for former, latter in pairwise(steps)):
            node.problem("各档（steps）须从低到高排列", "steps")
        return cls(
            node.text("key"),
            node.text("title"),
            node.text("item"),
            steps,
            node.optional("most"),
            node.text("by_hand"),
            node.text("otherwise"),
        )

    def items(self) -> Sequence[str]:
        return [key for key in (self.item, self.by_hand) if key]

    def apply(self, units: Sequence[UnitScore]) -> Iterable[Consequence]:
        for unit in units:
            yield self._of(unit)

    def _of(self, unit: UnitScore) -> Consequence:
        if not self.item:
            return self.at(unit.unit, unit.total, f"总分{show(unit.total)}")
        score = _item(unit, self.item)
        if score is None or not score.applies:
            return self._decided(unit)
        if score.measure is None:
            return Consequence(unit.unit, self.key, self.title, "", None, "未报，暂不能认定", open=True)
        return self.at(unit.unit, score.measure, f"{score.item.title}{score.sheet.measured(score.measure)}")

    def _decided(self, unit: UnitScore) -> Consequence:
        decided = _item(unit, self.by_hand) if self.by_hand else None
        if decided is None or decided.measure is None:
            words = "没有下达任务，待人工核定" if self.by_hand else "没有目标，不适用"
            return Consequence(unit.unit, self.key, self.title, "", None, words, open=bool(self.by_hand))
        cut = min(max(decided.measure, ZERO), self.most) if self.most is not None else max(decided.measure, ZERO)
        return Consequence(
            unit.unit,
            self.key,
            self.title,
            f"压缩{_percent(cut)}" if cut else "",
            cut,
            "没有下达任务，按人工核定的比例",
        )

    def at(self, unit: str, measure: Fraction, words: str) -> Consequence:
        """What follows from a figure; at a boundary the better side, since the document says 未达 of the lower one."""
        for step in self.steps:
            if measure < step.below:
                cut = step.cut if step.cut is None or self.most is None else min(step.cut, self.most)
                effect = step.effect or (f"压缩{_percent(cut)}" if cut else "")
                return Consequence(unit, self.key, self.title, effect, cut, f"{words}，低于{amount(step.below)}")
        return Consequence(unit, self.key, self.title, self.otherwise, ZERO if self._cuts else None, words)

    @property
    def _cuts(self) -> bool:
        return any(step.cut is not None for step in self.steps)

    def rule(self) -> str:
        steps = "、".join(
            f"低于{amount(step.below)}{step.effect or f'压缩{_percent(step.cut or ZERO)}'}" for step in self.steps
        )
        return f"{f'按第{self.item}项' if self.item else '按总分'}：{steps}"


class CheckpointReading(StrEnum):
    """Of “每一个点扣减 3%、4% 和 3%” what a point is."""

    CHECKPOINT = "per-checkpoint"  # one of the three check points; 3 + 4 + 3 is the printed most of 10
    PERCENTAGE_POINT = "per-point"  # each percentage point behind


class Checkpoint(NamedTuple):
    """An item whose value (progress in per cent) must reach its target by then."""

    item: str
    cut: Fraction


@dataclass(frozen=True, slots=True)
class Checkpoints(Ladder):
    """Cuts for check points that were missed, at most ``most`` together."""

    TYPE: ClassVar[str] = "checkpoints"

    key: str
    title: str
    checkpoints: tuple[Checkpoint, ...]
    reading: CheckpointReading = CheckpointReading.CHECKPOINT
    rounding: Rounding = Rounding.EXACT
    most: Fraction | None = None

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(
            node.text("key"),
            node.text("title"),
            tuple(Checkpoint(one.text("item"), one.number("cut", ZERO)) for one in node.nodes("checkpoints")),
            node.choice("reading", CheckpointReading.CHECKPOINT),
            node.choice("rounding", Rounding.EXACT),
            node.optional("most"),
        )

    def items(self) -> Sequence[str]:
        return [one.item for one in self.checkpoints]

    def apply(self, units: Sequence[UnitScore]) -> Iterable[Consequence]:
        for unit in units:
            yield self._of(unit)

    def _of(self, unit: UnitScore) -> Consequence:
        total, words, missing = ZERO, [], []
        for checkpoint in self.checkpoints:
            score = _item(unit, checkpoint.item)
            if score is None or not score.applies:
                continue
            if score.measure is None:
                missing.append(score.item.title)
                continue
            target = score.target
            if target is None or score.measure >= target:
                continue
            cut, formula = self.cut(checkpoint, target - score.measure)
            total += cut
            behind = f"低于{amount(target)}%的序时进度"
            words.append(f"{score.item.title}{amount(score.measure)}%，{behind}，{formula}")
        if self.most is not None and total > self.most:
            words.append(f"合计{_percent(total)}，最高{_percent(self.most)}")
            total = self.most
        if missing:
            words.append(f"{'、'.join(missing)}未报，暂不能认定")
        reason = "；".join(words) or "各考核时点都达到序时进度"
        effect = f"压缩{_percent(total)}" if total else ""
        return Consequence(unit.unit, self.key, self.title, effect, total, reason, open=bool(missing))

    def cut(self, checkpoint: Checkpoint, behind: Fraction) -> tuple[Fraction, str]:
        """The cut for a check point missed by so many percentage points, and the calculation."""
        if self.reading is CheckpointReading.CHECKPOINT:
            return checkpoint.cut, f"扣减{_percent(checkpoint.cut)}"
        count = behind
        if self.rounding is Rounding.DOWN:
            count = Fraction(behind.numerator // behind.denominator)
        elif self.rounding is Rounding.UP:
            count = Fraction(-(-behind.numerator // behind.denominator))
        cut = count * checkpoint.cut
        return cut, f"每低1个百分点扣减{_percent(checkpoint.cut)}，{show(count, 4)}个百分点扣减{_percent(cut)}"

    def rule(self) -> str:
        cuts = "、".join(f"第{one.item}项{_percent(one.cut)}" for one in self.checkpoints)
        each = "每个时点" if self.reading is CheckpointReading.CHECKPOINT else "每低1个百分点"
        most = f"，最高{_percent(self.most)}" if self.most is not None else ""
        return f"未达序时进度，{each}扣减 {cuts}{most}"


@dataclass(frozen=True, slots=True)
class Together(Ladder):
    """The cuts of other ladders added up; ``most`` where they share one limit."""

    TYPE: ClassVar[str] = "together"

    key: str
    title: str
    of: tuple[str, ...]
    most: Fraction | None = None

    @classmethod
    def read(cls, node: Node) -> Self:
        return cls(node.text("key"), node.text("title"), node.texts("of"), node.optional("most"))

    def apply(self, units: Sequence[UnitScore]) -> Iterable[Consequence]:
        for unit in units:
            parts = [one for one in unit.consequences if one.ladder in self.of]
            total = sum((one.percent for one in parts if one.percent is not None), ZERO)
            words = "+".join(_percent(one.percent) for one in parts if one.percent)
            if self.most is not None and total > self.most:
                words += f"={_percent(total)}，合计最高{_percent(self.most)}"
                total = self.most
            pending = any(one.open for one in parts)
            effect = f"压缩{_percent(total)}" if total else ""
            reason = (words or "不压缩") + ("；其中有待认定的" if pending else "")
            yield Consequence(unit.unit, self.key, self.title, effect, total, reason, open=pending)

    def rule(self) -> str:
        return "各项压缩相加" + (f"，合计最高{_percent(self.most)}" if self.most is not None else "，各自封顶")


class Place(NamedTuple):
    """Ranks up to ``to`` counted from one end."""

    to: int
    effect: str


@dataclass(frozen=True, slots=True)
class Places(Ladder):
    """Medals and flags: by the rank of the total, ``first`` from the top, ``last`` from the bottom."""

    TYPE: ClassVar[str] = "places"

    key: str
    title: str
    first: tuple[Place, ...] = ()
    last: tuple[Place, ...] = ()

    @classmethod
    def read(cls, node: Node) -> Self:
        def places(key: str) -> tuple[Place, ...]:
            found = tuple(Place(one.whole("to") or 1, one.text("effect")) for one in node.nodes(key))
            if any(latter.to <= former.to for former, latter in pairwise(found)):
                node.problem("名次须从前到后排列", key)
            return found

        return cls(node.text("key"), node.text("title"), places("first"), places("last"))

    def apply(self, units: Sequence[UnitScore]) -> Iterable[Consequence]:
        # how many are strictly worse, within the ranking of each group
        worse: Callable[[UnitScore], int] = _worse(units)
        for unit in units:
            if unit.rank is None:
                continue
            for place in self.first:
                if unit.rank <= place.to:
                    words = f"总分第{unit.rank}名"
                    yield Consequence(unit.unit, self.key, self.title, place.effect, None, words)
                    break
            else:
                below = worse(unit)
                for place in self.last:
                    if below < place.to:
                        words = f"总分倒数第{below + 1}名"
                        yield Consequence(unit.unit, self.key, self.title, place.effect, None, words)
                        break

    def rule(self) -> str:
        first = [f"前{place.to}名{place.effect}" for place in self.first]
        last = [f"后{place.to}名{place.effect}" for place in self.last]
        return "、".join(first + last)


def _worse(units: Sequence[UnitScore]) -> Callable[[UnitScore], int]:
    counts: dict[str, dict[int, int]] = {}
    for unit in units:
        if unit.rank is not None:
            ranks = counts.setdefault(unit.ranking, {})
            ranks[unit.rank] = ranks.get(unit.rank, 0) + 1
    below: dict[tuple[str, int], int] = {}
    for ranking, ranks in counts.items():
        seen = 0
        for rank in sorted(ranks, reverse=True):
            below[ranking, rank] = seen
            seen += ranks[rank]
    return lambda unit: below[unit.ranking, unit.rank or 0]


LADDERS: Mapping[str, type[Ladder]] = {ladder.TYPE: ladder for ladder in (Bands, Checkpoints, Together, Places)}
