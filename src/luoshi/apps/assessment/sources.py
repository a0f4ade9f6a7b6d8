"""The figures that an item may take from the ledgers of other apps, by kind of source.

Punctuality is counted here; projects and investment offer theirs as ``queries.assessment_figures``, a mapping key →
``luoshi.apps.indicators.figures.Figure``. It is looked up when asked for: an app that offers none yet has none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from importlib import import_module
from typing import Any

from luoshi.apps.assessment.models import SourceKind
from luoshi.apps.indicators.figures import Figure, FigureFact
from luoshi.apps.reporting.queries.punctuality import PunctualityFilter, by_unit
from luoshi.periods import Period

_OFFERED_BY = {
    SourceKind.INVESTMENT: "luoshi.apps.investment.queries",
    SourceKind.PROJECTS: "luoshi.apps.projects.queries",
}
_registered: dict[str, dict[str, Figure]] = {}


def register_figures(kind: str, figures: Mapping[str, Figure]) -> None:
    """Offer more figures of a kind."""
    _registered.setdefault(str(kind), {}).update(figures)


def figures_of(kind: str) -> dict[str, Figure]:
    """The figures that a kind of source offers, by key; empty for kinds without."""
    found: dict[str, Figure] = {}
    if module := _OFFERED_BY.get(SourceKind(kind)):
        found.update(getattr(import_module(module), "assessment_figures", {}))
    if kind == SourceKind.PUNCTUALITY:
        found.update(PUNCTUALITY)
    return found | _registered.get(str(kind), {})


def figure_choices(kind: str) -> list[tuple[str, str]]:
    """(key, title) of the figures of a kind, for forms."""
    return [(key, figure.title) for key, figure in figures_of(kind).items()]


def _punctual(name: str, words: str) -> Any:
    def read(period: Period, unit_ids: Collection[int], as_of: dt.datetime) -> dict[int, FigureFact]:
        asked = PunctualityFilter(first=period.first_day, last=period.last_day, as_of=as_of)
        rows = by_unit(None, asked, now=as_of, whole=True).rows
        wanted, facts = set(unit_ids), {}
        for row in rows:
            if row.unit.pk not in wanted:
                continue
            figures = row.figures
            expected = figures.on_time + figures.late + figures.missing
            if name == "on-time-rate":
                value = Decimal(100 * figures.on_time) / expected if expected else None
            else:
                value = Decimal(figures.late if name == "late" else figures.missing)
            source = f"报送情况：应报{expected}份，迟报{figures.late}份，未报{figures.missing}份"
            address = f"/punctuality?unit={row.unit.key}"
            facts[row.unit.pk] = FigureFact(
                None if value is None else value.quantize(Decimal("0.000001")),
                source=source,
                date=period.last_day,
                reference={"url": address},
            )
        return facts

    return Figure(words, read, "%" if name == "on-time-rate" else "次")


#: Of the returns that fell due in the period: a unit that owed none has no figure.
PUNCTUALITY: dict[str, Figure] = {
    "late": _punctual("late", "迟报次数"),
    "missing": _punctual("missing", "未报次数"),
    "on-time-rate": _punctual("on-time-rate", "按时报送率"),
}
