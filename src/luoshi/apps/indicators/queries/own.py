"""Units' own values of one indicator, observed or computed by its formula."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Q

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.indicators.queries.merging import survivors
from luoshi.apps.indicators.queries.observations import effective
from luoshi.apps.indicators.queries.rolling import computed, formula_parts, with_inputs
from luoshi.periods import Period


def own_values(
    indicator: Indicator, year: int, *, as_of: dt.datetime | None = None, only: Q | None = None
) -> dict[tuple[int, Period], Decimal]:
    """Every unit's value in the periods of a year, by unit and period: three queries, five for a derived indicator.

    What was observed counts before what the formula gives. ``only`` narrows the units.
    """
    kept = survivors(as_of)
    parts = with_inputs([indicator], kept) if indicator.formula else {indicator.key: indicator}
    growth = bool(indicator.formula) and indicator.formula["kind"] == "growth"
    rows = effective(
        indicators={row.pk for row in parts.values()},
        first_day=dt.date(year - growth, 1, 1),
        last_day=dt.date(year, 12, 31),
        as_of=as_of,
        only=only,
        kept=kept,
    )
    known = {(pk, unit, Period.parse(text)): value.value for (pk, unit, text), value in rows.items()}
    found = {(unit, period): value for (pk, unit, period), value in known.items() if pk == indicator.pk}
    if indicator.formula is not None:
        for unit, period in {(unit, period) for _, unit, period in known} - set(found):
            pair = formula_parts(indicator, period, parts)
            if pair is None:
                break
            (one, span, _), (other, other_span, _) = pair
            left, right = known.get((one.pk, unit, span)), known.get((other.pk, unit, other_span))
            if left is None or right is None:
                continue
            value, _ = computed(indicator, (left, right), ("", ""), (one.decimals, other.decimals))
            if value is not None:
                found[unit, period] = value
    return {(unit, period): value for (unit, period), value in found.items() if period.last_day.year == year}
