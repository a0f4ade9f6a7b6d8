"""The unit directory: units as a tree, their names over time, and what a printed name means at a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from luoshi.units import reading
from luoshi.units.dates import is_valid_on
from luoshi.units.errors import DirectoryError, Problem
from luoshi.units.finding import NameFinder
from luoshi.units.folding import fold
from luoshi.units.lexicon import Lexicon
from luoshi.units.model import NameKind, Resolution, Unit, UnitName
from luoshi.units.resolving import Resolver

CACHE = 65536  # distinct (name, date) pairs kept; a large plan prints some hundreds of names


class UnitDirectory:
    """Units and their names; immutable once built.

    ``UnitDirectory(units, names)`` raises ``DirectoryError`` with every contradiction of the two lists.
    """

    def __init__(self, units: Iterable[Unit], names: Iterable[UnitName]) -> None:
        self._build(list(units), list(names), None, None, ("units", "unit-names"), [])

    @classmethod
    def from_csv(cls, units_path: str | Path, names_path: str | Path) -> UnitDirectory:
        """Read both files (format: ``luoshi.units.reading``).

        Raises ``DirectoryError`` that lists the faults of all rows with their lines, or ``OSError``.
        """
        units_path, names_path = Path(units_path), Path(names_path)
        return cls.from_bytes(units_path.read_bytes(), names_path.read_bytes(), (units_path.name, names_path.name))

    @classmethod
    def from_bytes(
        cls, units_csv: bytes, names_csv: bytes, sources: tuple[str, str] = ("units.csv", "unit-names.csv")
    ) -> UnitDirectory:
        """The same from the files' contents; ``sources`` are the names by which messages call them."""
        problems: list[Problem] = []
        units, unit_lines = reading.read_units(units_csv, sources[0], problems)
        units_unread = not units and bool(problems)
        names, name_lines = reading.read_names(names_csv, sources[1], problems)
        directory = cls.__new__(cls)
        # Without any unit every name would be told to be wrong: only the cause is worth telling.
        directory._build(units, [] if units_unread else names, unit_lines, name_lines, sources, problems)
        return directory

    def _build(
        self,
        units: list[Unit],
        names: list[UnitName],
        unit_lines: reading.Lines | None,
        name_lines: reading.Lines | None,
        sources: tuple[str, str],
        problems: list[Problem],
    ) -> None:
        unit_lines = unit_lines or [None] * len(units)
        name_lines = name_lines or [None] * len(names)
        keys = {unit.key for unit in units}
        problems = [
            *problems,
            *reading.check_units(units, unit_lines, sources[0]),
            *reading.check_names(names, name_lines, sources[1], keys),
        ]
        if problems:
            order = {source: index for index, source in enumerate(sources)}
            raise DirectoryError(tuple(sorted(problems, key=lambda p: (order.get(p.source, 9), p.line or 0))))
        self._units = {unit.key: unit for unit in units}
        self._names = tuple(names)
        self._children: dict[str, list[str]] = {key: [] for key in self._units}
        for unit in units:
            if unit.parent is not None:
                self._children[unit.parent].append(unit.key)
        self._names_of: dict[str, list[UnitName]] = {}
        for name in names:
            for key in name.keys:
                self._names_of.setdefault(key, []).append(name)
        lexicon = Lexicon(self._units, self._names)
        self._resolve = lru_cache(maxsize=CACHE)(Resolver(lexicon).resolve)
        self._finder = NameFinder(lexicon, self._resolve)

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units in file order."""
        return tuple(self._units.values())

    @property
    def names(self) -> tuple[UnitName, ...]:
        """All names in file order."""
        return self._names

    def __contains__(self, key: object) -> bool:
        return key in self._units

    def unit(self, key: str) -> Unit:
        """The unit of a key; raises ``KeyError`` for an unknown one."""
        return self._units[key]

    def children(self, key: str, date: dt.date | None = None) -> tuple[Unit, ...]:
        """The units directly below, in file order; with a date only those that existed then."""
        below = (self._units[child] for child in self._children[key])
        return tuple(unit for unit in below if is_valid_on(date, unit.valid_from, unit.valid_to))

    def subtree(self, key: str, date: dt.date | None = None) -> tuple[Unit, ...]:
        """The unit and all below it, parents before children; with a date only those that existed then."""
        found: list[Unit] = []
        waiting = [key]
        while waiting:
            unit = self._units[waiting.pop()]
            if is_valid_on(date, unit.valid_from, unit.valid_to):
                found.append(unit)
            waiting.extend(reversed(self._children[unit.key]))
        return tuple(found)

    def ancestors(self, key: str) -> tuple[Unit, ...]:
        """The units above, nearest first."""
        found: list[Unit] = []
        parent = self._units[key].parent
        while parent is not None:
            found.append(self._units[parent])
            parent = self._units[parent].parent
        return tuple(found)

    def name_at(self, key: str, date: dt.date | None = None) -> str:
        """The unit's official name at a date: its present one unless the names say that it bore another then."""
        unit = self._units[key]
        if date is None:
            return unit.name
        own = [name for name in self._names_of.get(key, ()) if name.keys == (key,)]
        present = [name for name in own if fold(name.name) == fold(unit.name)]
        if not present or any(is_valid_on(date, name.valid_from, name.valid_to) for name in present):
            return unit.name
        former = [
            name.name
            for name in own
            if name.kind in (NameKind.OLD_NAME, NameKind.OFFICIAL)
            and (name.valid_from or name.valid_to)
            and is_valid_on(date, name.valid_from, name.valid_to)
        ]
        # A government is printed as an old name too (“某县人民政府”); the territory's own name is the shorter one.
        return min(former, key=len, default=unit.name)

    def names_of(self, key: str) -> tuple[UnitName, ...]:
        """Every name that means this unit, alone or in a group, in file order."""
        return tuple(self._names_of.get(key, ()))

    def successors(self, key: str, date: dt.date | None = None) -> tuple[Unit, ...]:
        """The units that carry a unit's duties at a date: itself while it exists, else those after it.

        Without a date the last ones known. Empty where the file names none.
        """
        found: dict[str, Unit] = {}
        seen: set[str] = set()
        waiting = [key]
        while waiting:
            current = waiting.pop(0)
            if current in seen:
                continue
            seen.add(current)
            unit = self._units[current]
            ended = bool(unit.succeeded_by) if date is None else unit.valid_to is not None and unit.valid_to < date
            if ended:
                waiting.extend(unit.succeeded_by)
            else:
                found[current] = unit
        return tuple(found.values())

    def resolve(self, name: str, date: dt.date | None = None) -> Resolution:
        """What a printed name means as of a date; never raises.

        Several readings of one name are told in ``nearest`` with a similarity of 100: where one is clearly the better
        (an official name before an alias) ``keys`` holds it, else ``keys`` is empty.
        """
        return self._resolve(name, date)

    def find_in(self, text: str, date: dt.date | None = None) -> list[tuple[int, int, Resolution]]:
        """All names in a text, the longest from each place on, as (start, end, resolution); they never overlap.

        Bare words that name a body only by its subject (“财政”) are left out: in running text they are the subject.
        """
        return self._finder.find_in(text, date)
