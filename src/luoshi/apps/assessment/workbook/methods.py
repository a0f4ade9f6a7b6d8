"""Each method of scoring as a formula over the cells of one unit and item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from luoshi.apps.assessment.workbook.expressions import CannotSay, literal, number
from luoshi.scoring import Item
from luoshi.scoring.methods import (
    Addition,
    Basis,
    Better,
    ByFormula,
    Deduction,
    Distance,
    Interval,
    Judges,
    Ranking,
    RatioToAverage,
    Record,
    Rounding,
    Share,
    Side,
    Steps,
    TargetManagement,
    Ties,
    Variant,
    Veto,
)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a unit's row: what is known, what is judged, its place; and columns over all units.

    ``measures`` and ``sorted_by`` are the columns of the measure and of the rounded measure that places compare;
    ``mask`` restricts them to the units ranked together (``1`` for all).
    """

    value: str
    target: str
    previous: str
    measure: str
    sort: str
    rank: str
    count: str
    measures: str
    sorted_by: str
    mask: str
    apart: bool


def known(cells: Cells) -> Mapping[str, str]:
    """The numbers that conditions and formulas may name."""
    value, target, previous = cells.value, cells.target, cells.previous
    best = f"MAX({cells.measures})"
    return {
        "value": value,
        "target": target,
        "previous": previous,
        "completion": f'IF(AND(ISNUMBER({value}),ISNUMBER({target})),IFERROR(100*{value}/{target},""),"")',
        "growth": f"IF(AND(ISNUMBER({value}),ISNUMBER({previous})),"
        f'IFERROR(100*({value}-{previous})/ABS({previous}),""),"")',
        "gap": f'IF(AND(ISNUMBER({value}),ISNUMBER({target})),{value}-{target},"")',
        "rank": cells.rank,
        "count": cells.count,
        "best": best,
        "average": f"AVERAGE({cells.measures})",
    }


def _clamp(text: str, least: str = "0", most: str = "1") -> str:
    return f"MAX({least},MIN({most},{text}))"


def _steps(steps: Steps, distance: str) -> str:
    count = f"(({distance})/{literal(steps.per)})"
    if steps.rounding is Rounding.DOWN:
        count = f"ROUNDDOWN(ROUND({count},9),0)"
    elif steps.rounding is Rounding.UP:
        count = f"ROUNDUP(ROUND({count},9),0)"
    given = f"{count}*{literal(steps.points)}"
    if steps.most is not None:
        given = f"MIN({given},{literal(steps.most)})"
    return f"IF(ROUND({distance},9)>0,{given},0)"


def _distance(item: Item, cells: Cells, *, short: bool) -> str:
    if item.basis is Basis.VALUE:
        return cells.measure
    ahead = f"({cells.measure}-100)" if item.basis is Basis.COMPLETION else f"({cells.measure})"
    if item.better is Better.LOWER:
        ahead = f"(-{ahead})"
    return f"(-{ahead})" if short else ahead


def points(item: Item, cells: Cells) -> str:
    """The points of an entry by the item's method, before gates. Raises ``CannotSay``."""
    method, full = item.method, literal(item.points)
    match method:
        case Ranking():
            return _ranking(method, item, cells, full)
        case TargetManagement():
            return _target(method, item, cells, full)
        case Deduction():
            taken = _steps(method.steps, _distance(item, cells, short=True))
            return f"MAX({full}-{taken},0)" if item.points else f"-({taken})"
        case Addition():
            return _steps(method.steps, _distance(item, cells, short=False))
        case Veto() | Record():
            return "0"
        case Judges() | Share():
            return f"{full}*{_clamp(f'{cells.measure}/{literal(method.out_of)}')}"
        case Interval():
            span = literal(method.full_at - method.zero_at)
            return f"{full}*{_clamp(f'({cells.measure}-{literal(method.zero_at)})/{span}')}"
        case Distance():
            away = {
                Side.BOTH: f"ABS({cells.measure})",
                Side.BELOW: f"MAX(-({cells.measure}),0)",
                Side.ABOVE: f"MAX({cells.measure},0)",
            }[method.side]
            return f"{full}*{_clamp(f'1-{away}/{literal(method.tolerance)}')}"
        case RatioToAverage():
            if cells.apart:
                raise CannotSay("分组与平均值比")
            average = f"AVERAGE({cells.measures})"
            share = _clamp(f"{literal(method.at_average)}*{cells.measure}/{average}", "0", literal(method.cap))
            least = f"IF(ROUND({cells.measure},9)>=ROUND({average},9),{literal(method.at_average)},0)"
            return f"{full}*IF({average}>0,{share},{least})"
        case ByFormula():
            return _formula(method, item, cells, full)
    raise CannotSay(method.TITLE)


