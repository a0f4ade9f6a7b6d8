"""The figures that an item may take from the ledgers of other apps, by kind of source.

Punctuality is counted here; projects and investment offer theirs as ``queries.assessment_figures``, a mapping key →
``luoshi.apps.indicators.figures.Figure``. It is looked up when asked for: an app that offers none yet has none. As
``queries.ITEMS`` (key of a shipped scheme → item → figure) an app says which items usually take which, and as
``queries.assessment_overview`` what is told beside a ranking that takes its figures.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import Any

from luoshi.apps.assessment.models import SourceKind
from luoshi.apps.indicators.figures import Figure, FigureFact
from luoshi.apps.reporting.queries.punctuality import PunctualityFilter, by_unit
from luoshi.periods import Period
from luoshi.scoring import SHIPPED, Scheme, shipped

_OFFERED_BY = {
    SourceKind.INVESTMENT: "luoshi.apps.investment.queries",
    SourceKind.PROJECTS: "luoshi.apps.projects.queries",
}
_registered: dict[str, dict[str, Figure]] = {}
#: A scheme that is taken over a second time has its key with a number behind it.
_AGAIN = re.compile(r"-\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Usual:
    """The figure of a ledger that an item of a shipped scheme takes."""

    kind: SourceKind
    figure: str


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


def usual_figures(scheme: Scheme) -> dict[str, Usual]:
    """By item: what a shipped scheme, or a copy of one, usually takes from the ledgers. An item that was given another
    name since is left out: it may mean something else."""
    key = next((one for one in (scheme.key, _AGAIN.sub("", scheme.key)) if one in SHIPPED), "")
    titles = {item.key: item.title for item in shipped(key).items} if key else {}
    found = {}
    for kind, module in _OFFERED_BY.items() if key else ():
        known: Mapping[str, Mapping[str, str]] = getattr(import_module(module), "ITEMS", {})
        figures = known.get(key, {})
        for item in scheme.items:
            if item.key in figures and titles.get(item.key) == item.title:
                found[item.key] = Usual(kind, figures[item.key])
    return found


def overviews_of(
    kinds: Collection[str], period: Period, unit_ids: Collection[int], as_of: dt.datetime
) -> list[dict[str, Any]]:
    """The tables that the ledgers of some kinds of source tell beside a ranking, as plain JSON (see
    ``investment.queries.overview``)."""
    found: list[dict[str, Any]] = []
    for kind, module in _OFFERED_BY.items():
        reader = getattr(import_module(module), "assessment_overview", None) if kind in kinds else None
        if reader is not None:
            found += reader(period, unit_ids, as_of)
    return found


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
