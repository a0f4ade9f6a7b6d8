"""Queries whose statement is put together once: for those that every call asks, where that takes longer than running.

Django puts a statement together anew each time: a millisecond or more where several tables are joined, of which the
database takes a tenth. A prepared query is declared as any other, by a function that gives a queryset:

    _rounds = Prepared(lambda period: Round.objects.filter(period=period).select_related("form"))
    _rounds.rows("2026-08")

The function is called once for every shape of its arguments (their types, and the lengths of tuples), with stand-ins in
their place; afterwards only the values are exchanged. So it must do nothing with an argument but hand it to ``filter``
and its like (no branches, no arithmetic, no ``now()`` of its own), and mention each at least once.
"""

from __future__ import annotations

import copy
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

Row = TypeVar("Row")

_NUMBER, _TEXT = 2_012_345_000, "\ue000{}\ue001"  # fit their columns, and occur nowhere else
#: What the widest column of whole numbers holds; a driver refuses more.
_RANGE = 2**63
_DAY, _MOMENT = dt.date(1903, 1, 1), dt.datetime(1903, 1, 1, tzinfo=dt.UTC)


def _shape(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return tuple(map(_shape, argument))
    for kind in (int, str, dt.datetime, dt.date):
        if isinstance(argument, kind) and not isinstance(argument, bool):
            return kind
    raise TypeError(f"a prepared query takes no {type(argument).__name__}")


def _flat(arguments: Any) -> Iterator[Any]:
    for argument in arguments:
        if isinstance(argument, tuple):
            yield from _flat(argument)
        else:
            yield argument


def _stand_in(shape: Any, number: Iterator[int]) -> Any:
    if isinstance(shape, tuple):
        return tuple(_stand_in(part, number) for part in shape)
    at = next(number)
    made = {int: _NUMBER + at, str: _TEXT.format(at), dt.date: _DAY + dt.timedelta(days=at)}
    return _MOMENT + dt.timedelta(seconds=at) if shape is dt.datetime else made[shape]


class _Statement:
    """A compiled statement, and for each of its parameters the argument that takes its place."""

    def __init__(self, queryset: QuerySet[Any], stand_ins: list[Any], *, empty: bool) -> None:
        self.alias, self.iterable = queryset.db, queryset._iterable_class
        if queryset.query.select_for_update:
            raise ValueError("a prepared query locks nothing: Django asks only while it puts one together")
        self.compiler = queryset.query.get_compiler(using=self.alias)
        try:
            self.sql, parameters = self.compiler.as_sql()
        except EmptyResultSet:
            if not empty:  # a stand-in that does not fit its column would make it ask for nothing
                raise ValueError("a prepared query asks for nothing; is a column too narrow for numbers?") from None
            self.sql = ""
            return
        converters = self.compiler.get_converters([part[0] for part in self.compiler.select])
        self.compiler.get_converters = lambda _: converters
        adapted = [_adapted(self.compiler.connection, value) for value in stand_ins]
        self.parameters = [_place(parameter, adapted) for parameter in parameters]
        missing = set(range(len(adapted))) - {at for at, _ in self.parameters if at is not None}
        if missing:
            raise ValueError(f"a prepared query does not mention its arguments {sorted(missing)}")

    def rows(self, values: list[Any]) -> list[Any]:
        if not self.sql:
            return []
        connection = connections[self.alias]
        adapted = [_adapted(connection, value) for value in values]
        parameters = tuple(given if at is None else given(adapted[at]) for at, given in self.parameters)
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: (self.sql, parameters)
        query = SimpleNamespace(get_compiler=lambda *_, **__: compiler)
        # What an iterable of Django asks of its queryset.
        queryset: Any = SimpleNamespace(db=self.alias, query=query, _known_related_objects={})
        return list(self.iterable(queryset))


def _adapted(connection: Any, value: Any) -> Any:
    """The value as the database's driver takes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, dt.date) else value


def _place(parameter: Any, stand_ins: list[Any]) -> tuple[int | None, Any]:
    """(number of the argument, what makes a parameter of it), or (nothing, the parameter as it is)."""
    for at, stand_in in enumerate(stand_ins):
        if isinstance(stand_in, str) and isinstance(parameter, str) and stand_in in parameter:
            return at, _pattern(parameter, stand_in)
        if parameter == stand_in and not isinstance(parameter, bool):
            # PostgreSQL's driver is told the width of a number by its type.
            return at, type(parameter) if isinstance(parameter, int) else _same
    return None, parameter


def _same(value: Any) -> Any:
    return value


def _pattern(parameter: str, stand_in: str) -> Callable[[str], str]:
    if parameter == stand_in:
        return _same
    before, _, after = parameter.partition(stand_in)

    def matched(value: str) -> str:
        """As LIKE takes it: what stands for any text is taken literally."""
        value = value.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        return f"{before}{value}{after}"

    return matched


class Prepared(Generic[Row]):
    """A query put together once for each shape of its arguments; ``rows`` runs it."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._known: dict[Any, _Statement] = {}
        self._lock = threading.Lock()

    def rows(self, *arguments: Any) -> list[Row]:
        """The rows for these arguments: numbers, texts, days, moments, and tuples of them.

        Numbers are compared with columns of 32 bits or more; to one that no column can hold nothing is found.
        """
        values = list(_flat(arguments))
        if any(isinstance(value, int) and not -_RANGE <= value < _RANGE for value in values):
            return []
        shape = _shape(arguments)
        statement = self._known.get(shape)
        if statement is None:
            with self._lock:
                statement = self._known.get(shape)
                if statement is None:
                    stand_ins = _stand_in(shape, iter(range(10_000)))
                    made = self._build(*stand_ins)
                    statement = _Statement(made, list(_flat(stand_ins)), empty=() in shape)
                    self._known[shape] = statement
        return statement.rows(values)

    def first(self, *arguments: Any) -> Row | None:
        """The first row, where there is one; say in the query that one is enough."""
        return next(iter(self.rows(*arguments)), None)
