"""The figures of a run read from the ledgers, item by item, as known at a moment: a constant number of queries a kind.

Nothing is written here. An item without a source, or with source 手工录入, is typed; what no ledger knows of a unit is
left out (未报). Of several targets of one indicator that of the adoption's owner counts, then by tier.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luoshi.apps.assessment.computing import scheme_of
from luoshi.apps.assessment.models import Adoption, ItemSource, Run, RunState, SourceKind
from luoshi.apps.assessment.sources import figures_of
from luoshi.apps.indicators.models import IndicatorKind, ObservationSource, TargetIndicator
from luoshi.apps.indicators.queries import survivors
from luoshi.apps.indicators.queries.observations import Figure as Observed
from luoshi.apps.indicators.queries.observations import series_of
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries import Standings, standings
from luoshi.apps.targets.queries.measured import UNKNOWN, Reached, moment_at, reached_by
from luoshi.apps.targets.years import plan_year
from luoshi.periods import Cadence, Period, PeriodError

_PLACES = Decimal("0.000001")
_SOURCES = dict(ObservationSource.choices)
_TIERS = ("work", "congress", "basic", "", "stretch", "incentive")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure as a ledger gives it, as ``RunFact`` keeps it."""

    unit_id: int
    item: str
    value: Decimal | None
    target: Decimal | None = None
    previous: Decimal | None = None
    source: str = ""
    date: dt.date | None = None
    reference: Mapping[str, Any] = field(default_factory=dict)


def kept(value: Decimal | None) -> Decimal | None:
    """A figure as it is stored: six places."""
    return None if value is None else value.quantize(_PLACES)


def draw(
    adoption: Adoption, period: Period, units: Sequence[Unit], sources: Iterable[ItemSource], as_of: dt.datetime
) -> list[Drawn]:
    """What the sources of an adoption know of its units in a period; the items in the order of the sources."""
    sources = list(sources)
    indicators = [one for one in sources if one.kind == SourceKind.INDICATOR and one.indicator is not None]
    found = _from_indicators(adoption, period, units, indicators, as_of) if indicators else []
    shared: dict[Any, Any] = {}
    for source in sources:
        if source.kind == SourceKind.RUN:
            found += _from_run(source, period, units, as_of)
        elif source.kind in (SourceKind.PUNCTUALITY, SourceKind.INVESTMENT, SourceKind.PROJECTS):
            found += _from_figure(source, period, units, as_of, shared)
    return found


# Indicators


def _from_indicators(
    adoption: Adoption, period: Period, units: Sequence[Unit], sources: Sequence[ItemSource], as_of: dt.datetime
) -> list[Drawn]:
    ids = {unit.pk for unit in units}
    merged = survivors(as_of)
    indicators = {merged.get(one.indicator_id, one.indicator_id) for one in sources}
    series = series_of(
        indicators=indicators,
        unit_ids=ids,
        first_day=dt.date(period.year - 1, 1, 1),
        last_day=period.last_day,
        as_of=as_of,
        kept=merged,
    )
    targets = _targets(adoption, period, indicators)
    held = standings([target for rows in targets.values() for target in rows], periods=[period], as_of=as_of)
    bases = {item.key: item.basis for item in scheme_of(adoption.version.text).items}
    found = []
    for source in sources:
        key = merged.get(source.indicator_id, source.indicator_id)
        tier = str(source.parameters.get("tier", ""))
        rows = [target for target in targets.get(key, ()) if not tier or target.tier == tier]
        whole_year = bool(bases.get(source.item) in ("completion", "gap"))
        for unit in units:
            one = _of_unit(source, unit, period, series.get((key, unit.pk), {}), rows, held, whole_year)
            if one is not None:
                found.append(one)
    return found


def _targets(adoption: Adoption, period: Period, indicators: Collection[int]) -> dict[int, list[Target]]:
    """The targets of the year that the indicators measure: those of the owner's plans first, then by tier."""
    rows = (
        TargetIndicator.objects.filter(indicator__in=indicators, target__retired_in=None)
        .select_related("target__plan__owner")
        .order_by("target__plan", "target__line", "target_id")
    )
    found: dict[int, list[Target]] = {}
    for link in rows:
        owner = link.target.plan.owner
        if plan_year(link.target) == period.year and adoption.owner.path.startswith(owner.path[: Unit.steplen]):
            found.setdefault(link.indicator_id, []).append(link.target)
    place = {tier: number for number, tier in enumerate(_TIERS)}
    for targets in found.values():
        targets.sort(key=lambda target: (target.plan.owner_id != adoption.owner_id, place.get(target.tier, 9)))
    return found