def _ranking(method: Ranking, item: Item, cells: Cells, full: str) -> str:
    rank, count = cells.rank, cells.count
    if method.variant is Variant.PROPORTIONAL:
        given = _proportional(item, cells, full)
    elif method.ties is Ties.AVERAGE:
        if method.first is not None or method.variant is Variant.BANDS:
            raise CannotSay("并列平分且只取前几名（或分档）")
        tied = f"SUMPRODUCT({cells.mask}*ISNUMBER({cells.sorted_by})*({cells.sorted_by}={cells.sort}))"
        return _at_place(method, f"({rank}+({tied}-1)/2)", count, full)
    else:
        given = _at_place(method, rank, count, full)
    return given if method.first is None else f"IF({rank}>{method.first},0,{given})"


def _at_place(method: Ranking, place: str, count: str, full: str) -> str:
    match method.variant:
        case Variant.BANDS:
            text = literal(method.otherwise)
            for band in reversed(method.bands):
                text = f"IF({place}<={band.to},{literal(band.points)},{text})"
            return text
        case Variant.LINEAR:
            return f"IF({count}>1,{full}*({count}-{place})/({count}-1),{full})"
    return f"{full}*({count}-{place}+1)/{count}"


def _proportional(item: Item, cells: Cells, full: str) -> str:
    if cells.apart:
        raise CannotSay("分组按与第1名之比")
    own = cells.measure
    if item.better is Better.HIGHER:
        best = f"MAX({cells.measures})"
        return f"{full}*IF({best}>0,MAX({own}/{best},0),0)"
    best = f"MIN({cells.measures})"
    return f"{full}*IF({best}>0,{best}/({own}),IF(ROUND({own},9)=ROUND({best},9),1,0))"


def _target(method: TargetManagement, item: Item, cells: Cells, full: str) -> str:
    if item.better is Better.HIGHER:
        completion = f"({cells.measure})"
        past_all = "FALSE"
    else:
        completion = f"IF({cells.value}>0,100*{cells.target}/{cells.value},1E+15)"
        past_all = f"{cells.value}<=0"
    bottom = max(method.start, method.floor * 100)
    over = "0" if method.bonus is None else _steps(method.bonus, f"({completion}-100)")
    if method.bonus is not None and item.better is Better.LOWER:
        raise CannotSay("越低越好的超额加分")
    below = literal(item.points * method.floor) if not method.start else "0"
    middle = f"{full}*{completion}/100+{over}"
    inner = f"IF(ROUND({completion},9)<{literal(bottom)},{below},{middle})"
    if method.cap is None:
        return inner
    top = f"{literal(item.points * method.cap)}+{over}"
    return f"IF(OR({past_all},ROUND({completion},9)>={literal(method.cap * 100)}),{top},{inner})"


def _formula(method: ByFormula, item: Item, cells: Cells, full: str) -> str:
    if method.formula is None:
        return "0"
    if cells.apart and method.formula.names & {"best", "average"}:
        raise CannotSay("分组的公式")
    cells_of = {**known(cells), "points": full}
    if "best" in method.formula.names and item.better is Better.LOWER:
        cells_of["best"] = f"MIN({cells.measures})"
    said = number(method.formula, cells_of)
    most = full if method.most is None else literal(method.most)
    given = f"MIN({said},{most})"
    given = f"IF(ISNUMBER({said}),{given},0)"
    return given if method.least is None else f"MAX({given},{literal(method.least)})"


def measure(item: Item, cells: Cells) -> str:
    """What is judged of the figures."""
    match item.basis:
        case Basis.COMPLETION:
            return f"100*{cells.value}/{cells.target}"
        case Basis.GROWTH:
            return f"100*({cells.value}-{cells.previous})/ABS({cells.previous})"
        case Basis.GAP:
            return f"{cells.value}-{cells.target}"
    return cells.value


def mean_of(method: Judges, marks: str) -> str:
    """The trimmed mean of a row of marks."""
    if not method.trim:
        return f"AVERAGE({marks})"
    cut = "".join(f"-LARGE({marks},{place})-SMALL({marks},{place})" for place in range(1, method.trim + 1))
    return (
        f"IF(COUNT({marks})>{2 * method.trim},(SUM({marks}){cut})/(COUNT({marks})-{2 * method.trim}),AVERAGE({marks}))"
    )


def rank(item: Item, cells: Cells) -> str:
    """The place: 1 and those that are better."""
    sign = ">" if item.better is Better.HIGHER else "<"
    better = f"{cells.mask}*ISNUMBER({cells.sorted_by})*({cells.sorted_by}{sign}{cells.sort})"
    if not item.method.dense:
        return f"1+SUMPRODUCT({better})"
    if cells.apart:
        raise CannotSay("分组且名次不空缺")
    return f"1+SUMPRODUCT({better}/COUNTIF({cells.sorted_by},{cells.sorted_by}))"
