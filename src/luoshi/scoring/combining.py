"""Results combined: the whole year from quarters and year, and results that are items of another scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context
from fractions import Fraction

from luoshi.scoring.errors import FactsError, Problem
from luoshi.scoring.expressions import in_words
from luoshi.scoring.facts import Fact
from luoshi.scoring.numbers import MOST_DIGITS, ZERO, equals, show
from luoshi.scoring.result import Result, UnitScore
from luoshi.scoring.scheme import Part, Scheme
from luoshi.scoring.scoring import ranked_units


@dataclass(frozen=True, slots=True)
class PartScore:
    """What a unit brings from one part; ``total`` ``None``: it does not stand in that result, and counts 0."""

    part: Part
    total: Fraction | None
    rank: int | None

    @property
    def reason(self) -> str:
        """In words."""
        if self.total is None:
            return f"{self.part.title}没有得分，按0分计。"
        place = f"，第{self.rank}名" if self.rank is not None else "，不参加排名"
        return f"{self.part.title}得{show(self.total)}分{place}。"


def combine(scheme: Scheme, results: Mapping[str, Result]) -> Result:
    """The result of a scheme made of parts, from the result of each; raises ``FactsError``.

    Every unit of any part takes part; a part in which it does not stand counts 0 and says so. A unit that a part does
    not rank (vetoed there) is ranked here by its points.
    """
    if scheme.combination is None:
        raise FactsError([Problem(0, f"“{scheme.title}”不是由几部分合成的")])
    keys = [part.key for part in scheme.parts]
    missing = [key for key in keys if key not in results]
    unknown = [key for key in results if key not in keys]
    if missing or unknown:
        words = [f"缺少{'、'.join(missing)}的数据"] if missing else []
        words += [f"没有名为{'、'.join(unknown)[:60]}的部分"] if unknown else []
        raise FactsError([Problem(0, f"{'；'.join(words)}，各部分是：{'、'.join(keys)}")])
    names = sorted({unit for result in results.values() for unit in result.by_unit})
    units = []
    for name in names:
        parts = tuple(_part(part, results[part.key].by_unit.get(name)) for part in scheme.parts)
        numbers = {one.part.key: one.total or ZERO for one in parts}
        formula = scheme.combination.formula
        total = formula.number(numbers)
        if total is None:
            raise FactsError([Problem(0, f"“{name}”按“{formula.text}”算不出总分")])
        sentence = f"{scheme.combination.title}{in_words(formula.text, numbers, show)}{equals(total)}分"
        limits: tuple[str, ...] = (sentence,)
        for bound, better in ((scheme.least, max), (scheme.most, min)):
            if bound is not None and better(total, bound) != total:
                total = bound
                limits = (*limits, f"限为{show(total, 6)}分")
        ranking = next((results[key].by_unit[name].ranking for key in keys if name in results[key].by_unit), "")
        ranking = ranking if scheme.apart else ""
        units.append(UnitScore(name, ranking, total, 0, (), parts, (), limits))
    ranked = ranked_units(units)
    for ladder in scheme.ladders:
        follows = {one.unit: one for one in ladder.apply(ranked)}
        ranked = [
            replace(unit, consequences=(*unit.consequences, follows[unit.unit])) if unit.unit in follows else unit
            for unit in ranked
        ]
    return Result(scheme, tuple(sorted(ranked, key=lambda unit: (unit.ranking, unit.rank or 0, unit.unit))))


def _part(part: Part, unit: UnitScore | None) -> PartScore:
    return PartScore(part, None, None) if unit is None else PartScore(part, unit.total, unit.rank)


def facts_from(result: Result, item: str, source: str = "") -> list[Fact]:
    """The totals of a result as the facts of an item of another scheme (综合绩效), to 28 significant digits."""
    context = Context(prec=MOST_DIGITS - 2, rounding=ROUND_HALF_EVEN)
    return [
        Fact(
            unit.unit,
            item,
            context.divide(
                context.create_decimal(unit.total.numerator), context.create_decimal(unit.total.denominator)
            ),
            source=source or result.scheme.title,
        )
        for unit in result.units
    ]
