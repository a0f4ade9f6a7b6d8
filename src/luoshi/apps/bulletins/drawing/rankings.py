"""Rankings that an app above has worked out (assessment): named by ``about``, kept in the snapshot, read again from it.

``about`` is ``{"source": name, …}`` in plain JSON; the app's reader answers with the ranking, or ``NothingToTell``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from luoshi.apps.bulletins.errors import NothingToTell
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Period

#: ``(about, owner, period)`` → ``{"title", "reference", "columns": [title], "units": [row]}``; a row is ``key, name,
#: full, kind, rank, before, total, points (one for each column), words, group``, numbers as decimal texts or None.
#: ``"beside"``, where there is any: tables of other figures of the same units, each ``{"title", "columns": [{"title",
#: "measure", "rule"}], "rows": [{"key", "name", "values": [decimal text or None]}]}``.
Reader = Callable[[Mapping[str, Any], Unit, Period], dict[str, Any]]
_readers: dict[str, Reader] = {}


def register_ranking(source: str, reader: Reader) -> None:
    """Let an app's rankings be told in bulletins."""
    _readers[source] = reader


def draw_ranking(about: Mapping[str, Any], owner: Unit, period: Period) -> dict[str, Any]:
    """``about``, ``ranking`` and ``units`` of the snapshot."""
    reader = _readers.get(str(about.get("source", "")))
    if reader is None:
        raise NothingToTell("要通报的排名已不存在。")
    found = reader(about, owner, period)
    units = found.pop("units")
    if not units:
        raise NothingToTell("这次排名没有单位。")
    return {"about": dict(about), "ranking": found, "units": units}
