"""How points are given: one file for each family of methods."""

from __future__ import annotations

from luoshi.scoring.methods.base import Basis, Better, Entry, Method, Rounding, Sheet, rank
from luoshi.scoring.methods.counting import Addition, Deduction, Effect, Record, Veto
from luoshi.scoring.methods.marks import Judges, Share
from luoshi.scoring.methods.ranking import Band, Ranking, Ties, Variant
from luoshi.scoring.methods.scales import ByFormula, Distance, Interval, RatioToAverage, Side, YearOnYear, known
from luoshi.scoring.methods.target import Steps, TargetManagement

#: Every method by the name that schemes use.
METHODS: dict[str, type[Method]] = {
    method.TYPE: method
    for method in (
        Ranking,
        TargetManagement,
        Deduction,
        Addition,
        Veto,
        Judges,
        RatioToAverage,
        Interval,
        YearOnYear,
        Distance,
        Share,
        ByFormula,
        Record,
    )
}

__all__ = [
    "METHODS",
    "Addition",
    "Band",
    "Basis",
    "Better",
    "ByFormula",
    "Deduction",
    "Distance",
    "Effect",
    "Entry",
    "Interval",
    "Judges",
    "Method",
    "Ranking",
    "RatioToAverage",
    "Record",
    "Rounding",
    "Share",
    "Sheet",
    "Side",
    "Steps",
    "TargetManagement",
    "Ties",
    "Variant",
    "Veto",
    "YearOnYear",
    "known",
    "rank",
]
