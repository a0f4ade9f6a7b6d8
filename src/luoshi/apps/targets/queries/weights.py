"""By what a target may be shared out: the figures of units for an indicator, and of the year before."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q

from luoshi.allocation.conservation import exact_sum
from luoshi.apps.indicators.models import Indicator, IndicatorKind, TargetIndicator
from luoshi.apps.indicators.queries import effective
from luoshi.apps.plans.models import Target
from luoshi.periods import Cadence, Period, PeriodError


def indicator_weights(indicator_id: int, unit_ids: Collection[int], period: str, only: Q) -> dict[int, Decimal]:
    """The values of an indicator for units in one period, the best source of each; ``only`` observations of a
    condition (what a person sees). Two or three queries."""
    try:
        asked = str(Period.parse(period))
    except PeriodError:
        return {}
    found = effective(indicators=[indicator_id], unit_ids=unit_ids, periods=[asked], only=only)
    return {unit: value.value for (_, unit, _), value in found.items()}


def indicator_of(target: Target) -> Indicator | None:
    """The indicator that measures a target."""
    link = TargetIndicator.objects.filter(target=target).select_related("indicator").first()
    return link.indicator if link else None


def last_year_weights(target: Target, unit_ids: Collection[int], only: Q) -> dict[int, Decimal]:
    """What each unit reached in the year before the target's, of the observations ``only`` that are seen.

    Units without figures are left out. The year's own figure where there is one; else the last cumulative one or
    stock, if it is the year's end; else the sum of the single months or quarters, if none is missing.
    """
    indicator = indicator_of(target)
    year = target.year or target.plan.last_year or target.plan.year
    if indicator is None or year is None:
        return {}
    return year_values(indicator, unit_ids, year - 1, only)


def year_values(indicator: Indicator, unit_ids: Collection[int], year: int, only: Q) -> dict[int, Decimal]:
    """The figure of a whole year by unit; see ``last_year_weights``."""
    whole = Period(Cadence.YEARLY, year)
    found = effective(
        indicators=[indicator.pk],
        unit_ids=unit_ids,
        first_day=whole.first_day,
        last_day=whole.last_day,
        only=only,
    )
    by_unit: dict[int, dict[Period, Decimal]] = {}
    for (_, unit, period), value in found.items():
        by_unit.setdefault(unit, {})[Period.parse(period)] = value.value
    values = {unit: _year_value(figures, whole, indicator.kind) for unit, figures in by_unit.items()}
    return {unit: value for unit, value in values.items() if value is not None}


def _year_value(figures: dict[Period, Decimal], whole: Period, kind: str) -> Decimal | None:
    if whole in figures:
        return figures[whole]
    if kind == IndicatorKind.FLOW:
        for cadence in (Cadence.QUARTERLY, Cadence.MONTHLY):
            parts = whole.parts(cadence)
            if all(part in figures for part in parts):
                return exact_sum(figures[part] for part in parts)
        return None
    ended = [period for period in figures if period.last_day == whole.last_day]
    return figures[max(ended)] if ended else None


def year_periods_of(target: Target, cadence: Cadence, only: Q) -> dict[Period, Decimal]:
    """Last year's cumulative figures of the plan's owner by period; flows are added up; empty where one is missing."""
    indicator = indicator_of(target)
    year = target.year or target.plan.last_year or target.plan.year
    if indicator is None or year is None:
        return {}
    whole = Period(Cadence.YEARLY, year - 1)
    found = effective(
        indicators=[indicator.pk],
        unit_ids=[target.plan.owner_id],
        first_day=whole.first_day,
        last_day=whole.last_day,
        only=only,
    )
    figures = {Period.parse(period): value.value for (_, _, period), value in found.items()}
    wanted = [period for period in figures if period.cadence is cadence]
    if indicator.kind != IndicatorKind.FLOW:
        return {period: figures[period] for period in wanted}
    running, total = {}, Decimal(0)
    for place, period in enumerate(sorted(wanted), 1):
        if period.number != place:
            return {}
        total += figures[period]
        running[period] = total
    return running
