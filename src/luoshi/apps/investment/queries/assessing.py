"""Facts of annexes 6 and 7 for assessment: each figure by unit, with its target and the page that explains it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping

from django.urls import reverse

from luoshi.apps.indicators.figures import Figure, FigureFact, FigureReader
from luoshi.apps.investment.figures import FIGURES, FigureKind
from luoshi.apps.investment.models import Group
from luoshi.apps.investment.queries.books import Books, read_books
from luoshi.apps.investment.queries.counting import Result, parts_for, results
from luoshi.apps.investment.queries.standing import goals
from luoshi.periods import Period

_NAMES = {"activity": "活动", "lead": "项目", "funds": "资金"}


def _reader(figure: FigureKind) -> FigureReader:
    def read(period: Period, unit_ids: Collection[int], as_of: datetime.datetime) -> Mapping[int, FigureFact]:
        """One figure of some units: at most nine queries."""
        year = datetime.date(period.last_day.year, 1, 1)
        books = read_books(year, period.last_day, as_of, parts=parts_for([figure]))
        rules = dict(Group.objects.filter(unit__in=list(unit_ids)).values_list("unit_id", "funds_rule"))
        known = goals(str(figure.scope), period.last_day.year, unit_ids, as_of)
        found = results(books, figure, period, unit_ids, rules)
        return {
            unit: _fact(figure, unit, period, result, known, books)
            for unit, result in found.items()
            # A trip or project that nobody entered is none; money that nobody stated is not known.
            if result.value is not None
        }

    return read


def _fact(
    figure: FigureKind,
    unit: int,
    period: Period,
    result: Result,
    known: Mapping[tuple[str, int], object],
    books: Books,
) -> FigureFact:
    goal = known.get((figure.key, unit))
    counted = [reason for reason in result.reasons if reason.counted]
    kind = _NAMES["activity" if figure.is_activity else "lead" if figure.is_deal else "funds"]
    left = len(result.reasons) - len(counted)
    words = result.formula or f"招商台账：{kind}{len(counted)}项计入" + (f"，{left}项不计" if left else "")
    address = f"{reverse('investment:explain')}?scope={figure.scope}&figure={figure.key}&unit={unit}&period={period}"
    return FigureFact(
        value=result.value,
        target=getattr(goal, "value", None),
        source=words[:200],
        date=_newest(figure, [reason.id for reason in counted], books, period),
        reference={"url": address, "counted": [[reason.kind, reason.id, str(reason.part)] for reason in counted[:200]]},
        previous=result.previous,
    )


def _newest(figure: FigureKind, ids: Collection[int], books: Books, period: Period) -> datetime.date | None:
    """The day of the newest record that counts."""
    chosen = set(ids)
    if figure.is_activity:
        days = [one.end for one in books.activities if int(one.key) in chosen]
    elif figure.is_deal:
        days = [max(move.on for move in deal.moves) for deal in books.deals if deal.id in chosen and deal.moves]
    else:
        days = [one.first_day for one in books.funds if one.id in chosen]
    return min(max(days), period.last_day) if days else None


#: What assessment may take: ``territory.major-5``, ``group.activities``, ….
assessment_figures: dict[str, Figure] = {
    f"{scope}.{key}": Figure(
        title=f"{figure.title}（{'县市、园区' if scope == 'territory' else '招商组'}）",
        reader=_reader(figure),
        unit=figure.unit,
    )
    for (scope, key), figure in FIGURES.items()
}
#: Items of the shipped schemes (annexes 6 and 7) → figure.
ITEMS: dict[str, dict[str, str]] = {
    "zhaoshang-2023-county-quarter": {
        "1": "territory.funds-growth",
        "2": "territory.funds-growth-far",
        "3": "territory.foreign",
        "4": "territory.head-trips",
        "5": "territory.signed",
    },
    "zhaoshang-2023-county-year": {
        "6": "territory.funds-growth",
        "7": "territory.funds-growth-far",
        "8": "territory.foreign",
        "9": "territory.head-trips",
        "10": "territory.state-leader-trips",
        "11": "territory.top-leader-trips",
        "12": "territory.signed-1",
        "13a": "territory.major-5",
        "13b": "territory.major-10",
    },
    "zhaoshang-2023-group-quarter": {
        "1": "group.funds",
        "2": "group.activities",
        "3": "group.negotiating-5",
        "4": "group.signed-5",
    },
    "zhaoshang-2023-group-year": {
        "5": "group.funds",
        "6": "group.activities",
        "7": "group.top-leader-trips",
        "8": "group.negotiating-5",
        "9a": "group.major-5",
        "9b": "group.major-10",
    },
}
