"""Every known name by its folded form, with the span of time in which it is valid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from luoshi.units.dates import earliest, is_valid_on, latest
from luoshi.units.folding import fold
from luoshi.units.model import NameKind, Unit, UnitName

# Which reading of one and the same name is meant first.
_RANK = {
    NameKind.OFFICIAL: 0, NameKind.SHORT: 0, NameKind.OLD_NAME: 1, NameKind.ALIAS: 2, NameKind.GROUP: 2,
    NameKind.MISPRINT: 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of a name; the span of time is that of the name within the life of its unit."""

    name: str
    keys: tuple[str, ...]
    kind: NameKind
    valid_from: dt.date | None
    valid_to: dt.date | None

    def is_valid_on(self, date: dt.date | None) -> bool:
        """Whether the name was borne on that day."""
        return is_valid_on(date, self.valid_from, self.valid_to)

    def days_from(self, date: dt.date) -> int:
        """How far a day lies outside the validity; an earlier name (already gone) counts before a later one."""
        if self.valid_to is not None and date > self.valid_to:
            return 2 * (date - self.valid_to).days
        if self.valid_from is not None and date < self.valid_from:
            return 2 * (self.valid_from - date).days + 1
        return 0


class Lexicon:
    """All readings of all names, and the facts about units that patterns need."""

    def __init__(self, units: Mapping[str, Unit], names: Sequence[UnitName]) -> None:
        self.units = units
        self.entries: dict[str, list[Entry]] = {}
        for name in names:
            self._add(name.name, name.keys, name.kind, name.valid_from, name.valid_to)
        for unit in units.values():
            for text, kind in ((unit.name, NameKind.OFFICIAL), (unit.short_name, NameKind.SHORT)):
                known = self.entries.get(fold(text), ())
                if not any(entry.keys == (unit.key,) for entry in known):
                    self._add(text, (unit.key,), kind, None, None)
        prefectures = [unit for unit in units.values() if unit.kind == "prefecture"]
        self.prefecture = prefectures[0] if len(prefectures) == 1 else None

    def _add(
        self, name: str, keys: tuple[str, ...], kind: NameKind, valid_from: dt.date | None, valid_to: dt.date | None
    ) -> None:
        folded = fold(name)
        if not folded:
            return
        if len(keys) == 1:
            unit = self.units[keys[0]]
            valid_from, valid_to = latest(valid_from, unit.valid_from), earliest(valid_to, unit.valid_to)
        self.entries.setdefault(folded, []).append(Entry(name, keys, kind, valid_from, valid_to))

    def choose(self, folded: str, date: dt.date | None) -> tuple[list[Entry], bool]:
        """The readings of a folded name at a date, best first, and whether the name is outdated (or not yet borne).

        Readings with the same keys stand once. Empty for an unknown name.
        """
        entries = self.entries.get(folded, [])
        valid = [entry for entry in entries if entry.is_valid_on(date)]
        outdated = not valid and bool(entries)
        if outdated and date is not None:
            least = min(entry.days_from(date) for entry in entries)
            valid = [entry for entry in entries if entry.days_from(date) == least]
        elif date is None:  # no date: what is borne to this day comes before what has ended
            valid = [entry for entry in valid if entry.valid_to is None] or valid
        chosen: dict[tuple[str, ...], Entry] = {}
        for entry in sorted(valid, key=lambda entry: _RANK[entry.kind]):
            chosen.setdefault(entry.keys, entry)
        return list(chosen.values()), outdated

    def is_clear(self, readings: Sequence[Entry]) -> bool:
        """Whether the first reading is better than all others."""
        return len(readings) == 1 or _RANK[readings[0].kind] < _RANK[readings[1].kind]

    def territories(self, kinds: Sequence[str], date: dt.date | None) -> tuple[str, ...]:
        """The keys of the units of these kinds right below the prefecture that existed at a date, in file order."""
        if self.prefecture is None:
            return ()
        return tuple(
            unit.key
            for unit in self.units.values()
            if unit.kind in kinds
            and unit.parent == self.prefecture.key
            and (is_valid_on(date, unit.valid_from, unit.valid_to) if date else unit.valid_to is None)
        )
