"""Writing many observations at once: the one place that speaks to each database in its own way.

``bulk_create`` takes some times as long for 120,000 rows: a statement on SQLite holds 999 values at most, and a model
is built for every row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connections, transaction

from luoshi.apps.indicators.models import Observation


class NewRow(NamedTuple):
    """An observation to be inserted, its fields in the order of ``COLUMNS``."""

    indicator_id: int
    unit_id: int
    period: str
    first_day: dt.date
    last_day: dt.date
    value: Decimal
    source: str
    recorded_at: dt.datetime
    recorded_by_id: int | None
    origin: str
    origin_id: int | None
    origin_cell: str
    note: str


#: The statement takes so many numbers in a list at once.
_AT_ONCE = {"sqlite": 900, "postgresql": 10_000}


def _connection() -> Any:
    return connections[transaction.get_connection().alias]


def at_once() -> int:
    """How many numbers one condition may list."""
    return _AT_ONCE[_connection().vendor]


def chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Numbers in lists that a condition takes."""
    size = at_once()
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def insert(rows: Iterable[NewRow]) -> None:
    """Insert the rows inside the caller's transaction."""
    connection = _connection()
    quote = connection.ops.quote_name
    table = quote(Observation._meta.db_table)
    names = ", ".join(quote(name) for name in NewRow._fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django does not know of COPY and would let the driver's own errors through.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        days: dict[dt.date, Any] = {}
        moments: dict[dt.datetime, Any] = {}

        def adapted(row: NewRow) -> tuple[Any, ...]:
            indicator, unit, period, first, last, value, source, at, *rest = row
            if first not in days:
                days[first] = connection.ops.adapt_datefield_value(first)
            if last not in days:
                days[last] = connection.ops.adapt_datefield_value(last)
            if at not in moments:
                moments[at] = connection.ops.adapt_datetimefield_value(at)
            return (indicator, unit, period, days[first], days[last], f"{value:f}", source, moments[at], *rest)

        marks = ", ".join(["%s"] * len(NewRow._fields))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", map(adapted, rows))
