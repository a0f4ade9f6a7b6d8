"""竞争性排名计分: points by rank. The sources name the method and define it nowhere; ``step`` is the assumption."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, NamedTuple, Self

from luoshi.scoring.methods.base import Basis, Better, Method, Sheet, needed
from luoshi.scoring.node import Node
from luoshi.scoring.numbers import ZERO, equals, part_of, show


class Variant(StrEnum):
    """From rank to points."""

    STEP = "step"  # full × (n - r + 1) / n
    LINEAR = "linear"  # full × (n - r) / (n - 1)
    PROPORTIONAL = "proportional"  # full × own / best
    BANDS = "bands"  # a table of ranks


class Ties(StrEnum):
    """What equal ones get."""

    SHARED = "shared"  # the better rank: 1, 2, 2, 4
    DENSE = "dense"  # 1, 2, 2, 3
    AVERAGE = "average"  # the mean of the points of the places that they take


class Band(NamedTuple):
    """Points for the ranks up to ``to`` that no earlier band has."""

    to: int
    points: Fraction


#: So many of those that are tied are named.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Ranking(Method):
    """Points by rank. ``first``: only so many places get any. ``otherwise``: points of the ranks below all bands."""

    TYPE: ClassVar[str] = "ranking"
    TITLE: ClassVar[str] = "竞争性排名计分"
    RANKS: ClassVar[bool] = True

    variant: Variant = Variant.STEP
    ties: Ties = Ties.SHARED
    first: int | None = None
    bands: tuple[Band, ...] = ()
    otherwise: Fraction = ZERO

    @classmethod
    def read(cls, node: Node) -> Self:
        bands = tuple(Band(one.whole("to") or 1, one.number("points", ZERO)) for one in node.nodes("bands"))
        variant = node.choice("variant", Variant.BANDS if bands else Variant.STEP)
        if (variant is Variant.BANDS) is not bool(bands):
            node.problem("按名次分档计分要有 bands（档次表），其他计分方式不用", "bands")
        return cls(
            variant, node.choice("ties", Ties.SHARED), node.whole("first"), bands, node.number("otherwise", ZERO)
        )

    def check(self, node: Node, full: Fraction, better: Better) -> None:
        steps = [*self.bands, Band(1 << 62, self.otherwise)] if self.bands else []
        for former, latter in pairwise(steps):
            if latter.to <= former.to:
                node.problem("档次表的名次须从前到后排列", "bands")
            if latter.points > former.points:
                node.problem("名次靠后的档次，分值不能更高", "bands")
        if steps and steps[0].points > full:
            node.problem(f"档次表的分值超过本项的{show(full, 6)}分", "bands")

    @property
    def dense(self) -> bool:
        return self.ties is Ties.DENSE

    def at_place(self, full: Fraction, place: int, count: int) -> Fraction:
        """The points of a place, for the variants that look at the place only."""
        if self.first is not None and place > self.first:
            return ZERO
        match self.variant:
            case Variant.BANDS:
                return next((band.points for band in self.bands if place <= band.to), self.otherwise)
            case Variant.LINEAR:
                return part_of(full, count - place, count - 1) if count > 1 else full
        return part_of(full, count - place + 1, count)

    def points(self, sheet: Sheet) -> list[Fraction]:
        if self.variant is Variant.PROPORTIONAL:
            return self._proportional(sheet)
        by_rank: dict[int, Fraction] = {}
        for rank, places in sheet.by_rank.items():
            if self.ties is Ties.AVERAGE:
                taken = (self.at_place(sheet.full, rank + more, sheet.count) for more in range(len(places)))
                by_rank[rank] = sum(taken, ZERO) / len(places)
            else:
                by_rank[rank] = self.at_place(sheet.full, rank, sheet.count)
        return [by_rank[rank] for rank in sheet.ranks]

    def _proportional(self, sheet: Sheet) -> list[Fraction]:
        best = sheet.best
        points = []
        for entry, rank in zip(sheet.entries, sheet.ranks, strict=True):
            own = entry.measure
            if best is None or (self.first is not None and rank > self.first):
                share = ZERO
            elif sheet.better is Better.HIGHER:
                share = max(own / best, ZERO) if best > 0 else ZERO
            elif best > 0:
                share = best / own
            else:
                share = Fraction(own == best)
            points.append(sheet.full * share)
        return points

    def words(self, sheet: Sheet, at: int, points: Fraction) -> str:
        rank = sheet.ranks[at]
        tied = sheet.by_rank[rank]
        alone, shared = len(tied) == 1, len(tied) > _NAMED + 1 and at not in tied[: _NAMED + 1]
        if self.variant is Variant.PROPORTIONAL or not (alone or shared):
            return self._place(sheet, at) + self._formula(sheet, at, points)
        words = sheet.kept.get(rank)
        if words is None:  # all that are tied, but for the few that are named, are told the same
            words = sheet.kept[rank] = self._place(sheet, at) + self._formula(sheet, at, points)
        return words

    def _place(self, sheet: Sheet, at: int) -> str:
        rank = sheet.ranks[at]
        tied = sheet.by_rank[rank]
        among = f"在{f'{sheet.group}的' if sheet.group else ''}{sheet.count}个单位中"
        beside = f"与{sheet.names(tied, at, _NAMED)}并列" if len(tied) > 1 else "列"
        return f"{among}{beside}第{rank}名，"

    def _formula(self, sheet: Sheet, at: int, points: Fraction) -> str:
        rank, count, full = sheet.ranks[at], sheet.count, sheet.full_text
        if self.first is not None and rank > self.first:
            return f"只有前{self.first}名得分，得0分"
        tied = len(sheet.by_rank[rank])
        if self.variant is Variant.PROPORTIONAL:
            best = sheet.best
            if best is None or best <= 0:
                return f"第1名不大于0，无法按比例计，得{show(points)}分"
            own = sheet.measured(sheet.entries[at].measure)
            pair = f"{own}÷{sheet.measured(best)}" if sheet.better is Better.HIGHER else f"{sheet.measured(best)}÷{own}"
            return f"{full}×{pair}{equals(points)}分" if points else f"低于0，得0分（{full}×{pair}）"
        if self.ties is Ties.AVERAGE and tied > 1:
            return f"取第{rank}至{rank + tied - 1}名得分的平均，得{show(points)}分"
        match self.variant:
            case Variant.BANDS:
                return f"按名次档次得{show(points)}分"
            case Variant.LINEAR:
                formula = f"{full}×({count}-{rank})÷({count}-1)" if count > 1 else full
            case _:
                formula = f"{full}×({count}-{rank}+1)÷{count}"
        return f"{formula}{equals(points)}分"

    def improve(self, sheet: Sheet, at: int, points: Fraction) -> str:
        rank = sheet.next_rank(at)
        if rank is None:
            return ""
        alike = sheet.basis is Basis.VALUE  # then all on a rank need the same
        text = sheet.kept.get(("next", rank)) if alike else None
        if text is None:
            others = sheet.by_rank[rank]
            text = f"追平第{rank}名（{sheet.names(others)}）须{needed(sheet, at, sheet.entries[others[0]].measure)}"
            text += self._gain(sheet, rank, points)
            if alike:
                sheet.kept["next", rank] = text
        return text

    def _gain(self, sheet: Sheet, rank: int, points: Fraction) -> str:
        """What a better rank would give, where that is known beforehand."""
        if self.variant is Variant.PROPORTIONAL or self.ties is Ties.AVERAGE:
            return ""
        more = self.at_place(sheet.full, rank, sheet.count)
        return f"，可得{show(more)}分" if more > points else ""

    def rule(self, full: Fraction, basis: Basis, better: Better, unit: str) -> str:
        way = "从高到低" if better is Better.HIGHER else "从低到高"
        text = f"按{basis.label}{way}排名，"
        match self.variant:
            case Variant.STEP:
                text += "得 满分×(单位数-名次+1)÷单位数"
            case Variant.LINEAR:
                text += "得 满分×(单位数-名次)÷(单位数-1)"
            case Variant.PROPORTIONAL:
                text += "得 满分×" + ("本单位÷第1名" if better is Better.HIGHER else "第1名÷本单位")
            case _:
                begin, parts = 1, []
                for band in self.bands:
                    span = f"第{begin}名" if begin == band.to else f"第{begin}—{band.to}名"
                    parts.append(f"{span}{show(band.points, 6)}分")
                    begin = band.to + 1
                text += "、".join(parts) + f"，其余{show(self.otherwise, 6)}分"
        ties = {
            Ties.SHARED: "并列的取较好名次",
            Ties.DENSE: "并列之后名次不空缺",
            Ties.AVERAGE: "并列的平分所占名次的分数",
        }
        return text + (f"，只有前{self.first}名得分" if self.first else "") + f"；{ties[self.ties]}"
