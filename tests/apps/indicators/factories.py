"""Indicators and values for the tests."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from luoshi.apps.indicators.actions import Fact, Recorded, record_observations
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit

_numbers = itertools.count(1)
_OVER_UNITS = {"rate": "none", "rank": "none"}
_OVER_TIME = {"flow": "sum", "rate": "none", "rank": "last"}


def make_indicator(owner: Unit, name: str, *, kind: str = "stock", **fields: Any) -> Indicator:
    """An indicator whose ways of adding up follow its kind unless given."""
    fields.setdefault("unit_aggregation", _OVER_UNITS.get(kind, "sum"))
    fields.setdefault("time_aggregation", _OVER_TIME.get(kind, "last"))
    key = fields.pop("key", None) or f"zb-{next(_numbers)}"
    return Indicator.objects.create(key=key, name=name, kind=kind, owner=owner, **fields)


def moment(day: int, hour: int = 12, *, month: int = 3) -> dt.datetime:
    """A moment of 2026, in UTC."""
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


def tell(
    indicator: Indicator,
    unit: Unit,
    period: str,
    value: Any,
    *,
    source: str = "self-reported",
    now: dt.datetime | None = None,
    by: Any = None,
    origin: str = "return",
    origin_id: int | None = 1,
    cell: str = "a.b.c",
) -> Recorded:
    """Record one value."""
    return record_observations(
        acting_user=by,
        facts=[Fact(indicator.pk, unit.pk, period, Decimal(value), cell=cell)],
        source=source,
        origin=origin,
        origin_id=origin_id,
        now=now,
    )
