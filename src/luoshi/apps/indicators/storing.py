"""Writing many observations at once: the one place that speaks to each database in its own way.

``bulk_create`` takes some times as long for 120,000 rows: a statement on SQLite holds 999 values at most, and a model
is built for every row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connections, transaction

from luoshi.apps.indicators.models import Observation

#: The fields of an observation to be inserted, in the order of ``NewRow``.
COLUMNS = (
    *("indicator_id", "unit_id", "period", "first_day", "last_day", "value", "source"),
    *("recorded_at", "recorded_by_id", "origin", "origin_id", "origin_cell", "note"),
)
NewRow = tuple[
    int, int, str, dt.date, dt.date, Decimal, str, dt.datetime, int | None, str, int | None, str, str
]  # as COLUMNS names them

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


class _Adapted(dict[Any, Any]):
    """Values as the database takes them, each adapted once: a lot has few days and moments."""

    def __init__(self, adapt: Callable[[Any], Any]) -> None:
        super().__init__()
        self._adapt = adapt

    def __missing__(self, value: Any) -> Any:
        self[value] = self._adapt(value)
        return self[value]


def insert(rows: Iterable[NewRow]) -> None:
    """Insert the rows (in the order of ``COLUMNS``) inside the caller's transaction."""
    connection = _connection()
    quote = connection.ops.quote_name
    table = quote(Observation._meta.db_table)
    names = ", ".join(quote(name) for name in COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django does not know of COPY and would let the driver's own errors through.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        days = _Adapted(connection.ops.adapt_datefield_value)
        moments = _Adapted(connection.ops.adapt_datetimefield_value)

        def adapted(row: NewRow) -> tuple[Any, ...]:
            return (*row[:3], days[row[3]], days[row[4]], str(row[5]), row[6], moments[row[7]], *row[8:])

        marks = ", ".join(["%s"] * len(COLUMNS))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", map(adapted, rows))
