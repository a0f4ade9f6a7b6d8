"""The main figures of a period, unit by unit, as plain JSON that others freeze: projects, money, activities, rates."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from luoshi.apps.investment.figures import FIGURES, FigureKind
from luoshi.apps.investment.models import FundsKind
from luoshi.apps.investment.queries.books import Books, read_books
from luoshi.apps.investment.queries.counting import Result, results
from luoshi.apps.investment.queries.standing import funds_rules
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Period
from luoshi.promotion import LADDER, Progress, Rates, Stage, rates_of, reached
from luoshi.promotion.rates import FORMULAS

_CENT = Decimal("0.01")
_TITLES = {"territory": "县市、园区", "group": "招商组"}
_RATES = {"fulfilment": "履约率", "start": "开工率", "production": "投产率", "funds": "资金到位率"}
#: What the counties are ranked by is the growth of their money; what came is told beside it.
_COUNTY_FUNDS = replace(FIGURES["territory", "funds-growth"], title="州外到位资金", unit="亿元", growth=False)
_FIGURES: Mapping[str, tuple[FigureKind, ...]] = {
    "territory": (FIGURES["territory", "signed"], _COUNTY_FUNDS, FIGURES["territory", "head-trips"]),
    "group": (FIGURES["group", "signed-5"], FIGURES["group", "funds"], FIGURES["group", "activities"]),
}


def assessment_overview(period: Period, unit_ids: Collection[int], as_of: dt.datetime) -> list[dict[str, Any]]:
    """A table for each kind of unit that is among these: at most eight queries.

    ``[{"title", "columns": [{"title", "measure", "rule"}], "rows": [{"key", "values": [text or None]}]}]``; ``None``
    is what nobody stated, or a rate of nothing.
    """
    rows = Unit.objects.filter(pk__in=list(unit_ids)).select_related("investment_group").order_by("path")
    by_scope: dict[str, list[Unit]] = {"territory": [], "group": []}
    for unit in rows:
        by_scope["group" if hasattr(unit, "investment_group") else "territory"].append(unit)
    books = read_books(dt.date(period.last_day.year, 1, 1), period.last_day, as_of)
    return [_table(scope, units, period, books) for scope, units in by_scope.items() if units]


def _table(scope: str, units: list[Unit], period: Period, books: Books) -> dict[str, Any]:
    ids, rules, figures = [unit.pk for unit in units], funds_rules(units), _FIGURES[scope]
    found: list[Mapping[int, Result]] = [results(books, one, period, ids, rules) for one in figures]
    columns = [{"title": one.title, "measure": one.unit, "rule": one.source} for one in figures]
    columns += [
        {"title": title, "measure": "%", "rule": f"{FORMULAS[key]}，今年签约的项目"} for key, title in _RATES.items()
    ]
    rows = []
    for unit in units:
        rates = _rates(books, unit.pk, period)
        values = [one[unit.pk].value for one in found]
        values += [None if share is None else share * 100 for share in (getattr(rates, key) for key in _RATES)]
        rows.append({"key": unit.key, "values": [_text(value) for value in values]})
    return {"title": f"{_TITLES[scope]}招商主要指标", "columns": columns, "rows": rows}


def _rates(books: Books, unit: int, period: Period) -> Rates:
    """The rates of what was signed since January and is credited to a unit, as it stood at the end of the period."""
    received: defaultdict[int, Decimal] = defaultdict(Decimal)
    for money in books.funds:
        if money.lead_id is not None and money.kind == FundsKind.OUTSIDE_PREFECTURE:
            received[money.lead_id] += money.counts
    projects = []
    for deal in books.deals:
        part = deal.credits.parts.get(str(unit))
        days = reached(deal.moves, period.last_day)
        signed = days.get(Stage.SIGNED)
        if part and signed is not None and signed.year == period.last_day.year:
            stage = Stage.LOST if Stage.LOST in days else max(days, key=LADDER.index)
            projects.append(Progress(stage, deal.amount or Decimal(0), received[deal.id], part))
    return rates_of(projects)


def _text(value: Decimal | None) -> str | None:
    """At most two decimals, no zeros behind."""
    if value is None:
        return None
    rounded = value.quantize(_CENT, ROUND_HALF_UP)
    return f"{rounded.normalize():f}" if rounded else "0"
