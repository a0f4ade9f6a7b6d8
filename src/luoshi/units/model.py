"""Units of government and their names over time.

The facts come from a unit file (``units.csv`` and ``unit-names.csv``) that an administrator can replace; nothing here
knows any place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class NameKind(StrEnum):
    """How a printed name stands to its unit."""

    OFFICIAL = "official"
    SHORT = "short"
    ALIAS = "alias"
    OLD_NAME = "old-name"
    MISPRINT = "misprint"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``parent`` is the key of the unit above; ``valid_to`` is the last day on which it existed."""

    key: str
    name: str
    short_name: str
    kind: str
    parent: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    succeeded_by: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitName:
    """A name as printed, and the key(s) of the unit(s) meant; no keys where the sources leave the members open."""

    name: str
    keys: tuple[str, ...]
    kind: NameKind
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a printed name means at a date.

    ``keys`` are the units meant (several for a group, none for an unknown name); ``matched`` is the known name that was
    used; ``kind`` tells how (``None`` when unknown); ``outdated`` that the unit bore this name, but not at that date;
    ``nearest`` lists known names close to an unknown one, best first, as (name, keys, similarity 0–100).
    """

    name: str
    keys: tuple[str, ...]
    matched: str | None = None
    kind: NameKind | None = None
    outdated: bool = False
    nearest: tuple[tuple[str, tuple[str, ...], float], ...] = ()
