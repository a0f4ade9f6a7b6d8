"""The unit register as forms need it: how typed names are understood, which keys there are, what lists offer."""

from __future__ import annotations

from dataclasses import dataclass

from luoshi.apps.organisations.choosing import places_in
from luoshi.apps.organisations.queries import directory
from luoshi.forms import UnitNames, unit_names
from luoshi.units import UnitDirectory


@dataclass(frozen=True, slots=True)
class Register:
    """``names`` lead from what people type to keys; ``choices`` are (key, name) in the register's order."""

    names: UnitNames
    keys: frozenset[str]
    choices: tuple[tuple[str, str], ...]


_known: tuple[UnitDirectory, Register] | None = None


def register() -> Register:
    """The register as it stands: one small query, built anew only when it changed."""
    global _known
    found = directory()
    known = _known
    if known is None or known[0] is not found:
        units = list(found.units)
        labels = places_in(found)
        names = [
            (unit.key, name)
            for unit in units
            for name in (unit.name, unit.short_name, getattr(labels.get(unit.key), "label", ""))
            if name
        ]
        choices = tuple((unit.key, unit.name) for unit in units)
        known = _known = (found, Register(unit_names(names), frozenset(unit.key for unit in units), choices))
    return known[1]