def _of_unit(
    source: ItemSource,
    unit: Unit,
    period: Period,
    known: Mapping[str, Observed],
    targets: Sequence[Target],
    held: Standings,
    whole_year: bool,
) -> Drawn | None:
    indicator = source.indicator
    assert indicator is not None
    flows = indicator.kind == IndicatorKind.FLOW
    whole_year = whole_year or source.parameters.get("span") == "year"
    standing = next(
        (one for target in targets if (one := held.get(target.pk, unit.pk, period)) and one.goal is not None), None
    )
    before = _year_before(period)
    previous = _reached(known, before, flows=flows, whole_year=whole_year)[0] if before else None
    if standing is not None and standing.joint:
        reached: Reached = (standing.actual, standing.source, standing.observation_ids)
    else:
        reached = _reached(known, period, flows=flows, whole_year=whole_year)
    value, origin, ids = reached
    if value is None and standing is None and previous is None:
        return None
    goal = None if standing is None else standing.goal
    share = source.parameters.get("target_share")
    if goal is not None and share:
        goal = goal * Decimal(str(share)) / 100
    words = f"指标“{indicator.name}”{_SOURCES.get(origin, '')}"
    if source.parameters.get("figure") == "growth":
        words += "，较上年同期增幅"
        value = 100 * (value - previous) / abs(previous) if value is not None and previous else None
    if standing is not None:
        words += f"；目标见《{standing.target.plan.title}》{f'的{share}%' if share else ''}"
    reference: dict[str, Any] = {"indicator": indicator.key}
    if ids:
        reference["observations"] = list(ids)
    if standing is not None:
        reference["target"] = standing.target_id
    day = period.last_day if value is not None else None
    return Drawn(unit.pk, source.item, kept(value), kept(goal), kept(previous), words[:200], day, reference)


def _year_before(period: Period) -> Period | None:
    try:
        return Period(period.cadence, period.year - 1, period.number)
    except PeriodError:
        return None


def _reached(known: Mapping[str, Observed], period: Period, *, flows: bool, whole_year: bool) -> Reached:
    """What a unit reached: flows of the period alone, unless they are held against a year's target."""
    if not known:
        return UNKNOWN
    if not flows or whole_year:
        return reached_by(known, moment_at(period), flows=flows)
    if (own := known.get(str(period))) is not None:
        return own[0], own[1], (own[2],)
    for cadence in list(Cadence)[list(Cadence).index(period.cadence) + 1 :]:
        if cadence is Cadence.WEEKLY:
            continue  # weeks do not add up to months
        texts = [str(part) for part in period.parts(cadence)]
        rows = [known[text] for text in texts if text in known]
        if texts and len(rows) == len(texts):  # else a part is missing: what was reached is not known
            return sum((row[0] for row in rows), Decimal(0)), rows[-1][1], tuple(row[2] for row in rows)
    return UNKNOWN


# Other ledgers


def _from_figure(
    source: ItemSource, period: Period, units: Sequence[Unit], as_of: dt.datetime, shared: dict[Any, Any]
) -> list[Drawn]:
    figure = figures_of(source.kind).get(str(source.parameters.get("figure", "")))
    if figure is None:
        return []
    facts = figure.read(period, [unit.pk for unit in units], as_of, shared)
    share = source.parameters.get("target_share")
    found = []
    for unit in units:
        fact = facts.get(unit.pk)
        if fact is None:
            continue
        goal = fact.target
        if goal is not None and share:
            goal = goal * Decimal(str(share)) / 100
        found.append(
            Drawn(
                unit.pk,
                source.item,
                kept(fact.value),
                kept(goal),
                kept(fact.previous),
                (fact.source or figure.title)[:200],
                fact.date,
                dict(fact.reference),
            )
        )
    return found


# Other runs


def period_taken(adoption: Adoption, period: Period, part: str = "") -> Period:
    """Which period of another adoption is taken: a quarter or half that the part's name says (``Q1``), else the one
    that ends with this period."""
    if part[:1] in ("Q", "H") and part[1:].isdigit() and len(part) == 2:
        return Period.parse(f"{period.year}{part}")
    return Period.containing(period.last_day, Cadence(adoption.cadence))


def final_run(adoption: Adoption, period: Period, as_of: dt.datetime) -> Run | None:
    """The final run of an adoption in a period, as known at a moment: it may have been corrected since."""
    rows = Run.objects.filter(
        adoption=adoption, period=str(period), final_at__lte=as_of, state__in=(RunState.FINAL, RunState.REPLACED)
    )
    return rows.order_by("-final_at", "-pk").first()


def _from_run(source: ItemSource, period: Period, units: Sequence[Unit], as_of: dt.datetime) -> list[Drawn]:
    assert source.takes is not None
    wanted = period_taken(source.takes, period)
    run = final_run(source.takes, wanted, as_of)
    if run is None or run.snapshot is None:
        return []
    found = []
    for unit in units:
        standing = run.snapshot["standing"].get(unit.key)
        if standing is None:
            continue
        place = f"，第{standing['rank']}名" if standing["rank"] else ""
        found.append(
            Drawn(
                unit.pk,
                source.item,
                kept(Decimal(standing["total"])),
                source=f"{source.takes.name}{wanted.label}{place}"[:200],
                date=wanted.last_day,
                reference={"run": run.pk},
            )
        )
    return found
