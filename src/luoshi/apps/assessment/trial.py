"""Trying a scheme out (试算): a few invented units with example figures, which may be changed, scored at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from luoshi.scoring import Basis, Item, Result, Scheme, ScoringError, read_facts, score, show

UNITS = ("甲县", "乙县", "丙县", "丁县")
_SHARES = (Fraction(12, 10), Fraction(95, 100), Fraction(7, 10), None)
_RATES = ("12", "6.5", "-2", "0")
_COUNTS = ("5", "3", "3", "0")
MOST_LETTERS = 20_000


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One unit: points by item, with the reason of each."""

    unit: str
    total: str
    rank: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out: ``items`` head the columns; or ``problem`` in words."""

    facts: str
    items: tuple[str, ...] = ()
    rows: tuple[TrialRow, ...] = ()
    problem: str = ""


def example(scheme: Scheme) -> str:
    """Example figures as a table of text: 单位,项目,实际,目标,上期,评委."""
    lines = ["单位,项目,实际,目标,上期,评委"]
    for item in scheme.items:
        lines += [f"{unit},{item.key},{cells}" for unit, cells in zip(UNITS, _cells(item), strict=True)]
    return "\n".join(lines) + "\n"


def _cells(item: Item) -> Iterator[str]:
    for at in range(len(UNITS)):
        if item.method.JUDGED:
            yield f"{90 - 5 * at},,,评委"
        elif item.needs_target:
            share = _SHARES[at]
            yield f"{'' if share is None else show(share * 100, 6)},100,,"
        elif item.basis is Basis.GROWTH:
            yield f"{100 + 5 * at},,100,"
        elif "%" in item.unit:
            yield f"{_RATES[at]},,,"
        elif item.takes or item.method.TYPE == "share":
            yield f"{show(item.points * (10 - at) / 10, 6)},,,"
        else:
            yield f"{_COUNTS[at]},,,"


def try_out(scheme: Scheme, facts: str = "") -> Trial:
    """Score the figures (the example's where none are given)."""
    if scheme.parts:
        return Trial("", problem="由几部分合成的办法在各部分里试算。")
    facts = facts[:MOST_LETTERS].strip() or example(scheme)
    try:
        result = score(scheme, read_facts(facts.encode("utf-8", "replace"), scheme))
    except ScoringError as error:
        return Trial(facts, problem="；".join(map(str, error.problems[:5])))
    return Trial(facts, tuple(item.key for item in scheme.items), tuple(_rows(scheme, result)))


def _rows(scheme: Scheme, result: Result) -> Iterator[TrialRow]:
    for unit in result.units:
        scored = {one.item.key: one for one in unit.items}
        cells = tuple(
            (show(scored[item.key].points), scored[item.key].reason) if item.key in scored else ("—", "")
            for item in scheme.items
        )
        yield TrialRow(unit.unit, show(unit.total), "" if unit.rank is None else str(unit.rank), cells)
