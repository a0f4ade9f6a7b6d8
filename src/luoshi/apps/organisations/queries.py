"""Reads of the unit register."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from django.db.models import Count, Max, Subquery, Value

from luoshi.apps.organisations import register
from luoshi.apps.organisations.models import RegisterState, Unit, UnitKind, UnitName
from luoshi.units import UnitDirectory

_Revision = tuple[object, ...]
_lock = threading.Lock()
_known: tuple[_Revision, UnitDirectory] | None = None


def _of_all(model: type[Unit] | type[UnitName], figure: Count | Max) -> Subquery:
    """One figure over a whole table, as part of another query."""
    rows = model.objects.order_by().annotate(everything=Value(1)).values("everything").annotate(figure=figure)
    return Subquery(rows.values("figure"))


def revision() -> _Revision:
    """What differs whenever the register does: one small query.

    The token is new after every act; the counts and last numbers also show rows that came without one (tests, repairs).
    """
    row = (
        RegisterState.objects.filter(pk=1)
        .values_list("token")
        .annotate(
            units=_of_all(Unit, Count("pk")),
            last_unit=_of_all(Unit, Max("pk")),
            names=_of_all(UnitName, Count("pk")),
            last_name=_of_all(UnitName, Max("pk")),
        )
    )
    return tuple(row.get())


def directory() -> UnitDirectory:
    """The whole register as the library's directory, kept in the process and built anew when the register changed."""
    global _known
    # The revision is read first: a change between both reads then makes the next call build again, never too late.
    current = revision()
    known = _known
    if known is not None and known[0] == current:
        return known[1]
    with _lock:
        known = _known
        if known is None or known[0] != current:
            known = _known = (current, UnitDirectory(register.stored_units(), register.stored_names()))
        return known[1]


def forget_directory() -> None:
    """Build the directory anew at the next call: for tests, whose rolled-back rows leave no trace in the revision."""
    global _known
    _known = None


def unit_ids(keys: Iterable[str]) -> dict[str, int]:
    """The row numbers of units by key; unknown keys are left out."""
    return dict(Unit.objects.filter(key__in=set(keys)).values_list("key", "pk"))


_GOVERNED = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.TOWNSHIP)
_GOVERNMENTS = ("人民政府", "管委会", "管理委员会", "办事处")


def full_name(unit: Unit) -> str:
    """How a unit is named in a document: a territory by its government, every other by its official name."""
    if unit.kind not in _GOVERNED or unit.name.endswith(_GOVERNMENTS):
        return unit.name
    return f"{unit.name}{'办事处' if unit.name.endswith('街道') else '人民政府'}"
